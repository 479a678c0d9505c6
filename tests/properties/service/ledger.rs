//! Ledger: all replies to a crowd of clients, and the checks that must hold for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;
use test_support::model::{Model, Op};
use test_support::violation::Violation;
use test_support::violation::check_equal;

use super::asking::get;
use super::house::TwoServers;
use super::names::Names;
use crate::support::Reply;

/// Statuses of a healthy service: success, or a refusal that the request explains.
const EXPECTED_STATUSES: [u16; 7] = [200, 201, 403, 404, 409, 410, 422];

pub struct Entry {
    pub op: Op,
    /// Hold that the request names.
    pub hold_id: Option<String>,
    /// `None` for a hold that the test made overdue directly in the database.
    pub reply: Option<Reply>,
}

/// Entries in the order in which the replies arrived.
#[derive(Default)]
pub struct Ledger {
    entries: Vec<Entry>,
}

/// Content of all replies about one hold.
#[derive(Default)]
struct HoldRecord {
    placed: Option<Value>,
    /// Items that the hold had at some time. The last of racing changes is unknown.
    items: Vec<Value>,
    /// Items of the booking.
    booked: Option<Value>,
    overdue: bool,
    released: bool,
    expired: bool,
    bookings: BTreeSet<String>,
    cancelled: bool,
    /// Statuses told to requests that came after its end.
    reported_ends: BTreeSet<String>,
}

impl Ledger {
    pub fn write(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub fn transcript(&self) -> String {
        let mut text = String::new();
        for Entry { op, reply, .. } in &self.entries {
            let reply =
                reply.as_ref().map_or("made overdue".into(), |reply| format!("{} {}", reply.status, reply.text));
            let _ = writeln!(text, "  {op:?}\n    -> {reply}");
        }
        text
    }

    pub async fn check(&self, servers: &TwoServers, world: &Model, names: &Names) -> Result<(), Violation> {
        self.no_reply_is_a_failure()?;
        let hold_records = self.hold_records()?;
        let mut held: BTreeMap<String, u64> = BTreeMap::new();
        let mut booked = held.clone();
        for (hold_id, record) in &hold_records {
            let ended = record.read_end(servers, hold_id).await;
            let (end, items) = ended.map_err(|violation| format!("hold {hold_id}: {violation}"))?;
            let counter = match end {
                End::Active => &mut held,
                End::Booked => &mut booked,
                End::Returned => continue,
            };
            for (ticket_type_id, quantity) in items {
                *counter.entry(ticket_type_id).or_default() += quantity;
            }
        }
        for event in 0..world.events.len() {
            let path = format!("/api/v1/events/{}", names.event(event));
            let status = get(servers.client(0), &format!("{path}/status")).await?;
            counters_are_the_sums(&status.body, &held, &booked)?;
            let blocks = get(servers.client(0), &format!("{path}/blocks")).await?;
            self.blocks_match_the_replies(&status.body, &blocks.body)?;
        }
        journal_never_exceeds_capacity(servers).await?;
        servers.check_invariants().await
    }

    fn no_reply_is_a_failure(&self) -> Result<(), Violation> {
        let replies = self.entries.iter().filter_map(|entry| entry.reply.as_ref().map(|reply| (entry, reply)));
        match replies.into_iter().find(|(_, reply)| !EXPECTED_STATUSES.contains(&reply.status.as_u16())) {
            Some((entry, reply)) => Err(format!("{:?} was answered {} {}", entry.op, reply.status, reply.text)),
            None => Ok(()),
        }
    }

    fn hold_records(&self) -> Result<BTreeMap<String, HoldRecord>, Violation> {
        let mut hold_records: BTreeMap<String, HoldRecord> = BTreeMap::new();
        for Entry { op, hold_id, reply } in &self.entries {
            let text_member = |reply: &Reply, member: &str| reply.body[member].as_str().unwrap_or_default().to_owned();
            match (op, hold_id, reply) {
                (Op::Place(_), _, Some(reply)) if reply.status == 201 => {
                    let record = hold_records.entry(text_member(reply, "hold_id")).or_default();
                    let first = record.placed.get_or_insert(reply.body.clone());
                    check_equal("items in a replay of a hold", &reply.body["items"], &first["items"])?;
                    record.items.push(reply.body["items"].clone());
                }
                (Op::ExpireDue { .. }, Some(hold_id), None) => {
                    hold_records.entry(hold_id.clone()).or_default().overdue = true;
                }
                (Op::Cancel { .. }, _, Some(reply)) if reply.status == 200 => {
                    hold_records.entry(text_member(reply, "hold_id")).or_default().cancelled = true;
                }
                (_, Some(hold_id), Some(reply)) if reply.status.is_success() => {
                    let record = hold_records.entry(hold_id.clone()).or_default();
                    match op {
                        Op::Release { .. } => record.released = true,
                        Op::ExpireNow { .. } => record.expired = true,
                        Op::ChangeItems { .. } => record.items.push(reply.body["items"].clone()),
                        Op::Book { .. } => {
                            record.bookings.insert(text_member(reply, "booking_id"));
                            let first = record.booked.get_or_insert(reply.body["items"].clone());
                            check_equal("items in a replay of a booking", &reply.body["items"], first)?;
                        }
                        _ => {}
                    }
                }
                (_, Some(hold_id), Some(reply)) => {
                    let end = match reply.body["code"].as_str() {
                        Some("HOLD_EXPIRED") => "expired".to_owned(),
                        Some("HOLD_NOT_ACTIVE") => text_member(reply, "hold_status"),
                        _ => continue,
                    };
                    hold_records.entry(hold_id.clone()).or_default().reported_ends.insert(end);
                }
                _ => {}
            }
        }
        Ok(hold_records)
    }

    /// Each existing block was acknowledged as it is, and each acknowledged block exists unless a request ended it.
    fn blocks_match_the_replies(&self, status: &Value, blocks: &Value) -> Result<(), Violation> {
        let existing = blocks["blocks"].as_array().ok_or("an event has blocks")?;
        let succeeded = |entry: &&Entry| entry.reply.as_ref().is_some_and(|reply| reply.status.is_success());
        for block in existing {
            let acknowledges = |entry: &Entry| {
                let body = entry.reply.as_ref().map(|reply| &reply.body);
                let same = |member: &str| body.is_some_and(|body| body[member] == block[member]);
                matches!(entry.op, Op::Block(_)) && ["event_id", "block_id", "reason", "pools"].into_iter().all(same)
            };
            if !self.entries.iter().filter(succeeded).any(acknowledges) {
                return Err(format!("no reply acknowledged {block}"));
            }
        }
        for Entry { op, reply, .. } in self.entries.iter().filter(succeeded) {
            let (Op::Block(made), Some(reply)) = (op, reply) else { continue };
            let ended = |entry: &Entry| matches!(entry.op, Op::Unblock { event, block } if (event, block) == (made.event, made.block));
            let is_there = existing.iter().any(|block| block["block_id"] == reply.body["block_id"]);
            let of_event = reply.body["event_id"] == status["event_id"];
            if of_event && !is_there && !self.entries.iter().filter(succeeded).any(ended) {
                return Err(format!("a block is gone and no request ended it: {}", reply.body));
            }
        }
        for pool in status["pools"].as_array().ok_or("a status has pools")? {
            let parts = existing.iter().filter_map(|block| block["pools"].as_array()).flatten();
            let own = parts.filter(|part| part["pool_id"] == pool["pool_id"]);
            let sum = own.filter_map(|part| part["qty"].as_u64()).sum();
            check_equal("blocked, by the counter and by the blocks", &pool["blocked"].as_u64(), &Some(sum))?;
        }
        Ok(())
    }
}

enum End {
    Active,
    Booked,
    Returned,
}

impl HoldRecord {
    /// Reads how the hold ended. The replies must agree on one end, and it must be that one.
    async fn read_end(&self, servers: &TwoServers, hold_id: &str) -> Result<(End, Vec<(String, u64)>), Violation> {
        let hold = get(servers.client(1), &format!("/api/v1/holds/{hold_id}")).await?;
        check_equal("status", &hold.status.as_u16(), &200)?;
        let is_expired = self.overdue || self.expired;
        let (status, end) = match (self.bookings.len(), self.released, is_expired) {
            (0, false, false) => ("active", End::Active),
            (0, true, false) => ("released", End::Returned),
            (0, false, true) => ("expired", End::Returned),
            (1, false, false) => ("booked", End::Booked),
            ends => return Err(format!("it has more than one end: bookings, released, expired: {ends:?}")),
        };
        check_equal("status of the hold", &hold.body["status"].as_str(), &Some(status))?;
        if self.reported_ends.iter().any(|end| end != status) {
            return Err(format!("it is {status}, but a reply said {:?}", self.reported_ends));
        }
        let items = quantities(&hold.body["items"])?;
        let Some(booking_id) = self.bookings.first() else {
            let was_reported = self.items.contains(&hold.body["items"]);
            return if was_reported {
                Ok((end, items))
            } else {
                Err(format!("no reply contained {}", hold.body["items"]))
            };
        };
        check_equal("items of a booked hold", &Some(&hold.body["items"]), &self.booked.as_ref())?;
        check_equal("booking_id", &hold.body["booking_id"].as_str(), &Some(booking_id.as_str()))?;
        let booking = get(servers.client(1), &format!("/api/v1/bookings/{booking_id}")).await?;
        let status = if self.cancelled { "cancelled" } else { "confirmed" };
        check_equal("status of the booking", &booking.body["status"].as_str(), &Some(status))?;
        Ok((if self.cancelled { End::Returned } else { end }, items))
    }
}

/// Ticket type ids and quantities of items.
fn quantities(items: &Value) -> Result<Vec<(String, u64)>, Violation> {
    let item = |item: &Value| Some((item["ticket_type_id"].as_str()?.to_owned(), item["qty"].as_u64()?));
    let items = items.as_array().ok_or("a hold has items")?;
    items.iter().map(|one| item(one).ok_or(format!("no item: {one}"))).collect()
}

fn counters_are_the_sums(
    status: &Value,
    held: &BTreeMap<String, u64>,
    booked: &BTreeMap<String, u64>,
) -> Result<(), Violation> {
    for pool in status["pools"].as_array().ok_or("a status has pools")? {
        let types = status["ticket_types"].as_array().ok_or("a status has ticket types")?;
        let own = types.iter().filter(|ticket_type| ticket_type["pool_id"] == pool["pool_id"]);
        let own: Vec<&str> = own.filter_map(|ticket_type| ticket_type["ticket_type_id"].as_str()).collect();
        let sum = |quantities: &BTreeMap<String, u64>| own.iter().filter_map(|id| quantities.get(*id)).sum::<u64>();
        check_equal("held, by the counter and by the acknowledged replies", &pool["held"].as_u64(), &Some(sum(held)))?;
        check_equal(
            "booked, by the counter and by the acknowledged replies",
            &pool["booked"].as_u64(),
            &Some(sum(booked)),
        )?;
    }
    Ok(())
}

async fn journal_never_exceeds_capacity(servers: &TwoServers) -> Result<(), Violation> {
    let query = "WITH sums AS ( \
                      SELECT sum(capacity_delta) OVER entries AS capacity, \
                             sum(held_delta) OVER entries AS held, \
                             sum(booked_delta) OVER entries AS booked, \
                             sum(blocked_delta) OVER entries AS blocked \
                      FROM journal WINDOW entries AS (PARTITION BY pool_id ORDER BY seq) \
                  ) \
                  SELECT count(*) FROM sums WHERE least(held, booked, blocked) < 0 OR held + booked + blocked > capacity";
    check_equal("journal entries above the capacity", &servers.database().number(query).await, &0)
}
