//! Tournament tree over the strips: finds the best strip of a range in a number of steps logarithmic in the number of
//! strips.
//!
//! A strip starts with a bound: a score at least as good as its exact score. The exact score is computed only when a
//! bound wins, so most strips are never examined, and of those that changed only the ones that can win.
//!
//! For example, with the bounds 10, 20 and 30 (lower is better): 10 wins, its exact score turns out to be 25; then the
//! bound 20 wins, and its exact score is 21. That is the best, for the third strip has no score below 30.

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
    /// Strip with the best score below each node of a binary tree. Node 1 is the root, the children of node n are 2n and
    /// 2n + 1, and strip k is the leaf with number k + number of strips. Leaves are not stored. With four strips:
    ///
    /// ```text
    ///        1
    ///    2       3
    ///  4   5   6   7     leaves: strips 0 to 3
    /// ```
    winners: Vec<u32>,
}

impl<S: Score> Tournament<S> {
    /// A tree with one bound per strip.
    pub fn new(bounds: impl Iterator<Item = S>) -> Self {
        let scores: Vec<S> = bounds.collect();
        let strips = scores.len();
        let mut tournament = Self { scores, exact: vec![false; strips], winners: vec![0; strips] };
        // From the leaves to the root: a node needs its children.
        for node in (1..strips).rev() {
            tournament.update_node(node);
        }
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
        let mut best: Vec<(usize, S)> = Vec::with_capacity(count);
        while best.len() < count
            && let Some((strip, exact)) = self.best_strip(ranges, &mut score)
        {
            best.push((strip, exact));
            // Removed until all are found, so that the next best one wins.
            self.set(strip, S::NO_GROUP);
        }
        for (strip, exact) in &best {
            self.set(*strip, *exact);
        }
        best.into_iter().map(|(_, exact)| exact).collect()
    }

    /// The strip with the best exact score in some ranges, and that score.
    fn best_strip(&mut self, ranges: &[Range<usize>], mut score: impl FnMut(usize) -> S) -> Option<(usize, S)> {
        loop {
            let winners = ranges.iter().filter_map(|range| self.winner_of_range(range.clone()));
            let winner = winners.min_by_key(|winner| self.scores[*winner])?;
            let best = self.scores[winner];
            if best == S::NO_GROUP {
                return None;
            }
            if self.exact[winner] {
                return Some((winner, best));
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
        self.winners[node] = self.better(self.winner_of_node(2 * node), self.winner_of_node(2 * node + 1));
    }

    /// The strip with the better score; the first one if the scores are equal.
    fn better(&self, first: u32, second: u32) -> u32 {
        if self.scores[second as usize] < self.scores[first as usize] { second } else { first }
    }

    fn winner_of_node(&self, node: usize) -> u32 {
        match node.checked_sub(self.scores.len()) {
            Some(strip) => u32::try_from(strip).expect("there are no more strips than seats"),
            None => self.winners[node],
        }
    }

    /// The best strip of a range, by bounds and exact scores; `None` if the range is empty.
    ///
    /// The range is a few whole subtrees. From the leaves upwards, the first and the last node of the range on each
    /// level are either the root of such a subtree, or covered by their parent. With the tree of [`Self::winners`] and
    /// strips 1 to 3, which are the leaves 5, 6 and 7: leaf 5 is a right child, so it stands alone; leaves 6 and 7 are
    /// covered by node 3.
    fn winner_of_range(&self, range: Range<usize>) -> Option<usize> {
        let strips = self.scores.len();
        let (mut from, mut to) = (range.start + strips, range.end + strips);
        let mut winner: Option<u32> = None;
        let mut enter = |node: usize| {
            let entrant = self.winner_of_node(node);
            winner = Some(winner.map_or(entrant, |winner| self.better(winner, entrant)));
        };
        while from < to {
            // A right child at the start: its parent would also cover the node on its left.
            if from % 2 == 1 {
                enter(from);
                from += 1;
            }
            // A left child at the end, which is the node before `to`.
            if to % 2 == 1 {
                to -= 1;
                enter(to);
            }
            from /= 2;
            to /= 2;
        }
        winner.map(|winner| winner as usize)
    }
}
