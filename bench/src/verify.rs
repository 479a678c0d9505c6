//! `verify`: is all acknowledged work in the database? Reads the database directly, because the service could answer
//! from memory.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::acknowledged::{self, Acknowledged};
use crate::database;

/// The most missing ids that are printed; the counts are complete.
const MISSING_SHOWN: usize = 10;

#[derive(Args, Debug)]
pub struct Verify {
    /// The file of acknowledged work that `mixed` wrote
    #[arg(long)]
    acknowledged: PathBuf,
    /// The service's database
    #[arg(long, env, hide_env_values = true)]
    database_url: String,
}

/// The acknowledged work as column arrays for UNNEST.
#[derive(Default)]
struct AcknowledgedColumns {
    /// hold ids, event ids, quantities
    holds: (Vec<Uuid>, Vec<Uuid>, Vec<i32>),
    /// booking ids, hold ids
    bookings: (Vec<Uuid>, Vec<Uuid>),
    releases: Vec<Uuid>,
}

impl Verify {
    /// Prints the numbers of acknowledged and of missing holds, bookings and releases.
    ///
    /// # Errors
    ///
    /// When anything is missing, or the file or the database cannot be read.
    pub async fn run(self) -> anyhow::Result<()> {
        let columns = AcknowledgedColumns::from_list(&acknowledged::read(&self.acknowledged)?)?;
        let mut connection = database::connect(&self.database_url).await?;
        let missing = [
            print_missing("holds", columns.holds.0.len(), &missing_holds(&mut connection, &columns).await?),
            print_missing("bookings", columns.bookings.0.len(), &missing_bookings(&mut connection, &columns).await?),
            print_missing("releases", columns.releases.len(), &missing_releases(&mut connection, &columns).await?),
        ];
        ensure!(missing.iter().sum::<usize>() == 0, "acknowledged work is missing");
        Ok(())
    }
}

impl AcknowledgedColumns {
    fn from_list(list: &[Acknowledged]) -> anyhow::Result<Self> {
        let mut columns = Self::default();
        for &acknowledged in list {
            match acknowledged {
                Acknowledged::Hold { hold_id, event_id, qty } => {
                    columns.holds.0.push(hold_id);
                    columns.holds.1.push(event_id);
                    columns.holds.2.push(i32::try_from(qty).context("a quantity out of range")?);
                }
                Acknowledged::Booking { booking_id, hold_id } => {
                    columns.bookings.0.push(booking_id);
                    columns.bookings.1.push(hold_id);
                }
                Acknowledged::Release { hold_id } => columns.releases.push(hold_id),
            }
        }
        Ok(columns)
    }
}

/// Returns the number of missing ids.
fn print_missing(what: &str, acknowledged: usize, missing: &[Uuid]) -> usize {
    println!("{acknowledged} acknowledged {what}, {} missing", missing.len());
    for id in missing.iter().take(MISSING_SHOWN) {
        println!("  missing: {id}");
    }
    missing.len()
}

async fn missing_holds(connection: &mut PgConnection, columns: &AcknowledgedColumns) -> anyhow::Result<Vec<Uuid>> {
    let (hold_ids, event_ids, quantities) = &columns.holds;
    let missing = sqlx::query_scalar(
        "SELECT promised.hold_id
           FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS promised (hold_id, event_id, quantity)
           LEFT JOIN holds USING (hold_id, event_id, quantity)
          WHERE holds.status IS NULL",
    );
    let missing = missing.bind(hold_ids).bind(event_ids).bind(quantities);
    missing.fetch_all(connection).await.context("cannot read the holds")
}

/// Bookings that are not confirmed or not of the acknowledged hold, or whose hold is not booked.
async fn missing_bookings(connection: &mut PgConnection, columns: &AcknowledgedColumns) -> anyhow::Result<Vec<Uuid>> {
    let (booking_ids, hold_ids) = &columns.bookings;
    let missing = sqlx::query_scalar(
        "SELECT promised.booking_id
           FROM unnest($1::uuid[], $2::uuid[]) AS promised (booking_id, hold_id)
           LEFT JOIN bookings ON bookings.booking_id = promised.booking_id
                             AND bookings.hold_id = promised.hold_id
                             AND bookings.status = 'confirmed'
           LEFT JOIN holds ON holds.hold_id = promised.hold_id
                          AND holds.status = 'booked'
          WHERE bookings.booking_id IS NULL OR holds.hold_id IS NULL",
    );
    missing.bind(booking_ids).bind(hold_ids).fetch_all(connection).await.context("cannot read the bookings")
}

async fn missing_releases(connection: &mut PgConnection, columns: &AcknowledgedColumns) -> anyhow::Result<Vec<Uuid>> {
    let missing = sqlx::query_scalar(
        "SELECT promised.hold_id
           FROM unnest($1::uuid[]) AS promised (hold_id)
           LEFT JOIN holds ON holds.hold_id = promised.hold_id
                          AND holds.status = 'released'
          WHERE holds.hold_id IS NULL",
    );
    missing.bind(&columns.releases).fetch_all(connection).await.context("cannot read the releases")
}
