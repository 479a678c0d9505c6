//! What somebody gets for a wish: all of it or nothing, and what they are told in place of it.

use std::collections::BTreeMap;

use boxoffice::domain::hold::{Amount, BestAvailable, Hold, HoldStatus, Item, Wanted};
use boxoffice::domain::ids::{EventId, PoolId, TicketTypeId};
use boxoffice::domain::seat::SeatOwner;
use boxoffice::domain::seating::{self, PoolNumber, SeatIndex, SectionIndex};
use boxoffice::domain::time::Instant;
use boxoffice::inventory::command::{Refusal, Shortage};

use super::{Event, Model, quantity_of};
use crate::seating::model::Model as Geometry;
use crate::seats::house::SECTION;

impl Model {
    /// What `own` has counts as free.
    pub(super) fn items(
        &self,
        event_id: EventId,
        wanted: &Wanted,
        own: Option<&Hold>,
        now: Instant,
    ) -> Result<Vec<Item>, Refusal> {
        let event = self.event(event_id)?;
        let named = match wanted {
            // Every event has several ticket types.
            Wanted::Places(_) => return Err(Refusal::TicketTypeRequired),
            Wanted::Items(items) => items.clone(),
            Wanted::Seats(seats) => self.as_only_types(event, seats)?,
            Wanted::BestAvailable(best) => self.best(event, best, own, now)?,
        };
        let items = named.iter().map(|(of_type, amount)| self.item(event, *of_type, amount));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.in_range(event, &items)?;
        let selection: Vec<SeatIndex> = items.iter().flat_map(|item| item.seats.clone()).collect();
        let gone: Vec<_> = selection.iter().copied().filter(|seat| !self.is_free(event, *seat, own)).collect();
        if !gone.is_empty() {
            return Err(Refusal::SeatsUnavailable { seats: gone, now });
        }
        self.room_to_stand(event, &items, own, now)?;
        if event.orphans_refused && !matches!(wanted, Wanted::BestAvailable(_)) {
            let selection: Vec<usize> = selection.iter().map(|seat| seat.at()).collect();
            let orphans = self.as_it_is(event, own).orphans_left_by(&selection);
            if !orphans.is_empty() {
                return Err(Refusal::LeavesOrphans { seats: indexes(orphans) });
            }
        }
        Ok(items)
    }

    /// The house with everybody in it but `own`.
    fn as_it_is(&self, event: &Event, own: Option<&Hold>) -> Geometry {
        let mut geometry = self.geometry.clone();
        for (seat, of) in (0..).map(SeatIndex).zip(&mut geometry.seats) {
            of.free = self.is_free(event, seat, own);
        }
        geometry
    }

    fn is_free(&self, event: &Event, seat: SeatIndex, own: Option<&Hold>) -> bool {
        match self.who(event.event_id, seat) {
            SeatOwner::Nobody => true,
            SeatOwner::Held(hold_id) => own.is_some_and(|own| own.hold_id == hold_id),
            SeatOwner::Booked(_) | SeatOwner::Blocked(_) => false,
        }
    }

    fn best(
        &self,
        event: &Event,
        best: &BestAvailable,
        own: Option<&Hold>,
        now: Instant,
    ) -> Result<Vec<(TicketTypeId, Amount)>, Refusal> {
        let requested = best.size.get();
        self.within_hold(event, requested)?;
        let number = |name: &str| name.strip_prefix(SECTION).and_then(|number| number.parse().ok()).filter(|n| *n < 2);
        let section = best.section.as_deref().map(|name| number(name).ok_or(Refusal::SectionNotFound)).transpose()?;
        let pool = best.ticket_type_id.map(|of_type| self.number_of_pool(event, of_type)).transpose()?;
        let wanted = seating::Wanted {
            size: best.size,
            together: best.together,
            section: section.map(SectionIndex),
            pool,
            accessible: best.accessible,
        };
        let group = self.as_it_is(event, own).pick(&wanted);
        let seats = indexes(group.map_err(|most| Refusal::NotTogether { requested, most: most as u32, now })?);
        match best.ticket_type_id {
            Some(of_type) => Ok(vec![(of_type, Amount::Seats(seats))]),
            None => self.as_only_types(event, &seats).map_err(|_| Refusal::GroupWithoutTicketType),
        }
    }

    fn number_of_pool(&self, event: &Event, ticket_type_id: TicketTypeId) -> Result<PoolNumber, Refusal> {
        let pool_id = self.ticket_type(event.event_id, ticket_type_id)?.pool_id;
        if pool_id == event.standing_pool() {
            return Err(Refusal::GroupOfTicketTypeWithoutSeats { ticket_type_id });
        }
        let at = event.pools.iter().position(|pool| *pool == pool_id).expect("its types are of its pools");
        Ok(PoolNumber(at as u16))
    }

    fn as_only_types(&self, event: &Event, seats: &[SeatIndex]) -> Result<Vec<(TicketTypeId, Amount)>, Refusal> {
        let pools = self.pools_of(event, seats)?;
        let mut by_type: BTreeMap<TicketTypeId, Vec<SeatIndex>> = BTreeMap::new();
        for (seat, pool_id) in seats.iter().zip(pools) {
            let types: Vec<_> = self.types.iter().filter(|of_type| of_type.pool_id == pool_id).collect();
            let [only] = types[..] else { return Err(Refusal::TicketTypeRequired) };
            by_type.entry(only.ticket_type_id).or_default().push(*seat);
        }
        Ok(by_type.into_iter().map(|(of_type, seats)| (of_type, Amount::Seats(seats))).collect())
    }

    /// All of them must be seats of the event.
    pub(super) fn pools_of(&self, event: &Event, seats: &[SeatIndex]) -> Result<Vec<PoolId>, Refusal> {
        let unknown: Vec<_> = seats.iter().copied().filter(|seat| self.pool_of(event, *seat).is_none()).collect();
        let pools = seats.iter().filter_map(|seat| self.pool_of(event, *seat)).collect();
        if unknown.is_empty() { Ok(pools) } else { Err(Refusal::SeatsNotFound { seats: unknown }) }
    }

    fn item(&self, event: &Event, ticket_type_id: TicketTypeId, amount: &Amount) -> Result<Item, Refusal> {
        let of_type = self.ticket_type(event.event_id, ticket_type_id)?;
        let standing = of_type.pool_id == event.standing_pool();
        let (quantity, seats) = match amount {
            Amount::Places(quantity) if standing => (quantity.get(), vec![]),
            Amount::Seats(seats) if !standing => (seats.len() as u32, seats.clone()),
            Amount::Places(_) => return Err(Refusal::SeatsExpected { ticket_type_id, expected: true }),
            Amount::Seats(_) => return Err(Refusal::SeatsExpected { ticket_type_id, expected: false }),
        };
        let pools = self.pools_of(event, &seats)?;
        let elsewhere = seats.iter().zip(pools).filter(|(_, pool)| *pool != of_type.pool_id).map(|(seat, _)| *seat);
        match elsewhere.collect::<Vec<_>>() {
            seats if !seats.is_empty() => Err(Refusal::SeatsOfAnotherPool { ticket_type_id, seats }),
            _ => Ok(Item { ticket_type_id, pool_id: of_type.pool_id, quantity, unit_price: of_type.price, seats }),
        }
    }

    fn in_range(&self, event: &Event, items: &[Item]) -> Result<(), Refusal> {
        let per_hold = self.within_hold(event, items.iter().map(|item| item.quantity).sum())?;
        for Item { ticket_type_id, quantity, .. } in items {
            let of_type = self.ticket_type(event.event_id, *ticket_type_id)?;
            let (min, max) = (of_type.min_quantity, of_type.max_quantity.unwrap_or(per_hold).min(per_hold));
            if !(min..=max).contains(quantity) {
                let (ticket_type_id, requested) = (Some(*ticket_type_id), *quantity);
                return Err(Refusal::QuantityOutOfRange { ticket_type_id, requested, min, max });
            }
        }
        Ok(())
    }

    fn within_hold(&self, event: &Event, requested: u32) -> Result<u32, Refusal> {
        let max = event.quantity_max.unwrap_or(u32::MAX).min(self.rules.quantity_max);
        let refused = Refusal::QuantityOutOfRange { ticket_type_id: None, requested, min: 1, max };
        if requested > max { Err(refused) } else { Ok(max) }
    }

    fn room_to_stand(&self, event: &Event, items: &[Item], own: Option<&Hold>, now: Instant) -> Result<(), Refusal> {
        let pool_id = event.standing_pool();
        let [held, booked, blocked] = self.counters(pool_id);
        let held = held - own.map_or(0, |own| quantity_of(&own.items, pool_id));
        let (requested, available) = (quantity_of(items, pool_id), event.standing - held - booked - blocked);
        if requested <= available {
            return Ok(());
        }
        let of_pool = items.iter().filter(|item| item.pool_id == pool_id);
        let ticket_type_ids = of_pool.map(|item| item.ticket_type_id).collect();
        let others = self.live(HoldStatus::Active).filter(|hold| own.is_none_or(|own| own.hold_id != hold.hold_id));
        let gives_back = others.filter(|hold| quantity_of(&hold.items, pool_id) > 0).map(|hold| hold.expires_at).min();
        let retry_at = gives_back.filter(|_| available + held >= requested);
        let short = Shortage { pool_id, ticket_type_ids, requested, available, held };
        Err(Refusal::InsufficientSeats { shortages: vec![short], retry_at, now })
    }
}

fn indexes(seats: Vec<usize>) -> Vec<SeatIndex> {
    seats.into_iter().map(|seat| SeatIndex(seat as u32)).collect()
}
