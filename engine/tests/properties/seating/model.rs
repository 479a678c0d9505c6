//! A naive model of best available: it lists all possible groups and takes the best. It shares only limits and request
//! types with the tested code.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use boxoffice_engine::seating::{GroupRequest, NEARBY_ROWS, NEARBY_STARTS, SEEDS_PER_START, Together};

#[derive(Clone, Debug)]
pub struct Model {
    /// Seats in the order of the layout.
    pub seats: Vec<ModelSeat>,
    pub focal_point: (i64, i64),
}

#[derive(Clone, Debug)]
pub struct ModelSeat {
    pub section: usize,
    /// Row number, counted over all sections.
    pub row: usize,
    pub x: i64,
    pub y: i64,
    pub pool: u16,
    pub accessible: bool,
    pub companion: bool,
    pub aisle_after: bool,
    pub free: bool,
}

/// Kind of seats that a group may use. A reserved seat is an accessible or a companion seat.
#[derive(Clone, Copy, Debug, PartialEq)]
enum SeatChoice {
    /// No reserved seats.
    Unreserved,
    /// All seats.
    Any,
    /// Only reserved seats, at least one of them accessible.
    Reserved,
}

/// Rank of a group, lowest first: reserved seats, new orphans, spread, distance to the focal point, first seat.
type Rank = (usize, usize, i64, i64, usize);

impl Model {
    /// Seats for a group, or the size of the largest possible group.
    pub fn pick(&self, wanted: &GroupRequest) -> Result<Vec<usize>, usize> {
        self.find_group(wanted, wanted.size.get() as usize).ok_or_else(|| {
            let possible = |size: &usize| self.find_group(wanted, *size).is_some();
            (1..=self.seats.len()).take_while(possible).last().unwrap_or(0)
        })
    }

    fn find_group(&self, wanted: &GroupRequest, size: usize) -> Option<Vec<usize>> {
        let choices: &[SeatChoice] =
            if wanted.accessible { &[SeatChoice::Reserved] } else { &[SeatChoice::Unreserved, SeatChoice::Any] };
        choices.iter().find_map(|choice| {
            let seats = self.eligible(wanted, *choice);
            let strict = self.best_group(self.adjacent_groups(&seats, size, *choice), *choice, |_, _| 0);
            strict.or_else(|| match wanted.together {
                Together::Strict => None,
                Together::Row => {
                    let spread = |group: &[usize], _| (group[size - 1] - group[0]) as i64;
                    self.best_group(self.row_groups(&seats, size, *choice), *choice, spread)
                }
                Together::Nearby => self.nearby_group(&seats, size, *choice),
            })
        })
    }

    fn eligible(&self, wanted: &GroupRequest, choice: SeatChoice) -> Vec<usize> {
        let mut seats = self.eligible_anywhere(choice);
        seats.retain(|at| {
            let seat = &self.seats[*at];
            let section = wanted.section.is_none_or(|section| usize::from(section.0) == seat.section);
            section && wanted.pool.is_none_or(|pool| pool.0 == seat.pool)
        });
        seats
    }

    fn eligible_anywhere(&self, choice: SeatChoice) -> Vec<usize> {
        let is_eligible = |at: &usize| {
            let seat = &self.seats[*at];
            let reserved = seat.accessible || seat.companion;
            seat.free
                && match choice {
                    SeatChoice::Unreserved => !reserved,
                    SeatChoice::Any => true,
                    SeatChoice::Reserved => reserved,
                }
        };
        (0..self.seats.len()).filter(is_eligible).collect()
    }

    /// Orphans for which the single-seat rule refuses a selection.
    pub fn avoidable_orphans(&self, selection: &[usize]) -> Vec<usize> {
        let group: Vec<usize> = selection.iter().copied().filter(|seat| self.seats[*seat].free).collect();
        let new = self.new_orphans(&group);
        let counts = |orphan: &usize| {
            let run = self.run(*orphan);
            let part: Vec<usize> = run.iter().copied().filter(|seat| group.contains(seat)).collect();
            let orphans = run.iter().filter(|seat| new.contains(seat)).count();
            let best = self.best_alternative(&part);
            best.is_some_and(|best| orphans > self.new_orphans(&best).len())
        };
        new.iter().copied().filter(counts).collect()
    }

    /// Best group of as many adjacent seats in the same section and pool.
    fn best_alternative(&self, part: &[usize]) -> Option<Vec<usize>> {
        let reserved = part.iter().any(|seat| self.seats[*seat].accessible || self.seats[*seat].companion);
        let choice = if reserved { SeatChoice::Any } else { SeatChoice::Unreserved };
        let here = &self.seats[part[0]];
        let mut seats = self.eligible_anywhere(choice);
        seats.retain(|seat| (self.seats[*seat].section, self.seats[*seat].pool) == (here.section, here.pool));
        self.best_group(self.adjacent_groups(&seats, part.len(), choice), choice, |_, _| 0)
    }

    /// Run of free seats that contains a seat.
    fn run(&self, seat: usize) -> Vec<usize> {
        let free = |seat: &usize| self.seats[*seat].free;
        let left = std::iter::successors(Some(seat), |seat| self.left_of(*seat).filter(free));
        let right = std::iter::successors(Some(seat), |seat| self.right_of(*seat).filter(free));
        let all: BTreeSet<usize> = left.chain(right).collect();
        all.into_iter().collect()
    }

    /// Groups of adjacent seats, each with its first seat.
    fn adjacent_groups(&self, seats: &[usize], size: usize, choice: SeatChoice) -> Vec<(usize, Vec<usize>)> {
        let together = |group: &&[usize]| {
            let adjacent = group.windows(2).all(|pair| self.right_of(pair[0]) == Some(pair[1]));
            adjacent && group.iter().all(|seat| self.seats[*seat].pool == self.seats[group[0]].pool)
        };
        let groups = seats.windows(size).filter(together).filter(|group| self.is_suitable(group, choice));
        groups.map(|group| (group[0], group.to_vec())).collect()
    }

    /// Groups of consecutive free seats of a row, taken seats or aisles between them allowed; each with its first seat.
    fn row_groups(&self, seats: &[usize], size: usize, choice: SeatChoice) -> Vec<(usize, Vec<usize>)> {
        let strips = self.strips(seats);
        let groups =
            strips.values().flat_map(|strip| strip.windows(size)).filter(|group| self.is_suitable(group, choice));
        groups.map(|group| (group[0], group.to_vec())).collect()
    }

    fn nearby_group(&self, seats: &[usize], size: usize, choice: SeatChoice) -> Option<Vec<usize>> {
        let strips = self.strips(seats);
        let mut starts: Vec<_> =
            strips.keys().filter(|strip| !self.seeds(&strips[*strip], choice).is_empty()).collect();
        let first = |strip: &Strip| self.first_seat(*strip);
        let longest = |strip: &Strip| self.runs(&strips[strip], choice).map(|run| run.len()).max();
        starts.sort_by_cached_key(|strip| (Reverse(longest(strip)), self.nearest(**strip), first(strip)));
        let grown = |start: &Strip| -> Vec<(usize, Vec<usize>)> {
            let seats_within_reach = self.seats_within_reach(&strips, *start);
            let seeds = self.seeds(&strips[start], choice);
            let seeds = seeds.into_iter().filter(|_| seats_within_reach.len() >= size);
            seeds.map(|seed| (seed, self.nearest_seats(seed, &seats_within_reach, size))).collect()
        };
        let spread = |group: &[usize], seed: usize| group.iter().map(|seat| self.distance_between(*seat, seed)).sum();
        let groups = starts.iter().take(NEARBY_STARTS).flat_map(|start| grown(start)).collect();
        self.best_group(groups, choice, spread).or_else(|| {
            let reach = |strip: &Strip| self.seats_within_reach(&strips, *strip).len();
            let start =
                starts.iter().min_by_key(|strip| (Reverse(reach(strip)), self.nearest(***strip), first(strip)))?;
            self.best_group(grown(start), choice, spread)
        })
    }

    fn best_group(
        &self,
        groups: Vec<(usize, Vec<usize>)>,
        choice: SeatChoice,
        spread: impl Fn(&[usize], usize) -> i64,
    ) -> Option<Vec<usize>> {
        let rank = |(anchor, group): &(usize, Vec<usize>)| -> Rank {
            let reserved = |seat: &&usize| self.seats[**seat].accessible || self.seats[**seat].companion;
            let reserved = if choice == SeatChoice::Any { group.iter().filter(reserved).count() } else { 0 };
            let distance = group.iter().map(|seat| self.distance(*seat)).sum();
            (reserved, self.new_orphans(group).len(), spread(group, *anchor), distance, *anchor)
        };
        groups.into_iter().min_by_key(rank).map(|(_, group)| group)
    }

    fn is_suitable(&self, group: &[usize], choice: SeatChoice) -> bool {
        choice != SeatChoice::Reserved || group.iter().any(|seat| self.seats[*seat].accessible)
    }

    /// Seats by section, row and pool.
    fn strips(&self, seats: &[usize]) -> BTreeMap<Strip, Vec<usize>> {
        let mut strips: BTreeMap<Strip, Vec<usize>> = BTreeMap::new();
        for seat in seats {
            strips.entry(self.strip(*seat)).or_default().push(*seat);
        }
        strips
    }

    fn strip(&self, seat: usize) -> Strip {
        let seat = &self.seats[seat];
        (seat.section, seat.row, seat.pool)
    }

    fn first_seat(&self, strip: Strip) -> usize {
        (0..self.seats.len()).find(|seat| self.strip(*seat) == strip).expect("no strip is empty")
    }

    /// Distance from the focal point to the nearest seat of a strip, taken or free.
    fn nearest(&self, strip: Strip) -> i64 {
        let seats = (0..self.seats.len()).filter(|seat| self.strip(*seat) == strip);
        seats.map(|seat| self.distance(seat)).min().expect("no strip is empty")
    }

    /// Runs of adjacent seats in a strip, only those with an accessible seat if the choice is `Reserved`.
    fn runs(&self, strip: &[usize], choice: SeatChoice) -> impl Iterator<Item = Vec<usize>> {
        let runs: Vec<Vec<usize>> =
            strip.chunk_by(|one, other| self.right_of(*one) == Some(*other)).map(<[usize]>::to_vec).collect();
        runs.into_iter().filter(move |run| self.is_suitable(run, choice))
    }

    fn seeds(&self, strip: &[usize], choice: SeatChoice) -> Vec<usize> {
        let seed = |run: Vec<usize>| {
            let suitable = run.iter().filter(|seat| self.is_suitable(&[**seat], choice));
            let seed = *suitable.min_by_key(|seat| (self.distance(**seat), **seat)).expect("a run has a suitable seat");
            (Reverse(run.len()), seed)
        };
        let mut seeds: Vec<_> = self.runs(strip, choice).map(seed).collect();
        seeds.sort_unstable();
        seeds.into_iter().take(SEEDS_PER_START).map(|(_, seed)| seed).collect()
    }

    fn seats_within_reach(&self, strips: &BTreeMap<Strip, Vec<usize>>, start: Strip) -> Vec<usize> {
        let near = |strip: &Strip| (strip.0, strip.2) == (start.0, start.2) && strip.1.abs_diff(start.1) <= NEARBY_ROWS;
        strips.iter().filter(|(strip, _)| near(strip)).flat_map(|(_, seats)| seats.clone()).collect()
    }

    fn nearest_seats(&self, seed: usize, seats: &[usize], size: usize) -> Vec<usize> {
        let (x, y) = (self.seats[seed].x, self.seats[seed].y);
        let mut seats = seats.to_vec();
        // Squared distances, so that rounding does not decide.
        seats.sort_by_key(|seat| ((self.seats[*seat].x - x).pow(2) + (self.seats[*seat].y - y).pow(2), *seat));
        let mut group: Vec<usize> = seats.into_iter().take(size).collect();
        group.sort_unstable();
        group
    }

    /// Free seats that have a free neighbour now, and none once the group is taken.
    pub fn new_orphans(&self, group: &[usize]) -> BTreeSet<usize> {
        &self.orphans_without(group) - &self.orphans_without(&[])
    }

    fn orphans_without(&self, group: &[usize]) -> BTreeSet<usize> {
        let free = |seat: Option<usize>| seat.is_some_and(|seat| self.seats[seat].free && !group.contains(&seat));
        let alone = |seat: &usize| free(Some(*seat)) && !free(self.left_of(*seat)) && !free(self.right_of(*seat));
        (0..self.seats.len()).filter(alone).collect()
    }

    pub fn right_of(&self, seat: usize) -> Option<usize> {
        let next = self.seats.get(seat + 1)?;
        (next.row == self.seats[seat].row && !self.seats[seat].aisle_after).then_some(seat + 1)
    }

    pub fn left_of(&self, seat: usize) -> Option<usize> {
        seat.checked_sub(1).filter(|left| self.right_of(*left) == Some(seat))
    }

    fn distance(&self, seat: usize) -> i64 {
        let (x, y) = self.focal_point;
        let seat = &self.seats[seat];
        integer_sqrt((seat.x - x).pow(2) + (seat.y - y).pow(2))
    }

    fn distance_between(&self, one: usize, other: usize) -> i64 {
        let (one, other) = (&self.seats[one], &self.seats[other]);
        integer_sqrt((one.x - other.x).pow(2) + (one.y - other.y).pow(2))
    }
}

/// Seats of one section, row and pool.
type Strip = (usize, usize, u16);

/// Square root, rounded down.
fn integer_sqrt(square: i64) -> i64 {
    let about = (square as f64).sqrt() as i64;
    (about - 1..=about + 1).rev().find(|root| root * root <= square).expect("it is about right")
}
