//! verify: is everything there that was acknowledged? Asks the database and not the service: the service could remember.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::acknowledged::{self, Acknowledged};
use crate::database;

/// How many missing ids are printed; the counts are complete.
const MISSING_SHOWN: usize = 10;

#[derive(Args, Debug)]
pub struct Verify {
    /// What `mixed` wrote
    #[arg(long)]
    acknowledged: PathBuf,
    /// The service's database
    #[arg(long, env, hide_env_values = true)]
    database_url: String,
}

/// The promises, column by column as the statements take them.
#[derive(Default)]
struct Promises {
    holds: (Vec<Uuid>, Vec<Uuid>, Vec<i32>),
    bookings: (Vec<Uuid>, Vec<Uuid>),
    releases: Vec<Uuid>,
}

impl Verify {
    /// Prints how many of each were acknowledged, and how many are missing.
    ///
    /// # Errors
    ///
    /// When anything is missing, or the file or the database cannot be read.
    pub async fn run(self) -> anyhow::Result<()> {
        let promises = Promises::of(&acknowledged::read(&self.acknowledged)?)?;
        let mut connection = database::connect(&self.database_url).await?;
        let missing = [
            show("holds", promises.holds.0.len(), &missing_holds(&mut connection, &promises).await?),
            show("bookings", promises.bookings.0.len(), &missing_bookings(&mut connection, &promises).await?),
            show("releases", promises.releases.len(), &missing_releases(&mut connection, &promises).await?),
        ];
        ensure!(missing.iter().sum::<usize>() == 0, "acknowledged work is missing");
        Ok(())
    }
}

impl Promises {
    fn of(acknowledged: &[Acknowledged]) -> anyhow::Result<Self> {
        let mut promises = Self::default();
        for &promise in acknowledged {
            match promise {
                Acknowledged::Hold { hold_id, event_id, qty } => {
                    promises.holds.0.push(hold_id);
                    promises.holds.1.push(event_id);
                    promises.holds.2.push(i32::try_from(qty).context("a quantity out of range")?);
                }
                Acknowledged::Booking { booking_id, hold_id } => {
                    promises.bookings.0.push(booking_id);
                    promises.bookings.1.push(hold_id);
                }
                Acknowledged::Release { hold_id } => promises.releases.push(hold_id),
            }
        }
        Ok(promises)
    }
}

fn show(what: &str, acknowledged: usize, missing: &[Uuid]) -> usize {
    println!("{acknowledged} acknowledged {what}, {} missing", missing.len());
    for id in missing.iter().take(MISSING_SHOWN) {
        println!("  missing: {id}");
    }
    missing.len()
}

async fn missing_holds(connection: &mut PgConnection, promises: &Promises) -> anyhow::Result<Vec<Uuid>> {
    let (hold_ids, event_ids, quantities) = &promises.holds;
    let missing = sqlx::query_scalar(
        "SELECT promised.hold_id
           FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS promised (hold_id, event_id, quantity)
           LEFT JOIN holds USING (hold_id, event_id, quantity)
          WHERE holds.status IS NULL",
    );
    let missing = missing.bind(hold_ids).bind(event_ids).bind(quantities);
    missing.fetch_all(connection).await.context("cannot read the holds")
}

/// A booking must be the one of its hold, and the hold must say so.
async fn missing_bookings(connection: &mut PgConnection, promises: &Promises) -> anyhow::Result<Vec<Uuid>> {
    let (booking_ids, hold_ids) = &promises.bookings;
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

async fn missing_releases(connection: &mut PgConnection, promises: &Promises) -> anyhow::Result<Vec<Uuid>> {
    let missing = sqlx::query_scalar(
        "SELECT promised.hold_id
           FROM unnest($1::uuid[]) AS promised (hold_id)
           LEFT JOIN holds ON holds.hold_id = promised.hold_id
                          AND holds.status = 'released'
          WHERE holds.hold_id IS NULL",
    );
    missing.bind(&promises.releases).fetch_all(connection).await.context("cannot read the releases")
}
