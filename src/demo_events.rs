//! Demo events of `boxoffice dev`: a concert without seats, and a comedy with seats.

use anyhow::bail;
use boxoffice_engine::ids::{AffinityRange, EventId, VenueId};
use boxoffice_engine::seating::{LayoutDraft, SectionDraft};
use sqlx::PgPool;

use crate::events::details::DetailsDraft;
use crate::events::model::new_event::{EventDraft, NewEvent, PriceZoneDraft, TicketTypeDraft};
use crate::events::model::seated_event::LoadedLayouts;
use crate::events::sql::create::create_event;
use crate::events::sql::named::find_on_sale;
use crate::idempotency::creation::Created;
use crate::venues::model::new_venue::{NewVenue, VenueDraft};
use crate::venues::model::venue::{LayoutReference, VenueLayout};
use crate::venues::sql::create::create_venue;

/// Names of the events, by which they are found again.
const CONCERT: &str = "Demo: an evening of improvised music";
const COMEDY: &str = "Demo: a comedy, in numbered seats";

const DESCRIPTION: &str = "An example event for trying out holds and bookings. It can be cancelled.";

/// Capacity of the concert, in places.
const CONCERT_SEATS: i64 = 500;

/// Sections of the theatre: two with seats, and one with standing places.
const STALLS: &str = "rows A-H, 1-20, aisle after 10, accessible A1-A2 and A20, companion A3 and A19";
const BALCONY: &str = "rows A-D, 1-16, aisle after 8, restricted view A1 and A16";
const STANDING: i64 = 60;
const PREMIUM_ROWS: [&str; 3] = ["A", "B", "C"];

/// Ids of the demo events. Both are on sale.
#[derive(Clone, Copy, Debug)]
pub struct DemoEvents {
    pub concert: EventId,
    pub comedy: EventId,
}

/// Finds the demo events that are on sale, and creates the missing ones with ids whose affinities are in the range.
///
/// # Errors
/// The database failed.
pub async fn ensure(pool: &PgPool, affinities: AffinityRange) -> anyhow::Result<DemoEvents> {
    let concert = match find_on_sale(pool, CONCERT).await? {
        Some(event_id) => event_id,
        None => create(pool, affinities, NewEvent::try_from(concert())?).await?,
    };
    let comedy = match find_on_sale(pool, COMEDY).await? {
        Some(event_id) => event_id,
        None => create_comedy(pool, affinities).await?,
    };
    Ok(DemoEvents { concert, comedy })
}

async fn create(pool: &PgPool, affinities: AffinityRange, new: NewEvent) -> anyhow::Result<EventId> {
    match create_event(pool, affinities, new, None).await? {
        Created::New(created) => Ok(created.event.event_id),
        Created::Replayed(_) => bail!("a request without an idempotency key got a stored response"),
    }
}

async fn create_comedy(pool: &PgPool, affinities: AffinityRange) -> anyhow::Result<EventId> {
    let venue = match create_venue(pool, NewVenue::try_from(theatre())?, None).await? {
        Created::New(created) => created,
        Created::Replayed(_) => bail!("a request without an idempotency key got a stored response"),
    };
    let venue_id = venue.venue.venue_id;
    let mut layouts = LoadedLayouts::default();
    let venue_layout = VenueLayout {
        venue_id,
        venue_name: venue.venue.name.clone(),
        version: venue.venue.layout.version,
        layout: venue.layout.as_ref().clone(),
    };
    layouts.insert(LayoutReference { venue_id, version: None }, venue_layout);
    create(pool, affinities, NewEvent::parse(comedy(venue_id), &layouts)?).await
}

fn concert() -> EventDraft {
    EventDraft {
        details: DetailsDraft { venue_name: Some("Town Hall".to_owned()), ..details(CONCERT) },
        total_seats: Some(CONCERT_SEATS),
        ..EventDraft::default()
    }
}

fn details(name: &str) -> DetailsDraft {
    DetailsDraft { name: name.to_owned(), description: Some(DESCRIPTION.to_owned()), ..DetailsDraft::default() }
}

fn theatre() -> VenueDraft {
    let section = |name: &str| SectionDraft { name: name.to_owned(), ..SectionDraft::default() };
    let sections = vec![
        SectionDraft { description: Some(STALLS.to_owned()), ..section("Stalls") },
        SectionDraft { description: Some(BALCONY.to_owned()), ..section("Balcony") },
        SectionDraft { capacity: Some(STANDING), ..section("Standing") },
    ];
    VenueDraft {
        name: "Demo: the old theatre".to_owned(),
        layout: LayoutDraft { sections, ..LayoutDraft::default() },
        ..VenueDraft::default()
    }
}

fn comedy(venue_id: VenueId) -> EventDraft {
    let ticket_type = |name: &str, pool: &str, price| TicketTypeDraft {
        name: name.to_owned(),
        pool: Some(pool.to_owned()),
        price_zone: None,
        price,
        min_quantity: None,
        max_quantity: None,
    };
    EventDraft {
        details: details(COMEDY),
        currency: Some("EUR".to_owned()),
        venue_id: Some(venue_id),
        price_zones: Some(vec![PriceZoneDraft {
            section: "Stalls".to_owned(),
            name: "Premium".to_owned(),
            rows: PREMIUM_ROWS.map(str::to_owned).to_vec(),
        }]),
        ticket_types: Some(vec![
            ticket_type("Premium", "Stalls, Premium", 4500),
            ticket_type("Adult", "Stalls", 3000),
            ticket_type("Child", "Stalls", 1500),
            ticket_type("Balcony", "Balcony", 2000),
            ticket_type("Standing", "Standing", 1200),
        ]),
        ..EventDraft::default()
    }
}
