//! One version of a venue's layout, with its sections, rows and seats.
//!
//! Three statements without a transaction. They read the same layout, because a layout never changes.

use sqlx::PgConnection;

use crate::db::column::{count, decode_error};
use crate::ids::VenueId;
use crate::quantity::Capacity;
use crate::seating::{Attributes, Layout, Point, Row, Seat, Section, SectionIndex, SectionKind};

/// A layout. `None` if there is no such venue, or if it has no such version.
///
/// # Errors
///
/// Database errors, and a decode error if the rows are not a layout.
pub async fn layout(connection: &mut PgConnection, venue_id: VenueId, version: u32) -> sqlx::Result<Option<Layout>> {
    // A version that exceeds the column's range does not exist.
    let Ok(version) = i32::try_from(version) else { return Ok(None) };
    let Some(focal_point) = read_focal_point(&mut *connection, venue_id, version).await? else { return Ok(None) };
    let mut sections = read_sections(&mut *connection, venue_id, version).await?;
    let (rows, seats) = read_seats(connection, venue_id, version).await?;
    assign_rows(&mut sections, &rows);
    let layout = Layout::from_parts(focal_point, sections, rows, seats);
    layout.map(Some).ok_or_else(|| decode_error("layout_seats", &format!("{venue_id}, version {version}")))
}

async fn read_focal_point(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: i32,
) -> sqlx::Result<Option<Point>> {
    let row = sqlx::query!(
        r#"
        SELECT focal_x, focal_y
        FROM layouts
        WHERE venue_id = $1 AND version = $2
        "#,
        venue_id.as_uuid(),
        version,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Point { x: row.focal_x, y: row.focal_y }))
}

/// Sections of the layout. Seated sections have no rows yet; see [`assign_rows`].
async fn read_sections(connection: &mut PgConnection, venue_id: VenueId, version: i32) -> sqlx::Result<Vec<Section>> {
    let rows = sqlx::query!(
        r#"
        SELECT name, capacity, row_count
        FROM layout_sections
        WHERE venue_id = $1 AND version = $2
        ORDER BY section
        "#,
        venue_id.as_uuid(),
        version,
    )
    .fetch_all(connection)
    .await?;
    let section = |name, capacity: i32, row_count: Option<i32>| {
        let kind = match row_count {
            Some(_) => SectionKind::Seated { rows: 0..0 },
            None => SectionKind::GeneralAdmission {
                capacity: Capacity::new(capacity.into())
                    .ok_or_else(|| decode_error("layout_sections.capacity", &capacity.to_string()))?,
            },
        };
        Ok(Section { name, kind })
    };
    rows.into_iter().map(|row| section(row.name, row.capacity, row.row_count)).collect()
}

async fn read_seats(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: i32,
) -> sqlx::Result<(Vec<Row>, Vec<Seat>)> {
    let stored = sqlx::query!(
        r#"
        SELECT section, row_label, seat_number, x, y, attributes
        FROM layout_seats
        WHERE venue_id = $1 AND version = $2
        ORDER BY seat_id
        "#,
        venue_id.as_uuid(),
        version,
    )
    .fetch_all(connection)
    .await?;

    let mut rows: Vec<Row> = Vec::new();
    let mut seats = Vec::with_capacity(stored.len());
    for seat in stored {
        let section = u16::try_from(count("layout_seats.section", seat.section.into())?).map(SectionIndex);
        let section = section.map_err(|_| decode_error("layout_seats.section", &seat.section.to_string()))?;
        let same_row = rows.last_mut().filter(|row| row.section == section && row.label == seat.row_label);
        match same_row {
            Some(row) => row.seats.end += 1,
            None => rows.push(Row { section, label: seat.row_label, seats: seats.len()..seats.len() + 1 }),
        }
        let attributes = u8::try_from(seat.attributes).ok().and_then(Attributes::from_bits);
        let attributes =
            attributes.ok_or_else(|| decode_error("layout_seats.attributes", &seat.attributes.to_string()))?;
        let position = Point { x: seat.x, y: seat.y };
        seats.push(Seat { row: rows.len() - 1, number: seat.seat_number, position, attributes });
    }
    Ok((rows, seats))
}

/// Sets the range of rows of each seated section. Rows are ordered by section.
fn assign_rows(sections: &mut [Section], rows: &[Row]) {
    for (index, row) in rows.iter().enumerate() {
        let kind = sections.get_mut(usize::from(row.section.0)).map(|section| &mut section.kind);
        if let Some(SectionKind::Seated { rows: range }) = kind {
            *range = if range.end == 0 { index..index + 1 } else { range.start..index + 1 };
        }
    }
}
