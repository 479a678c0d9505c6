//! The queue of the lanes: what waits, for whom, and whose turn it is.
//!
//! Bookkeeping only, without I/O, clock or task, so that its promises can be tested directly:
//! - The commands of one affinity, so of one event, are in at most one batch at a time, in the order in which they came,
//!   bookings before holds.
//! - Affinities take turns. A crowded one, one whose lock could not be had, or one that is changed by its organiser gets a
//!   batch of its own, so that the others do not wait for what takes long.
//! - Holds and bookings have their own room, per affinity and in all: a stampede of holds takes no booking's place.

use std::collections::{HashMap, VecDeque};

use super::command::Class;
use crate::domain::ids::Affinity;

/// An affinity with more than this share of a full batch waiting is crowded.
const CROWDED_SHARE: usize = 8;

/// How many commands may wait, of each class.
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// For one affinity.
    pub per_event: usize,
    /// For all together.
    pub total: usize,
}

/// Why a command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    Full,
    Closed,
}

/// What one batch takes, in the order in which it is to be decided.
#[derive(Debug)]
pub struct Taken<T> {
    pub waiting: Vec<T>,
    /// Whose turn it is. They stay out of other batches until [`Queue::done`].
    pub affinities: Vec<Affinity>,
}

#[derive(Debug)]
pub struct Queue<T> {
    limits: QueueLimits,
    /// Everyone who waits or whose batch runs.
    lines: HashMap<Affinity, Line<T>>,
    /// Those with something waiting and no batch running, in the order of their turns.
    turns: VecDeque<Affinity>,
    waiting: PerClass<usize>,
    closed: bool,
}

/// The waiting commands of one affinity.
#[derive(Debug)]
struct Line<T> {
    waiting: PerClass<VecDeque<T>>,
    running: bool,
    /// Its last batch could not have the lock, or the database: nobody else should wait for the next one.
    troubled: bool,
    /// A change of the event itself waits, which may take long: nobody else should wait for that either.
    organised: bool,
}

#[derive(Debug, Default)]
struct PerClass<V> {
    bookings: V,
    holds: V,
}

impl<V> PerClass<V> {
    fn of(&mut self, class: Class) -> &mut V {
        match class {
            Class::Hold => &mut self.holds,
            Class::Booking | Class::Organiser => &mut self.bookings,
        }
    }
}

impl<T> Queue<T> {
    pub fn new(limits: QueueLimits) -> Self {
        Self { limits, lines: HashMap::new(), turns: VecDeque::new(), waiting: PerClass::default(), closed: false }
    }

    /// Takes a command in, at once or not at all.
    pub fn admit(&mut self, affinity: Affinity, class: Class, waiting: T) -> Result<(), NotAdmitted> {
        if self.closed {
            return Err(NotAdmitted::Closed);
        }
        if *self.waiting.of(class) >= self.limits.total {
            return Err(NotAdmitted::Full);
        }
        let line = self.lines.entry(affinity).or_insert_with(Line::new);
        let idle = line.is_empty() && !line.running;
        let room = line.waiting.of(class);
        // A line that was just made has room, so none is left behind empty.
        if room.len() >= self.limits.per_event {
            return Err(NotAdmitted::Full);
        }
        room.push_back(waiting);
        line.organised |= class == Class::Organiser;
        *self.waiting.of(class) += 1;
        if idle {
            self.turns.push_back(affinity);
        }
        Ok(())
    }

    /// The hold that has waited longest for this affinity's next batch.
    pub fn oldest_hold(&self, affinity: Affinity) -> Option<&T> {
        self.lines.get(&affinity)?.waiting.holds.front()
    }

    /// The next batch: a crowded or troubled affinity alone, or as many of the others as it holds. `None` if it is
    /// nobody's turn.
    pub fn take(&mut self, batch_max: usize) -> Option<Taken<T>> {
        let first = self.turns.pop_front()?;
        let mut taken = Taken { waiting: Vec::new(), affinities: Vec::new() };
        let alone = self.goes_alone(first, batch_max);
        self.move_line(first, batch_max, &mut taken);
        if alone {
            return Some(taken);
        }
        let mut kept = VecDeque::new();
        while taken.waiting.len() < batch_max
            && let Some(next) = self.turns.pop_front()
        {
            if self.goes_alone(next, batch_max) {
                kept.push_back(next);
            } else {
                self.move_line(next, batch_max, &mut taken);
            }
        }
        // Their turn is still the next one.
        while let Some(affinity) = kept.pop_back() {
            self.turns.push_front(affinity);
        }
        Some(taken)
    }

    /// A batch has ended. Whoever has more waiting gets another turn, after the others. `troubled` says what is known of an
    /// affinity now; `None` if nothing of it was executed.
    pub fn done(&mut self, affinities: &[Affinity], troubled: impl Fn(Affinity) -> Option<bool>) {
        for affinity in affinities {
            let Some(line) = self.lines.get_mut(affinity) else { continue };
            line.running = false;
            line.troubled = troubled(*affinity).unwrap_or(line.troubled);
            if !line.is_empty() {
                self.turns.push_back(*affinity);
            } else if !line.troubled {
                self.lines.remove(affinity);
            }
        }
    }

    /// From now on nothing is admitted. What waits is still to be taken.
    pub fn close(&mut self) {
        self.closed = true;
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether somebody could be taken now.
    pub fn has_turns(&self) -> bool {
        !self.turns.is_empty()
    }

    /// How many commands wait.
    pub fn depth(&self) -> usize {
        self.waiting.holds + self.waiting.bookings
    }

    fn goes_alone(&self, affinity: Affinity, batch_max: usize) -> bool {
        self.lines
            .get(&affinity)
            .is_some_and(|line| line.troubled || line.organised || line.len() > batch_max.div_ceil(CROWDED_SHARE))
    }

    /// As many of the affinity's commands as the batch still takes, bookings first.
    fn move_line(&mut self, affinity: Affinity, batch_max: usize, taken: &mut Taken<T>) {
        let line = self.lines.get_mut(&affinity).expect("whoever has a turn has a line");
        line.running = true;
        taken.affinities.push(affinity);
        // Organisers go with the bookings, so first. Should some stay behind in a full batch, the next one is crowded anyway.
        line.organised = false;
        for class in [Class::Booking, Class::Hold] {
            let room = batch_max - taken.waiting.len();
            let waiting = line.waiting.of(class);
            let count = room.min(waiting.len());
            taken.waiting.extend(waiting.drain(..count));
            *self.waiting.of(class) -= count;
        }
    }
}

impl<T> Line<T> {
    fn new() -> Self {
        Self {
            waiting: PerClass { bookings: VecDeque::new(), holds: VecDeque::new() },
            running: false,
            troubled: false,
            organised: false,
        }
    }

    fn len(&self) -> usize {
        self.waiting.holds.len() + self.waiting.bookings.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
