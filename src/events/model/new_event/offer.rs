//! Pools and ticket types of a new event, parsed from any form of the request.

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::money::{Currency, PRICE_MAX};
use boxoffice_engine::quantity::{CAPACITY_MAX, CAPACITY_PER_EVENT_MAX, Capacity, Quantity};
use boxoffice_engine::text;
use boxoffice_engine::text::{POOL_NAME_LENGTH_MAX, TICKET_TYPE_NAME_LENGTH_MAX};

use super::names::{UniqueNames, check_entry_count};
use super::sections;
use super::{
    EventDraft, GENERAL_ADMISSION, NewPool, NewTicketType, POOLS_PER_EVENT_MAX, POOLS_PER_SEATED_EVENT_MAX, PoolDraft,
    TICKET_TYPES_PER_EVENT_MAX, TicketTypeDraft,
};
use crate::events::model::event_fields;
use crate::venues::model::venue::VenueLayout;

type PoolsAndTicketTypes = (Vec<NewPool>, Vec<NewTicketType>);

/// Parses the pools and the ticket types. `venue` is the venue of the draft, if it has one.
pub fn parse_pools_and_ticket_types(
    draft: &EventDraft,
    venue: Option<&VenueLayout>,
    currency: Option<Currency>,
) -> Result<PoolsAndTicketTypes, Invalid> {
    let pools = match venue {
        Some(venue) => {
            reject_pools_of_request(draft)?;
            sections::pools(draft, venue)?
        }
        None => parse_pools_without_venue(draft)?,
    };
    let ticket_types = match &draft.ticket_types {
        Some(drafts) => parse_ticket_types(drafts, &pools, currency)?,
        None => free_ticket_type_per_pool(&pools),
    };
    Ok((pools, ticket_types))
}

/// At a venue the layout defines the pools, so the request may not.
fn reject_pools_of_request(draft: &EventDraft) -> Result<(), Invalid> {
    let fields = [("/total_seats", draft.total_seats.is_some()), ("/pools", draft.pools.is_some())];
    match fields.into_iter().find(|(_, is_given)| *is_given) {
        Some((pointer, _)) => {
            Err(Invalid::new(pointer, "cannot be combined with venue_id: the sections of its layout are the pools"))
        }
        None => Ok(()),
    }
}

fn parse_pools_without_venue(draft: &EventDraft) -> Result<Vec<NewPool>, Invalid> {
    match (draft.total_seats, &draft.pools, &draft.ticket_types) {
        (Some(total_seats), None, None) => Ok(vec![general_admission(total_seats)?]),
        (Some(_), _, _) => Err(Invalid::new(
            "/total_seats",
            "cannot be combined with pools or ticket_types: pools have capacities of their own",
        )),
        (None, Some(drafts), _) => parse_pools(drafts),
        (None, None, Some(_)) => Err(Invalid::new("/pools", "is required where ticket_types are given")),
        (None, None, None) => Err(Invalid::new("/total_seats", "is required, unless pools or a venue_id are given")),
    }
}

fn general_admission(total_seats: i64) -> Result<NewPool, Invalid> {
    let out_of_range = || Invalid::new("/total_seats", format!("must be 1 to {CAPACITY_PER_EVENT_MAX}"));
    let capacity =
        Quantity::new(total_seats).and_then(|seats| Capacity::new(seats.get().into())).ok_or_else(out_of_range)?;
    Ok(NewPool { name: GENERAL_ADMISSION.to_owned(), capacity, part: None })
}

fn free_ticket_type_per_pool(pools: &[NewPool]) -> Vec<NewTicketType> {
    let free = |(index, pool): (usize, &NewPool)| NewTicketType {
        name: pool.name.clone(),
        pool: index,
        price: 0,
        min_quantity: None,
        max_quantity: None,
    };
    pools.iter().enumerate().map(free).collect()
}

fn parse_pools(drafts: &[PoolDraft]) -> Result<Vec<NewPool>, Invalid> {
    check_entry_count("/pools", drafts.len(), POOLS_PER_EVENT_MAX)?;
    let mut names = UniqueNames::new();
    let mut pools = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let pointer = format!("/pools/{index}");
        let pool = parse_pool(draft).map_err(|invalid| invalid.with_parent(&pointer))?;
        names.add(&pointer, &pool.name)?;
        pools.push(pool);
    }
    let total: u64 = pools.iter().map(|pool| u64::from(pool.capacity.get())).sum();
    if total > u64::from(CAPACITY_PER_EVENT_MAX) {
        let detail = format!("must have at most {CAPACITY_PER_EVENT_MAX} places together");
        return Err(Invalid::new("/pools", detail));
    }
    Ok(pools)
}

fn parse_pool(draft: &PoolDraft) -> Result<NewPool, Invalid> {
    let out_of_range = || Invalid::new("/capacity", format!("must be 0 to {CAPACITY_MAX}"));
    Ok(NewPool {
        name: text::parse_line("/name", &draft.name, POOL_NAME_LENGTH_MAX)?,
        capacity: Capacity::new(draft.capacity).ok_or_else(out_of_range)?,
        part: None,
    })
}

fn parse_ticket_types(
    drafts: &[TicketTypeDraft],
    pools: &[NewPool],
    currency: Option<Currency>,
) -> Result<Vec<NewTicketType>, Invalid> {
    check_entry_count("/ticket_types", drafts.len(), TICKET_TYPES_PER_EVENT_MAX)?;
    let mut names = UniqueNames::new();
    let mut ticket_types = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let pointer = format!("/ticket_types/{index}");
        for ticket_type in parse_ticket_type(draft, pools).map_err(|invalid| invalid.with_parent(&pointer))? {
            names.add(&pointer, &ticket_type.name)?;
            ticket_types.push(ticket_type);
        }
    }
    // Same limit as for pools. A draft with a price zone makes one ticket type per section, so there can be more than
    // drafts.
    if ticket_types.len() > POOLS_PER_SEATED_EVENT_MAX {
        let detail = format!("must not be more than {POOLS_PER_SEATED_EVENT_MAX} in all sections together");
        return Err(Invalid::new("/ticket_types", detail));
    }
    if currency.is_none() && ticket_types.iter().any(|ticket_type| ticket_type.price > 0) {
        return Err(Invalid::new("/currency", "is required where a ticket type has a price"));
    }
    Ok(ticket_types)
}

/// The ticket types of one draft: one per pool, so one per section if a price zone exists in several sections.
fn parse_ticket_type(draft: &TicketTypeDraft, pools: &[NewPool]) -> Result<Vec<NewTicketType>, Invalid> {
    let name = text::parse_line("/name", &draft.name, TICKET_TYPE_NAME_LENGTH_MAX)?;
    let pool_indexes = find_pools(draft, pools)?;
    if !(0..=PRICE_MAX).contains(&draft.price) {
        let detail = format!("must be 0 to {PRICE_MAX} minor units of the currency");
        return Err(Invalid::new("/price", detail));
    }
    let limit =
        |pointer, value: Option<i64>| value.map(|value| event_fields::parse_quantity(pointer, value)).transpose();
    let min_quantity = limit("/min_quantity", draft.min_quantity)?;
    let max_quantity = limit("/max_quantity", draft.max_quantity)?;
    if max_quantity.is_some_and(|max| max < min_quantity.unwrap_or(1)) {
        return Err(Invalid::new("/max_quantity", "must not be less than min_quantity"));
    }
    let several = pool_indexes.len() > 1;
    let ticket_type = |pool: usize| {
        let name = if several { name_with_section(&name, &pools[pool])? } else { name.clone() };
        Ok(NewTicketType { name, pool, price: draft.price, min_quantity, max_quantity })
    };
    pool_indexes.into_iter().map(ticket_type).collect()
}

/// Indexes of the pools in which a ticket type is sold; at least one.
fn find_pools(draft: &TicketTypeDraft, pools: &[NewPool]) -> Result<Vec<usize>, Invalid> {
    match (&draft.pool, &draft.price_zone) {
        (Some(name), None) => {
            let index = pools.iter().position(|pool| pool.name == name.trim());
            let unknown = || Invalid::new("/pool", "must be the name of one of the event's pools");
            Ok(vec![index.ok_or_else(unknown)?])
        }
        (None, Some(zone)) => {
            let zone = Some(zone.trim());
            let indexes: Vec<usize> = (0..pools.len()).filter(|pool| pools[*pool].price_zone() == zone).collect();
            let unknown = || Invalid::new("/price_zone", "must be the name of one of the event's price zones");
            if indexes.is_empty() { Err(unknown()) } else { Ok(indexes) }
        }
        (Some(_), Some(_)) => Err(Invalid::new("/price_zone", "cannot be combined with pool")),
        (None, None) => Err(Invalid::new("/pool", "is required, unless a price_zone is given")),
    }
}

/// The name with the section's name added, so that ticket types of one draft in several sections have different names.
fn name_with_section(name: &str, pool: &NewPool) -> Result<String, Invalid> {
    let name = pool.part.as_ref().map_or_else(|| name.to_owned(), |part| format!("{name} ({})", part.section_name));
    if name.chars().count() <= TICKET_TYPE_NAME_LENGTH_MAX {
        return Ok(name);
    }
    let detail =
        format!("must have at most {TICKET_TYPE_NAME_LENGTH_MAX} characters together with each section's name");
    Err(Invalid::new("/name", detail))
}
