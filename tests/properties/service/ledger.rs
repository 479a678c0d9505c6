//! The ledger: every answer that a crowd was given, and what must be true if each of them was.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use super::asking::look;
use super::house::House;
use super::names::Names;
use crate::invariants::same;
use crate::model::{Model, Op};
use crate::rows::Violation;
use crate::support::Reply;

/// Statuses that a client may be answered when all is well: done, or refused for a reason of its own.
const EXPLAINED: [u16; 7] = [200, 201, 403, 404, 409, 410, 422];

pub struct Entry {
    pub op: Op,
    /// The hold that was named.
    pub hold_id: Option<String>,
    /// None for what was done behind the service's back: a hold was made overdue.
    pub reply: Option<Reply>,
}

/// In the order in which the answers arrived.
#[derive(Default)]
pub struct Ledger {
    entries: Vec<Entry>,
}

/// What the answers say about one hold.
#[derive(Default)]
struct Account {
    placed: Option<Value>,
    /// The items that it had at some time; of racing changes nobody knows which was the last.
    items: Vec<Value>,
    /// Those of the booking.
    booked: Option<Value>,
    overdue: bool,
    released: bool,
    expired: bool,
    bookings: BTreeSet<String>,
    cancelled: bool,
    /// How it had ended, by those who came too late.
    ends_told: BTreeSet<String>,
}

impl Ledger {
    pub fn write(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub fn told(&self) -> String {
        let mut told = String::new();
        for Entry { op, reply, .. } in &self.entries {
            let reply =
                reply.as_ref().map_or("made overdue".into(), |reply| format!("{} {}", reply.status, reply.text));
            let _ = writeln!(told, "  {op:?}\n    -> {reply}");
        }
        told
    }

    pub async fn compare(&self, house: &House, world: &Model, names: &Names) -> Result<(), Violation> {
        self.no_answer_is_a_failure()?;
        let accounts = self.accounts()?;
        let mut held: BTreeMap<String, u64> = BTreeMap::new();
        let mut booked = held.clone();
        for (hold_id, account) in &accounts {
            let ended = account.end(house, hold_id).await;
            let (end, items) = ended.map_err(|violation| format!("hold {hold_id}: {violation}"))?;
            let counter = match end {
                End::Lives => &mut held,
                End::Booked => &mut booked,
                End::GaveBack => continue,
            };
            for (of_type, quantity) in items {
                *counter.entry(of_type).or_default() += quantity;
            }
        }
        for event in 0..world.events.len() {
            let path = format!("/api/v1/events/{}", names.event(event));
            let status = look(house.client(0), &format!("{path}/status")).await?;
            counters_are_the_sums(&status.body, &held, &booked)?;
            let blocks = look(house.client(0), &format!("{path}/blocks")).await?;
            self.blocks_are_what_was_told(&status.body, &blocks.body)?;
        }
        the_journal_never_passes_the_capacity(house).await?;
        house.audit().await
    }

    fn no_answer_is_a_failure(&self) -> Result<(), Violation> {
        let replies = self.entries.iter().filter_map(|entry| entry.reply.as_ref().map(|reply| (entry, reply)));
        match replies.into_iter().find(|(_, reply)| !EXPLAINED.contains(&reply.status.as_u16())) {
            Some((entry, reply)) => Err(format!("{:?} was answered {} {}", entry.op, reply.status, reply.text)),
            None => Ok(()),
        }
    }

    fn accounts(&self) -> Result<BTreeMap<String, Account>, Violation> {
        let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
        for Entry { op, hold_id, reply } in &self.entries {
            let told = |reply: &Reply, member: &str| reply.body[member].as_str().unwrap_or_default().to_owned();
            match (op, hold_id, reply) {
                (Op::Place(_), _, Some(reply)) if reply.status == 201 => {
                    let account = accounts.entry(told(reply, "hold_id")).or_default();
                    let first = account.placed.get_or_insert(reply.body.clone());
                    same("what a repeat of a hold is told", &reply.body["items"], &first["items"])?;
                    account.items.push(reply.body["items"].clone());
                }
                (Op::ExpireDue { .. }, Some(hold_id), None) => {
                    accounts.entry(hold_id.clone()).or_default().overdue = true;
                }
                (Op::Cancel { .. }, _, Some(reply)) if reply.status == 200 => {
                    accounts.entry(told(reply, "hold_id")).or_default().cancelled = true;
                }
                (_, Some(hold_id), Some(reply)) if reply.status.is_success() => {
                    let account = accounts.entry(hold_id.clone()).or_default();
                    match op {
                        Op::Release { .. } => account.released = true,
                        Op::ExpireNow { .. } => account.expired = true,
                        Op::ChangeItems { .. } => account.items.push(reply.body["items"].clone()),
                        Op::Book { .. } => {
                            account.bookings.insert(told(reply, "booking_id"));
                            let first = account.booked.get_or_insert(reply.body["items"].clone());
                            same("what a repeat of a booking is told", &reply.body["items"], first)?;
                        }
                        _ => {}
                    }
                }
                (_, Some(hold_id), Some(reply)) => {
                    let end = match reply.body["code"].as_str() {
                        Some("HOLD_EXPIRED") => "expired".to_owned(),
                        Some("HOLD_NOT_ACTIVE") => told(reply, "hold_status"),
                        _ => continue,
                    };
                    accounts.entry(hold_id.clone()).or_default().ends_told.insert(end);
                }
                _ => {}
            }
        }
        Ok(accounts)
    }

    /// A block that there is was made so by somebody; one that was made is there, or somebody ended it.
    fn blocks_are_what_was_told(&self, status: &Value, blocks: &Value) -> Result<(), Violation> {
        let there = blocks["blocks"].as_array().ok_or("an event has blocks")?;
        let succeeded = |entry: &&Entry| entry.reply.as_ref().is_some_and(|reply| reply.status.is_success());
        for block in there {
            let as_told = |entry: &Entry| {
                let told = entry.reply.as_ref().map(|reply| &reply.body);
                let same = |member: &str| told.is_some_and(|told| told[member] == block[member]);
                matches!(entry.op, Op::Block(_)) && ["event_id", "block_id", "reason", "pools"].into_iter().all(same)
            };
            if !self.entries.iter().filter(succeeded).any(as_told) {
                return Err(format!("nobody was told of {block}"));
            }
        }
        for Entry { op, reply, .. } in self.entries.iter().filter(succeeded) {
            let (Op::Block(made), Some(reply)) = (op, reply) else { continue };
            let ended = |entry: &Entry| matches!(entry.op, Op::Unblock { event, block } if (event, block) == (made.event, made.block));
            let is_there = there.iter().any(|block| block["block_id"] == reply.body["block_id"]);
            let of_event = reply.body["event_id"] == status["event_id"];
            if of_event && !is_there && !self.entries.iter().filter(succeeded).any(ended) {
                return Err(format!("a block is gone that nobody ended: {}", reply.body));
            }
        }
        for pool in status["pools"].as_array().ok_or("a status has pools")? {
            let parts = there.iter().filter_map(|block| block["pools"].as_array()).flatten();
            let own = parts.filter(|part| part["pool_id"] == pool["pool_id"]);
            let sum = own.filter_map(|part| part["qty"].as_u64()).sum();
            same("blocked, by the counter and by the blocks", &pool["blocked"].as_u64(), &Some(sum))?;
        }
        Ok(())
    }
}

enum End {
    Lives,
    Booked,
    GaveBack,
}

impl Account {
    /// Looks how the hold ended. Of what it was told there may be one end only, and it must be that.
    async fn end(&self, house: &House, hold_id: &str) -> Result<(End, Vec<(String, u64)>), Violation> {
        let hold = look(house.client(1), &format!("/api/v1/holds/{hold_id}")).await?;
        same("status", &hold.status.as_u16(), &200)?;
        let given_back = self.overdue || self.expired;
        let (status, end) = match (self.bookings.len(), self.released, given_back) {
            (0, false, false) => ("active", End::Lives),
            (0, true, false) => ("released", End::GaveBack),
            (0, false, true) => ("expired", End::GaveBack),
            (1, false, false) => ("booked", End::Booked),
            ends => return Err(format!("it has more than one end: bookings, released, expired: {ends:?}")),
        };
        same("status of the hold", &hold.body["status"].as_str(), &Some(status))?;
        if self.ends_told.iter().any(|end| end != status) {
            return Err(format!("it is {status}, and somebody was told that it is {:?}", self.ends_told));
        }
        let items = quantities(&hold.body["items"])?;
        let Some(booking_id) = self.bookings.first() else {
            let was_told = self.items.contains(&hold.body["items"]);
            return if was_told { Ok((end, items)) } else { Err(format!("nobody was told of {}", hold.body["items"])) };
        };
        same("items of a booked hold", &Some(&hold.body["items"]), &self.booked.as_ref())?;
        same("booking_id", &hold.body["booking_id"].as_str(), &Some(booking_id.as_str()))?;
        let booking = look(house.client(1), &format!("/api/v1/bookings/{booking_id}")).await?;
        let status = if self.cancelled { "cancelled" } else { "confirmed" };
        same("status of the booking", &booking.body["status"].as_str(), &Some(status))?;
        Ok((if self.cancelled { End::GaveBack } else { end }, items))
    }
}

/// How many of which ticket type.
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
        let own = types.iter().filter(|of_type| of_type["pool_id"] == pool["pool_id"]);
        let own: Vec<&str> = own.filter_map(|of_type| of_type["ticket_type_id"].as_str()).collect();
        let sum = |of: &BTreeMap<String, u64>| own.iter().filter_map(|of_type| of.get(*of_type)).sum::<u64>();
        same("held, by the counter and by what was acknowledged", &pool["held"].as_u64(), &Some(sum(held)))?;
        same("booked, by the counter and by what was acknowledged", &pool["booked"].as_u64(), &Some(sum(booked)))?;
    }
    Ok(())
}

async fn the_journal_never_passes_the_capacity(house: &House) -> Result<(), Violation> {
    let passed = "WITH sums AS ( \
                      SELECT sum(capacity_delta) OVER entries AS capacity, \
                             sum(held_delta) OVER entries AS held, \
                             sum(booked_delta) OVER entries AS booked, \
                             sum(blocked_delta) OVER entries AS blocked \
                      FROM journal WINDOW entries AS (PARTITION BY pool_id ORDER BY seq) \
                  ) \
                  SELECT count(*) FROM sums WHERE least(held, booked, blocked) < 0 OR held + booked + blocked > capacity";
    same("entries of the journal past the capacity", &house.database().number(passed).await, &0)
}
