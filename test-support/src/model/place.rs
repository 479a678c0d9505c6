//! Placing a hold, in the model.

use std::collections::BTreeMap;

use super::{
    Event, EventNo, Expected, Hold, HoldView, Model, Place, Refused, Seconds, Shortage, State, Status, TypeNo, Wanted,
};

impl Model {
    pub(super) fn place(&mut self, request: &Place, now: Seconds) -> Result<Expected, Refused> {
        if request.key.is_some()
            && let Some(first) = self.holds.iter().find(|hold| hold.request.key == request.key)
        {
            return if first.request.same_body(request) {
                Ok(Expected::Placed { hold: first.placed.clone(), replayed: true })
            } else {
                Err(Refused::KeyReused)
            };
        }
        let event = self.existing_event(request.event)?.clone();
        check_on_sale(&event, now)?;
        let items = self.items(request.event, &request.wanted)?;
        self.check_quantities(&event, &items)?;
        self.check_capacity(&items, None, now)?;

        let ttl = request.ttl.or(event.ttl).unwrap_or(self.rules.ttl);
        let placed = HoldView {
            hold: request.hold,
            event: request.event,
            quantity: items.iter().map(|(_, quantity, _)| quantity).sum(),
            total: items.iter().map(|(_, quantity, price)| i64::from(*quantity) * price).sum(),
            items,
            created: now,
            expires: now + ttl,
        };
        self.holds.push(Hold {
            request: request.clone(),
            items: placed.items.clone(),
            placed: placed.clone(),
            ttl,
            expires: now + ttl,
            extensions: 0,
            ended: None,
        });
        Ok(Expected::Placed { hold: placed, replayed: false })
    }

    pub(super) fn existing_event(&self, event: EventNo) -> Result<&Event, Refused> {
        self.events.get(event).filter(|event| !event.deleted).ok_or(Refused::EventNotFound)
    }

    /// Requested items at current prices, with repeated ticket types added up.
    pub(super) fn items(&self, event: EventNo, wanted: &Wanted) -> Result<Vec<(TypeNo, u32, i64)>, Refused> {
        let of_event = |type_no: &usize| self.pools[self.types[*type_no].pool].event == event;
        let offered: Vec<usize> = (0..self.types.len()).filter(of_event).collect();
        let sums = match wanted {
            Wanted::Places(quantity) if offered.len() == 1 => sum_by_type(&[(offered[0], *quantity)]),
            Wanted::Places(_) => return Err(Refused::TypeRequired),
            Wanted::Items(items) => sum_by_type(items),
        };
        match sums.keys().find(|type_no| !offered.contains(type_no)) {
            Some(unknown) => Err(Refused::TypeNotFound(*unknown)),
            None => Ok(sums.into_iter().map(|(type_no, n)| (type_no, n, self.types[type_no].price)).collect()),
        }
    }

    pub(super) fn check_quantities(&self, event: &Event, items: &[(TypeNo, u32, i64)]) -> Result<(), Refused> {
        let per_hold = event.max_quantity.unwrap_or(u32::MAX).min(self.rules.max_quantity);
        let all = items.iter().map(|(_, quantity, _)| quantity).sum();
        if all > per_hold {
            return Err(Refused::QuantityOutOfRange { type_no: None, requested: all, min: 1, max: per_hold });
        }
        for (type_no, requested, _) in items {
            let min = self.types[*type_no].min.unwrap_or(1);
            let max = self.types[*type_no].max.unwrap_or(u32::MAX).min(per_hold);
            if !(min..=max).contains(requested) {
                let (type_no, requested) = (Some(*type_no), *requested);
                return Err(Refused::QuantityOutOfRange { type_no, requested, min, max });
            }
        }
        Ok(())
    }

    /// Refuses items for which a pool has too little available. The places of `replaced`, the hold whose items change,
    /// count as free.
    pub(super) fn check_capacity(
        &self,
        items: &[(TypeNo, u32, i64)],
        replaced: Option<&Hold>,
        now: Seconds,
    ) -> Result<(), Refused> {
        let mut shortages = Vec::new();
        for pool in 0..self.pools.len() {
            let of_pool = || items.iter().filter(|(type_no, _, _)| self.types[*type_no].pool == pool);
            let requested = of_pool().map(|(_, quantity, _)| quantity).sum();
            let held = self.held(pool, now) - replaced.map_or(0, |replaced| self.quantity_in(replaced, pool));
            let available = self.pools[pool].capacity - held - self.booked(pool) - self.blocked(pool);
            if requested > available {
                let types = of_pool().map(|(type_no, _, _)| *type_no).collect();
                shortages.push(Shortage { pool, types, requested, available, held });
            }
        }
        if shortages.is_empty() {
            return Ok(());
        }
        let retry_at = self.retry_at(&shortages, replaced, now);
        Err(Refused::Insufficient { shortages, retry_at, now })
    }

    /// First time by which an expiry has returned places to each short pool; `None` if even all held places would be
    /// too few. Holds other than `replaced` count.
    pub(super) fn retry_at(&self, shortages: &[Shortage], replaced: Option<&Hold>, now: Seconds) -> Option<Seconds> {
        if shortages.iter().any(|short| short.available + short.held < short.requested) {
            return None;
        }
        let other = |hold: &&Hold| replaced.is_none_or(|replaced| replaced.request.hold != hold.request.hold);
        let live = || self.holds.iter().filter(other).filter(|hold| hold.state(now) == State::Active);
        let gives_back_by = |pool, time| live().any(|hold| hold.expires <= time && self.quantity_in(hold, pool) > 0);
        let mut expiries: Vec<Seconds> = live().map(|hold| hold.expires).collect();
        expiries.sort_unstable();
        expiries.into_iter().find(|time| shortages.iter().all(|short| gives_back_by(short.pool, *time)))
    }
}

/// Quantity per ticket type, in the order of the types.
pub(super) fn sum_by_type(items: &[(TypeNo, u32)]) -> BTreeMap<TypeNo, u32> {
    let mut sums = BTreeMap::new();
    for (type_no, quantity) in items {
        *sums.entry(*type_no).or_insert(0) += quantity;
    }
    sums
}

/// Refuses an event that is not on sale. The sale includes the second of its start and excludes the second of its end.
pub(super) fn check_on_sale(event: &Event, now: Seconds) -> Result<(), Refused> {
    let status = event.status;
    match (event.sale_starts, event.sale_ends) {
        _ if status != Status::OnSale => Err(Refused::NotOnSale { status, ended: None }),
        (Some(starts), _) if now < starts => Err(Refused::SaleNotStarted { starts, now }),
        (_, Some(ends)) if now >= ends => Err(Refused::NotOnSale { status, ended: Some(ends) }),
        _ => Ok(()),
    }
}
