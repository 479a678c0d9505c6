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
            let ended =
                account.end(house, hold_id).await.map_err(|violation| format!("hold {hold_id}: {violation}"))?;
            let counter = match ended {
                End::Lives => &mut held,
                End::Booked => &mut booked,
                End::GaveBack => continue,
            };
            for (of_type, quantity) in account.items()? {
                *counter.entry(of_type).or_default() += quantity;
            }
        }
        for event in 0..world.events.len() {
            let status = look(house.client(0), &format!("/api/v1/events/{}/status", names.event(event))).await?;
            counters_are_the_sums(&status.body, &held, &booked)?;
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
                        Op::Book { .. } => _ = account.bookings.insert(told(reply, "booking_id")),
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
}

enum End {
    Lives,
    Booked,
    GaveBack,
}

impl Account {
    /// Looks how the hold ended. Of what it was told there may be one end only, and it must be that.
    async fn end(&self, house: &House, hold_id: &str) -> Result<End, Violation> {
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
        let Some(booking_id) = self.bookings.first() else { return Ok(end) };
        same("booking_id", &hold.body["booking_id"].as_str(), &Some(booking_id.as_str()))?;
        let booking = look(house.client(1), &format!("/api/v1/bookings/{booking_id}")).await?;
        let status = if self.cancelled { "cancelled" } else { "confirmed" };
        same("status of the booking", &booking.body["status"].as_str(), &Some(status))?;
        Ok(if self.cancelled { End::GaveBack } else { end })
    }

    /// How many of which ticket type.
    fn items(&self) -> Result<Vec<(String, u64)>, Violation> {
        let items = self.placed.as_ref().and_then(|placed| placed["items"].as_array()).ok_or("it was never placed")?;
        let item = |item: &Value| Some((item["ticket_type_id"].as_str()?.to_owned(), item["qty"].as_u64()?));
        items.iter().map(|one| item(one).ok_or(format!("no item: {one}"))).collect()
    }
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
                             sum(booked_delta) OVER entries AS booked \
                      FROM journal WINDOW entries AS (PARTITION BY pool_id ORDER BY seq) \
                  ) \
                  SELECT count(*) FROM sums WHERE held < 0 OR booked < 0 OR held + booked > capacity";
    same("entries of the journal past the capacity", &house.database().number(passed).await, &0)
}
