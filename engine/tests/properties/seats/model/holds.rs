//! Commands on holds and bookings, with or without seats.

use boxoffice_engine::ids::{BookingId, HoldId, TicketTypeId};
use boxoffice_engine::inventory::command::{Decision, ExpiryCause, NewHold, Outcome, Refusal};
use boxoffice_engine::model::booking::{Booking, BookingStatus, Payment};
use boxoffice_engine::model::hold::Possession;
use boxoffice_engine::model::hold::{
    Amount, EXTENSION_REPEAT_SECONDS, Hold, HoldStatus, Item, Portion, RequestedItems,
};
use boxoffice_engine::quantity::Quantity;
use boxoffice_engine::seating::SeatIndex;
use boxoffice_engine::time::Instant;
use time::Duration;

use super::Model;

impl Model {
    pub(super) fn place(&mut self, request: &NewHold, now: Instant) -> Decision {
        if let Some(idempotency) = &request.idempotency {
            let key = |hold: &Hold| hold.idempotency.as_ref().map(|idempotency| idempotency.key);
            if let Some((_, placed)) = self.holds.iter().find(|(hold, _)| key(hold) == Some(idempotency.key)) {
                let same = placed.idempotency.as_ref() == Some(idempotency);
                let replayed = Outcome::Placed { hold: placed.clone(), replayed: true };
                return if same { Ok(replayed) } else { Err(Refusal::IdempotencyKeyReused) };
            }
        }
        self.event_on_sale(request.event_id)?;
        let items = self.items(request.event_id, &request.wanted, None, now)?;
        let ttl_seconds = request.ttl_seconds.unwrap_or(self.rules.ttl_seconds_default);
        let hold = Hold {
            hold_id: request.hold_id,
            event_id: request.event_id,
            status: HoldStatus::Active,
            items,
            currency: None,
            ttl_seconds,
            extensions: 0,
            created_at: now,
            expires_at: now + Duration::seconds(ttl_seconds.into()),
            ended_at: None,
            idempotency: request.idempotency.clone(),
        };
        self.holds.push((hold.clone(), hold.clone()));
        Ok(Outcome::Placed { hold, replayed: false })
    }

    pub(super) fn extend(&mut self, hold_id: HoldId, possession: Possession, now: Instant) -> Decision {
        let rules = self.rules;
        let hold = self.active_hold(hold_id, possession, now)?;
        let last = hold.created_at + Duration::seconds(rules.lifetime_seconds_max.into());
        let nothing_to_gain = Duration::seconds(EXTENSION_REPEAT_SECONDS.into());
        let extended = last.min(now + Duration::seconds(hold.ttl_seconds.into())).max(hold.expires_at);
        let replayed = hold.extensions > 0 && extended < hold.expires_at + nothing_to_gain;
        if !replayed {
            if hold.extensions == rules.extensions_max || hold.expires_at >= last {
                return Err(Refusal::ExtensionLimitReached { expires_at: hold.expires_at });
            }
            (hold.expires_at, hold.extensions) = (extended, hold.extensions + 1);
        }
        let exhausted = last < hold.expires_at + nothing_to_gain;
        let extensions_left = if exhausted { 0 } else { rules.extensions_max - hold.extensions };
        Ok(Outcome::Extended { hold: hold.clone(), extensions_left, at: now, replayed })
    }

    pub(super) fn release(&mut self, hold_id: HoldId, possession: Possession, now: Instant) -> Decision {
        if self.hold_with_token(hold_id, possession)?.status != HoldStatus::Released {
            let hold = self.active_hold(hold_id, possession, now)?;
            (hold.status, hold.ended_at) = (HoldStatus::Released, Some(now));
        }
        Ok(Outcome::Released { hold_id })
    }

    pub(super) fn expire(&mut self, hold_id: HoldId, cause: ExpiryCause, now: Instant) -> Decision {
        let hold = self.hold_with_token(hold_id, Possession::Proven)?;
        let by_time = hold.ended_at == Some(hold.expires_at);
        match (hold.status, cause) {
            (HoldStatus::Expired, ExpiryCause::Due) if by_time => Ok(Outcome::Expired { hold_id }),
            (_, ExpiryCause::Due) => Ok(Outcome::NotDue),
            (HoldStatus::Expired, ExpiryCause::Operator) => Ok(Outcome::Expired { hold_id }),
            (HoldStatus::Active, ExpiryCause::Operator) => {
                (hold.status, hold.ended_at) = (HoldStatus::Expired, Some(now));
                Ok(Outcome::Expired { hold_id })
            }
            (status, ExpiryCause::Operator) => Err(Refusal::HoldNotActive { status }),
        }
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
        self.event_on_sale(own.event_id)?;
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
        let hold = self.hold_with_token(hold_id, possession)?.clone();
        if let Some(booking) = self.bookings.iter().find(|booking| booking.hold_id == hold_id) {
            return Ok(Outcome::Booked { booking: booking.clone(), hold, replayed: true });
        }
        let hold = self.active_hold(hold_id, possession, now)?.clone();
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
        (hold.status, hold.ended_at) = (HoldStatus::Booked, Some(now));
        Ok(Outcome::Booked { booking, hold: answered, replayed: false })
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
            let min = self.ticket_type(hold.event_id, item.ticket_type_id)?.min_quantity;
            if item.quantity < min {
                let held = hold.items.iter().find(|held| held.ticket_type_id == item.ticket_type_id);
                let max = held.map_or(0, |held| held.quantity);
                let ticket_type_id = Some(item.ticket_type_id);
                return Err(Refusal::QuantityOutOfRange { ticket_type_id, requested: item.quantity, min, max });
            }
        }
        Ok(items)
    }

    fn hold_with_token(&mut self, hold_id: HoldId, possession: Possession) -> Result<&mut Hold, Refusal> {
        let hold = self.holds.iter_mut().map(|(hold, _)| hold).find(|hold| hold.hold_id == hold_id);
        let hold = hold.ok_or(Refusal::HoldNotFound)?;
        if possession == Possession::Proven { Ok(hold) } else { Err(Refusal::InvalidPaymentToken) }
    }

    fn active_hold(&mut self, hold_id: HoldId, possession: Possession, now: Instant) -> Result<&mut Hold, Refusal> {
        let hold = self.hold_with_token(hold_id, possession)?;
        match (hold.status, hold.ended_at) {
            (HoldStatus::Expired, Some(expired_at)) => Err(Refusal::HoldExpired { expired_at, now }),
            (status @ (HoldStatus::Booked | HoldStatus::Released), _) => Err(Refusal::HoldNotActive { status }),
            _ => Ok(hold),
        }
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
