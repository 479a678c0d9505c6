//! Replies: whether the service said what the model expects, and what names it gave.

use serde_json::{Value, json};

use super::calendar::{Calendar, parsed};
use super::names::{Held, Names, block_id};
use super::refusals;
use crate::invariants::same;
use crate::model::{BlockView, BookingView, Expected, HoldView};
use crate::rows::Violation;
use crate::support::Reply;

/// Compares everything that a client goes on with. Names of what is new are learnt, all others must be as they were.
pub fn check(expected: &Expected, reply: &Reply, names: &mut Names, calendar: &Calendar) -> Result<(), Violation> {
    match expected {
        Expected::Placed { hold, replayed } => placed(hold, *replayed, reply, names, calendar),
        Expected::Extended { hold, extensions_left, replayed } => {
            granted(reply, 200, *replayed)?;
            extended(hold, *extensions_left, reply, names, calendar)
        }
        Expected::ItemsChanged { hold } => {
            granted(reply, 200, false)?;
            is_hold(hold, "active", &reply.body, names, calendar)?;
            includes(&reply.body, &json!({"extensions_left": null, "payment_token": null}))
        }
        Expected::Released { hold } => ended(names.hold(*hold), "released", reply),
        Expected::Expired { hold } => ended(names.hold(*hold), "expired", reply),
        Expected::Booked { booking, replayed } => booked(booking, *replayed, reply, names, calendar),
        Expected::Cancelled { booking } => {
            granted(reply, 200, false)?;
            is_booking(booking, &reply.body, names, calendar)
        }
        Expected::Resized { pool, capacity, held, booked, blocked } => {
            granted(reply, 200, false)?;
            let available = capacity - held - booked - blocked;
            let told = json!({
                "pool_id": names.pool(*pool), "capacity": capacity, "held": held, "booked": booked, "blocked": blocked,
                "available": available,
            });
            includes(&reply.body, &told)
        }
        Expected::Blocked { block, created } => {
            granted(reply, if *created { 201 } else { 200 }, false)?;
            is_block(block, &reply.body, names, calendar)
        }
        Expected::Unblocked { block } => {
            granted(reply, 200, false)?;
            is_block(block, &reply.body, names, calendar)
        }
        // What it is now may already be what somebody else made of it: see `looking`.
        Expected::Amended => granted(reply, 200, false),
        Expected::Deleted => granted(reply, 204, false),
        Expected::Refused(refused) => refusals::check(refused, reply, names, calendar),
        Expected::NotDue | Expected::ExpiredNowOrBefore { .. } => Err("the sweeper is not answered over HTTP".into()),
    }
}

/// The object has these members, and perhaps others. Null stands for one that is not there.
pub fn includes(found: &Value, expected: &Value) -> Result<(), Violation> {
    let members = expected.as_object().ok_or("what is expected must be an object")?;
    members.iter().try_for_each(|(name, value)| same(name, &found[name], value))
}

fn granted(reply: &Reply, status: u16, replayed: bool) -> Result<(), Violation> {
    same("status", &reply.status.as_u16(), &status)?;
    same("Idempotent-Replayed", &reply.header("idempotent-replayed"), &if replayed { "true" } else { "" })
}

fn placed(
    hold: &HoldView,
    replayed: bool,
    reply: &Reply,
    names: &mut Names,
    calendar: &Calendar,
) -> Result<(), Violation> {
    granted(reply, 201, replayed)?;
    if !replayed {
        let text = |member: &str| reply.body[member].as_str().unwrap_or_default().to_owned();
        let held = Held { id: text("hold_id"), token: text("payment_token") };
        if held.id.is_empty() || names.holds.values().any(|other| other.id == held.id) {
            return Err("a new hold must have a new id".into());
        }
        names.holds.insert(hold.hold, held);
    }
    is_hold(hold, "active", &reply.body, names, calendar)?;
    let lives = hold.expires - hold.created;
    includes(&reply.body, &json!({"payment_token": names.token(hold.hold, true), "expires_in_ms": lives * 1000}))?;
    same("Location", &reply.header("location"), &format!("/api/v1/holds/{}", names.hold(hold.hold)).as_str())?;
    same("server_time", &reply.body["server_time"], &reply.body["created_at"])?;
    same("life in seconds", &seconds_between(&reply.body, "created_at", "expires_at"), &Some(lives as f64))
}

fn extended(
    hold: &HoldView,
    extensions_left: u32,
    reply: &Reply,
    names: &Names,
    calendar: &Calendar,
) -> Result<(), Violation> {
    is_hold(hold, "active", &reply.body, names, calendar)?;
    includes(&reply.body, &json!({"extensions_left": extensions_left, "payment_token": null}))?;
    let left = seconds_between(&reply.body, "server_time", "expires_at").map(|left| (left * 1000.0).floor() as i64);
    same("expires_in_ms", &reply.body["expires_in_ms"].as_i64(), &left)
}

fn booked(
    booking: &BookingView,
    replayed: bool,
    reply: &Reply,
    names: &mut Names,
    calendar: &Calendar,
) -> Result<(), Violation> {
    granted(reply, 201, replayed)?;
    if !replayed {
        let id = reply.body["booking_id"].as_str().unwrap_or_default().to_owned();
        if id.is_empty() || names.bookings.values().any(|other| *other == id) {
            return Err("a new booking must have a new id".into());
        }
        names.bookings.insert(booking.booking, id);
    }
    let location = format!("/api/v1/bookings/{}", names.booking(booking.booking));
    same("Location", &reply.header("location"), &location.as_str())?;
    is_booking(booking, &reply.body, names, calendar)
}

fn ended(hold_id: &str, status: &str, reply: &Reply) -> Result<(), Violation> {
    granted(reply, 200, false)?;
    includes(&reply.body, &json!({"success": true, "hold_id": hold_id, "status": status}))
}

/// A hold as it is told everywhere.
pub fn is_hold(
    hold: &HoldView,
    status: &str,
    body: &Value,
    names: &Names,
    calendar: &Calendar,
) -> Result<(), Violation> {
    let told = json!({
        "hold_id": names.hold(hold.hold), "event_id": names.event(hold.event), "status": status,
        "qty": hold.quantity, "items": items(&hold.items, names), "total": hold.total, "currency": "EUR",
    });
    includes(body, &told)?;
    calendar.same_tick("created_at", &body["created_at"], Some(hold.created))?;
    calendar.same_tick("expires_at", &body["expires_at"], Some(hold.expires))
}

/// A booking as it is told everywhere.
pub fn is_booking(booking: &BookingView, body: &Value, names: &Names, calendar: &Calendar) -> Result<(), Violation> {
    let quantity: u32 = booking.items.iter().map(|(_, quantity, _)| quantity).sum();
    let total: i64 = booking.items.iter().map(|(_, quantity, price)| i64::from(*quantity) * price).sum();
    let told = json!({
        "booking_id": names.booking(booking.booking), "hold_id": names.hold(booking.hold),
        "event_id": names.event(booking.event), "qty": quantity, "items": items(&booking.items, names), "total": total,
        "status": if booking.cancelled.is_some() { "cancelled" } else { "confirmed" },
        "currency": "EUR", "payment": "not_required",
    });
    includes(body, &told)?;
    calendar.same_tick("created_at", &body["created_at"], Some(booking.created))?;
    calendar.same_tick("cancelled_at", &body["cancelled_at"], booking.cancelled)
}

/// A block as it is told everywhere.
pub fn is_block(kept: &BlockView, body: &Value, names: &Names, calendar: &Calendar) -> Result<(), Violation> {
    let block = &kept.block;
    let told = json!({
        "block_id": block_id(block.block), "event_id": names.event(block.event), "reason": block.reason,
        "qty": block.quantity, "pools": [{"pool_id": names.pool(block.pool), "qty": block.quantity}],
    });
    includes(body, &told)?;
    calendar.same_tick("created_at", &body["created_at"], Some(kept.created))?;
    calendar.same_tick("updated_at", &body["updated_at"], Some(kept.updated))
}

fn items(items: &[(usize, u32, i64)], names: &Names) -> Value {
    let item = |(of_type, quantity, price): &(usize, u32, i64)| {
        let total = i64::from(*quantity) * price;
        json!({"ticket_type_id": names.of_type(*of_type), "qty": quantity, "unit_price": price, "total": total})
    };
    items.iter().map(item).collect()
}

fn seconds_between(body: &Value, from: &str, until: &str) -> Option<f64> {
    Some((parsed(&body[until])? - parsed(&body[from])?).as_seconds_f64())
}
