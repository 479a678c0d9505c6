//! Tournament tree over the strips: finds the best strip of a range in a number of steps logarithmic in the number of
//! strips.
//!
//! A strip starts with a bound: a score at least as good as its exact score. The exact score is computed only when a
//! bound wins, so most strips are never examined, and of those that changed only the ones that can win.

use std::ops::Range;

/// Score of a strip; lower is better.
pub(super) trait Score: Copy + Ord {
    /// Score of a strip without a group, worse than any other.
    const NO_GROUP: Self;
}

#[derive(Debug)]
pub(super) struct Tournament<S> {
    /// Exact score or bound, by strip.
    scores: Vec<S>,
    /// Whether the score is exact, by strip.
    exact: Vec<bool>,
    /// A binary tree in an array: `winners[n]` is the better of the winners of nodes 2n and 2n + 1; strip k is the leaf
    /// with number k + number of strips.
    winners: Vec<u32>,
}

impl<S: Score> Tournament<S> {
    /// A tree with one bound per strip.
    pub fn new(bounds: impl Iterator<Item = S>) -> Self {
        let scores: Vec<S> = bounds.collect();
        let strips = scores.len();
        let mut tournament = Self { scores, exact: vec![false; strips], winners: vec![0; strips] };
        (1..strips).rev().for_each(|node| tournament.update_node(node));
        tournament
    }

    /// Replaces the score of a changed strip by a new bound.
    pub fn reset(&mut self, strip: usize, bound: S) {
        self.exact[strip] = false;
        self.set(strip, bound);
    }

    /// The best exact score in some ranges of strips; `None` if no strip there has a group. `score` computes an exact
    /// score.
    pub fn best(&mut self, ranges: &[Range<usize>], score: impl FnMut(usize) -> S) -> Option<S> {
        self.best_strip(ranges, score).map(|(_, score)| score)
    }

    /// As [`Self::best`], the `count` best scores, best first.
    pub fn best_n(&mut self, count: usize, ranges: &[Range<usize>], mut score: impl FnMut(usize) -> S) -> Vec<S> {
        let mut best = Vec::with_capacity(count);
        while let Some((strip, exact)) = self.best_strip(ranges, &mut score) {
            best.push((strip, exact));
            if best.len() == count {
                break;
            }
            // Removed until all are found, so that the next best one wins.
            self.set(strip, S::NO_GROUP);
        }
        best.iter().for_each(|(strip, score)| self.set(*strip, *score));
        best.into_iter().map(|(_, score)| score).collect()
    }

    fn best_strip(&mut self, ranges: &[Range<usize>], mut score: impl FnMut(usize) -> S) -> Option<(usize, S)> {
        loop {
            let winners = ranges.iter().filter_map(|range| self.winner_of_range(range.clone()));
            let winner = winners.min_by_key(|winner| self.scores[*winner])?;
            if self.scores[winner] == S::NO_GROUP {
                return None;
            }
            if self.exact[winner] {
                return Some((winner, self.scores[winner]));
            }
            self.exact[winner] = true;
            self.set(winner, score(winner));
        }
    }

    fn set(&mut self, strip: usize, score: S) {
        // The bound of a busy strip is often reset to the same value.
        if self.scores[strip] == score {
            return;
        }
        self.scores[strip] = score;
        let mut node = (strip + self.scores.len()) / 2;
        while node > 0 {
            self.update_node(node);
            node /= 2;
        }
    }

    fn update_node(&mut self, node: usize) {
        let (left, right) = (self.winner_of_node(2 * node), self.winner_of_node(2 * node + 1));
        self.winners[node] = if self.scores[right as usize] < self.scores[left as usize] { right } else { left };
    }

    fn winner_of_node(&self, node: usize) -> u32 {
        match node.checked_sub(self.scores.len()) {
            Some(strip) => u32::try_from(strip).expect("there are no more strips than seats"),
            None => self.winners[node],
        }
    }

    fn winner_of_range(&self, range: Range<usize>) -> Option<usize> {
        let strips = self.scores.len();
        let (mut from, mut to) = (range.start + strips, range.end + strips);
        let mut winner: Option<u32> = None;
        let better = |best: Option<u32>, other: u32| match best {
            Some(best) if self.scores[best as usize] <= self.scores[other as usize] => best,
            _ => other,
        };
        while from < to {
            if from % 2 == 1 {
                winner = Some(better(winner, self.winner_of_node(from)));
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                winner = Some(better(winner, self.winner_of_node(to)));
            }
            (from, to) = (from / 2, to / 2);
        }
        winner.map(|winner| winner as usize)
    }
}
