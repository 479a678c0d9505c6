//! Rules for existing holds and their bookings.
//!
//! If a command of a client names an overdue hold, the hold is expired with it, so that the refusal and the database
//! agree.

use time::Duration;

use super::change::portion_items;
use crate::ids::{BookingId, HoldId};
use crate::inventory::batch_state::BatchState;
use crate::inventory::command::{Decision, ExpiryCause, Outcome, Refusal};
use crate::model::booking::{Booking, BookingStatus, Payment};
use crate::model::hold::Possession;
use crate::model::hold::{EXTENSION_REPEAT_SECONDS, Hold, HoldStatus, Portion};
use crate::settings::HoldRules;

/// Sets the expiry to one time to live from now, at most to the end of the longest lifetime.
pub(super) fn extend(rules: &HoldRules, state: &mut BatchState, hold_id: HoldId, possession: Possession) -> Decision {
    let hold = check_possession(state, hold_id, possession)?.clone();
    check_active(state, &hold)?;
    let latest = hold.created_at + Duration::seconds(rules.lifetime_seconds_max.into());
    // At least the present expiry, because the database's clock may have been set back.
    let expires_at = latest.min(state.now + Duration::seconds(hold.ttl_seconds.into())).max(hold.expires_at);

    // Extensions have no idempotency key. An extension that would gain too little is treated as the repeat of the last
    // one.
    let least_gain = Duration::seconds(EXTENSION_REPEAT_SECONDS.into());
    let replayed = hold.extensions > 0 && expires_at - hold.expires_at < least_gain;
    let hold = if replayed {
        hold
    } else if hold.extensions >= rules.extensions_max || hold.expires_at >= latest {
        return Err(Refusal::ExtensionLimitReached { expires_at: hold.expires_at });
    } else {
        state.extend(hold_id, expires_at)
    };
    // Close to the longest lifetime another extension would gain too little.
    let can_gain = latest - hold.expires_at >= least_gain;
    let extensions_left = if can_gain { rules.extensions_max.saturating_sub(hold.extensions) } else { 0 };
    Ok(Outcome::Extended { hold, extensions_left, at: state.now, replayed })
}

/// Releases a hold. The release of a released hold succeeds, because it may be a repeat.
pub(super) fn release(state: &mut BatchState, hold_id: HoldId, possession: Possession) -> Decision {
    let hold = check_possession(state, hold_id, possession)?.clone();
    if hold.status != HoldStatus::Released {
        check_active(state, &hold)?;
        state.free_hold(hold_id, HoldStatus::Released);
    }
    Ok(Outcome::Released { hold_id })
}

/// Expires a hold, for the sweeper or an operator.
pub(super) fn expire(state: &mut BatchState, hold_id: HoldId, cause: ExpiryCause) -> Decision {
    let hold = state.hold(hold_id).ok_or(Refusal::HoldNotFound)?;
    match (hold.status, cause) {
        (HoldStatus::Active, ExpiryCause::Due) if !hold.is_overdue(state.now) => return Ok(Outcome::NotDue),
        (HoldStatus::Active, _) => state.free_hold(hold_id, HoldStatus::Expired),
        (_, ExpiryCause::Due) => return Ok(Outcome::NotDue),
        (HoldStatus::Expired, ExpiryCause::Operator) => {}
        (status, ExpiryCause::Operator) => return Err(Refusal::HoldNotActive { status }),
    }
    Ok(Outcome::Expired { hold_id })
}

/// Books a hold, or a portion of it.
pub(super) fn book(
    state: &mut BatchState,
    (booking_id, hold_id): (BookingId, HoldId),
    possession: Possession,
    portion: Option<&Portion>,
) -> Decision {
    let hold = check_possession(state, hold_id, possession)?.clone();
    // Before the hold is checked, because a repeat succeeds also after the hold's expiry.
    if let Some(booking) = state.booking_of_hold(hold_id) {
        return Ok(Outcome::Booked { booking: booking.clone(), hold, replayed: true });
    }
    check_active(state, &hold)?;
    if let Some(portion) = portion {
        let items = portion_items(state, &hold, portion)?;
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

/// Cancels a booking. The cancellation of a cancelled booking succeeds, because it may be a repeat.
pub(super) fn cancel(state: &mut BatchState, booking_id: BookingId) -> Decision {
    let booking = state.booking(booking_id).ok_or(Refusal::BookingNotFound)?.clone();
    let hold = state.hold(booking.hold_id).ok_or(Refusal::HoldNotFound)?.clone();
    let to_cancel = booking.status.can_become(BookingStatus::Cancelled);
    let booking = if to_cancel { state.cancel(booking_id) } else { booking };
    Ok(Outcome::Cancelled { booking, hold })
}

/// Returns the hold if the client has proven possession of it by its payment token.
pub(super) fn check_possession(state: &BatchState, hold_id: HoldId, possession: Possession) -> Result<&Hold, Refusal> {
    let hold = state.hold(hold_id).ok_or(Refusal::HoldNotFound)?;
    match possession {
        Possession::Proven => Ok(hold),
        Possession::Refuted => Err(Refusal::InvalidPaymentToken),
    }
}

/// Checks that a hold is active and not overdue. An overdue hold is expired.
pub(super) fn check_active(state: &mut BatchState, hold: &Hold) -> Result<(), Refusal> {
    match hold.status {
        HoldStatus::Active if hold.is_overdue(state.now) => {
            state.free_hold(hold.hold_id, HoldStatus::Expired);
            Err(Refusal::HoldExpired { expired_at: hold.expires_at, now: state.now })
        }
        HoldStatus::Active => Ok(()),
        HoldStatus::Expired => {
            // An operator may have expired it before its expiry.
            let expired_at = hold.ended_at.map_or(hold.expires_at, |ended_at| ended_at.min(hold.expires_at));
            Err(Refusal::HoldExpired { expired_at, now: state.now })
        }
        status @ (HoldStatus::Booked | HoldStatus::Released) => Err(Refusal::HoldNotActive { status }),
    }
}
