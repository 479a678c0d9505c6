//! Reads objects over HTTP and compares them with the model.

use serde_json::{Value, json};
use test_support::model::{BlockView, Booking, BookingNo, Event, EventNo, HoldNo, Model, Op, PoolNo, Seconds, State};
use test_support::violation::Violation;
use test_support::violation::check_equal;

use super::asking::{get, status};
use super::calendar::Calendar;
use super::house::TwoServers;
use super::names::{Names, block_id};
use super::replies::{includes, is_block, is_booking, is_hold};
use crate::support::Reply;

/// Objects to read.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    pub events: Vec<EventNo>,
    pub holds: Vec<HoldNo>,
    pub bookings: Vec<BookingNo>,
}

struct EventReplies {
    reply: Reply,
    counters: Reply,
    blocks: Reply,
}

/// Replies to the reads, not yet compared.
pub struct Observed {
    events: Vec<(EventNo, EventReplies)>,
    holds: Vec<(HoldNo, Reply)>,
    bookings: Vec<(BookingNo, Reply)>,
    /// Whether a sweep came just before, so that no hold is overdue and the counters are exact.
    swept: bool,
}

impl Targets {
    pub fn everything(model: &Model) -> Self {
        Self {
            events: (0..model.events.len()).collect(),
            holds: model.holds.iter().map(|hold| hold.request.hold).collect(),
            bookings: model.bookings.iter().map(|booking| booking.booking).collect(),
        }
    }

    /// Adds the existing objects that a request names or may change.
    pub fn add(&mut self, op: &Op, model: &Model) {
        let held = |hold: HoldNo| model.holds.iter().find(|held| held.request.hold == hold);
        let booked = |booking: BookingNo| model.bookings.iter().find(|booked| booked.booking == booking);
        let event = match op {
            Op::Place(place) => Some(place.event),
            Op::Extend { hold, .. }
            | Op::Release { hold, .. }
            | Op::ExpireDue { hold }
            | Op::ExpireNow { hold }
            | Op::ChangeItems { hold, .. }
            | Op::Book { hold, .. } => {
                self.holds.extend(held(*hold).map(|held| held.request.hold));
                held(*hold).map(|held| held.request.event)
            }
            Op::Cancel { booking } => {
                self.bookings.extend(booked(*booking).map(|booked| booked.booking));
                booked(*booking).and_then(|booked| held(booked.hold)).map(|held| held.request.event)
            }
            Op::Resize { pool, .. } => model.pools.get(*pool).map(|pool| pool.event),
            Op::Block(block) => Some(block.event),
            Op::Unblock { event, .. } | Op::Amend { event, .. } | Op::Delete { event } => Some(*event),
        };
        self.events.extend(event.filter(|event| *event < model.events.len() && !self.events.contains(event)));
    }

    pub async fn observe(
        &self,
        servers: &TwoServers,
        server: usize,
        names: &Names,
        swept: bool,
    ) -> Result<Observed, Violation> {
        let client = servers.client(server);
        let mut observed = Observed { events: vec![], holds: vec![], bookings: vec![], swept };
        for event in &self.events {
            let path = format!("/api/v1/events/{}", names.event(*event));
            let counters = get(client, &format!("{path}/status")).await?;
            let blocks = get(client, &format!("{path}/blocks")).await?;
            observed.events.push((*event, EventReplies { reply: get(client, &path).await?, counters, blocks }));
        }
        for hold in &self.holds {
            observed.holds.push((*hold, get(client, &format!("/api/v1/holds/{}", names.hold(*hold))).await?));
        }
        for booking in &self.bookings {
            let path = format!("/api/v1/bookings/{}", names.booking(*booking));
            observed.bookings.push((*booking, get(client, &path).await?));
        }
        Ok(observed)
    }
}

impl Observed {
    /// Compares the replies with the model at `now`.
    pub fn check(&self, model: &Model, names: &Names, calendar: &Calendar, now: Seconds) -> Result<(), Violation> {
        let context = |label: &str, number: usize, reply: &Reply| {
            let text = reply.text.clone();
            let label = format!("{label} {number}");
            move |violation| format!("{label} differs from the model: {violation}, in {text}")
        };
        for (event, EventReplies { reply, counters, blocks }) in &self.events {
            self.check_event(model, *event, reply, names, calendar).map_err(context("event", *event, reply))?;
            self.check_counters(model, *event, counters, names, now).map_err(context(
                "the status of event",
                *event,
                counters,
            ))?;
            check_blocks(model, *event, blocks, names, calendar).map_err(context(
                "the blocks of event",
                *event,
                blocks,
            ))?;
        }
        for (hold, reply) in &self.holds {
            check_hold(model, *hold, reply, names, calendar, now).map_err(context("hold", *hold, reply))?;
        }
        for (number, reply) in &self.bookings {
            let booking = model.bookings.iter().find(|booking| booking.booking == *number);
            let booking = booking.map(|booking| model.view(booking)).ok_or("no such booking in the model")?;
            is_booking(&booking, &reply.body, names, calendar).map_err(context("booking", *number, reply))?;
        }
        Ok(())
    }

    fn check_event(
        &self,
        model: &Model,
        number: EventNo,
        reply: &Reply,
        names: &Names,
        calendar: &Calendar,
    ) -> Result<(), Violation> {
        let event = &model.events[number];
        if event.deleted {
            return check_equal("code", &reply.body["code"], &json!("EVENT_NOT_FOUND"));
        }
        let terms = json!({
            "event_id": names.event(number), "status": status(event.status), "currency": "EUR",
            "hold_ttl_seconds": event.ttl, "max_quantity_per_hold": event.max_quantity,
        });
        includes(&reply.body, &terms)?;
        let Event { starts, ends, sale_starts, sale_ends, .. } = event;
        for (member, at) in
            [("starts_at", starts), ("ends_at", ends), ("sale_starts_at", sale_starts), ("sale_ends_at", sale_ends)]
        {
            calendar.same_instant(member, &reply.body[member], *at)?;
        }
        Ok(())
    }

    fn check_counters(
        &self,
        model: &Model,
        number: EventNo,
        reply: &Reply,
        names: &Names,
        now: Seconds,
    ) -> Result<(), Violation> {
        if model.events[number].deleted {
            return check_equal("code", &reply.body["code"], &json!("EVENT_NOT_FOUND"));
        }
        let pools: Vec<PoolNo> = (0..model.pools.len()).filter(|pool| model.pools[*pool].event == number).collect();
        let mut sums = [0; 5];
        for pool in pools {
            let id = names.pool(pool);
            let counters = find_element(&reply.body["pools"], "pool_id", id).ok_or("a pool is missing")?;
            let counted = self.check_pool(model, pool, counters, now)?;
            let [_, available, ..] = counted;
            for (sum, part) in sums.iter_mut().zip(counted) {
                *sum += part;
            }
            for type_no in (0..model.types.len()).filter(|type_no| model.types[*type_no].pool == pool) {
                let offered = find_element(&reply.body["ticket_types"], "ticket_type_id", names.ticket_type(type_no));
                let offered = offered.ok_or("a ticket type is missing")?;
                let price = model.types[type_no].price;
                includes(offered, &json!({"pool_id": id, "price": price, "available": available}))?;
            }
        }
        let [total, available, held, booked, blocked] = sums;
        let together = json!({
            "total": total, "available": available, "held": held, "booked": booked, "blocked": blocked,
        });
        includes(&reply.body, &together)?;
        check_equal("status", &reply.body["status"], &json!(status(model.events[number].status)))
    }

    /// Returns total, available, held, booked, blocked. Overdue places count as held until a sweep, or a request for
    /// them.
    fn check_pool(&self, model: &Model, pool: PoolNo, counters: &Value, now: Seconds) -> Result<[u64; 5], Violation> {
        let number = |member: &str| counters[member].as_u64().ok_or(format!("no {member} in {counters}"));
        let [total, available, held] = [number("total")?, number("available")?, number("held")?];
        let [booked, blocked] = [number("booked")?, number("blocked")?];
        let live = u64::from(model.held(pool, now));
        let overdue = if self.swept { 0 } else { u64::from(model.overdue(pool, now)) };
        check_equal("capacity", &total, &u64::from(model.pools[pool].capacity))?;
        check_equal("booked", &booked, &u64::from(model.booked(pool)))?;
        check_equal("blocked", &blocked, &u64::from(model.blocked(pool)))?;
        check_equal("available + held + booked + blocked", &(available + held + booked + blocked), &total)?;
        if (live..=live + overdue).contains(&held) {
            Ok([total, available, held, booked, blocked])
        } else {
            Err(format!("held: {held} instead of {live}, with {overdue} overdue"))
        }
    }
}

fn check_hold(
    model: &Model,
    number: HoldNo,
    reply: &Reply,
    names: &Names,
    calendar: &Calendar,
    now: Seconds,
) -> Result<(), Violation> {
    let hold = model.holds.iter().find(|hold| hold.request.hold == number).ok_or("no such hold in the model")?;
    let status = match hold.life.state(now) {
        State::Active => "active",
        State::Booked => "booked",
        State::Released => "released",
        State::Expired(_) => "expired",
    };
    is_hold(&hold.view(), status, &reply.body, names, calendar)?;
    check_equal("whether time is left", &(reply.body["expires_in_ms"] != json!(0)), &(status == "active"))?;
    let booking: Option<&Booking> = model.bookings.iter().find(|booking| booking.hold == number);
    let booking_id = booking.map(|booking| names.booking(booking.booking));
    includes(&reply.body, &json!({"booking_id": booking_id, "payment_token": null}))
}

fn check_blocks(
    model: &Model,
    event: EventNo,
    reply: &Reply,
    names: &Names,
    calendar: &Calendar,
) -> Result<(), Violation> {
    if model.events[event].deleted {
        return check_equal("code", &reply.body["code"], &json!("EVENT_NOT_FOUND"));
    }
    let views: Vec<&BlockView> = model.blocks.iter().filter(|view| view.block.event == event).collect();
    check_equal("blocks", &reply.body["blocks"].as_array().map(Vec::len), &Some(views.len()))?;
    views.into_iter().try_for_each(|view| {
        let found = find_element(&reply.body["blocks"], "block_id", &block_id(view.block.block));
        is_block(view, found.ok_or("a block is missing")?, names, calendar)
    })
}

fn find_element<'a>(list: &'a Value, member: &str, id: &str) -> Option<&'a Value> {
    list.as_array()?.iter().find(|element| element[member] == *id)
}
