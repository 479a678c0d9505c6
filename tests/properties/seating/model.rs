//! What best available is to give, told naively: all groups of a kind are listed, and the best of them is taken. Shares nothing
//! with what is tested but the words.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use boxoffice::domain::seating::{NEARBY_ROWS, NEARBY_STARTS, SEEDS_PER_START, Together, Wanted};

#[derive(Clone, Debug)]
pub struct Model {
    /// In the order of the layout.
    pub seats: Vec<ModelSeat>,
    pub focal_point: (i64, i64),
}

#[derive(Clone, Debug)]
pub struct ModelSeat {
    pub section: usize,
    /// Counted through all sections.
    pub row: usize,
    pub x: i64,
    pub y: i64,
    pub pool: u16,
    pub accessible: bool,
    pub companion: bool,
    pub aisle_after: bool,
    pub free: bool,
}

/// Who may be in a group.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Ordinary,
    Everybody,
    Accessible,
}

/// Fewer reserved seats, fewer orphans, more compact, nearer, first.
type Rank = (usize, usize, i64, i64, usize);

impl Model {
    pub fn pick(&self, wanted: &Wanted) -> Result<Vec<usize>, usize> {
        self.group(wanted, wanted.size.get() as usize).ok_or_else(|| {
            let possible = |size: &usize| self.group(wanted, *size).is_some();
            (1..=self.seats.len()).take_while(possible).last().unwrap_or(0)
        })
    }

    fn group(&self, wanted: &Wanted, size: usize) -> Option<Vec<usize>> {
        let who: &[Who] = if wanted.accessible { &[Who::Accessible] } else { &[Who::Ordinary, Who::Everybody] };
        who.iter().find_map(|who| {
            let seats = self.eligible(wanted, *who);
            let strict = self.best(self.windows(&seats, size, *who), *who, |_, _| 0);
            strict.or_else(|| match wanted.together {
                Together::Strict => None,
                Together::Row => {
                    let spread = |group: &[usize], _| (group[size - 1] - group[0]) as i64;
                    self.best(self.rows(&seats, size, *who), *who, spread)
                }
                Together::Nearby => self.nearby(&seats, size, *who),
            })
        })
    }

    fn eligible(&self, wanted: &Wanted, who: Who) -> Vec<usize> {
        let mut seats = self.eligible_anywhere(who);
        seats.retain(|at| {
            let seat = &self.seats[*at];
            let section = wanted.section.is_none_or(|section| usize::from(section.0) == seat.section);
            section && wanted.pool.is_none_or(|pool| pool.0 == seat.pool)
        });
        seats
    }

    fn eligible_anywhere(&self, who: Who) -> Vec<usize> {
        let may = |at: &usize| {
            let seat = &self.seats[*at];
            let reserved = seat.accessible || seat.companion;
            seat.free
                && match who {
                    Who::Ordinary => !reserved,
                    Who::Everybody => true,
                    Who::Accessible => reserved,
                }
        };
        (0..self.seats.len()).filter(may).collect()
    }

    /// The rule for selections by hand.
    pub fn orphans_left_by(&self, selection: &[usize]) -> Vec<usize> {
        let group: Vec<usize> = selection.iter().copied().filter(|seat| self.seats[*seat].free).collect();
        let new = self.new_orphans(&group);
        let counts = |orphan: &usize| {
            let run = self.run(*orphan);
            let part: Vec<usize> = run.iter().copied().filter(|seat| group.contains(seat)).collect();
            let orphans = run.iter().filter(|seat| new.contains(seat)).count();
            let best = self.neighbours_instead_of(&part);
            best.is_some_and(|best| orphans > self.new_orphans(&best).len())
        };
        new.iter().copied().filter(counts).collect()
    }

    /// What best available gives to as many, in the same section and pool.
    fn neighbours_instead_of(&self, part: &[usize]) -> Option<Vec<usize>> {
        let reserved = part.iter().any(|seat| self.seats[*seat].accessible || self.seats[*seat].companion);
        let who = if reserved { Who::Everybody } else { Who::Ordinary };
        let here = &self.seats[part[0]];
        let mut seats = self.eligible_anywhere(who);
        seats.retain(|seat| (self.seats[*seat].section, self.seats[*seat].pool) == (here.section, here.pool));
        self.best(self.windows(&seats, part.len(), who), who, |_, _| 0)
    }

    /// The free neighbours among whom a seat is.
    fn run(&self, seat: usize) -> Vec<usize> {
        let free = |seat: &usize| self.seats[*seat].free;
        let left = std::iter::successors(Some(seat), |seat| self.left_of(*seat).filter(free));
        let right = std::iter::successors(Some(seat), |seat| self.right_of(*seat).filter(free));
        let all: BTreeSet<usize> = left.chain(right).collect();
        all.into_iter().collect()
    }

    /// Groups of neighbours, each with the seat that it is known by.
    fn windows(&self, seats: &[usize], size: usize, who: Who) -> Vec<(usize, Vec<usize>)> {
        let together = |group: &&[usize]| {
            let beside = group.windows(2).all(|pair| self.right_of(pair[0]) == Some(pair[1]));
            beside && group.iter().all(|seat| self.seats[*seat].pool == self.seats[group[0]].pool)
        };
        let groups = seats.windows(size).filter(together).filter(|group| self.serves(group, who));
        groups.map(|group| (group[0], group.to_vec())).collect()
    }

    /// Groups of those who follow each other among the free seats of a row.
    fn rows(&self, seats: &[usize], size: usize, who: Who) -> Vec<(usize, Vec<usize>)> {
        let strips = self.strips(seats);
        let groups = strips.values().flat_map(|strip| strip.windows(size)).filter(|group| self.serves(group, who));
        groups.map(|group| (group[0], group.to_vec())).collect()
    }

    fn nearby(&self, seats: &[usize], size: usize, who: Who) -> Option<Vec<usize>> {
        let strips = self.strips(seats);
        let mut starts: Vec<_> = strips.keys().filter(|strip| !self.seeds(&strips[*strip], who).is_empty()).collect();
        let first = |strip: &Strip| self.first_seat(*strip);
        let longest = |strip: &Strip| self.runs(&strips[strip], who).map(|run| run.len()).max();
        starts.sort_by_cached_key(|strip| (Reverse(longest(strip)), self.nearest(**strip), first(strip)));
        let grown = |start: &Strip| -> Vec<(usize, Vec<usize>)> {
            let within_reach = self.within_reach(&strips, *start);
            let seeds = self.seeds(&strips[start], who);
            let seeds = seeds.into_iter().filter(|_| within_reach.len() >= size);
            seeds.map(|seed| (seed, self.nearest_to(seed, &within_reach, size))).collect()
        };
        let spread = |group: &[usize], seed: usize| group.iter().map(|seat| self.between(*seat, seed)).sum();
        let groups = starts.iter().take(NEARBY_STARTS).flat_map(|start| grown(start)).collect();
        self.best(groups, who, spread).or_else(|| {
            let reach = |strip: &Strip| self.within_reach(&strips, *strip).len();
            let start =
                starts.iter().min_by_key(|strip| (Reverse(reach(strip)), self.nearest(***strip), first(strip)))?;
            self.best(grown(start), who, spread)
        })
    }

    fn best(
        &self,
        groups: Vec<(usize, Vec<usize>)>,
        who: Who,
        spread: impl Fn(&[usize], usize) -> i64,
    ) -> Option<Vec<usize>> {
        let rank = |(anchor, group): &(usize, Vec<usize>)| -> Rank {
            let reserved = |seat: &&usize| self.seats[**seat].accessible || self.seats[**seat].companion;
            let reserved = if who == Who::Everybody { group.iter().filter(reserved).count() } else { 0 };
            let distance = group.iter().map(|seat| self.distance(*seat)).sum();
            (reserved, self.new_orphans(group).len(), spread(group, *anchor), distance, *anchor)
        };
        groups.into_iter().min_by_key(rank).map(|(_, group)| group)
    }

    fn serves(&self, group: &[usize], who: Who) -> bool {
        who != Who::Accessible || group.iter().any(|seat| self.seats[*seat].accessible)
    }

    /// The seats of each section, row and pool.
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

    /// From the best seat of a strip, taken or free, to the focal point.
    fn nearest(&self, strip: Strip) -> i64 {
        let seats = (0..self.seats.len()).filter(|seat| self.strip(*seat) == strip);
        seats.map(|seat| self.distance(seat)).min().expect("no strip is empty")
    }

    /// Neighbours among the seats of a strip that serve.
    fn runs(&self, strip: &[usize], who: Who) -> impl Iterator<Item = Vec<usize>> {
        let runs: Vec<Vec<usize>> =
            strip.chunk_by(|one, other| self.right_of(*one) == Some(*other)).map(<[usize]>::to_vec).collect();
        runs.into_iter().filter(move |run| self.serves(run, who))
    }

    fn seeds(&self, strip: &[usize], who: Who) -> Vec<usize> {
        let seed = |run: Vec<usize>| {
            let may = run.iter().filter(|seat| self.serves(&[**seat], who));
            let seed = *may.min_by_key(|seat| (self.distance(**seat), **seat)).expect("the run serves");
            (Reverse(run.len()), seed)
        };
        let mut seeds: Vec<_> = self.runs(strip, who).map(seed).collect();
        seeds.sort_unstable();
        seeds.into_iter().take(SEEDS_PER_START).map(|(_, seed)| seed).collect()
    }

    fn within_reach(&self, strips: &BTreeMap<Strip, Vec<usize>>, start: Strip) -> Vec<usize> {
        let near = |strip: &Strip| (strip.0, strip.2) == (start.0, start.2) && strip.1.abs_diff(start.1) <= NEARBY_ROWS;
        strips.iter().filter(|(strip, _)| near(strip)).flat_map(|(_, seats)| seats.clone()).collect()
    }

    fn nearest_to(&self, seed: usize, seats: &[usize], size: usize) -> Vec<usize> {
        let (x, y) = (self.seats[seed].x, self.seats[seed].y);
        let mut seats = seats.to_vec();
        // The square, so that rounding does not decide.
        seats.sort_by_key(|seat| ((self.seats[*seat].x - x).pow(2) + (self.seats[*seat].y - y).pow(2), *seat));
        let mut group: Vec<usize> = seats.into_iter().take(size).collect();
        group.sort_unstable();
        group
    }

    /// Free seats that have a free neighbour, and have none when the group is gone.
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
        root((seat.x - x).pow(2) + (seat.y - y).pow(2))
    }

    fn between(&self, one: usize, other: usize) -> i64 {
        let (one, other) = (&self.seats[one], &self.seats[other]);
        root((one.x - other.x).pow(2) + (one.y - other.y).pow(2))
    }
}

/// Section, row, pool.
type Strip = (usize, usize, u16);

/// Rounded down.
fn root(square: i64) -> i64 {
    let about = (square as f64).sqrt() as i64;
    (about - 1..=about + 1).rev().find(|root| root * root <= square).expect("it is about right")
}
