//! A small venue for two events: two sections with a few rows, the first row a price zone of its own, and a standing
//! area.

use std::sync::Arc;

use boxoffice_engine::ids::{EventId, PoolId, VenueId};
use boxoffice_engine::inventory::batch_state::TicketType;
use boxoffice_engine::model::event::EventTerms;
use boxoffice_engine::model::seat::SeatOwner;
use boxoffice_engine::seating::{Layout, SeatIndex, SectionDraft};
use test_support::dice::Dice;
use test_support::model::Status;
use test_support::translate::{event_status, id};

use super::model::{Event, Model};
use crate::rows::{Rows, SeatRow};
use crate::seating::model::{Model as Geometry, ModelSeat};

/// Number of pools per event: the price zone of the first row, the rest of its section, the other section, and
/// standing.
pub const POOLS: u16 = 4;
pub const STANDING: u16 = 3;
/// Prefix of section names; the section number follows. The last section has no seats.
pub const SECTION: &str = "Section ";
const EVENTS: usize = 2;

/// Section of each row.
const ROWS: [usize; 5] = [0, 0, 0, 1, 1];

/// Makes rows of three to six seats; a few are accessible, companion or aisle seats. `next_number` is called once per
/// row, because one number is too small for all rows.
pub fn geometry(mut next_number: impl FnMut() -> u64) -> Geometry {
    let mut seats = Vec::new();
    for (row, section) in ROWS.into_iter().enumerate() {
        let mut dice = Dice(next_number());
        for position in 0..3 + dice.roll(4) {
            let special = dice.roll(16);
            seats.push(ModelSeat {
                section,
                row,
                x: position as i64 * 55 + (row % 3) as i64 * 17,
                y: row as i64 * 80,
                pool: if row == 0 { 0 } else { 1 + section as u16 },
                accessible: special == 0,
                companion: special == 1,
                aisle_after: special == 2 || special == 3,
                free: true,
            });
        }
    }
    Geometry { seats, focal_point: (110, -100) }
}

/// Adds the events and their ticket types: one for the front zone, two for the rest of its section, one for the other
/// section (in half of the events sold from two places up), and one for standing.
pub fn events(model: &mut Model, dice: &mut Dice) {
    for number in 1..=EVENTS {
        let event_id: EventId = id(number);
        let pools: Vec<PoolId> = (0..POOLS).map(|pool| id(usize::from(pool) * 100 + number)).collect();
        let pairs = 1 + dice.number(2);
        for (at, (pool, price, min_quantity, max_quantity)) in
            [(0, 5_000, 1, None), (1, 3_000, 1, None), (1, 1_000, 1, Some(2)), (2, 2_000, pairs, None), (3, 0, 1, None)]
                .into_iter()
                .enumerate()
        {
            let (ticket_type_id, pool_id) = (id(at * 100 + number), pools[pool]);
            let ticket_type = TicketType { ticket_type_id, event_id, pool_id, price, min_quantity, max_quantity };
            model.types.push(ticket_type);
        }
        model.events.push(Event {
            event_id,
            status: Status::OnSale,
            orphans_refused: dice.one_in(2),
            quantity_max: dice.one_in(4).then_some(4),
            pools,
            standing: 2 + dice.number(6),
        });
    }
}

/// Rows of the model's events just after their creation.
pub fn rows(model: &Model) -> Rows {
    let mut rows = Rows::default();
    let venue: (VenueId, u32) = (id(1), 1);
    rows.layouts.insert(venue, Arc::new(layout(&model.geometry)));
    for event in &model.events {
        rows.add_event(event.event_id, terms(event));
        rows.events.get_mut(&event.event_id).expect("it was just added").layout = Some(venue);
        for (number, pool_id) in (0..POOLS).zip(&event.pools) {
            let seats = model.geometry.seats.iter().filter(|seat| seat.pool == number).count() as u32;
            rows.add_pool(*pool_id, event.event_id, if number == STANDING { event.standing } else { seats });
            rows.pools.get_mut(pool_id).expect("it was just added").seated = number != STANDING;
        }
        for (index, seat) in (0..).map(SeatIndex).zip(&model.geometry.seats) {
            let pool_id = event.pools[usize::from(seat.pool)];
            rows.seats.insert((event.event_id, index), SeatRow { pool_id, owner: SeatOwner::Nobody });
        }
    }
    rows.ticket_types.extend(model.types.iter().map(|ticket_type| (ticket_type.ticket_type_id, ticket_type.clone())));
    rows
}

fn terms(event: &Event) -> EventTerms {
    EventTerms {
        status: event_status(event.status),
        currency: None,
        hold_ttl_seconds: None,
        max_quantity_per_hold: event.quantity_max,
        sale_starts_at: None,
        sale_ends_at: None,
        orphans_refused: event.orphans_refused,
    }
}

fn layout(geometry: &Geometry) -> Layout {
    let mut draft = geometry.draft();
    let name = format!("{SECTION}{}", draft.sections.len());
    draft.sections.push(SectionDraft { name, capacity: Some(100), ..SectionDraft::default() });
    draft.try_into().expect("the venue is small and well-formed")
}
