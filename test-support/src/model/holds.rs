//! Ends and extensions of holds, and bookings, in the model.

use super::life::{Extension, check_token};
use super::{Booking, BookingNo, BookingView, Expected, Hold, HoldNo, Model, Refused, Seconds, TypeNo};

impl Model {
    pub(super) fn extend(&mut self, hold: HoldNo, proven: bool, now: Seconds) -> Result<Expected, Refused> {
        let rules = self.rules;
        let hold = self.hold_with_token(hold, proven)?;
        let Extension { extensions_left, replayed } = hold.life.extend(&rules, now)?;
        Ok(Expected::Extended { hold: hold.view(), extensions_left, replayed })
    }

    pub(super) fn release(&mut self, number: HoldNo, proven: bool, now: Seconds) -> Result<Expected, Refused> {
        self.hold_with_token(number, proven)?.life.release(now)?;
        Ok(Expected::Released { hold: number })
    }

    pub(super) fn expire_due(&mut self, hold: HoldNo, now: Seconds) -> Result<Expected, Refused> {
        let is_due = self.hold(hold)?.life.is_due(now);
        Ok(if is_due { Expected::ExpiredNowOrBefore { hold } } else { Expected::NotDue })
    }

    pub(super) fn expire_now(&mut self, number: HoldNo, now: Seconds) -> Result<Expected, Refused> {
        self.hold(number)?.life.expire_now(now)?;
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
        let replayed = hold.life.check_bookable(now)?;
        if !replayed {
            let items = portion.map_or(Ok(hold.items.clone()), |portion| self.portion(&hold, portion))?;
            let hold = self.hold_with_token(number, proven)?;
            hold.items = items;
            hold.life.book(now);
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
        check_token(proven)?;
        Ok(hold)
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
