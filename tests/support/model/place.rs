//! Placing a hold, in the model.

use std::collections::BTreeMap;

use super::{
    Event, EventNo, Expected, Hold, HoldView, Model, Place, Refused, Seconds, Short, State, Status, TypeNo, Wanted,
};

impl Model {
    pub(super) fn place(&mut self, asked: &Place, now: Seconds) -> Result<Expected, Refused> {
        if asked.key.is_some()
            && let Some(first) = self.holds.iter().find(|hold| hold.asked.key == asked.key)
        {
            return if first.asked.same_body(asked) {
                Ok(Expected::Placed { hold: first.placed.clone(), replayed: true })
            } else {
                Err(Refused::KeyReused)
            };
        }
        let event = self.existing(asked.event)?.clone();
        sells(&event, now)?;
        let items = self.items(asked.event, &asked.wanted)?;
        self.quantities_allowed(&event, &items)?;
        self.room_for(&items, None, now)?;

        let ttl = asked.ttl.or(event.ttl).unwrap_or(self.rules.ttl);
        let placed = HoldView {
            hold: asked.hold,
            event: asked.event,
            quantity: items.iter().map(|(_, quantity, _)| quantity).sum(),
            total: items.iter().map(|(_, quantity, price)| i64::from(*quantity) * price).sum(),
            items,
            created: now,
            expires: now + ttl,
        };
        self.holds.push(Hold {
            asked: asked.clone(),
            items: placed.items.clone(),
            placed: placed.clone(),
            ttl,
            expires: now + ttl,
            extensions: 0,
            ended: None,
        });
        Ok(Expected::Placed { hold: placed, replayed: false })
    }

    pub(super) fn existing(&self, event: EventNo) -> Result<&Event, Refused> {
        self.events.get(event).filter(|event| !event.deleted).ok_or(Refused::EventNotFound)
    }

    /// What is wanted of each ticket type, repetitions added up, at today's prices.
    pub(super) fn items(&self, event: EventNo, wanted: &Wanted) -> Result<Vec<(TypeNo, u32, i64)>, Refused> {
        let of_event = |of_type: &usize| self.pools[self.types[*of_type].pool].event == event;
        let offered: Vec<usize> = (0..self.types.len()).filter(of_event).collect();
        let sums = match wanted {
            Wanted::Places(quantity) if offered.len() == 1 => added_up(&[(offered[0], *quantity)]),
            Wanted::Places(_) => return Err(Refused::TypeRequired),
            Wanted::Items(items) => added_up(items),
        };
        match sums.keys().find(|of_type| !offered.contains(of_type)) {
            Some(unknown) => Err(Refused::TypeNotFound(*unknown)),
            None => Ok(sums.into_iter().map(|(of_type, n)| (of_type, n, self.types[of_type].price)).collect()),
        }
    }

    pub(super) fn quantities_allowed(&self, event: &Event, items: &[(TypeNo, u32, i64)]) -> Result<(), Refused> {
        let per_hold = event.max_quantity.unwrap_or(u32::MAX).min(self.rules.max_quantity);
        let all = items.iter().map(|(_, quantity, _)| quantity).sum();
        if all > per_hold {
            return Err(Refused::QuantityOutOfRange { of_type: None, requested: all, min: 1, max: per_hold });
        }
        for (of_type, requested, _) in items {
            let min = self.types[*of_type].min.unwrap_or(1);
            let max = self.types[*of_type].max.unwrap_or(u32::MAX).min(per_hold);
            if !(min..=max).contains(requested) {
                let (of_type, requested) = (Some(*of_type), *requested);
                return Err(Refused::QuantityOutOfRange { of_type, requested, min, max });
            }
        }
        Ok(())
    }

    /// What `own` has, if the items are to be those of a hold that there is, counts as free.
    pub(super) fn room_for(
        &self,
        items: &[(TypeNo, u32, i64)],
        own: Option<&Hold>,
        now: Seconds,
    ) -> Result<(), Refused> {
        let mut shortages = Vec::new();
        for pool in 0..self.pools.len() {
            let of_pool = || items.iter().filter(|(of_type, _, _)| self.types[*of_type].pool == pool);
            let requested = of_pool().map(|(_, quantity, _)| quantity).sum();
            let held = self.held(pool, now) - own.map_or(0, |own| self.quantity_in(own, pool));
            let available = self.pools[pool].capacity - held - self.booked(pool) - self.blocked(pool);
            if requested > available {
                let types = of_pool().map(|(of_type, _, _)| *of_type).collect();
                shortages.push(Short { pool, types, requested, available, held });
            }
        }
        if shortages.is_empty() {
            return Ok(());
        }
        let retry_at = self.retry_at(&shortages, own, now);
        Err(Refused::Insufficient { shortages, retry_at, now })
    }

    /// The first expiry by which every pool that lacks room has got something back; none if even all of it would not do.
    pub(super) fn retry_at(&self, shortages: &[Short], own: Option<&Hold>, now: Seconds) -> Option<Seconds> {
        if shortages.iter().any(|short| short.available + short.held < short.requested) {
            return None;
        }
        let other = |hold: &&Hold| own.is_none_or(|own| own.asked.hold != hold.asked.hold);
        let live = || self.holds.iter().filter(other).filter(|hold| hold.state(now) == State::Active);
        let gives_back_by = |pool, time| live().any(|hold| hold.expires <= time && self.quantity_in(hold, pool) > 0);
        let mut expiries: Vec<Seconds> = live().map(|hold| hold.expires).collect();
        expiries.sort_unstable();
        expiries.into_iter().find(|time| shortages.iter().all(|short| gives_back_by(short.pool, *time)))
    }
}

/// Each ticket type once, in their order.
pub(super) fn added_up(items: &[(TypeNo, u32)]) -> BTreeMap<TypeNo, u32> {
    let mut sums = BTreeMap::new();
    for (of_type, quantity) in items {
        *sums.entry(*of_type).or_insert(0) += quantity;
    }
    sums
}

/// From the second at which the sale starts until the second at which it ends.
pub(super) fn sells(event: &Event, now: Seconds) -> Result<(), Refused> {
    let status = event.status;
    match (event.sale_starts, event.sale_ends) {
        _ if status != Status::OnSale => Err(Refused::NotOnSale { status, ended: None }),
        (Some(starts), _) if now < starts => Err(Refused::SaleNotStarted { starts, now }),
        (_, Some(ends)) if now >= ends => Err(Refused::NotOnSale { status, ended: Some(ends) }),
        _ => Ok(()),
    }
}
