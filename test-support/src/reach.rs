//! Checks that random histories produce every answer: a property proves nothing about answers that never occur.

use std::collections::BTreeMap;

use crate::model::Expected;
use crate::script::{self, Plan};

const HISTORIES: u64 = 400;
/// Smallest number of times that each answer must occur in [`HISTORIES`] histories.
const OFTEN_ENOUGH: usize = 20;

const ANSWERS: [&str; 41] = [
    "Amended",
    "BelowCommitted",
    "BlockNotFound",
    "Blocked",
    "Booked",
    "Booked replayed",
    "BookingNotFound",
    "Cancelled",
    "Deleted",
    "EndNotAfterStart",
    "EventNotFound",
    "EventTooLarge",
    "Expired",
    "ExpiredNowOrBefore",
    "Extended",
    "Extended replayed",
    "ExtensionLimit",
    "HasHistory",
    "HoldExpired",
    "HoldNotActive",
    "HoldNotFound",
    "IllegalMove",
    "Insufficient",
    "Insufficient retry_at",
    "InvalidToken",
    "ItemsChanged",
    "KeyReused",
    "NotDue",
    "NotInHold",
    "NotOnSale",
    "NotOnSale ended",
    "Placed",
    "Placed replayed",
    "PoolNotFound",
    "QuantityOutOfRange",
    "Released",
    "Resized",
    "SaleNotStarted",
    "TypeNotFound",
    "TypeRequired",
    "Unblocked",
];

/// Panics unless the histories of the plan produce every answer of the model often.
pub fn assert_histories_meet_every_answer(plan: &Plan) {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..HISTORIES {
        let script = script::script_from_seed(plan, seed);
        let mut model = script.world;
        for step in script.steps {
            *met.entry(name(&model.apply(&step.op, step.at))).or_default() += 1;
        }
    }
    let seldom: Vec<_> = ANSWERS.iter().filter(|name| met.get(**name).is_none_or(|n| *n < OFTEN_ENOUGH)).collect();
    assert!(seldom.is_empty(), "seldom or never answered: {seldom:?}, of {met:#?} in {plan:?}");
    let unlisted: Vec<_> = met.keys().filter(|name| !ANSWERS.contains(&name.as_str())).collect();
    assert!(unlisted.is_empty(), "answers that the list lacks: {unlisted:?}");
}

/// Variant of the answer, with a suffix for replays and for optional times.
fn name(expected: &Expected) -> String {
    let text = format!("{expected:?}");
    let refused = text.strip_prefix("Refused(");
    let variant = refused.unwrap_or(&text).split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let special = [("replayed: true", "replayed"), ("retry_at: Some", "retry_at"), ("ended: Some", "ended")];
    let special = special.into_iter().find(|(part, _)| text.contains(part));
    special.map_or(variant.to_owned(), |(_, word)| format!("{variant} {word}"))
}
