//! Changing the items of a hold, and booking a portion of them, in the model.

use super::limits::check_on_sale;
use super::place::sum_by_type;
use super::{Expected, Hold, HoldNo, Model, Refused, Seconds, TypeNo, Wanted};

impl Model {
    /// Replaces the items of a hold. Its own places count as free, ticket types it already has keep their price, and
    /// its expiry stays.
    pub(super) fn change_items(
        &mut self,
        number: HoldNo,
        proven: bool,
        wanted: &Wanted,
        now: Seconds,
    ) -> Result<Expected, Refused> {
        let hold = self.hold_with_token(number, proven)?.clone();
        hold.life.check_active(now)?;
        if already_has(&hold, wanted) {
            return Ok(Expected::ItemsChanged { hold: hold.view() });
        }
        let event = self.existing_event(hold.request.event)?.clone();
        check_on_sale(event.status, event.sale_starts, event.sale_ends, now)?;
        let mut items = self.items(hold.request.event, wanted)?;
        self.check_quantities(&event, &items)?;
        self.check_capacity(&items, Some(&hold), now)?;
        for (type_no, _, price) in &mut items {
            let held = hold.items.iter().find(|(held, _, _)| held == type_no);
            *price = held.map_or(*price, |(_, _, price)| *price);
        }
        let hold = self.hold_with_token(number, proven)?;
        hold.items = items;
        Ok(Expected::ItemsChanged { hold: hold.view() })
    }

    /// Items of a hold after only a portion of it is booked.
    pub(super) fn portion(&self, hold: &Hold, portion: &[(TypeNo, u32)]) -> Result<Vec<(TypeNo, u32, i64)>, Refused> {
        let mut items = Vec::new();
        for (type_no, quantity) in sum_by_type(portion) {
            let held = hold.items.iter().find(|(held, has, _)| *held == type_no && quantity <= *has);
            let (_, _, price) = held.ok_or(Refused::NotInHold(type_no))?;
            items.push((type_no, quantity, *price));
        }
        for (type_no, requested, _) in &items {
            let held = hold.items.iter().filter(|(held, _, _)| held == type_no).map(|(_, has, _)| *has).sum();
            self.type_limits(*type_no).check_portion(held, *requested)?;
        }
        Ok(items)
    }
}

/// Whether the hold has these items already. Such a repeat succeeds even if a change is no longer possible.
fn already_has(hold: &Hold, wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Places(wanted) => matches!(hold.items[..], [(_, has, _)] if has == *wanted),
        Wanted::Items(wanted) => {
            let held = hold.items.iter().map(|(type_no, has, _)| (*type_no, *has)).collect();
            sum_by_type(wanted) == held
        }
    }
}
