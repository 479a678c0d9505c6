//! Rules for the seats of a hold: seats that the request names, or the best available ones.

use std::collections::BTreeMap;

use crate::ids::{EventId, PoolId, TicketTypeId};
use crate::inventory::batch_state::{BatchState, LoadedEvent};
use crate::inventory::command::Refusal;
use crate::inventory::loaded_seats::LoadedSeats;
use crate::model::hold::{BestAvailable, Item};
use crate::model::seat::SeatState;
use crate::seating::{GroupRequest, LargestAvailable, PoolNumber, SeatIndex, SectionIndex, SectionKind};

/// Groups seats by ticket type: each seat has the only ticket type of its pool. Refused if a pool has several ticket
/// types or none.
pub(super) fn group_by_ticket_type(
    state: &BatchState,
    event: &LoadedEvent,
    seats: &[SeatIndex],
) -> Result<Vec<(TicketTypeId, Vec<SeatIndex>)>, Refusal> {
    let by_pool = group_by_pool(state, event.event_id, seats)?;
    let typed = by_pool.into_iter().map(|(pool_id, seats)| Ok((only_ticket_type(state, event, pool_id)?, seats)));
    let by_type: BTreeMap<TicketTypeId, Vec<SeatIndex>> = typed.collect::<Result<_, Refusal>>()?;
    Ok(by_type.into_iter().collect())
}

/// Checks that the seats belong to the ticket type's pool.
pub(super) fn check_pool(
    state: &BatchState,
    event_id: EventId,
    (ticket_type_id, pool_id): (TicketTypeId, PoolId),
    seats: &[SeatIndex],
) -> Result<(), Refusal> {
    if !has_seats(state, event_id, pool_id) {
        return Err(Refusal::SeatsExpected { ticket_type_id, expected: false });
    }
    let pools = pools_of_seats(state, event_id, seats)?;
    let elsewhere = seats.iter().zip(pools).filter(|(_, pool)| *pool != pool_id).map(|(seat, _)| *seat);
    match elsewhere.collect::<Vec<_>>() {
        seats if seats.is_empty() => Ok(()),
        seats => Err(Refusal::SeatsOfAnotherPool { ticket_type_id, seats }),
    }
}

/// Whether the pool is of the event and consists of seats.
pub(super) fn has_seats(state: &BatchState, event_id: EventId, pool_id: PoolId) -> bool {
    state.pool(pool_id).is_some_and(|pool| pool.event_id == event_id && pool.seated)
}

/// Checks that the seats of the items are available. If not, expires overdue holds and checks again.
pub(super) fn check_available(state: &mut BatchState, event_id: EventId, items: &[Item]) -> Result<(), Refusal> {
    let wanted = || items.iter().flat_map(|item| &item.seats).copied();
    if find_unavailable(state, event_id, wanted()).is_empty() {
        return Ok(());
    }
    state.expire_overdue(event_id);
    match find_unavailable(state, event_id, wanted()) {
        seats if seats.is_empty() => Ok(()),
        seats => Err(Refusal::SeatsUnavailable { seats, now: state.now }),
    }
}

/// Checks the single-seat rule, for events that have it: the selection may not leave avoidable orphans. Its seats must
/// be available. Overdue holds are expired first, because a free seat beside one of their seats is then no orphan.
pub(super) fn check_orphans(state: &mut BatchState, event_id: EventId, items: &[Item]) -> Result<(), Refusal> {
    let refuses_orphans = state.event(event_id).is_some_and(|event| event.terms.orphans_refused);
    let selection: Vec<SeatIndex> = items.iter().flat_map(|item| &item.seats).copied().collect();
    if !refuses_orphans || selection.is_empty() {
        return Ok(());
    }
    state.expire_overdue(event_id);
    let Some(loaded_seats) = state.loaded_seats_mut(event_id) else { return Ok(()) };
    match loaded_seats.avoidable_orphans(&selection) {
        seats if seats.is_empty() => Ok(()),
        seats => Err(Refusal::LeavesOrphans { seats }),
    }
}

/// Picks the best seats for a group, and returns them with their ticket type. Overdue holds are expired first, because
/// their seats may be the best.
pub(super) fn pick_best(
    state: &mut BatchState,
    event_id: EventId,
    wanted: &BestAvailable,
) -> Result<(TicketTypeId, Vec<SeatIndex>), Refusal> {
    let group = group_request(state, event_id, wanted)?;
    state.expire_overdue(event_id);
    let (requested, now) = (wanted.size.get(), state.now);
    let seats = pick(state, event_id, &group);
    let seats = seats.map_err(|LargestAvailable(most)| Refusal::NotTogether { requested, most, now })?;
    match wanted.ticket_type_id {
        Some(ticket_type_id) => Ok((ticket_type_id, seats)),
        None => {
            let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
            // The picker takes all seats of a group from one pool.
            let pools = pools_of_seats(state, event_id, &seats)?;
            let only = pools.first().and_then(|pool_id| only_ticket_type(state, event, *pool_id).ok());
            Ok((only.ok_or(Refusal::GroupWithoutTicketType)?, seats))
        }
    }
}

/// The picker's request: section and ticket type replaced by their numbers.
fn group_request(state: &BatchState, event_id: EventId, wanted: &BestAvailable) -> Result<GroupRequest, Refusal> {
    let loaded_seats = state.loaded_seats(event_id).ok_or(Refusal::EventNotSeated)?;
    let section = wanted.section.as_deref().map(|name| find_section(loaded_seats, name)).transpose()?;
    let pool = wanted.ticket_type_id.map(|id| find_pool_number(state, event_id, loaded_seats, id)).transpose()?;
    Ok(GroupRequest { size: wanted.size, together: wanted.together, section, pool, accessible: wanted.accessible })
}

fn find_section(loaded_seats: &LoadedSeats, name: &str) -> Result<SectionIndex, Refusal> {
    let layout = loaded_seats.event_seats().layout();
    let is_seated = |index: &SectionIndex| {
        let section = layout.sections().get(usize::from(index.0));
        section.is_some_and(|section| matches!(section.kind, SectionKind::Seated { .. }))
    };
    layout.find_section(name).filter(is_seated).ok_or(Refusal::SectionNotFound)
}

fn find_pool_number(
    state: &BatchState,
    event_id: EventId,
    loaded_seats: &LoadedSeats,
    ticket_type_id: TicketTypeId,
) -> Result<PoolNumber, Refusal> {
    let ticket_type = state.ticket_type(ticket_type_id).filter(|ticket_type| ticket_type.event_id == event_id);
    let ticket_type = ticket_type.ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?;
    loaded_seats.pool_number(ticket_type.pool_id).ok_or(Refusal::GroupOfTicketTypeWithoutSeats { ticket_type_id })
}

fn pick(state: &mut BatchState, event_id: EventId, group: &GroupRequest) -> Result<Vec<SeatIndex>, LargestAvailable> {
    state.loaded_seats_mut(event_id).ok_or(LargestAvailable(0))?.pick(group)
}

/// Groups seats by pool; within a pool they keep their order.
pub(super) fn group_by_pool(
    state: &BatchState,
    event_id: EventId,
    seats: &[SeatIndex],
) -> Result<BTreeMap<PoolId, Vec<SeatIndex>>, Refusal> {
    let mut by_pool: BTreeMap<PoolId, Vec<SeatIndex>> = BTreeMap::new();
    for (seat, pool_id) in seats.iter().zip(pools_of_seats(state, event_id, seats)?) {
        by_pool.entry(pool_id).or_default().push(*seat);
    }
    Ok(by_pool)
}

/// The pool of each seat. Refused if the event has no such seat.
fn pools_of_seats(state: &BatchState, event_id: EventId, seats: &[SeatIndex]) -> Result<Vec<PoolId>, Refusal> {
    let Some(loaded_seats) = state.loaded_seats(event_id) else {
        return Err(Refusal::SeatsNotFound { seats: seats.to_vec() });
    };
    let unknown: Vec<SeatIndex> = seats.iter().copied().filter(|seat| loaded_seats.pool_of(*seat).is_none()).collect();
    if unknown.is_empty() {
        Ok(seats.iter().filter_map(|seat| loaded_seats.pool_of(*seat)).collect())
    } else {
        Err(Refusal::SeatsNotFound { seats: unknown })
    }
}

/// The only ticket type of a pool. Refused if it has several or none.
fn only_ticket_type(state: &BatchState, event: &LoadedEvent, pool_id: PoolId) -> Result<TicketTypeId, Refusal> {
    let is_of_pool =
        |id: &&TicketTypeId| state.ticket_type(**id).is_some_and(|ticket_type| ticket_type.pool_id == pool_id);
    let mut types = event.ticket_types.iter().filter(is_of_pool);
    match (types.next(), types.next()) {
        (Some(only), None) => Ok(*only),
        _ => Err(Refusal::TicketTypeRequired),
    }
}

/// Those of the seats that are not available.
pub(super) fn find_unavailable(
    state: &BatchState,
    event_id: EventId,
    seats: impl Iterator<Item = SeatIndex>,
) -> Vec<SeatIndex> {
    let is_available = |seat: &SeatIndex| {
        state.loaded_seats(event_id).is_some_and(|loaded_seats| loaded_seats.state(*seat) == Some(SeatState::Available))
    };
    seats.filter(|seat| !is_available(seat)).collect()
}
