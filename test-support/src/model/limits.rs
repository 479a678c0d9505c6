//! Limits on quantities, per hold, per ticket type and per pool, and on the time of the sale: the same with and without seats.

use super::{PoolNo, Refused, Rules, Seconds, Shortage, Status, TypeNo};

/// Limits of a ticket type.
#[derive(Clone, Copy, Debug)]
pub struct TypeLimits {
    pub type_no: TypeNo,
    pub min: u32,
    pub max: Option<u32>,
}

/// Maximum quantity of a hold. Refuses more than that.
pub fn check_hold_quantity(rules: &Rules, max_of_event: Option<u32>, requested: u32) -> Result<u32, Refused> {
    let max = max_of_event.unwrap_or(u32::MAX).min(rules.max_quantity);
    if requested > max {
        return Err(Refused::QuantityOutOfRange { type_no: None, requested, min: 1, max });
    }
    Ok(max)
}

impl TypeLimits {
    /// Refuses a quantity of this ticket type in a hold of at most `per_hold` places.
    pub fn check(&self, per_hold: u32, requested: u32) -> Result<(), Refused> {
        self.check_range(requested, self.max.unwrap_or(per_hold).min(per_hold))
    }

    /// Refuses the portion of a hold that has `held` places of this ticket type. The maximum quantity needs no check,
    /// because a portion is never more than the hold.
    pub fn check_portion(&self, held: u32, requested: u32) -> Result<(), Refused> {
        if requested >= self.min { Ok(()) } else { self.check_range(requested, held) }
    }

    fn check_range(&self, requested: u32, max: u32) -> Result<(), Refused> {
        if (self.min..=max).contains(&requested) {
            return Ok(());
        }
        Err(Refused::QuantityOutOfRange { type_no: Some(self.type_no), requested, min: self.min, max })
    }
}

/// Places of a pool. A check for a change leaves out the places of the hold or block that is replaced.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    pub capacity: u32,
    pub held: u32,
    pub booked: u32,
    pub blocked: u32,
}

impl Places {
    /// Shortage of the pool, if it has too few available places.
    pub fn shortage(&self, pool: PoolNo, types: Vec<TypeNo>, requested: u32) -> Option<Shortage> {
        let available = self.capacity - self.held - self.booked - self.blocked;
        (requested > available).then_some(Shortage { pool, types, requested, available, held: self.held })
    }

    /// Refuses a capacity below the places in use.
    pub fn check_resize(&self, requested: u32) -> Result<(), Refused> {
        let least = self.held + self.booked + self.blocked;
        if requested < least { Err(Refused::BelowCommitted { requested, least }) } else { Ok(()) }
    }
}

/// Places that return to a pool when an active hold expires.
#[derive(Clone, Copy, Debug)]
pub struct Return {
    pub expires: Seconds,
    pub pool: PoolNo,
}

/// Refuses a request for which pools are short.
pub fn check_shortages(shortages: Vec<Shortage>, returns: &[Return], now: Seconds) -> Result<(), Refused> {
    if shortages.is_empty() {
        return Ok(());
    }
    let retry_at = retry_at(&shortages, returns);
    Err(Refused::Insufficient { shortages, retry_at, now })
}

/// First time by which an expiry has returned places to each short pool; `None` if even all held places would be too
/// few.
fn retry_at(shortages: &[Shortage], returns: &[Return]) -> Option<Seconds> {
    if shortages.iter().any(|short| short.available + short.held < short.requested) {
        return None;
    }
    let returned_by = |pool, time| returns.iter().any(|back| back.expires <= time && back.pool == pool);
    let mut expiries: Vec<Seconds> = returns.iter().map(|back| back.expires).collect();
    expiries.sort_unstable();
    expiries.into_iter().find(|time| shortages.iter().all(|short| returned_by(short.pool, *time)))
}

/// Refuses an event that is not on sale. The sale includes the second of its start and excludes the second of its end.
pub fn check_on_sale(
    status: Status,
    starts: Option<Seconds>,
    ends: Option<Seconds>,
    now: Seconds,
) -> Result<(), Refused> {
    match (starts, ends) {
        _ if status != Status::OnSale => Err(Refused::NotOnSale { status, ended: None }),
        (Some(starts), _) if now < starts => Err(Refused::SaleNotStarted { starts, now }),
        (_, Some(ends)) if now >= ends => Err(Refused::NotOnSale { status, ended: Some(ends) }),
        _ => Ok(()),
    }
}
