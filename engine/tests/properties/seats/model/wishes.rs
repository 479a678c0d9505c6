//! Items that a request gets, all of them or none, and the reason of a refusal.

use std::collections::BTreeMap;

use boxoffice_engine::ids::{EventId, PoolId, TicketTypeId};
use boxoffice_engine::inventory::command::Refusal;
use boxoffice_engine::model::hold::{Amount, BestAvailable, Hold, Item, RequestedItems};
use boxoffice_engine::model::seat::SeatOwner;
use boxoffice_engine::seating;
use boxoffice_engine::seating::{PoolNumber, SeatIndex, SectionIndex};
use boxoffice_engine::time::Instant;
use test_support::model::limits::{check_hold_quantity, check_shortages};
use test_support::translate::{number, seconds};

use super::shared::{places, refusal, type_limits};
use super::{Event, Model, quantity_of};
use crate::seating::model::Model as Geometry;
use crate::seats::house::SECTION;

impl Model {
    /// Items for a request. The places of `own`, the hold whose items change, count as free.
    pub(super) fn items(
        &self,
        event_id: EventId,
        wanted: &RequestedItems,
        own: Option<&Hold>,
        now: Instant,
    ) -> Result<Vec<Item>, Refusal> {
        let event = self.event(event_id)?;
        let requested_items = match wanted {
            // Every event of the scripts has several ticket types.
            RequestedItems::Places(_) => return Err(Refusal::TicketTypeRequired),
            RequestedItems::Items(items) => items.clone(),
            RequestedItems::Seats(seats) => self.seats_by_only_type(event, seats)?,
            RequestedItems::BestAvailable(best) => self.best_available(event, best, own, now)?,
        };
        let items = requested_items.iter().map(|(ticket_type_id, amount)| self.item(event, *ticket_type_id, amount));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.check_quantities(event, &items)?;
        let selection: Vec<SeatIndex> = items.iter().flat_map(|item| item.seats.clone()).collect();
        let unavailable: Vec<_> = selection.iter().copied().filter(|seat| !self.is_free(event, *seat, own)).collect();
        if !unavailable.is_empty() {
            return Err(Refusal::SeatsUnavailable { seats: unavailable, now });
        }
        self.check_standing_capacity(event, &items, own, now)?;
        if event.orphans_refused && !matches!(wanted, RequestedItems::BestAvailable(_)) {
            let selection: Vec<usize> = selection.iter().map(|seat| seat.as_usize()).collect();
            let orphans = self.current_geometry(event, own).avoidable_orphans(&selection);
            if !orphans.is_empty() {
                return Err(Refusal::LeavesOrphans { seats: indexes(orphans) });
            }
        }
        Ok(items)
    }

    /// Geometry with the current free seats; the seats of `own` count as free.
    fn current_geometry(&self, event: &Event, own: Option<&Hold>) -> Geometry {
        let mut geometry = self.geometry.clone();
        for (index, seat) in (0..).map(SeatIndex).zip(&mut geometry.seats) {
            seat.free = self.is_free(event, index, own);
        }
        geometry
    }

    fn is_free(&self, event: &Event, seat: SeatIndex, own: Option<&Hold>) -> bool {
        match self.seat_owner(event.event_id, seat) {
            SeatOwner::Nobody => true,
            SeatOwner::Held(hold_id) => own.is_some_and(|own| own.hold_id == hold_id),
            SeatOwner::Booked(_) | SeatOwner::Blocked(_) => false,
        }
    }

    fn best_available(
        &self,
        event: &Event,
        best: &BestAvailable,
        own: Option<&Hold>,
        now: Instant,
    ) -> Result<Vec<(TicketTypeId, Amount)>, Refusal> {
        let requested = best.size.get();
        check_hold_quantity(&self.rules, event.quantity_max, requested).map_err(refusal)?;
        let number = |name: &str| name.strip_prefix(SECTION).and_then(|number| number.parse().ok()).filter(|n| *n < 2);
        let section = best.section.as_deref().map(|name| number(name).ok_or(Refusal::SectionNotFound)).transpose()?;
        let pool = best.ticket_type_id.map(|id| self.pool_number(event, id)).transpose()?;
        let wanted = seating::GroupRequest {
            size: best.size,
            together: best.together,
            section: section.map(SectionIndex),
            pool,
            accessible: best.accessible,
        };
        let group = self.current_geometry(event, own).pick(&wanted);
        let seats = indexes(group.map_err(|most| Refusal::NotTogether { requested, most: most as u32, now })?);
        match best.ticket_type_id {
            Some(id) => Ok(vec![(id, Amount::Seats(seats))]),
            None => self.seats_by_only_type(event, &seats).map_err(|_| Refusal::GroupWithoutTicketType),
        }
    }

    fn pool_number(&self, event: &Event, ticket_type_id: TicketTypeId) -> Result<PoolNumber, Refusal> {
        let pool_id = self.ticket_type(event.event_id, ticket_type_id)?.pool_id;
        if pool_id == event.standing_pool() {
            return Err(Refusal::GroupOfTicketTypeWithoutSeats { ticket_type_id });
        }
        let at = event.pools.iter().position(|pool| *pool == pool_id).expect("its types are of its pools");
        Ok(PoolNumber(at as u16))
    }

    fn seats_by_only_type(&self, event: &Event, seats: &[SeatIndex]) -> Result<Vec<(TicketTypeId, Amount)>, Refusal> {
        let pools = self.pools_of(event, seats)?;
        let mut by_type: BTreeMap<TicketTypeId, Vec<SeatIndex>> = BTreeMap::new();
        for (seat, pool_id) in seats.iter().zip(pools) {
            let types: Vec<_> = self.types.iter().filter(|ticket_type| ticket_type.pool_id == pool_id).collect();
            let [only] = types[..] else { return Err(Refusal::TicketTypeRequired) };
            by_type.entry(only.ticket_type_id).or_default().push(*seat);
        }
        Ok(by_type.into_iter().map(|(ticket_type_id, seats)| (ticket_type_id, Amount::Seats(seats))).collect())
    }

    /// Pool of each seat. Refuses seats that the event does not have.
    pub(super) fn pools_of(&self, event: &Event, seats: &[SeatIndex]) -> Result<Vec<PoolId>, Refusal> {
        let unknown: Vec<_> = seats.iter().copied().filter(|seat| self.pool_of(event, *seat).is_none()).collect();
        let pools = seats.iter().filter_map(|seat| self.pool_of(event, *seat)).collect();
        if unknown.is_empty() { Ok(pools) } else { Err(Refusal::SeatsNotFound { seats: unknown }) }
    }

    fn item(&self, event: &Event, ticket_type_id: TicketTypeId, amount: &Amount) -> Result<Item, Refusal> {
        let ticket_type = self.ticket_type(event.event_id, ticket_type_id)?;
        let standing = ticket_type.pool_id == event.standing_pool();
        let (quantity, seats) = match amount {
            Amount::Places(quantity) if standing => (quantity.get(), vec![]),
            Amount::Seats(seats) if !standing => (seats.len() as u32, seats.clone()),
            Amount::Places(_) => return Err(Refusal::SeatsExpected { ticket_type_id, expected: true }),
            Amount::Seats(_) => return Err(Refusal::SeatsExpected { ticket_type_id, expected: false }),
        };
        let pools = self.pools_of(event, &seats)?;
        let elsewhere = seats.iter().zip(pools).filter(|(_, pool)| *pool != ticket_type.pool_id).map(|(seat, _)| *seat);
        match elsewhere.collect::<Vec<_>>() {
            seats if !seats.is_empty() => Err(Refusal::SeatsOfAnotherPool { ticket_type_id, seats }),
            _ => Ok(Item {
                ticket_type_id,
                pool_id: ticket_type.pool_id,
                quantity,
                unit_price: ticket_type.price,
                seats,
            }),
        }
    }

    fn check_quantities(&self, event: &Event, items: &[Item]) -> Result<(), Refusal> {
        let requested = items.iter().map(|item| item.quantity).sum();
        let per_hold = check_hold_quantity(&self.rules, event.quantity_max, requested).map_err(refusal)?;
        for item in items {
            let limits = type_limits(self.ticket_type(event.event_id, item.ticket_type_id)?);
            limits.check(per_hold, item.quantity).map_err(refusal)?;
        }
        Ok(())
    }

    fn check_standing_capacity(
        &self,
        event: &Event,
        items: &[Item],
        own: Option<&Hold>,
        now: Instant,
    ) -> Result<(), Refusal> {
        let pool_id = event.standing_pool();
        let mut places = places(&self.pool(event, pool_id));
        places.held -= own.map_or(0, |own| quantity_of(&own.items, pool_id));
        let of_pool = items.iter().filter(|item| item.pool_id == pool_id);
        let types = of_pool.map(|item| number(item.ticket_type_id.as_uuid())).collect();
        let short = places.shortage(number(pool_id.as_uuid()), types, quantity_of(items, pool_id));
        let returns = self.returns(pool_id, own);
        check_shortages(short.into_iter().collect(), &returns, seconds(now)).map_err(refusal)
    }
}

fn indexes(seats: Vec<usize>) -> Vec<SeatIndex> {
    seats.into_iter().map(|seat| SeatIndex(seat as u32)).collect()
}
