//! What the event offers: its pools and ticket types, from any form of the request.

use super::names::{Names, counted};
use super::sections;
use super::{
    EventDraft, GENERAL_ADMISSION, NewPool, NewTicketType, POOLS_PER_EVENT_MAX, POOLS_PER_SEATED_EVENT_MAX, PoolDraft,
    TICKET_TYPES_PER_EVENT_MAX, TicketTypeDraft,
};
use crate::domain::event_fields as fields;
use crate::domain::invalid::Invalid;
use crate::domain::money::{Currency, PRICE_MAX};
use crate::domain::quantity::{CAPACITY_MAX, CAPACITY_PER_EVENT_MAX, Capacity, Quantity};
use crate::domain::seated_event::VenueLayout;
use crate::domain::text::{self, POOL_NAME_LENGTH_MAX, TICKET_TYPE_NAME_LENGTH_MAX};

type Offer = (Vec<NewPool>, Vec<NewTicketType>);

/// `venue` is the one that the draft names, if it names one.
pub(super) fn offer(
    draft: &EventDraft,
    venue: Option<&VenueLayout>,
    currency: Option<Currency>,
) -> Result<Offer, Invalid> {
    let pools = match venue {
        Some(venue) => {
            without_what_the_layout_says(draft)?;
            sections::pools(draft, venue)?
        }
        None => pools_of_its_own(draft)?,
    };
    let ticket_types = match &draft.ticket_types {
        Some(drafts) => ticket_types(drafts, &pools, currency)?,
        None => free_type_per_pool(&pools),
    };
    Ok((pools, ticket_types))
}

/// The sections of the layout are the pools.
fn without_what_the_layout_says(draft: &EventDraft) -> Result<(), Invalid> {
    let said = [("/total_seats", draft.total_seats.is_some()), ("/pools", draft.pools.is_some())];
    match said.into_iter().find(|(_, is_said)| *is_said) {
        Some((pointer, _)) => {
            Err(Invalid::new(pointer, "cannot be combined with venue_id: the sections of its layout are the pools"))
        }
        None => Ok(()),
    }
}

fn pools_of_its_own(draft: &EventDraft) -> Result<Vec<NewPool>, Invalid> {
    match (draft.total_seats, &draft.pools, &draft.ticket_types) {
        (Some(total_seats), None, None) => Ok(vec![general_admission(total_seats)?]),
        (Some(_), _, _) => Err(Invalid::new(
            "/total_seats",
            "cannot be combined with pools or ticket_types: pools have capacities of their own",
        )),
        (None, Some(drafts), _) => pools(drafts),
        (None, None, Some(_)) => Err(Invalid::new("/pools", "is required where ticket_types are given")),
        (None, None, None) => Err(Invalid::new("/total_seats", "is required, unless pools or a venue_id are given")),
    }
}

fn general_admission(total_seats: i64) -> Result<NewPool, Invalid> {
    let wrong = || Invalid::new("/total_seats", format!("must be 1 to {CAPACITY_PER_EVENT_MAX}"));
    let capacity = Quantity::new(total_seats).and_then(|seats| Capacity::new(seats.get().into())).ok_or_else(wrong)?;
    Ok(NewPool { name: GENERAL_ADMISSION.to_owned(), capacity, part: None })
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
        part: None,
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
        for ticket_type in of_draft(draft, pools).map_err(|invalid| invalid.inside(&place))? {
            names.add(&place, &ticket_type.name)?;
            ticket_types.push(ticket_type);
        }
    }
    // As many as there may be pools; more come of types that are sold in the zones of many sections.
    if ticket_types.len() > POOLS_PER_SEATED_EVENT_MAX {
        let detail = format!("must not be more than {POOLS_PER_SEATED_EVENT_MAX} in all sections together");
        return Err(Invalid::new("/ticket_types", detail));
    }
    if currency.is_none() && ticket_types.iter().any(|ticket_type| ticket_type.price > 0) {
        return Err(Invalid::new("/currency", "is required where a ticket type has a price"));
    }
    Ok(ticket_types)
}

/// One ticket type, or in a price zone one for each section that has it.
fn of_draft(draft: &TicketTypeDraft, pools: &[NewPool]) -> Result<Vec<NewTicketType>, Invalid> {
    let name = text::line("/name", &draft.name, TICKET_TYPE_NAME_LENGTH_MAX)?;
    let sold_in = sold_in(draft, pools)?;
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
    let in_several = sold_in.len() > 1;
    let ticket_type = |pool: usize| {
        let name = if in_several { in_its_section(&name, &pools[pool])? } else { name.clone() };
        Ok(NewTicketType { name, pool, price: draft.price, min_quantity, max_quantity })
    };
    sold_in.into_iter().map(ticket_type).collect()
}

/// Indexes of pools; at least one.
fn sold_in(draft: &TicketTypeDraft, pools: &[NewPool]) -> Result<Vec<usize>, Invalid> {
    match (&draft.pool, &draft.price_zone) {
        (Some(name), None) => {
            let found = pools.iter().position(|pool| pool.name == name.trim());
            let wrong = || Invalid::new("/pool", "must be the name of one of the event's pools");
            Ok(vec![found.ok_or_else(wrong)?])
        }
        (None, Some(zone)) => {
            let zone = Some(zone.trim());
            let found: Vec<usize> = (0..pools.len()).filter(|pool| pools[*pool].price_zone() == zone).collect();
            let wrong = || Invalid::new("/price_zone", "must be the name of one of the event's price zones");
            if found.is_empty() { Err(wrong()) } else { Ok(found) }
        }
        (Some(_), Some(_)) => Err(Invalid::new("/price_zone", "cannot be combined with pool")),
        (None, None) => Err(Invalid::new("/pool", "is required, unless a price_zone is given")),
    }
}

/// What tells ticket types of one name apart that are sold in several sections.
fn in_its_section(name: &str, pool: &NewPool) -> Result<String, Invalid> {
    let name = pool.part.as_ref().map_or_else(|| name.to_owned(), |part| format!("{name} ({})", part.section_name));
    if name.chars().count() <= TICKET_TYPE_NAME_LENGTH_MAX {
        return Ok(name);
    }
    let detail =
        format!("must have at most {TICKET_TYPE_NAME_LENGTH_MAX} characters together with each section's name");
    Err(Invalid::new("/name", detail))
}
