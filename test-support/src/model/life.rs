//! Life of a hold: its end, its extensions, its booking and the repeats of its request.
//!
//! The rules are the same with and without seats, so the model of general admission and the model of seats share them.

use super::{Refused, Rules, Seconds};

/// Smallest gain of an extension after the first. A request that would gain less repeats the extension before it.
const EXTENSION_GAIN_MIN: Seconds = 5;

/// A hold, apart from its places.
#[derive(Clone, Debug)]
pub struct Life {
    pub created: Seconds,
    pub ttl: Seconds,
    pub expires: Seconds,
    pub extensions: u32,
    pub ended: Option<Ended>,
}

/// End of a hold by a request. An expiry by time is not recorded: it follows from [`Life::expires`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ended {
    Booked(Seconds),
    Released(Seconds),
    ByOperator(Seconds),
}

/// State of a hold at a given time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    Active,
    Booked,
    Released,
    Expired(Seconds),
}

/// Answer to an extension.
#[derive(Clone, Copy, Debug)]
pub struct Extension {
    pub extensions_left: u32,
    pub replayed: bool,
}

impl Life {
    pub fn new(now: Seconds, ttl: Seconds) -> Self {
        Self { created: now, ttl, expires: now + ttl, extensions: 0, ended: None }
    }

    /// State at `now`. At the instant of its expiry a hold is already expired.
    pub fn state(&self, now: Seconds) -> State {
        match self.ended {
            Some(Ended::Booked(_)) => State::Booked,
            Some(Ended::Released(_)) => State::Released,
            Some(Ended::ByOperator(at)) => State::Expired(at),
            None if now >= self.expires => State::Expired(self.expires),
            None => State::Active,
        }
    }

    pub fn is_active(&self, now: Seconds) -> bool {
        self.state(now) == State::Active
    }

    pub fn check_active(&self, now: Seconds) -> Result<(), Refused> {
        match self.state(now) {
            State::Active => Ok(()),
            State::Expired(at) => Err(Refused::HoldExpired { at, now }),
            State::Booked => Err(Refused::HoldNotActive { booked: true }),
            State::Released => Err(Refused::HoldNotActive { booked: false }),
        }
    }

    pub fn extend(&mut self, rules: &Rules, now: Seconds) -> Result<Extension, Refused> {
        self.check_active(now)?;
        let last = self.created + rules.max_lifetime;
        // A full time to live from now, up to the maximum lifetime, but never less than the hold already has.
        let extended = last.min(now + self.ttl).max(self.expires);
        // An extension shortly after another is a client's repeat.
        let replayed = self.extensions > 0 && extended < self.expires + EXTENSION_GAIN_MIN;
        if !replayed {
            if self.extensions == rules.max_extensions || self.expires >= last {
                return Err(Refused::ExtensionLimit { expires: self.expires });
            }
            self.expires = extended;
            self.extensions += 1;
        }
        let exhausted = last < self.expires + EXTENSION_GAIN_MIN;
        let extensions_left = if exhausted { 0 } else { rules.max_extensions - self.extensions };
        Ok(Extension { extensions_left, replayed })
    }

    pub fn release(&mut self, now: Seconds) -> Result<(), Refused> {
        if self.state(now) != State::Released {
            self.check_active(now)?;
            self.ended = Some(Ended::Released(now));
        }
        Ok(())
    }

    /// Whether the sweeper's command finds a hold that expired by time.
    pub fn is_due(&self, now: Seconds) -> bool {
        self.ended.is_none() && now >= self.expires
    }

    pub fn expire_now(&mut self, now: Seconds) -> Result<(), Refused> {
        match self.state(now) {
            State::Active => self.ended = Some(Ended::ByOperator(now)),
            State::Expired(_) => {}
            State::Booked => return Err(Refused::HoldNotActive { booked: true }),
            State::Released => return Err(Refused::HoldNotActive { booked: false }),
        }
        Ok(())
    }

    /// Whether a request to book the hold repeats an earlier one. Refuses a hold that can no longer be booked.
    pub fn check_bookable(&self, now: Seconds) -> Result<bool, Refused> {
        let replayed = self.state(now) == State::Booked;
        if replayed { Ok(true) } else { self.check_active(now).map(|()| false) }
    }

    pub fn book(&mut self, now: Seconds) {
        self.ended = Some(Ended::Booked(now));
    }

    /// Ends the hold if it is active, because its event is cancelled.
    pub fn event_cancelled(&mut self, now: Seconds) {
        if self.is_active(now) {
            self.ended = Some(Ended::Released(now));
        }
    }
}

pub fn check_token(proven: bool) -> Result<(), Refused> {
    if proven { Ok(()) } else { Err(Refused::InvalidToken) }
}

/// Hold that an earlier request with the same idempotency key placed. Refuses the key if that request had another body.
pub fn placed_before<H>(
    mut holds: impl Iterator<Item = H>,
    same_key: impl Fn(&H) -> bool,
    same_body: impl Fn(&H) -> bool,
) -> Result<Option<H>, Refused> {
    match holds.find(same_key) {
        Some(first) if !same_body(&first) => Err(Refused::KeyReused),
        first => Ok(first),
    }
}
