//! Converts the model's types to inventory's: numbers become ids, seconds become instants.
//!
//! An id contains its number, so the conversion works in both directions and ids sort as numbers do.

use std::collections::BTreeMap;

use boxoffice_engine::ids::TicketTypeId;
use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::inventory::command::{Command, ExpiryCause, NewHold};
use boxoffice_engine::model::block::{BlockRequest, BlockedPlaces};
use boxoffice_engine::model::event::{
    DetailsChanges, EventChanges, EventStatus, EventTerms, OpaqueDetails, TermChanges,
};
use boxoffice_engine::model::hold::Possession;
use boxoffice_engine::model::hold::{Amount, Idempotency, Portion, RequestedItems};
use boxoffice_engine::quantity::{Capacity, Quantity};
use boxoffice_engine::settings::HoldRules;
use boxoffice_engine::time::Instant;
use serde_json::{Map, Value};
use time::Duration;
use uuid::Uuid;

use crate::model::{self, Change, Op, Seconds, Status};

pub fn instant(at: Seconds) -> Instant {
    Instant::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(at)
}

pub fn seconds(at: Instant) -> Seconds {
    (at - instant(0)).whole_seconds()
}

pub fn id<Id: From<Uuid>>(number: usize) -> Id {
    Uuid::from_u128(number as u128).into()
}

pub fn number(id: Uuid) -> usize {
    id.as_u128() as usize
}

pub fn rules(rules: &model::Rules) -> HoldRules {
    HoldRules {
        ttl_seconds_default: rules.ttl as u32,
        quantity_max: rules.max_quantity,
        lifetime_seconds_max: rules.max_lifetime as u32,
        extensions_max: rules.max_extensions,
    }
}

pub fn terms(event: &model::Event) -> EventTerms {
    EventTerms {
        status: event_status(event.status),
        currency: None,
        hold_ttl_seconds: event.ttl.map(|ttl| ttl as u32),
        max_quantity_per_hold: event.max_quantity,
        sale_starts_at: event.sale_starts.map(instant),
        sale_ends_at: event.sale_ends.map(instant),
        orphans_refused: false,
    }
}

pub fn command(op: &Op) -> Command {
    let possession = |proven: bool| {
        if proven { Possession::Proven } else { Possession::Refuted }
    };
    match op {
        Op::Place(request) => Command::Place(place(request)),
        Op::Extend { hold, proven } => Command::Extend { hold_id: id(*hold), possession: possession(*proven) },
        Op::Release { hold, proven } => Command::Release { hold_id: id(*hold), possession: possession(*proven) },
        Op::ExpireDue { hold } => Command::Expire { hold_id: id(*hold), cause: ExpiryCause::Due },
        Op::ExpireNow { hold } => Command::Expire { hold_id: id(*hold), cause: ExpiryCause::Operator },
        Op::ChangeItems { hold, proven, wanted } => {
            Command::ChangeItems { hold_id: id(*hold), possession: possession(*proven), wanted: self::wanted(wanted) }
        }
        Op::Book { booking, hold, proven, portion } => Command::Book {
            booking_id: id(*booking),
            hold_id: id(*hold),
            possession: possession(*proven),
            portion: portion.as_ref().map(|items| Portion::Items(amounts(items))),
        },
        Op::Cancel { booking } => Command::Cancel { booking_id: id(*booking) },
        Op::Resize { pool, capacity } => {
            let capacity = Capacity::new((*capacity).into()).expect("test capacities are small");
            Command::Resize { pool_id: id(*pool), capacity }
        }
        Op::Block(block) => Command::Block {
            event_id: id(block.event),
            block_id: id(block.block),
            wanted: BlockRequest {
                reason: block.reason.clone(),
                places: BlockedPlaces::Places { pool_id: id(block.pool), quantity: quantity(block.quantity) },
            },
        },
        Op::Unblock { event, block } => Command::Unblock { event_id: id(*event), block_id: id(*block) },
        Op::Amend { event, change } => Command::Amend { event_id: id(*event), changes: Box::new(changes(change)) },
        Op::Delete { event } => Command::Delete { event_id: id(*event) },
    }
}

fn place(request: &model::Place) -> NewHold {
    let wanted = wanted(&request.wanted);
    let idempotency = request
        .key
        .map(|key| Idempotency { key: Uuid::from_u128(key as u128), fingerprint: body_fingerprint(request) });
    let ttl_seconds = request.ttl.map(|ttl| ttl as u32);
    NewHold { hold_id: id(request.hold), event_id: id(request.event), wanted, ttl_seconds, idempotency }
}

fn wanted(wanted: &model::Wanted) -> RequestedItems {
    match wanted {
        model::Wanted::Places(places) => RequestedItems::Places(quantity(*places)),
        model::Wanted::Items(items) => RequestedItems::Items(amounts(items)),
    }
}

/// Adds up repeated ticket types and sorts by id, as the HTTP layer does.
fn amounts(items: &[(usize, u32)]) -> Vec<(TicketTypeId, Amount)> {
    let mut sums = BTreeMap::new();
    for (type_no, places) in items {
        *sums.entry(*type_no).or_insert(0) += places;
    }
    sums.into_iter().map(|(type_no, places)| (id(type_no), Amount::Places(quantity(places)))).collect()
}

fn quantity(places: u32) -> Quantity {
    Quantity::new(places.into()).expect("test quantities are small and not 0")
}

/// Stand-in for the SHA-256 of a body: equal for equal bodies, and in practice different for different ones.
fn body_fingerprint(request: &model::Place) -> [u8; 32] {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (request.event, request.ttl).hash(&mut hasher);
    match &request.wanted {
        model::Wanted::Places(places) => (0, places).hash(&mut hasher),
        model::Wanted::Items(items) => (1, items).hash(&mut hasher),
    }
    let mut fingerprint = [0; 32];
    fingerprint[24..].copy_from_slice(&hasher.finish().to_be_bytes());
    fingerprint
}

/// Details of an event with its times in seconds. The engine reads no member, so the tests choose the form.
pub fn details(starts: Option<Seconds>, ends: Option<Seconds>) -> OpaqueDetails {
    OpaqueDetails(Map::from_iter([("starts_at".to_owned(), starts.into()), ("ends_at".to_owned(), ends.into())]))
}

/// A time of an event's details.
pub fn time(details: &OpaqueDetails, member: &str) -> Option<Seconds> {
    details.0.get(member).and_then(Value::as_i64)
}

/// The rule for the details as a whole. A period without a start or without an end is valid.
pub fn ends_after_start(details: &OpaqueDetails) -> Result<(), Invalid> {
    match (time(details, "starts_at"), time(details, "ends_at")) {
        (Some(start), Some(end)) if end <= start => Err(Invalid::new("/ends_at", "must be later than the start")),
        _ => Ok(()),
    }
}

fn changes(change: &Change) -> EventChanges {
    let time = |field: Option<Option<Seconds>>| field.map(|at| at.map(instant));
    let mut members = Map::new();
    for (member, change) in [("starts_at", change.starts), ("ends_at", change.ends)] {
        members.extend(change.map(|at| (member.to_owned(), Value::from(at))));
    }
    let details = (!members.is_empty()).then_some(DetailsChanges { members, validate: ends_after_start });
    EventChanges {
        details,
        terms: TermChanges {
            status: change.status.map(event_status),
            hold_ttl_seconds: change.ttl.map(|ttl| ttl.map(|ttl| ttl as u32)),
            max_quantity_per_hold: change.max_quantity,
            sale_starts_at: time(change.sale_starts),
            sale_ends_at: time(change.sale_ends),
            ..TermChanges::default()
        },
    }
}

pub fn event_status(status: Status) -> EventStatus {
    match status {
        Status::Draft => EventStatus::Draft,
        Status::OnSale => EventStatus::OnSale,
        Status::Closed => EventStatus::Closed,
        Status::Cancelled => EventStatus::Cancelled,
    }
}
