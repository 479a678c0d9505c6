//! Queue of commands that wait for a lane.
//!
//! A *line* is the waiting commands of one affinity (the queue key, so of one event). A *turn* is a line's place in the
//! order in which lines get a lane. The queue does no I/O, has no clock and no task, so these rules can be tested
//! directly:
//! - Commands of one line are in at most one batch at a time, in order of arrival, bookings before holds.
//! - Lines take turns. A crowded line, one whose row lock or database was unavailable, and one with an organiser's
//!   command get a batch of their own, so that other lines do not wait for a slow batch.
//! - Holds and bookings have separate limits, per line and in total: a rush of holds leaves room for bookings.

use std::collections::{HashMap, VecDeque};

use super::command::Class;
use crate::ids::Affinity;

/// A line is crowded when it is longer than a full batch divided by this.
const CROWDED_SHARE: usize = 8;

/// Largest number of waiting commands. Holds are counted apart from bookings (which include organisers' commands).
#[derive(Clone, Copy, Debug)]
pub struct QueueLimits {
    /// In one line.
    pub per_event: usize,
    /// In all lines together.
    pub total: usize,
}

/// Reason why the queue did not accept a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// A limit of [`QueueLimits`] is reached.
    Full,
    /// The queue was closed.
    Closed,
}

/// Commands that one batch takes from the queue.
#[derive(Debug)]
pub struct TakenBatch<T> {
    /// Commands in the order in which they must be decided.
    pub waiting: Vec<T>,
    /// Affinities of the lines used. They are in no other batch until [`Queue::finish_batch`].
    pub affinities: Vec<Affinity>,
}

/// See the module's documentation. `T` is a waiting command.
#[derive(Debug)]
pub struct Queue<T> {
    limits: QueueLimits,
    /// Lines that have waiting commands, a running batch, or an unavailable lock.
    lines: HashMap<Affinity, Line<T>>,
    /// Lines with waiting commands and no running batch, in the order of their turns.
    turns: VecDeque<Affinity>,
    /// Number of waiting commands of all lines.
    depths: PerClass<usize>,
    closed: bool,
}

/// See the module's documentation.
#[derive(Debug)]
struct Line<T> {
    waiting: PerClass<VecDeque<T>>,
    /// Whether a batch of the line is running.
    running: bool,
    /// The row lock or the database was unavailable to its last batch, and may be so again: other lines should not wait
    /// for it.
    unavailable: bool,
    /// An organiser's command may be waiting, which may take long: other lines should not wait for it.
    has_organiser_command: bool,
}

#[derive(Debug, Default)]
struct PerClass<V> {
    bookings: V,
    holds: V,
}

impl<V> PerClass<V> {
    fn class_mut(&mut self, class: Class) -> &mut V {
        match class {
            Class::Hold => &mut self.holds,
            Class::Booking | Class::Organiser => &mut self.bookings,
        }
    }
}

impl<T> Queue<T> {
    /// An empty, open queue.
    pub fn new(limits: QueueLimits) -> Self {
        Self { limits, lines: HashMap::new(), turns: VecDeque::new(), depths: PerClass::default(), closed: false }
    }

    /// Appends a command to its line.
    ///
    /// # Errors
    ///
    /// When a limit is reached or the queue is closed. The command is then not queued.
    pub fn admit(&mut self, affinity: Affinity, class: Class, waiting: T) -> Result<(), NotAdmitted> {
        if self.closed {
            return Err(NotAdmitted::Closed);
        }
        if *self.depths.class_mut(class) >= self.limits.total {
            return Err(NotAdmitted::Full);
        }
        let line = self.lines.entry(affinity).or_insert_with(Line::new);
        let idle = line.is_empty() && !line.running;
        let same_class = line.waiting.class_mut(class);
        // A new line is below the limit, so this never leaves an empty line in the map.
        if same_class.len() >= self.limits.per_event {
            return Err(NotAdmitted::Full);
        }
        same_class.push_back(waiting);
        line.has_organiser_command |= class == Class::Organiser;
        *self.depths.class_mut(class) += 1;
        if idle {
            self.turns.push_back(affinity);
        }
        Ok(())
    }

    /// The command of class `Hold` that has waited longest in the affinity's line.
    pub fn oldest_hold(&self, affinity: Affinity) -> Option<&T> {
        self.lines.get(&affinity)?.waiting.holds.front()
    }

    /// Takes the next batch of at most `batch_max` commands: a line that needs its own batch, or as many of the other
    /// lines as fit. `None` if no line has a turn.
    pub fn take_batch(&mut self, batch_max: usize) -> Option<TakenBatch<T>> {
        let first = self.turns.pop_front()?;
        let mut taken = TakenBatch { waiting: Vec::new(), affinities: Vec::new() };
        let alone = self.needs_own_batch(first, batch_max);
        self.move_line(first, batch_max, &mut taken);
        if alone {
            return Some(taken);
        }
        let mut skipped = VecDeque::new();
        while taken.waiting.len() < batch_max
            && let Some(next) = self.turns.pop_front()
        {
            if self.needs_own_batch(next, batch_max) {
                skipped.push_back(next);
            } else {
                self.move_line(next, batch_max, &mut taken);
            }
        }
        // Skipped lines keep their place in the order.
        while let Some(affinity) = skipped.pop_back() {
            self.turns.push_front(affinity);
        }
        Some(taken)
    }

    /// Ends a batch. Lines with more commands get another turn, after the others. `unavailable` tells whether the row
    /// lock or the database was unavailable to an affinity; `None` if nothing was executed, which leaves the line as it
    /// was.
    pub fn finish_batch(&mut self, affinities: &[Affinity], unavailable: impl Fn(Affinity) -> Option<bool>) {
        for affinity in affinities {
            let Some(line) = self.lines.get_mut(affinity) else { continue };
            line.running = false;
            line.unavailable = unavailable(*affinity).unwrap_or(line.unavailable);
            if !line.is_empty() {
                self.turns.push_back(*affinity);
            } else if !line.unavailable {
                self.lines.remove(affinity);
            }
        }
    }

    /// Rejects new commands from now on. Waiting commands can still be taken.
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Whether [`Queue::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether [`Queue::take_batch`] would return a batch.
    pub fn has_turns(&self) -> bool {
        !self.turns.is_empty()
    }

    /// Number of waiting commands, of all lines and classes.
    pub fn depth(&self) -> usize {
        self.depths.holds + self.depths.bookings
    }

    fn needs_own_batch(&self, affinity: Affinity, batch_max: usize) -> bool {
        self.lines.get(&affinity).is_some_and(|line| {
            line.unavailable || line.has_organiser_command || line.len() > batch_max.div_ceil(CROWDED_SHARE)
        })
    }

    /// Moves commands of a line into the batch until it is full, bookings first.
    fn move_line(&mut self, affinity: Affinity, batch_max: usize, taken: &mut TakenBatch<T>) {
        let line = self.lines.get_mut(&affinity).expect("every affinity with a turn has a line");
        line.running = true;
        taken.affinities.push(affinity);
        for class in [Class::Booking, Class::Hold] {
            let room = batch_max - taken.waiting.len();
            let waiting = line.waiting.class_mut(class);
            let count = room.min(waiting.len());
            taken.waiting.extend(waiting.drain(..count));
            *self.depths.class_mut(class) -= count;
        }
        // Organisers' commands wait among the bookings. If a full batch leaves some of these behind, there may be one.
        line.has_organiser_command &= !line.waiting.bookings.is_empty();
    }
}

impl<T> Line<T> {
    fn new() -> Self {
        Self {
            waiting: PerClass { bookings: VecDeque::new(), holds: VecDeque::new() },
            running: false,
            unavailable: false,
            has_organiser_command: false,
        }
    }

    fn len(&self) -> usize {
        self.waiting.holds.len() + self.waiting.bookings.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
