//! Inserts the rows of a venue, and of a version of its layout, in the caller's transaction.

use boxoffice_engine::db::column::integer;
use boxoffice_engine::db::row_count::{WrongRowCount, expect_rows};
use boxoffice_engine::ids::VenueId;
use boxoffice_engine::seating::Layout;
use boxoffice_engine::time::Instant;
use sqlx::PgConnection;

use crate::idempotency::creation::CreateError;
use crate::venues::model::venue::{LayoutSummary, Venue};

/// Failure of an insert.
#[derive(Debug, thiserror::Error)]
pub enum InsertError {
    #[error(transparent)]
    WrongRowCount(#[from] WrongRowCount),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<InsertError> for CreateError {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::WrongRowCount(error) => error.into(),
            InsertError::Database(error) => error.into(),
        }
    }
}

pub async fn venue(connection: &mut PgConnection, venue: &Venue) -> Result<(), InsertError> {
    let inserted = sqlx::query!(
        r#"
        INSERT INTO venues (venue_id, name, address, layout_version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $5)
        "#,
        venue.venue_id.as_uuid(),
        venue.name,
        venue.address,
        integer("venues.layout_version", venue.layout.version)?,
        venue.created_at,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO venues", 1, inserted.rows_affected())?)
}

/// Inserts a version of a venue's layout: its head, sections and seats.
///
/// # Errors
/// See [`InsertError`].
pub async fn layout(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: u32,
    layout: &Layout,
    now: Instant,
) -> Result<(), InsertError> {
    let version = integer("layouts.version", version)?;
    layout_head(connection, venue_id, version, layout, now).await?;
    sections(connection, venue_id, version, layout).await?;
    seats(connection, venue_id, version, layout).await
}

async fn layout_head(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: i32,
    layout: &Layout,
    now: Instant,
) -> Result<(), InsertError> {
    let focal_point = layout.focal_point();
    let seats = i32::try_from(layout.seats().len()).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats");
    let inserted = sqlx::query!(
        r#"
        INSERT INTO layouts (venue_id, version, focal_x, focal_y, seat_count, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        "#,
        venue_id.as_uuid(),
        version,
        focal_point.x,
        focal_point.y,
        seats,
        now,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO layouts", 1, inserted.rows_affected())?)
}

async fn sections(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: i32,
    layout: &Layout,
) -> Result<(), InsertError> {
    let sections = LayoutSummary::new(0, layout).sections;
    let names: Vec<String> = sections.iter().map(|section| section.name.clone()).collect();
    let capacities: Vec<i32> = sections.iter().map(|section| section.capacity.cast_signed()).collect();
    let row_counts: Vec<Option<i32>> = sections.iter().map(|section| section.row_count.map(u32::cast_signed)).collect();
    let inserted = sqlx::query!(
        r#"
        INSERT INTO layout_sections (venue_id, version, section, name, capacity, row_count)
        SELECT $1, $2, (number - 1)::smallint, name, capacity, row_count
        FROM unnest($3::text[], $4::integer[], $5::integer[])
            WITH ORDINALITY AS new (name, capacity, row_count, number)
        "#,
        venue_id.as_uuid(),
        version,
        &names,
        &capacities,
        &row_counts as &[Option<i32>],
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO layout_sections", sections.len(), inserted.rows_affected())?)
}

/// Inserts all seats in one statement.
async fn seats(
    connection: &mut PgConnection,
    venue_id: VenueId,
    version: i32,
    layout: &Layout,
) -> Result<(), InsertError> {
    let seats = layout.seats();
    let row_of_each_seat = || seats.iter().map(|seat| &layout.rows()[seat.row]);
    let sections: Vec<i16> = row_of_each_seat().map(|row| row.section.0.cast_signed()).collect();
    let labels: Vec<&str> = row_of_each_seat().map(|row| row.label.as_str()).collect();
    let numbers: Vec<&str> = seats.iter().map(|seat| seat.number.as_str()).collect();
    let xs: Vec<i32> = seats.iter().map(|seat| seat.position.x).collect();
    let ys: Vec<i32> = seats.iter().map(|seat| seat.position.y).collect();
    let attributes: Vec<i16> = seats.iter().map(|seat| seat.attributes.bits().into()).collect();
    let inserted = sqlx::query!(
        r#"
        INSERT INTO layout_seats (venue_id, version, seat_id, section, row_label, seat_number, x, y, attributes)
        SELECT $1, $2, number - 1, section, row_label, seat_number, x, y, attributes
        FROM unnest($3::smallint[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::smallint[])
            WITH ORDINALITY AS new (section, row_label, seat_number, x, y, attributes, number)
        "#,
        venue_id.as_uuid(),
        version,
        &sections,
        &labels as &[&str],
        &numbers as &[&str],
        &xs,
        &ys,
        &attributes,
    )
    .execute(connection)
    .await?;
    Ok(expect_rows("INSERT INTO layout_seats", seats.len(), inserted.rows_affected())?)
}
