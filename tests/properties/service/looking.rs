//! Looking: what anybody can read, against what the model knows.

use serde_json::{Value, json};

use super::asking::{look, status};
use super::calendar::Calendar;
use super::house::House;
use super::names::{Names, block_id};
use super::replies::{includes, is_block, is_booking, is_hold};
use crate::invariants::same;
use crate::model::{BlockView, Booking, BookingNo, Event, EventNo, HoldNo, Model, Op, PoolNo, Seconds, State};
use crate::rows::Violation;
use crate::support::Reply;

/// Which things to look at.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub events: Vec<EventNo>,
    pub holds: Vec<HoldNo>,
    pub bookings: Vec<BookingNo>,
}

struct SeenEvent {
    told: Reply,
    counters: Reply,
    blocks: Reply,
}

/// What was there, before anybody judges it.
pub struct Seen {
    events: Vec<(EventNo, SeenEvent)>,
    holds: Vec<(HoldNo, Reply)>,
    bookings: Vec<(BookingNo, Reply)>,
    /// Nothing is overdue: counters are exact.
    swept: bool,
}

impl Places {
    pub fn everything(model: &Model) -> Self {
        Self {
            events: (0..model.events.len()).collect(),
            holds: model.holds.iter().map(|hold| hold.asked.hold).collect(),
            bookings: model.bookings.iter().map(|booking| booking.booking).collect(),
        }
    }

    /// What a request names and what it may change, of what exists.
    pub fn add(&mut self, op: &Op, model: &Model) {
        let held = |hold: HoldNo| model.holds.iter().find(|held| held.asked.hold == hold);
        let booked = |booking: BookingNo| model.bookings.iter().find(|booked| booked.booking == booking);
        let event = match op {
            Op::Place(place) => Some(place.event),
            Op::Extend { hold, .. }
            | Op::Release { hold, .. }
            | Op::ExpireDue { hold }
            | Op::ExpireNow { hold }
            | Op::ChangeItems { hold, .. }
            | Op::Book { hold, .. } => {
                self.holds.extend(held(*hold).map(|held| held.asked.hold));
                held(*hold).map(|held| held.asked.event)
            }
            Op::Cancel { booking } => {
                self.bookings.extend(booked(*booking).map(|booked| booked.booking));
                booked(*booking).and_then(|booked| held(booked.hold)).map(|held| held.asked.event)
            }
            Op::Resize { pool, .. } => model.pools.get(*pool).map(|pool| pool.event),
            Op::Block(block) => Some(block.event),
            Op::Unblock { event, .. } | Op::Amend { event, .. } | Op::Delete { event } => Some(*event),
        };
        self.events.extend(event.filter(|event| *event < model.events.len() && !self.events.contains(event)));
    }

    pub async fn look(&self, house: &House, server: usize, names: &Names, swept: bool) -> Result<Seen, Violation> {
        let client = house.client(server);
        let mut seen = Seen { events: vec![], holds: vec![], bookings: vec![], swept };
        for event in &self.events {
            let path = format!("/api/v1/events/{}", names.event(*event));
            let counters = look(client, &format!("{path}/status")).await?;
            let blocks = look(client, &format!("{path}/blocks")).await?;
            seen.events.push((*event, SeenEvent { told: look(client, &path).await?, counters, blocks }));
        }
        for hold in &self.holds {
            seen.holds.push((*hold, look(client, &format!("/api/v1/holds/{}", names.hold(*hold))).await?));
        }
        for booking in &self.bookings {
            let path = format!("/api/v1/bookings/{}", names.booking(*booking));
            seen.bookings.push((*booking, look(client, &path).await?));
        }
        Ok(seen)
    }
}

impl Seen {
    /// Whether this is what the model knows at that time.
    pub fn check(&self, model: &Model, names: &Names, calendar: &Calendar, now: Seconds) -> Result<(), Violation> {
        let of = |what: &str, number: usize, reply: &Reply| {
            let text = reply.text.clone();
            let what = format!("{what} {number}");
            move |violation| format!("{what} is not as it should be, {violation}, in {text}")
        };
        for (event, SeenEvent { told, counters, blocks }) in &self.events {
            self.event(model, *event, told, names, calendar).map_err(of("event", *event, told))?;
            self.counters(model, *event, counters, names, now).map_err(of("the status of event", *event, counters))?;
            look_at_blocks(model, *event, blocks, names, calendar).map_err(of(
                "the blocks of event",
                *event,
                blocks,
            ))?;
        }
        for (hold, told) in &self.holds {
            look_at_hold(model, *hold, told, names, calendar, now).map_err(of("hold", *hold, told))?;
        }
        for (number, told) in &self.bookings {
            let booking = model.bookings.iter().find(|booking| booking.booking == *number);
            let booking = booking.map(|booking| model.view(booking)).ok_or("no such booking in the model")?;
            is_booking(&booking, &told.body, names, calendar).map_err(of("booking", *number, told))?;
        }
        Ok(())
    }

    fn event(
        &self,
        model: &Model,
        number: EventNo,
        told: &Reply,
        names: &Names,
        calendar: &Calendar,
    ) -> Result<(), Violation> {
        let event = &model.events[number];
        if event.deleted {
            return same("code", &told.body["code"], &json!("EVENT_NOT_FOUND"));
        }
        let terms = json!({
            "event_id": names.event(number), "status": status(event.status), "currency": "EUR",
            "hold_ttl_seconds": event.ttl, "max_quantity_per_hold": event.max_quantity,
        });
        includes(&told.body, &terms)?;
        let Event { starts, ends, sale_starts, sale_ends, .. } = event;
        for (member, at) in
            [("starts_at", starts), ("ends_at", ends), ("sale_starts_at", sale_starts), ("sale_ends_at", sale_ends)]
        {
            calendar.same_instant(member, &told.body[member], *at)?;
        }
        Ok(())
    }

    fn counters(
        &self,
        model: &Model,
        number: EventNo,
        told: &Reply,
        names: &Names,
        now: Seconds,
    ) -> Result<(), Violation> {
        if model.events[number].deleted {
            return same("code", &told.body["code"], &json!("EVENT_NOT_FOUND"));
        }
        let pools: Vec<PoolNo> = (0..model.pools.len()).filter(|pool| model.pools[*pool].event == number).collect();
        let mut sums = [0; 5];
        for pool in pools {
            let id = names.pool(pool);
            let counters = one_of(&told.body["pools"], "pool_id", id).ok_or("a pool is missing")?;
            let counted = self.pool(model, pool, counters, now)?;
            let [_, available, ..] = counted;
            for (sum, part) in sums.iter_mut().zip(counted) {
                *sum += part;
            }
            for of_type in (0..model.types.len()).filter(|of_type| model.types[*of_type].pool == pool) {
                let offered = one_of(&told.body["ticket_types"], "ticket_type_id", names.of_type(of_type));
                let offered = offered.ok_or("a ticket type is missing")?;
                let price = model.types[of_type].price;
                includes(offered, &json!({"pool_id": id, "price": price, "available": available}))?;
            }
        }
        let [total, available, held, booked, blocked] = sums;
        let together = json!({
            "total": total, "available": available, "held": held, "booked": booked, "blocked": blocked,
        });
        includes(&told.body, &together)?;
        same("status", &told.body["status"], &json!(status(model.events[number].status)))
    }

    /// Total, available, held, booked, blocked. What is overdue may be held until somebody sweeps it or asks for its room.
    fn pool(&self, model: &Model, pool: PoolNo, counters: &Value, now: Seconds) -> Result<[u64; 5], Violation> {
        let number = |member: &str| counters[member].as_u64().ok_or(format!("no {member} in {counters}"));
        let [total, available, held] = [number("total")?, number("available")?, number("held")?];
        let [booked, blocked] = [number("booked")?, number("blocked")?];
        let live = u64::from(model.held(pool, now));
        let overdue = if self.swept { 0 } else { u64::from(model.overdue(pool, now)) };
        same("capacity", &total, &u64::from(model.pools[pool].capacity))?;
        same("booked", &booked, &u64::from(model.booked(pool)))?;
        same("blocked", &blocked, &u64::from(model.blocked(pool)))?;
        same("available + held + booked + blocked", &(available + held + booked + blocked), &total)?;
        if (live..=live + overdue).contains(&held) {
            Ok([total, available, held, booked, blocked])
        } else {
            Err(format!("held: {held} instead of {live}, with {overdue} overdue"))
        }
    }
}

fn look_at_hold(
    model: &Model,
    number: HoldNo,
    told: &Reply,
    names: &Names,
    calendar: &Calendar,
    now: Seconds,
) -> Result<(), Violation> {
    let hold = model.holds.iter().find(|hold| hold.asked.hold == number).ok_or("no such hold in the model")?;
    let status = match hold.state(now) {
        State::Active => "active",
        State::Booked => "booked",
        State::Released => "released",
        State::Expired(_) => "expired",
    };
    is_hold(&hold.view(), status, &told.body, names, calendar)?;
    same("whether time is left", &(told.body["expires_in_ms"] != json!(0)), &(status == "active"))?;
    let booking: Option<&Booking> = model.bookings.iter().find(|booking| booking.hold == number);
    let booking_id = booking.map(|booking| names.booking(booking.booking));
    includes(&told.body, &json!({"booking_id": booking_id, "payment_token": null}))
}

fn look_at_blocks(
    model: &Model,
    event: EventNo,
    told: &Reply,
    names: &Names,
    calendar: &Calendar,
) -> Result<(), Violation> {
    if model.events[event].deleted {
        return same("code", &told.body["code"], &json!("EVENT_NOT_FOUND"));
    }
    let kept: Vec<&BlockView> = model.blocks.iter().filter(|kept| kept.block.event == event).collect();
    same("blocks", &told.body["blocks"].as_array().map(Vec::len), &Some(kept.len()))?;
    kept.into_iter().try_for_each(|kept| {
        let found = one_of(&told.body["blocks"], "block_id", &block_id(kept.block.block));
        is_block(kept, found.ok_or("a block is missing")?, names, calendar)
    })
}

fn one_of<'a>(list: &'a Value, member: &str, id: &str) -> Option<&'a Value> {
    list.as_array()?.iter().find(|one| one[member] == *id)
}
