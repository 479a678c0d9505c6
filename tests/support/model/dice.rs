//! Dice, for the random worlds and requests of the model.

use super::Seconds;

/// One random number, rolled like dice until it is used up.
pub struct Dice(pub u64);

impl Dice {
    /// 0 to `sides` - 1.
    pub fn roll(&mut self, sides: usize) -> usize {
        let sides = sides as u64;
        let rolled = self.0 % sides;
        self.0 /= sides;
        usize::try_from(rolled).expect("less than `sides`, which is a usize")
    }

    /// 0 to `sides` - 1.
    pub fn number(&mut self, sides: usize) -> u32 {
        u32::try_from(self.roll(sides)).expect("dice have few sides")
    }

    /// 0 to `sides` - 1, a low number most of the time.
    pub fn often_low(&mut self, sides: usize) -> u32 {
        self.number(sides).min(self.number(sides))
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.roll(chances) == chances - 1
    }

    pub fn ticks(&mut self, sides: usize, tick: Seconds) -> Seconds {
        Seconds::from(self.number(sides)) * tick
    }
}
