//! Which seats a hold gets: those that were named, or the best that there are.

use std::collections::BTreeMap;

use crate::domain::hold::{BestAvailable, Item};
use crate::domain::ids::{EventId, PoolId, TicketTypeId};
use crate::domain::seat::SeatState;
use crate::domain::seating::{MostPossible, PoolNumber, SeatIndex, SectionIndex, SectionKind, Wanted};
use crate::inventory::batch_state::{BatchState, LoadedEvent};
use crate::inventory::command::Refusal;
use crate::inventory::loaded_seats::LoadedSeats;

/// Each of the seats as the only ticket type of its pool.
pub(super) fn by_ticket_type(
    state: &BatchState,
    event: &LoadedEvent,
    seats: &[SeatIndex],
) -> Result<Vec<(TicketTypeId, Vec<SeatIndex>)>, Refusal> {
    let by_pool = by_pool(state, event.event_id, seats)?;
    let typed = by_pool.into_iter().map(|(pool_id, seats)| Ok((only_type(state, event, pool_id)?, seats)));
    let by_type: BTreeMap<TicketTypeId, Vec<SeatIndex>> = typed.collect::<Result<_, Refusal>>()?;
    Ok(by_type.into_iter().collect())
}

/// The seats must be of the ticket type's pool.
pub(super) fn of_pool(
    state: &BatchState,
    event_id: EventId,
    (ticket_type_id, pool_id): (TicketTypeId, PoolId),
    seats: &[SeatIndex],
) -> Result<(), Refusal> {
    if !has_seats(state, event_id, pool_id) {
        return Err(Refusal::SeatsExpected { ticket_type_id, expected: false });
    }
    let pools = pools_of(state, event_id, seats)?;
    let elsewhere = seats.iter().zip(pools).filter(|(_, pool)| *pool != pool_id).map(|(seat, _)| *seat);
    match elsewhere.collect::<Vec<_>>() {
        seats if seats.is_empty() => Ok(()),
        seats => Err(Refusal::SeatsOfAnotherPool { ticket_type_id, seats }),
    }
}

/// Whether the places of a pool are seats.
pub(super) fn has_seats(state: &BatchState, event_id: EventId, pool_id: PoolId) -> bool {
    state.pool(pool_id).is_some_and(|pool| pool.event_id == event_id && pool.seated)
}

/// Before anybody is told that a seat is gone, what is overdue is expired.
pub(super) fn available(state: &mut BatchState, event_id: EventId, items: &[Item]) -> Result<(), Refusal> {
    let wanted = || items.iter().flat_map(|item| &item.seats).copied();
    if gone(state, event_id, wanted()).is_empty() {
        return Ok(());
    }
    state.expire_overdue(event_id);
    match gone(state, event_id, wanted()) {
        seats if seats.is_empty() => Ok(()),
        seats => Err(Refusal::SeatsUnavailable { seats, now: state.now }),
    }
}

/// For events that refuse selections which leave single seats without need. The seats must be available. What is overdue is
/// expired first: a seat beside it is not alone.
pub(super) fn leave_no_orphans(state: &mut BatchState, event_id: EventId, items: &[Item]) -> Result<(), Refusal> {
    let refuses = state.event(event_id).is_some_and(|event| event.terms.orphans_refused);
    let selection: Vec<SeatIndex> = items.iter().flat_map(|item| &item.seats).copied().collect();
    if !refuses || selection.is_empty() {
        return Ok(());
    }
    state.expire_overdue(event_id);
    let Some(seating) = state.seating_mut(event_id) else { return Ok(()) };
    match seating.orphans_left_by(&selection) {
        seats if seats.is_empty() => Ok(()),
        seats => Err(Refusal::LeavesOrphans { seats }),
    }
}

/// The best seats for a group, and what they are sold as. What is overdue is expired first: the best may be among it.
pub(super) fn best(
    state: &mut BatchState,
    event_id: EventId,
    best: &BestAvailable,
) -> Result<(TicketTypeId, Vec<SeatIndex>), Refusal> {
    let wanted = wanted(state, event_id, best)?;
    state.expire_overdue(event_id);
    let (requested, now) = (best.size.get(), state.now);
    let seats = pick(state, event_id, &wanted);
    let seats = seats.map_err(|MostPossible(most)| Refusal::NotTogether { requested, most, now })?;
    match best.ticket_type_id {
        Some(ticket_type_id) => Ok((ticket_type_id, seats)),
        None => {
            let event = state.event(event_id).ok_or(Refusal::EventNotFound)?;
            // A group is never in two pools.
            let pools = pools_of(state, event_id, &seats)?;
            let only = pools.first().and_then(|pool_id| only_type(state, event, *pool_id).ok());
            Ok((only.ok_or(Refusal::GroupWithoutTicketType)?, seats))
        }
    }
}

fn wanted(state: &BatchState, event_id: EventId, best: &BestAvailable) -> Result<Wanted, Refusal> {
    let seating = state.seating(event_id).ok_or(Refusal::EventNotSeated)?;
    let section = best.section.as_deref().map(|name| section(seating, name)).transpose()?;
    let pool = best.ticket_type_id.map(|id| pool_number(state, event_id, seating, id)).transpose()?;
    Ok(Wanted { size: best.size, together: best.together, section, pool, accessible: best.accessible })
}

fn section(seating: &LoadedSeats, name: &str) -> Result<SectionIndex, Refusal> {
    let layout = seating.event_seats().layout();
    let seated = |index: &SectionIndex| {
        let section = layout.sections().get(usize::from(index.0));
        section.is_some_and(|section| matches!(section.kind, SectionKind::Seated { .. }))
    };
    layout.section_named(name).filter(seated).ok_or(Refusal::SectionNotFound)
}

fn pool_number(
    state: &BatchState,
    event_id: EventId,
    seating: &LoadedSeats,
    ticket_type_id: TicketTypeId,
) -> Result<PoolNumber, Refusal> {
    let ticket_type = state.ticket_type(ticket_type_id).filter(|ticket_type| ticket_type.event_id == event_id);
    let ticket_type = ticket_type.ok_or(Refusal::TicketTypeNotFound { ticket_type_id })?;
    seating.number_of(ticket_type.pool_id).ok_or(Refusal::GroupOfTicketTypeWithoutSeats { ticket_type_id })
}

fn pick(state: &mut BatchState, event_id: EventId, wanted: &Wanted) -> Result<Vec<SeatIndex>, MostPossible> {
    state.seating_mut(event_id).ok_or(MostPossible(0))?.pick(wanted)
}

/// The seats of each pool, in their order.
pub(super) fn by_pool(
    state: &BatchState,
    event_id: EventId,
    seats: &[SeatIndex],
) -> Result<BTreeMap<PoolId, Vec<SeatIndex>>, Refusal> {
    let mut by_pool: BTreeMap<PoolId, Vec<SeatIndex>> = BTreeMap::new();
    for (seat, pool_id) in seats.iter().zip(pools_of(state, event_id, seats)?) {
        by_pool.entry(pool_id).or_default().push(*seat);
    }
    Ok(by_pool)
}

/// The pool of each seat.
fn pools_of(state: &BatchState, event_id: EventId, seats: &[SeatIndex]) -> Result<Vec<PoolId>, Refusal> {
    let Some(seating) = state.seating(event_id) else {
        return Err(Refusal::SeatsNotFound { seats: seats.to_vec() });
    };
    let unknown: Vec<SeatIndex> = seats.iter().copied().filter(|seat| seating.pool_of(*seat).is_none()).collect();
    if unknown.is_empty() {
        Ok(seats.iter().filter_map(|seat| seating.pool_of(*seat)).collect())
    } else {
        Err(Refusal::SeatsNotFound { seats: unknown })
    }
}

/// What a pool's seats are sold as, where that needs no choice.
fn only_type(state: &BatchState, event: &LoadedEvent, pool_id: PoolId) -> Result<TicketTypeId, Refusal> {
    let of_pool = |id: &&TicketTypeId| state.ticket_type(**id).is_some_and(|of_type| of_type.pool_id == pool_id);
    let mut types = event.ticket_types.iter().filter(of_pool);
    match (types.next(), types.next()) {
        (Some(only), None) => Ok(*only),
        _ => Err(Refusal::TicketTypeRequired),
    }
}

/// Those of the seats that somebody else has.
pub(super) fn gone(state: &BatchState, event_id: EventId, seats: impl Iterator<Item = SeatIndex>) -> Vec<SeatIndex> {
    let available = |seat: &SeatIndex| {
        state.seating(event_id).is_some_and(|seating| seating.state(*seat) == Some(SeatState::Available))
    };
    seats.filter(|seat| !available(seat)).collect()
}
