//! Dice for the random worlds and requests of the model.

use crate::model::Seconds;

/// Source of small random numbers, all taken from one 64-bit number until it is used up.
pub struct Dice(pub u64);

impl Dice {
    /// Random number from 0 to `sides` - 1.
    pub fn roll(&mut self, sides: usize) -> usize {
        let sides = sides as u64;
        let rolled = self.0 % sides;
        self.0 /= sides;
        usize::try_from(rolled).expect("less than `sides`, which is a usize")
    }

    /// Random number from 0 to `sides` - 1, as `u32`.
    pub fn number(&mut self, sides: usize) -> u32 {
        u32::try_from(self.roll(sides)).expect("dice have few sides")
    }

    /// Random number from 0 to `sides` - 1; low numbers are more likely.
    pub fn often_low(&mut self, sides: usize) -> u32 {
        self.number(sides).min(self.number(sides))
    }

    /// True once in `chances` rolls.
    pub fn one_in(&mut self, chances: usize) -> bool {
        self.roll(chances) == chances - 1
    }

    /// Random time from 0 to `sides` - 1 ticks.
    pub fn ticks(&mut self, sides: usize, tick: Seconds) -> Seconds {
        Seconds::from(self.number(sides)) * tick
    }
}
