//! Random histories of requests, drawn one after the other from the state of a model, in batches.
//!
//! All randomness comes from the arguments; the same numbers make the same requests. A *tick* is the unit of time:
//! times to live and pauses are whole ticks, so that requests often come at the exact instant of an expiry.

use crate::dice::Dice;
use crate::model::{Op, Seconds};

/// Price rise of a ticket type, in cents.
pub const PRICE_RISE: i64 = 50;
/// Number that no object has.
pub const UNKNOWN: usize = 999_999;
/// Number of values of an id's last two bytes. They are the same in an event id and the ids of its holds, so the
/// numbers from which the ids are made must follow the same rule.
const AFFINITY_VALUES: usize = 1 << 16;
/// Of [`World::draw`]'s kinds and the repeats together.
const CHANCES: usize = 100;
/// Kinds of requests that a world draws, from 0; the rest of [`CHANCES`] are repeats.
pub const KINDS: usize = 93;

/// A model that histories are drawn from.
pub trait World: Clone {
    type Request: Clone;

    /// Executes the request, so that later ones can name its results.
    fn execute(&mut self, request: &Self::Request, now: Seconds);

    /// Time of the next expiry of an active hold.
    fn next_expiry(&self, now: Seconds) -> Option<Seconds>;

    fn ticket_types(&self) -> usize;

    fn raise_price(&mut self, ticket_type: usize);

    /// Draws a request. `kind` is from 0 to [`KINDS`] - 1, each equally likely.
    fn draw(&self, kind: usize, chooser: &Chooser<Self::Request>, dice: &mut Dice) -> Self::Request;

    /// The request as a client sends it again: what it would create gets a new number, as in the service.
    fn renumbered(request: Self::Request, number: usize) -> Self::Request;
}

/// One request of a history.
#[derive(Clone, Debug)]
pub struct Step<R = Op> {
    pub at: Seconds,
    /// Batch number. Requests of one batch come at the same time, and may be decided together.
    pub batch: usize,
    /// Ticket type whose price goes up by [`PRICE_RISE`] just before the request.
    pub raised_type: Option<usize>,
    pub op: R,
    /// Random number for the player of the history, for example to choose a server.
    pub spare: u64,
}

/// Random numbers from which one step is made.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    pub op: u64,
    pub pause: u64,
}

/// Draws requests one after the other, and remembers them for repeats.
pub struct Chooser<R> {
    pub tick: Seconds,
    pub now: Seconds,
    /// Number of the request being drawn, from 1, and of what it creates.
    pub number: usize,
    pub past: Vec<R>,
}

impl<R: Clone> Chooser<R> {
    fn new(tick: Seconds) -> Self {
        Self { tick, now: 0, number: 0, past: Vec::new() }
    }

    /// Time until the next batch: often zero, often exactly until a hold expires, or one tick less.
    fn pause(&self, world: &impl World<Request = R>, number: u64) -> Seconds {
        let mut dice = Dice(number);
        match (dice.roll(6), world.next_expiry(self.now).map(|expiry| (expiry - self.now).max(0))) {
            (0, Some(expiry)) => expiry,
            (1, Some(expiry)) => (expiry - self.tick).max(0),
            _ => Seconds::from(dice.often_low(4)) * self.tick,
        }
    }

    /// Draws the next request. `world` must have executed all earlier ones, because the request may name their results.
    fn choose<W: World<Request = R>>(&mut self, world: &W, number: u64) -> R {
        let mut dice = Dice(number);
        self.number += 1;
        let kind = dice.roll(CHANCES);
        let request = match self.recent(kind, &mut dice) {
            Some(recent) => W::renumbered(recent, self.number),
            None => world.draw(kind % KINDS, self, &mut dice),
        };
        self.past.push(request.clone());
        request
    }

    /// A recent request to repeat, mostly one of the same batch; `None` if the kind is no repeat.
    fn recent(&self, kind: usize, dice: &mut Dice) -> Option<R> {
        if kind < KINDS {
            return None;
        }
        let back = 1 + dice.often_low(5) as usize;
        self.past.len().checked_sub(back).map(|index| self.past[index].clone())
    }
}

/// Number of a hold of this event.
pub fn hold_number(number: usize, event: usize) -> usize {
    number * AFFINITY_VALUES + event % AFFINITY_VALUES
}

/// Makes a history that starts in `world`, in batches of about `batch_about` and at most `batch_max` requests.
///
/// Requests name results of earlier ones by number, so that each step can be removed without changing the others.
pub fn history<W: World>(
    world: &W,
    draws: &[Draw],
    batch_about: u64,
    batch_max: usize,
    tick: Seconds,
) -> Vec<Step<W::Request>> {
    let mut model = world.clone();
    let mut chooser = Chooser::new(tick);
    let mut steps: Vec<Step<W::Request>> = Vec::new();
    let (mut batch, mut in_batch) = (0, 0);
    for draw in draws {
        let mut raised_type = None;
        if in_batch == batch_max || (draw.pause >> 32) % batch_about == 0 {
            (batch, in_batch) = (batch + 1, 0);
            chooser.now += chooser.pause(&model, draw.pause);
            let types = model.ticket_types();
            raised_type = Some((draw.pause >> 16) as usize % (4 * types)).filter(|number| *number < types);
        }
        if let Some(ticket_type) = raised_type {
            model.raise_price(ticket_type);
        }
        let op = chooser.choose(&model, draw.op);
        model.execute(&op, chooser.now);
        in_batch += 1;
        steps.push(Step { at: chooser.now, batch, raised_type, op, spare: draw.pause >> 48 });
    }
    steps
}
