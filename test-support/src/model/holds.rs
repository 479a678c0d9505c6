//! Ends and extensions of holds, and bookings, in the model.

use super::{Booking, BookingNo, BookingView, Ended, Expected, Hold, HoldNo, Model, Refused, Seconds, State, TypeNo};

/// Smallest gain of an extension after the first. A request that would gain less repeats the extension before it.
const EXTENSION_GAIN_MIN: Seconds = 5;

impl Model {
    pub(super) fn extend(&mut self, hold: HoldNo, proven: bool, now: Seconds) -> Result<Expected, Refused> {
        let rules = self.rules;
        let hold = self.hold_with_token(hold, proven)?;
        check_active(hold, now)?;
        let last = hold.placed.created + rules.max_lifetime;
        // A full time to live from now, up to the maximum lifetime, but never less than the hold already has.
        let extended = last.min(now + hold.ttl).max(hold.expires);
        // An extension shortly after another is a client's repeat.
        let replayed = hold.extensions > 0 && extended < hold.expires + EXTENSION_GAIN_MIN;
        if !replayed {
            if hold.extensions == rules.max_extensions || hold.expires >= last {
                return Err(Refused::ExtensionLimit { expires: hold.expires });
            }
            hold.expires = extended;
            hold.extensions += 1;
        }
        let exhausted = last < hold.expires + EXTENSION_GAIN_MIN;
        let extensions_left = if exhausted { 0 } else { rules.max_extensions - hold.extensions };
        Ok(Expected::Extended { hold: hold.view(), extensions_left, replayed })
    }

    pub(super) fn release(&mut self, number: HoldNo, proven: bool, now: Seconds) -> Result<Expected, Refused> {
        let hold = self.hold_with_token(number, proven)?;
        if hold.state(now) != State::Released {
            check_active(hold, now)?;
            hold.ended = Some(Ended::Released);
        }
        Ok(Expected::Released { hold: number })
    }

    pub(super) fn expire_due(&mut self, hold: HoldNo, now: Seconds) -> Result<Expected, Refused> {
        let found = self.hold(hold)?;
        let by_time = found.ended.is_none() && now >= found.expires;
        Ok(if by_time { Expected::ExpiredNowOrBefore { hold } } else { Expected::NotDue })
    }

    pub(super) fn expire_now(&mut self, number: HoldNo, now: Seconds) -> Result<Expected, Refused> {
        let hold = self.hold(number)?;
        match hold.state(now) {
            State::Active => hold.ended = Some(Ended::ByOperator(now)),
            State::Expired(_) => {}
            State::Booked => return Err(Refused::HoldNotActive { booked: true }),
            State::Released => return Err(Refused::HoldNotActive { booked: false }),
        }
        Ok(Expected::Expired { hold: number })
    }

    pub(super) fn book(
        &mut self,
        (booking, number): (BookingNo, HoldNo),
        proven: bool,
        portion: Option<&[(TypeNo, u32)]>,
        now: Seconds,
    ) -> Result<Expected, Refused> {
        let hold = self.hold_with_token(number, proven)?.clone();
        let replayed = hold.ended == Some(Ended::Booked);
        if !replayed {
            check_active(&hold, now)?;
            let items = portion.map_or(Ok(hold.items.clone()), |portion| self.portion(&hold, portion))?;
            let hold = self.hold_with_token(number, proven)?;
            (hold.items, hold.ended) = (items, Some(Ended::Booked));
            self.bookings.push(Booking { booking, hold: number, created: now, cancelled: None });
        }
        let booking = self.bookings.iter().find(|booking| booking.hold == number);
        let booking = booking.expect("a booked hold has a booking");
        Ok(Expected::Booked { booking: self.view(booking), replayed })
    }

    pub(super) fn cancel(&mut self, number: BookingNo, now: Seconds) -> Result<Expected, Refused> {
        let booking = self.bookings.iter_mut().find(|booking| booking.booking == number);
        let booking = booking.ok_or(Refused::BookingNotFound)?;
        booking.cancelled.get_or_insert(now);
        let booking = booking.clone();
        Ok(Expected::Cancelled { booking: self.view(&booking) })
    }

    fn hold(&mut self, number: HoldNo) -> Result<&mut Hold, Refused> {
        self.holds.iter_mut().find(|hold| hold.request.hold == number).ok_or(Refused::HoldNotFound)
    }

    pub(super) fn hold_with_token(&mut self, number: HoldNo, proven: bool) -> Result<&mut Hold, Refused> {
        let hold = self.hold(number)?;
        if proven { Ok(hold) } else { Err(Refused::InvalidToken) }
    }

    pub fn view(&self, booking: &Booking) -> BookingView {
        let hold = self.holds.iter().find(|hold| hold.request.hold == booking.hold);
        let hold = hold.expect("a booking has a hold");
        BookingView {
            booking: booking.booking,
            hold: booking.hold,
            event: hold.request.event,
            items: hold.items.clone(),
            created: booking.created,
            cancelled: booking.cancelled,
        }
    }
}

pub(super) fn check_active(hold: &Hold, now: Seconds) -> Result<(), Refused> {
    match hold.state(now) {
        State::Active => Ok(()),
        State::Expired(at) => Err(Refused::HoldExpired { at, now }),
        State::Booked => Err(Refused::HoldNotActive { booked: true }),
        State::Released => Err(Refused::HoldNotActive { booked: false }),
    }
}
