//! Commands on holds and bookings, with or without seats.

use boxoffice_engine::ids::{BookingId, HoldId, TicketTypeId};
use boxoffice_engine::inventory::command::{Decision, ExpiryCause, NewHold, Outcome, Refusal};
use boxoffice_engine::model::booking::{Booking, BookingStatus, Payment};
use boxoffice_engine::model::hold::Possession;
use boxoffice_engine::model::hold::{Amount, Hold, HoldStatus, Idempotency, Item, Portion, RequestedItems};
use boxoffice_engine::quantity::Quantity;
use boxoffice_engine::seating::SeatIndex;
use boxoffice_engine::time::Instant;
use test_support::model::Seconds;
use test_support::model::life::{Extension, Life, check_token, placed_before};
use test_support::translate::{instant, seconds};

use super::Model;
use super::shared::{apply_rule, refusal, type_limits};

impl Model {
    pub(super) fn place(&mut self, request: &NewHold, now: Instant) -> Decision {
        let key = |idempotency: &Option<Idempotency>| idempotency.as_ref().map(|idempotency| idempotency.key);
        let same_key = |(hold, _): &&(Hold, Hold)| {
            request.idempotency.is_some() && key(&hold.idempotency) == key(&request.idempotency)
        };
        let same_body = |(_, placed): &&(Hold, Hold)| placed.idempotency == request.idempotency;
        if let Some((_, placed)) = placed_before(self.holds.iter(), same_key, same_body).map_err(refusal)? {
            return Ok(Outcome::Placed { hold: placed.clone(), replayed: true });
        }
        self.event_on_sale(request.event_id, now)?;
        let items = self.items(request.event_id, &request.wanted, None, now)?;
        let life = Life::new(seconds(now), request.ttl_seconds.map_or(self.rules.ttl, Seconds::from));
        let hold = Hold {
            hold_id: request.hold_id,
            event_id: request.event_id,
            status: HoldStatus::Active,
            items,
            currency: None,
            ttl_seconds: life.ttl as u32,
            extensions: life.extensions,
            created_at: now,
            expires_at: instant(life.expires),
            ended_at: None,
            idempotency: request.idempotency.clone(),
        };
        self.holds.push((hold.clone(), hold.clone()));
        Ok(Outcome::Placed { hold, replayed: false })
    }

    pub(super) fn extend(&mut self, hold_id: HoldId, possession: Possession, now: Instant) -> Decision {
        let rules = self.rules;
        let hold = self.hold_with_token(hold_id, possession)?;
        let Extension { extensions_left, replayed } = apply_rule(hold, now, |life, now| life.extend(&rules, now))?;
        Ok(Outcome::Extended { hold: hold.clone(), extensions_left, at: now, replayed })
    }

    pub(super) fn release(&mut self, hold_id: HoldId, possession: Possession, now: Instant) -> Decision {
        let hold = self.hold_with_token(hold_id, possession)?;
        apply_rule(hold, now, |life, now| life.release(now))?;
        Ok(Outcome::Released { hold_id })
    }

    pub(super) fn expire(&mut self, hold_id: HoldId, cause: ExpiryCause, now: Instant) -> Decision {
        let hold = self.hold_with_token(hold_id, Possession::Proven)?;
        let expired = match cause {
            ExpiryCause::Due => apply_rule(hold, now, |life, now| Ok(life.is_due(now)))?,
            ExpiryCause::Operator => apply_rule(hold, now, |life, now| life.expire_now(now).map(|()| true))?,
        };
        Ok(if expired { Outcome::Expired { hold_id } } else { Outcome::NotDue })
    }

    /// Replaces the items of a hold. Its own places count as free, ticket types it already has keep their price, and
    /// its expiry stays.
    pub(super) fn change_items(
        &mut self,
        hold_id: HoldId,
        possession: Possession,
        wanted: &RequestedItems,
        now: Instant,
    ) -> Decision {
        let own = self.active_hold(hold_id, possession, now)?.clone();
        if already_has(&own, wanted) {
            return Ok(Outcome::ItemsChanged { hold: own, at: now });
        }
        self.event_on_sale(own.event_id, now)?;
        let mut items = self.items(own.event_id, wanted, Some(&own), now)?;
        for item in &mut items {
            let held = own.items.iter().find(|held| held.ticket_type_id == item.ticket_type_id);
            item.unit_price = held.map_or(item.unit_price, |held| held.unit_price);
        }
        let hold = self.active_hold(hold_id, possession, now)?;
        hold.items = items;
        Ok(Outcome::ItemsChanged { hold: hold.clone(), at: now })
    }

    pub(super) fn book(
        &mut self,
        (booking_id, hold_id): (BookingId, HoldId),
        possession: Possession,
        portion: Option<&Portion>,
        now: Instant,
    ) -> Decision {
        let hold = self.hold_with_token(hold_id, possession)?;
        let replayed = apply_rule(hold, now, |life, now| life.check_bookable(now))?;
        let hold = hold.clone();
        if replayed {
            let booking = self.bookings.iter().find(|booking| booking.hold_id == hold_id);
            let booking = booking.expect("a booked hold has a booking").clone();
            return Ok(Outcome::Booked { booking, hold, replayed });
        }
        let items = portion.map_or(Ok(hold.items.clone()), |portion| self.portion(&hold, portion))?;
        let booking = Booking {
            booking_id,
            hold_id,
            event_id: hold.event_id,
            status: BookingStatus::Confirmed,
            payment: Payment::NotRequired,
            created_at: now,
            cancelled_at: None,
        };
        self.bookings.push(booking.clone());
        let hold = self.active_hold(hold_id, possession, now)?;
        hold.items = items;
        let answered = hold.clone();
        apply_rule(hold, now, |life, now| {
            life.book(now);
            Ok(())
        })?;
        Ok(Outcome::Booked { booking, hold: answered, replayed })
    }

    pub(super) fn cancel(&mut self, booking_id: BookingId, now: Instant) -> Decision {
        let booking = self.bookings.iter_mut().find(|booking| booking.booking_id == booking_id);
        let booking = booking.ok_or(Refusal::BookingNotFound)?;
        booking.status = BookingStatus::Cancelled;
        booking.cancelled_at.get_or_insert(now);
        let booking = booking.clone();
        let hold = self.hold(booking.hold_id).expect("a booking has a hold").clone();
        Ok(Outcome::Cancelled { booking, hold })
    }

    /// Items of a hold after only this portion of it is booked.
    fn portion(&self, hold: &Hold, portion: &Portion) -> Result<Vec<Item>, Refusal> {
        let items = match portion {
            Portion::Seats(seats) => {
                let held: Vec<SeatIndex> = hold.items.iter().flat_map(|item| item.seats.clone()).collect();
                let missing = seats_not_in(seats, &held);
                if !missing.is_empty() {
                    return Err(Refusal::NotInHold { ticket_type_id: None, seats: missing });
                }
                let booked_seats =
                    |item: &Item| item.seats.iter().copied().filter(|seat| seats.contains(seat)).collect();
                let items = hold.items.iter().map(|item| item_with_seats(item, booked_seats(item)));
                items.filter(|item| !item.seats.is_empty()).collect::<Vec<_>>()
            }
            Portion::Items(items) => {
                let items = items.iter().map(|(ticket_type_id, amount)| {
                    let not_in_hold = |seats| Refusal::NotInHold { ticket_type_id: Some(*ticket_type_id), seats };
                    let held = hold.items.iter().find(|item| item.ticket_type_id == *ticket_type_id);
                    portion_item(held.ok_or(not_in_hold(vec![]))?, amount, not_in_hold)
                });
                items.collect::<Result<_, _>>()?
            }
        };
        for item in &items {
            let held = hold.items.iter().find(|held| held.ticket_type_id == item.ticket_type_id);
            let limits = type_limits(self.ticket_type(hold.event_id, item.ticket_type_id)?);
            limits.check_portion(held.map_or(0, |held| held.quantity), item.quantity).map_err(refusal)?;
        }
        Ok(items)
    }

    fn hold_with_token(&mut self, hold_id: HoldId, possession: Possession) -> Result<&mut Hold, Refusal> {
        let hold = self.holds.iter_mut().map(|(hold, _)| hold).find(|hold| hold.hold_id == hold_id);
        let hold = hold.ok_or(Refusal::HoldNotFound)?;
        check_token(possession == Possession::Proven).map_err(refusal)?;
        Ok(hold)
    }

    fn active_hold(&mut self, hold_id: HoldId, possession: Possession, now: Instant) -> Result<&mut Hold, Refusal> {
        let hold = self.hold_with_token(hold_id, possession)?;
        apply_rule(hold, now, |life, now| life.check_active(now))?;
        Ok(hold)
    }
}

fn portion_item(
    held: &Item,
    amount: &Amount,
    not_in_hold: impl Fn(Vec<SeatIndex>) -> Refusal,
) -> Result<Item, Refusal> {
    let ticket_type_id = held.ticket_type_id;
    match amount {
        Amount::Places(quantity) if !held.seats.is_empty() && quantity.get() != held.quantity => {
            Err(Refusal::SeatsExpected { ticket_type_id, expected: true })
        }
        Amount::Places(quantity) if quantity.get() > held.quantity => Err(not_in_hold(vec![])),
        Amount::Places(quantity) => Ok(Item { quantity: quantity.get(), ..held.clone() }),
        Amount::Seats(_) if held.seats.is_empty() => Err(Refusal::SeatsExpected { ticket_type_id, expected: false }),
        Amount::Seats(seats) => match seats_not_in(seats, &held.seats) {
            missing if missing.is_empty() => Ok(item_with_seats(held, seats.clone())),
            missing => Err(not_in_hold(missing)),
        },
    }
}

fn item_with_seats(item: &Item, seats: Vec<SeatIndex>) -> Item {
    Item { quantity: seats.len() as u32, seats, ..item.clone() }
}

/// Seats that are not among `others`.
fn seats_not_in(seats: &[SeatIndex], others: &[SeatIndex]) -> Vec<SeatIndex> {
    seats.iter().copied().filter(|seat| !others.contains(seat)).collect()
}

/// Whether the hold has these items already. Such a repeat succeeds even if a change is no longer possible.
fn already_has(hold: &Hold, wanted: &RequestedItems) -> bool {
    let held: Vec<(TicketTypeId, Amount)> = (hold.items.iter())
        .map(|item| {
            let places =
                || Amount::Places(Quantity::new(item.quantity.into()).expect("an item has at least one place"));
            let amount = if item.seats.is_empty() { places() } else { Amount::Seats(item.seats.clone()) };
            (item.ticket_type_id, amount)
        })
        .collect();
    match (wanted, &held[..]) {
        (RequestedItems::Places(wanted), [(_, Amount::Places(only))]) => wanted == only,
        (RequestedItems::Items(wanted), _) => *wanted == held,
        (RequestedItems::Seats(wanted), _) => {
            let mut seats: Vec<_> = hold.items.iter().flat_map(|item| item.seats.clone()).collect();
            seats.sort_unstable();
            seats == *wanted && seats.len() as u32 == hold.quantity()
        }
        _ => false,
    }
}
