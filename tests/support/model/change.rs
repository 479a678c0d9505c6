//! Other items for a hold, or only some of them booked, in the model.

use super::holds::active;
use super::place::{added_up, sells};
use super::{Expected, Hold, HoldNo, Model, Refused, Seconds, TypeNo, Wanted};

impl Model {
    /// What the hold has counts as free and keeps its price; its expiry stays.
    pub(super) fn change_items(
        &mut self,
        number: HoldNo,
        proven: bool,
        wanted: &Wanted,
        now: Seconds,
    ) -> Result<Expected, Refused> {
        let hold = self.possessed(number, proven)?.clone();
        active(&hold, now)?;
        if has_already(&hold, wanted) {
            return Ok(Expected::ItemsChanged { hold: hold.view() });
        }
        let event = self.existing(hold.asked.event)?.clone();
        sells(&event, now)?;
        let mut items = self.items(hold.asked.event, wanted)?;
        self.quantities_allowed(&event, &items)?;
        self.room_for(&items, Some(&hold), now)?;
        for (of_type, _, price) in &mut items {
            let held = hold.items.iter().find(|(held, _, _)| held == of_type);
            *price = held.map_or(*price, |(_, _, price)| *price);
        }
        let hold = self.possessed(number, proven)?;
        hold.items = items;
        Ok(Expected::ItemsChanged { hold: hold.view() })
    }

    /// What is left of a hold of which only a portion is booked. None of it is more than the hold has, so no upper limit
    /// matters; but what is sold in pairs is booked in pairs.
    pub(super) fn portion(&self, hold: &Hold, portion: &[(TypeNo, u32)]) -> Result<Vec<(TypeNo, u32, i64)>, Refused> {
        let mut items = Vec::new();
        for (of_type, quantity) in added_up(portion) {
            let held = hold.items.iter().find(|(held, has, _)| *held == of_type && quantity <= *has);
            let (_, _, price) = held.ok_or(Refused::NotInHold(of_type))?;
            items.push((of_type, quantity, *price));
        }
        for (of_type, requested, _) in &items {
            let min = self.types[*of_type].min.unwrap_or(1);
            let max = hold.items.iter().filter(|(held, _, _)| held == of_type).map(|(_, has, _)| *has).sum();
            if *requested < min {
                let (of_type, requested) = (Some(*of_type), *requested);
                return Err(Refused::QuantityOutOfRange { of_type, requested, min, max });
            }
        }
        Ok(items)
    }
}

/// A repeat is answered whatever could be changed now.
fn has_already(hold: &Hold, wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Places(wanted) => matches!(hold.items[..], [(_, has, _)] if has == *wanted),
        Wanted::Items(wanted) => {
            let held = hold.items.iter().map(|(of_type, has, _)| (*of_type, *has)).collect();
            added_up(wanted) == held
        }
    }
}
