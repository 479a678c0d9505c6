//! Random worlds and random requests, small and crowded on purpose, so that everything collides.
//!
//! All chance comes in as numbers; the same numbers make the same requests. A *tick* is the unit of time: lives of holds
//! and steps of time are whole ticks, so that exact instants of expiry are met all the time.

use super::chooser::Chooser;
use super::dice::Dice;
use super::{Event, Model, Op, Pool, Rules, Seconds, Status, TicketType, TypeNo};

/// One request of a history.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: Seconds,
    /// Requests with the same number come at the same time, and may be decided together.
    pub batch: usize,
    /// The price of this ticket type has just gone up by [`PRICE_RISE`].
    pub dearer: Option<TypeNo>,
    pub op: Op,
    /// Chance that is left to whoever plays it.
    pub spare: u64,
}

pub const PRICE_RISE: i64 = 50;

/// What one step is made of.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    pub op: u64,
    pub pause: u64,
}

/// Rules that are reached within a few ticks.
pub fn rules(tick: Seconds) -> Rules {
    Rules { ttl: 4 * tick, max_quantity: 6, max_lifetime: 7 * tick, max_extensions: 2 }
}

/// One event per number, each with one or two small pools and up to three ticket types.
pub fn world(numbers: &[u64], tick: Seconds) -> Model {
    let mut model = Model::new(rules(tick));
    // Half of the worlds meet the limit of extensions before the limit of the lifetime.
    model.rules.max_extensions -= u32::from(numbers.first().is_some_and(|number| number >> 63 == 0));
    for number in numbers {
        add_event(&mut model, &mut Dice(*number), tick);
    }
    model
}

/// A history that starts in `world`, in batches of about so many requests and at most `batch_max`.
///
/// Requests name what earlier ones made, as the model knows it. Each can be left out without changing what the others mean.
pub fn history(world: &Model, draws: &[Draw], batch_about: u64, batch_max: usize, tick: Seconds) -> Vec<Step> {
    let mut model = world.clone();
    let mut chooser = Chooser::new(tick);
    let mut steps: Vec<Step> = Vec::new();
    let (mut now, mut batch, mut in_batch) = (0, 0, 0);
    for draw in draws {
        let mut dearer = None;
        if in_batch == batch_max || (draw.pause >> 32) % batch_about == 0 {
            (batch, in_batch) = (batch + 1, 0);
            now += chooser.pause(&model, now, draw.pause);
            dearer = Some((draw.pause >> 16) as usize % (4 * model.types.len())).filter(|n| *n < model.types.len());
        }
        if let Some(of_type) = dearer {
            model.types[of_type].price += PRICE_RISE;
        }
        let op = chooser.choose(&model, now, draw.op);
        model.apply(&op, now);
        in_batch += 1;
        steps.push(Step { at: now, batch, dearer, op, spare: draw.pause >> 48 });
    }
    steps
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
