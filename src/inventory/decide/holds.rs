//! What can happen to a hold once it exists, and to the booking that it became.
//!
//! An overdue hold that a command names is expired on the spot: the answer and the database then say the same.

use time::Duration;

use super::change::portion_of;
use crate::domain::booking::{Booking, BookingStatus, Payment};
use crate::domain::hold::{EXTENSION_REPEAT_SECONDS, Hold, HoldStatus, Portion};
use crate::domain::hold_rules::HoldRules;
use crate::domain::ids::{BookingId, HoldId};
use crate::domain::payment_token::Possession;
use crate::inventory::batch_state::BatchState;
use crate::inventory::command::{Answer, ExpiryCause, Outcome, Refusal};

pub(super) fn extend(rules: &HoldRules, state: &mut BatchState, hold_id: HoldId, possession: Possession) -> Answer {
    let hold = possessed(state, hold_id, possession)?.clone();
    still_active(state, &hold)?;
    let latest = hold.created_at + Duration::seconds(rules.lifetime_seconds_max.into());
    // Never less than it has: a clock that was set back shall not cost anybody time.
    let expires_at = latest.min(state.now + Duration::seconds(hold.ttl_seconds.into())).max(hold.expires_at);

    // Extensions have no key, so what tells a repeat of one whose answer was lost is that it comes at once.
    let worthwhile = Duration::seconds(EXTENSION_REPEAT_SECONDS.into());
    let replayed = hold.extensions > 0 && expires_at - hold.expires_at < worthwhile;
    let hold = if replayed {
        hold
    } else if hold.extensions >= rules.extensions_max || hold.expires_at >= latest {
        return Err(Refusal::ExtensionLimitReached { expires_at: hold.expires_at });
    } else {
        state.extend(hold_id, expires_at)
    };
    // What is left of the longest life may be too little to be given.
    let some_left = latest - hold.expires_at >= worthwhile;
    let extensions_left = if some_left { rules.extensions_max.saturating_sub(hold.extensions) } else { 0 };
    Ok(Outcome::Extended { hold, extensions_left, at: state.now, replayed })
}

pub(super) fn release(state: &mut BatchState, hold_id: HoldId, possession: Possession) -> Answer {
    let hold = possessed(state, hold_id, possession)?.clone();
    if hold.status != HoldStatus::Released {
        still_active(state, &hold)?;
        state.give_back(hold_id, HoldStatus::Released);
    }
    Ok(Outcome::Released { hold_id })
}

pub(super) fn expire(state: &mut BatchState, hold_id: HoldId, cause: ExpiryCause) -> Answer {
    let hold = state.hold(hold_id).ok_or(Refusal::HoldNotFound)?;
    match (hold.status, cause) {
        (HoldStatus::Active, ExpiryCause::Due) if !hold.is_overdue(state.now) => return Ok(Outcome::NotDue),
        (HoldStatus::Active, _) => state.give_back(hold_id, HoldStatus::Expired),
        (_, ExpiryCause::Due) => return Ok(Outcome::NotDue),
        (HoldStatus::Expired, ExpiryCause::Operator) => {}
        (status, ExpiryCause::Operator) => return Err(Refusal::HoldNotActive { status }),
    }
    Ok(Outcome::Expired { hold_id })
}

pub(super) fn book(
    state: &mut BatchState,
    (booking_id, hold_id): (BookingId, HoldId),
    possession: Possession,
    portion: Option<&Portion>,
) -> Answer {
    let hold = possessed(state, hold_id, possession)?.clone();
    // The booking is looked for before the hold is judged: a repeat is good long after the expiry.
    if let Some(booking) = state.booking_of(hold_id) {
        return Ok(Outcome::Booked { booking: booking.clone(), hold, replayed: true });
    }
    still_active(state, &hold)?;
    if let Some(portion) = portion {
        let items = portion_of(state, &hold, portion)?;
        if items != hold.items {
            state.change_items(hold_id, items);
        }
    }
    let hold = state.hold(hold_id).ok_or(Refusal::HoldNotFound)?.clone();
    let booking = Booking {
        booking_id,
        hold_id,
        event_id: hold.event_id,
        status: BookingStatus::Confirmed,
        payment: Payment::NotRequired,
        created_at: state.now,
        cancelled_at: None,
    };
    state.book(booking.clone());
    Ok(Outcome::Booked { booking, hold, replayed: false })
}

pub(super) fn cancel(state: &mut BatchState, booking_id: BookingId) -> Answer {
    let booking = state.booking(booking_id).ok_or(Refusal::BookingNotFound)?.clone();
    let hold = state.hold(booking.hold_id).ok_or(Refusal::HoldNotFound)?.clone();
    let to_cancel = booking.status.can_become(BookingStatus::Cancelled);
    let booking = if to_cancel { state.cancel(booking_id) } else { booking };
    Ok(Outcome::Cancelled { booking, hold })
}

pub(super) fn possessed(state: &BatchState, hold_id: HoldId, possession: Possession) -> Result<&Hold, Refusal> {
    let hold = state.hold(hold_id).ok_or(Refusal::HoldNotFound)?;
    match possession {
        Possession::Proven => Ok(hold),
        Possession::Refuted => Err(Refusal::InvalidPaymentToken),
    }
}

pub(super) fn still_active(state: &mut BatchState, hold: &Hold) -> Result<(), Refusal> {
    match hold.status {
        HoldStatus::Active if hold.is_overdue(state.now) => {
            state.give_back(hold.hold_id, HoldStatus::Expired);
            Err(Refusal::HoldExpired { expired_at: hold.expires_at, now: state.now })
        }
        HoldStatus::Active => Ok(()),
        HoldStatus::Expired => {
            // An operator may have ended it before its time.
            let expired_at = hold.ended_at.map_or(hold.expires_at, |at| at.min(hold.expires_at));
            Err(Refusal::HoldExpired { expired_at, now: state.now })
        }
        status @ (HoldStatus::Booked | HoldStatus::Released) => Err(Refusal::HoldNotActive { status }),
    }
}
