//! Placing a hold, in the model.

use std::collections::BTreeMap;

use super::life::{Life, placed_before};
use super::limits::{TypeLimits, check_hold_quantity, check_on_sale, check_shortages};
use super::{Event, EventNo, Expected, Hold, HoldView, Model, Place, Refused, Seconds, TypeNo, Wanted};

impl Model {
    pub(super) fn place(&mut self, request: &Place, now: Seconds) -> Result<Expected, Refused> {
        let same_key = |hold: &&Hold| request.key.is_some() && hold.request.key == request.key;
        let same_body = |hold: &&Hold| hold.request.same_body(request);
        if let Some(first) = placed_before(self.holds.iter(), same_key, same_body)? {
            return Ok(Expected::Placed { hold: first.placed.clone(), replayed: true });
        }
        let event = self.existing_event(request.event)?.clone();
        check_on_sale(event.status, event.sale_starts, event.sale_ends, now)?;
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
            life: Life::new(now, ttl),
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
        let all = items.iter().map(|(_, quantity, _)| quantity).sum();
        let per_hold = check_hold_quantity(&self.rules, event.max_quantity, all)?;
        for (type_no, requested, _) in items {
            self.type_limits(*type_no).check(per_hold, *requested)?;
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
            let mut places = self.places(pool, now);
            places.held -= replaced.map_or(0, |replaced| self.quantity_in(replaced, pool));
            let types = of_pool().map(|(type_no, _, _)| *type_no).collect();
            shortages.extend(places.shortage(pool, types, requested));
        }
        check_shortages(shortages, &self.returns(replaced, now), now)
    }

    pub(super) fn type_limits(&self, type_no: TypeNo) -> TypeLimits {
        TypeLimits { type_no, min: self.types[type_no].min.unwrap_or(1), max: self.types[type_no].max }
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
