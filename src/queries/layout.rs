//! One version of a venue's layout, whole.

use sqlx::PgConnection;

use crate::db::column::{count, unknown};
use crate::domain::ids::VenueId;
use crate::domain::quantity::Capacity;
use crate::domain::seating::{Attributes, Layout, Point, Row, Seat, Section, SectionIndex, SectionKind};

/// `None` if the venue has no such version, or there is no such venue.
pub async fn layout(connection: &mut PgConnection, venue_id: VenueId, version: u32) -> sqlx::Result<Option<Layout>> {
    // A version that the column has no room for is one that nobody made.
    let Ok(version) = i32::try_from(version) else { return Ok(None) };
    let Some(focal_point) = focal_point(&mut *connection, venue_id, version).await? else { return Ok(None) };
    let mut sections = sections(&mut *connection, venue_id, version).await?;
    let (rows, seats) = seats(connection, venue_id, version).await?;
    give_rows(&mut sections, &rows);
    let layout = Layout::restored(focal_point, sections, rows, seats);
    layout.map(Some).ok_or_else(|| unknown("layout_seats", &format!("{venue_id}, version {version}")))
}

async fn focal_point(connection: &mut PgConnection, venue_id: VenueId, version: i32) -> sqlx::Result<Option<Point>> {
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

/// Seated ones have no rows yet.
async fn sections(connection: &mut PgConnection, venue_id: VenueId, version: i32) -> sqlx::Result<Vec<Section>> {
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
                    .ok_or_else(|| unknown("layout_sections.capacity", &capacity.to_string()))?,
            },
        };
        Ok(Section { name, kind })
    };
    rows.into_iter().map(|row| section(row.name, row.capacity, row.row_count)).collect()
}

async fn seats(connection: &mut PgConnection, venue_id: VenueId, version: i32) -> sqlx::Result<(Vec<Row>, Vec<Seat>)> {
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
        let section = section.map_err(|_| unknown("layout_seats.section", &seat.section.to_string()))?;
        let same = rows.last_mut().filter(|row| row.section == section && row.label == seat.row_label);
        match same {
            Some(row) => row.seats.end += 1,
            None => rows.push(Row { section, label: seat.row_label, seats: seats.len()..seats.len() + 1 }),
        }
        let attributes = u8::try_from(seat.attributes).ok().and_then(Attributes::from_bits);
        let attributes = attributes.ok_or_else(|| unknown("layout_seats.attributes", &seat.attributes.to_string()))?;
        let at = Point { x: seat.x, y: seat.y };
        seats.push(Seat { row: rows.len() - 1, number: seat.seat_number, at, attributes });
    }
    Ok((rows, seats))
}

/// Rows stand section by section.
fn give_rows(sections: &mut [Section], rows: &[Row]) {
    for (at, row) in rows.iter().enumerate() {
        let section = sections.get_mut(usize::from(row.section.0)).map(|section| &mut section.kind);
        if let Some(SectionKind::Seated { rows }) = section {
            *rows = if rows.end == 0 { at..at + 1 } else { rows.start..at + 1 };
        }
    }
}
