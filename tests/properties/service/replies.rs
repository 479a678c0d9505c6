//! Compares replies with the model's answers, and learns new ids from them.

use serde_json::{Value, json};
use test_support::model::{BlockView, BookingView, Expected, HoldView};
use test_support::violation::Violation;
use test_support::violation::check_equal;

use super::calendar::{Calendar, parsed};
use super::names::{Held, Names, block_id};
use super::refusals;
use crate::support::Reply;

/// Compares all members that clients use. Learns the ids of new objects; all other ids must be the known ones.
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
            let expected = json!({
                "pool_id": names.pool(*pool), "capacity": capacity, "held": held, "booked": booked, "blocked": blocked,
                "available": available,
            });
            includes(&reply.body, &expected)
        }
        Expected::Blocked { block, created } => {
            granted(reply, if *created { 201 } else { 200 }, false)?;
            is_block(block, &reply.body, names, calendar)
        }
        Expected::Unblocked { block } => {
            granted(reply, 200, false)?;
            is_block(block, &reply.body, names, calendar)
        }
        // The reply may already contain a later change; `looking` compares the event afterwards.
        Expected::Amended => granted(reply, 200, false),
        Expected::Deleted => granted(reply, 204, false),
        Expected::Refused(refused) => refusals::check(refused, reply, names, calendar),
        Expected::NotDue | Expected::ExpiredNowOrBefore { .. } => Err("a sweep has no HTTP reply".into()),
    }
}

/// The object has these members, and maybe others. Null means that the member is absent.
pub fn includes(found: &Value, expected: &Value) -> Result<(), Violation> {
    let members = expected.as_object().ok_or("the expected value must be an object")?;
    members.iter().try_for_each(|(name, value)| check_equal(name, &found[name], value))
}

fn granted(reply: &Reply, status: u16, replayed: bool) -> Result<(), Violation> {
    check_equal("status", &reply.status.as_u16(), &status)?;
    check_equal("Idempotent-Replayed", &reply.header("idempotent-replayed"), &if replayed { "true" } else { "" })
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
    check_equal("Location", &reply.header("location"), &format!("/api/v1/holds/{}", names.hold(hold.hold)).as_str())?;
    check_equal("server_time", &reply.body["server_time"], &reply.body["created_at"])?;
    check_equal("life in seconds", &seconds_between(&reply.body, "created_at", "expires_at"), &Some(lives as f64))
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
    check_equal("expires_in_ms", &reply.body["expires_in_ms"].as_i64(), &left)
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
    check_equal("Location", &reply.header("location"), &location.as_str())?;
    is_booking(booking, &reply.body, names, calendar)
}

fn ended(hold_id: &str, status: &str, reply: &Reply) -> Result<(), Violation> {
    granted(reply, 200, false)?;
    includes(&reply.body, &json!({"success": true, "hold_id": hold_id, "status": status}))
}

/// Compares the members of a hold that every reply has.
pub fn is_hold(
    hold: &HoldView,
    status: &str,
    body: &Value,
    names: &Names,
    calendar: &Calendar,
) -> Result<(), Violation> {
    let expected = json!({
        "hold_id": names.hold(hold.hold), "event_id": names.event(hold.event), "status": status,
        "qty": hold.quantity, "items": items(&hold.items, names), "total": hold.total, "currency": "EUR",
    });
    includes(body, &expected)?;
    calendar.same_tick("created_at", &body["created_at"], Some(hold.created))?;
    calendar.same_tick("expires_at", &body["expires_at"], Some(hold.expires))
}

/// Compares a booking in a reply.
pub fn is_booking(booking: &BookingView, body: &Value, names: &Names, calendar: &Calendar) -> Result<(), Violation> {
    let quantity: u32 = booking.items.iter().map(|(_, quantity, _)| quantity).sum();
    let total: i64 = booking.items.iter().map(|(_, quantity, price)| i64::from(*quantity) * price).sum();
    let expected = json!({
        "booking_id": names.booking(booking.booking), "hold_id": names.hold(booking.hold),
        "event_id": names.event(booking.event), "qty": quantity, "items": items(&booking.items, names), "total": total,
        "status": if booking.cancelled.is_some() { "cancelled" } else { "confirmed" },
        "currency": "EUR", "payment": "not_required",
    });
    includes(body, &expected)?;
    calendar.same_tick("created_at", &body["created_at"], Some(booking.created))?;
    calendar.same_tick("cancelled_at", &body["cancelled_at"], booking.cancelled)
}

/// Compares a block in a reply.
pub fn is_block(view: &BlockView, body: &Value, names: &Names, calendar: &Calendar) -> Result<(), Violation> {
    let block = &view.block;
    let expected = json!({
        "block_id": block_id(block.block), "event_id": names.event(block.event), "reason": block.reason,
        "qty": block.quantity, "pools": [{"pool_id": names.pool(block.pool), "qty": block.quantity}],
    });
    includes(body, &expected)?;
    calendar.same_tick("created_at", &body["created_at"], Some(view.created))?;
    calendar.same_tick("updated_at", &body["updated_at"], Some(view.updated))
}

fn items(items: &[(usize, u32, i64)], names: &Names) -> Value {
    let item = |(type_no, quantity, price): &(usize, u32, i64)| {
        let total = i64::from(*quantity) * price;
        json!({"ticket_type_id": names.ticket_type(*type_no), "qty": quantity, "unit_price": price, "total": total})
    };
    items.iter().map(item).collect()
}

fn seconds_between(body: &Value, from: &str, until: &str) -> Option<f64> {
    Some((parsed(&body[until])? - parsed(&body[from])?).as_seconds_f64())
}
