//! Random worlds and random requests, with few places on purpose, so that requests compete for them.
//!
//! All randomness comes from the arguments; the same numbers make the same requests. A *tick* is the unit of time:
//! times to live and pauses are whole ticks, so that requests often come at the exact instant of an expiry.

use super::chooser::Chooser;
use super::dice::Dice;
use super::{Event, Model, Op, Pool, Rules, Seconds, Status, TicketType, TypeNo};

/// One request of a history.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: Seconds,
    /// Batch number. Requests of one batch come at the same time, and may be decided together.
    pub batch: usize,
    /// Ticket type whose price goes up by [`PRICE_RISE`] just before the request.
    pub raised_type: Option<TypeNo>,
    pub op: Op,
    /// Random number for the player of the history, for example to choose a server.
    pub spare: u64,
}

/// Price rise of a ticket type, in cents.
pub const PRICE_RISE: i64 = 50;

/// Random numbers from which one step is made.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    pub op: u64,
    pub pause: u64,
}

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

/// Makes a history that starts in `world`, in batches of about `batch_about` and at most `batch_max` requests.
///
/// Requests name results of earlier ones by number, so that each step can be removed without changing the others.
pub fn history(world: &Model, draws: &[Draw], batch_about: u64, batch_max: usize, tick: Seconds) -> Vec<Step> {
    let mut model = world.clone();
    let mut chooser = Chooser::new(tick);
    let mut steps: Vec<Step> = Vec::new();
    let (mut now, mut batch, mut in_batch) = (0, 0, 0);
    for draw in draws {
        let mut raised_type = None;
        if in_batch == batch_max || (draw.pause >> 32) % batch_about == 0 {
            (batch, in_batch) = (batch + 1, 0);
            now += chooser.pause(&model, now, draw.pause);
            raised_type =
                Some((draw.pause >> 16) as usize % (4 * model.types.len())).filter(|n| *n < model.types.len());
        }
        if let Some(type_no) = raised_type {
            model.types[type_no].price += PRICE_RISE;
        }
        let op = chooser.choose(&model, now, draw.op);
        model.apply(&op, now);
        in_batch += 1;
        steps.push(Step { at: now, batch, raised_type, op, spare: draw.pause >> 48 });
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
