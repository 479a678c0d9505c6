//! A tournament of strips: who leads in any stretch of them, found in a few steps however many there are.
//!
//! Each strip enters with a bound, a score that it cannot beat. Only when a bound leads is the true score worked out, so most
//! strips are never looked at, and of those that changed only the ones that might matter.

use std::ops::Range;

/// Lower is better; the highest is for those who have nothing to offer.
pub(super) trait Score: Copy + Ord {
    const NOTHING: Self;
}

#[derive(Debug)]
pub(super) struct Tournament<S> {
    scores: Vec<S>,
    /// Whether the score is the true one; otherwise it is the bound.
    known: Vec<bool>,
    /// A tree in an array: `leaders[n]` is the better of 2n and 2n + 1; strip k is the leaf k + number of strips.
    leaders: Vec<u32>,
}

impl<S: Score> Tournament<S> {
    pub fn new(bounds: impl Iterator<Item = S>) -> Self {
        let scores: Vec<S> = bounds.collect();
        let strips = scores.len();
        let mut tournament = Self { scores, known: vec![false; strips], leaders: vec![0; strips] };
        (1..strips).rev().for_each(|node| tournament.play(node));
        tournament
    }

    /// The strip is no longer what it was: its score is a bound again.
    pub fn reset(&mut self, strip: usize, bound: S) {
        self.known[strip] = false;
        self.set(strip, bound);
    }

    /// The best true score in some stretches; none if nobody there has anything to offer.
    pub fn best(&mut self, among: &[Range<usize>], score: impl FnMut(usize) -> S) -> Option<S> {
        self.leader_of(among, score).map(|(_, score)| score)
    }

    /// As [`Self::best`], the best `count` of them, best first.
    pub fn first(&mut self, count: usize, among: &[Range<usize>], mut score: impl FnMut(usize) -> S) -> Vec<S> {
        let mut first = Vec::with_capacity(count);
        while let Some((strip, best)) = self.leader_of(among, &mut score) {
            first.push((strip, best));
            if first.len() == count {
                break;
            }
            // Out of the way of the next one, until all are found.
            self.set(strip, S::NOTHING);
        }
        first.iter().for_each(|(strip, score)| self.set(*strip, *score));
        first.into_iter().map(|(_, score)| score).collect()
    }

    fn leader_of(&mut self, among: &[Range<usize>], mut score: impl FnMut(usize) -> S) -> Option<(usize, S)> {
        loop {
            let leaders = among.iter().filter_map(|stretch| self.leader(stretch.clone()));
            let leader = leaders.min_by_key(|leader| self.scores[*leader])?;
            if self.scores[leader] == S::NOTHING {
                return None;
            }
            if self.known[leader] {
                return Some((leader, self.scores[leader]));
            }
            self.known[leader] = true;
            self.set(leader, score(leader));
        }
    }

    fn set(&mut self, strip: usize, score: S) {
        // A row that sells changes often before anybody asks again.
        if self.scores[strip] == score {
            return;
        }
        self.scores[strip] = score;
        let mut node = (strip + self.scores.len()) / 2;
        while node > 0 {
            self.play(node);
            node /= 2;
        }
    }

    fn play(&mut self, node: usize) {
        let (one, other) = (self.at(2 * node), self.at(2 * node + 1));
        self.leaders[node] = if self.scores[other as usize] < self.scores[one as usize] { other } else { one };
    }

    fn at(&self, node: usize) -> u32 {
        match node.checked_sub(self.scores.len()) {
            Some(strip) => u32::try_from(strip).expect("there are no more strips than seats"),
            None => self.leaders[node],
        }
    }

    fn leader(&self, stretch: Range<usize>) -> Option<usize> {
        let strips = self.scores.len();
        let (mut from, mut to) = (stretch.start + strips, stretch.end + strips);
        let mut leader: Option<u32> = None;
        let better = |one: Option<u32>, other: u32| match one {
            Some(one) if self.scores[one as usize] <= self.scores[other as usize] => one,
            _ => other,
        };
        while from < to {
            if from % 2 == 1 {
                leader = Some(better(leader, self.at(from)));
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                leader = Some(better(leader, self.at(to)));
            }
            (from, to) = (from / 2, to / 2);
        }
        leader.map(|leader| leader as usize)
    }
}
