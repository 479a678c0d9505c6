//! What the event offers: its pools and ticket types, from either form of the request.

use std::collections::BTreeMap;

use super::{
    EventDraft, GENERAL_ADMISSION, NewPool, NewTicketType, POOLS_PER_EVENT_MAX, PoolDraft, TICKET_TYPES_PER_EVENT_MAX,
    TicketTypeDraft,
};
use crate::domain::event_fields as fields;
use crate::domain::invalid::Invalid;
use crate::domain::money::{Currency, PRICE_MAX};
use crate::domain::quantity::{CAPACITY_MAX, CAPACITY_PER_EVENT_MAX, Capacity, Quantity};
use crate::domain::text::{self, POOL_NAME_LENGTH_MAX, TICKET_TYPE_NAME_LENGTH_MAX};

type Offer = (Vec<NewPool>, Vec<NewTicketType>);

pub(super) fn offer(draft: &EventDraft, currency: Option<Currency>) -> Result<Offer, Invalid> {
    match (draft.total_seats, &draft.pools, &draft.ticket_types) {
        (Some(total_seats), None, None) => {
            let pools = vec![general_admission(total_seats)?];
            let ticket_types = free_type_per_pool(&pools);
            Ok((pools, ticket_types))
        }
        (Some(_), _, _) => Err(Invalid::new(
            "/total_seats",
            "cannot be combined with pools or ticket_types: pools have capacities of their own",
        )),
        (None, Some(drafts), None) => {
            let pools = pools(drafts)?;
            let ticket_types = free_type_per_pool(&pools);
            Ok((pools, ticket_types))
        }
        (None, Some(drafts), Some(type_drafts)) => {
            let pools = pools(drafts)?;
            let ticket_types = ticket_types(type_drafts, &pools, currency)?;
            Ok((pools, ticket_types))
        }
        (None, None, Some(_)) => Err(Invalid::new("/pools", "is required where ticket_types are given")),
        (None, None, None) => Err(Invalid::new("/total_seats", "is required, unless pools are given")),
    }
}

fn general_admission(total_seats: i64) -> Result<NewPool, Invalid> {
    let wrong = || Invalid::new("/total_seats", format!("must be 1 to {CAPACITY_PER_EVENT_MAX}"));
    let capacity = Quantity::new(total_seats).and_then(|seats| Capacity::new(seats.get().into())).ok_or_else(wrong)?;
    Ok(NewPool { name: GENERAL_ADMISSION.to_owned(), capacity })
}

fn free_type_per_pool(pools: &[NewPool]) -> Vec<NewTicketType> {
    let free = |(pool, new): (usize, &NewPool)| NewTicketType {
        name: new.name.clone(),
        pool,
        price: 0,
        min_quantity: None,
        max_quantity: None,
    };
    pools.iter().enumerate().map(free).collect()
}

fn pools(drafts: &[PoolDraft]) -> Result<Vec<NewPool>, Invalid> {
    counted("/pools", drafts.len(), POOLS_PER_EVENT_MAX)?;
    let mut names = Names::new();
    let mut pools = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let place = format!("/pools/{index}");
        let pool = pool(draft).map_err(|invalid| invalid.inside(&place))?;
        names.add(&place, &pool.name)?;
        pools.push(pool);
    }
    let total: u64 = pools.iter().map(|pool| u64::from(pool.capacity.get())).sum();
    if total > u64::from(CAPACITY_PER_EVENT_MAX) {
        let detail = format!("must have at most {CAPACITY_PER_EVENT_MAX} places together");
        return Err(Invalid::new("/pools", detail));
    }
    Ok(pools)
}

fn pool(draft: &PoolDraft) -> Result<NewPool, Invalid> {
    let wrong = || Invalid::new("/capacity", format!("must be 0 to {CAPACITY_MAX}"));
    Ok(NewPool {
        name: text::line("/name", &draft.name, POOL_NAME_LENGTH_MAX)?,
        capacity: Capacity::new(draft.capacity).ok_or_else(wrong)?,
    })
}

fn ticket_types(
    drafts: &[TicketTypeDraft],
    pools: &[NewPool],
    currency: Option<Currency>,
) -> Result<Vec<NewTicketType>, Invalid> {
    counted("/ticket_types", drafts.len(), TICKET_TYPES_PER_EVENT_MAX)?;
    let mut names = Names::new();
    let mut ticket_types = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let place = format!("/ticket_types/{index}");
        let ticket_type = ticket_type(draft, pools).map_err(|invalid| invalid.inside(&place))?;
        names.add(&place, &ticket_type.name)?;
        ticket_types.push(ticket_type);
    }
    if currency.is_none() && ticket_types.iter().any(|ticket_type| ticket_type.price > 0) {
        return Err(Invalid::new("/currency", "is required where a ticket type has a price"));
    }
    Ok(ticket_types)
}

fn ticket_type(draft: &TicketTypeDraft, pools: &[NewPool]) -> Result<NewTicketType, Invalid> {
    let name = text::line("/name", &draft.name, TICKET_TYPE_NAME_LENGTH_MAX)?;
    let pool = pools
        .iter()
        .position(|pool| pool.name == draft.pool.trim())
        .ok_or_else(|| Invalid::new("/pool", "must be the name of one of the event's pools"))?;
    if !(0..=PRICE_MAX).contains(&draft.price) {
        let detail = format!("must be 0 to {PRICE_MAX} minor units of the currency");
        return Err(Invalid::new("/price", detail));
    }
    let limit = |pointer, value: Option<i64>| value.map(|value| fields::quantity(pointer, value)).transpose();
    let min_quantity = limit("/min_quantity", draft.min_quantity)?;
    let max_quantity = limit("/max_quantity", draft.max_quantity)?;
    if max_quantity.is_some_and(|max| max < min_quantity.unwrap_or(1)) {
        return Err(Invalid::new("/max_quantity", "must not be less than min_quantity"));
    }
    Ok(NewTicketType { name, pool, price: draft.price, min_quantity, max_quantity })
}

fn counted(pointer: &str, count: usize, max: usize) -> Result<(), Invalid> {
    if (1..=max).contains(&count) {
        Ok(())
    } else {
        Err(Invalid::new(pointer, format!("must have 1 to {max} entries")))
    }
}

/// The names seen so far, with the place of each.
struct Names(BTreeMap<String, String>);

impl Names {
    fn new() -> Self {
        Self(BTreeMap::new())
    }

    fn add(&mut self, place: &str, name: &str) -> Result<(), Invalid> {
        match self.0.insert(name.to_owned(), place.to_owned()) {
            None => Ok(()),
            Some(first) => {
                Err(Invalid::new(format!("{place}/name"), format!("must be unique; {first} has the same name")))
            }
        }
    }
}
