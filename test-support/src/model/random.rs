//! Random worlds, with few places on purpose, so that requests compete for them. All randomness comes from the arguments.

use super::{Event, Model, Pool, Rules, Seconds, Status, TicketType};
use crate::dice::Dice;

/// Rules whose limits are reached within a few ticks.
pub fn rules(tick: Seconds) -> Rules {
    Rules { ttl: 4 * tick, max_quantity: 6, max_lifetime: 7 * tick, max_extensions: 2 }
}

/// Makes a world with one event per number, each with one or two small pools and up to three ticket types.
pub fn world(numbers: &[u64], tick: Seconds) -> Model {
    let mut model = Model::new(rules(tick));
    // In half of the worlds a hold reaches the limit of extensions before its maximum lifetime.
    model.rules.max_extensions -= u32::from(numbers.first().is_some_and(|number| number >> 63 == 0));
    for number in numbers {
        add_event(&mut model, &mut Dice(*number), tick);
    }
    model
}

fn add_event(model: &mut Model, dice: &mut Dice, tick: Seconds) {
    let event = model.events.len();
    model.events.push(Event {
        status: if dice.one_in(8) { Status::Draft } else { Status::OnSale },
        ttl: dice.one_in(3).then(|| tick + dice.ticks(6, tick)),
        max_quantity: dice.one_in(4).then(|| 1 + dice.number(8)),
        starts: None,
        ends: None,
        sale_starts: dice.one_in(8).then(|| dice.ticks(6, tick)),
        sale_ends: dice.one_in(8).then(|| 8 * tick + dice.ticks(20, tick)),
        deleted: false,
    });
    let first_pool = model.pools.len();
    for _ in 0..=dice.roll(2) {
        model.pools.push(Pool { event, capacity: dice.number(10) });
    }
    for n in 0..=dice.roll(3) {
        let pool = first_pool + n % (model.pools.len() - first_pool);
        let min = dice.one_in(6).then(|| 1 + dice.number(3));
        let max = dice.one_in(5).then(|| min.unwrap_or(1) + dice.number(4));
        model.types.push(TicketType { pool, price: i64::from(dice.number(4)) * 250, min, max });
    }
}
