//! What somebody wants to hold, or to book, parsed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::hold::{Amount, BestAvailable, ITEMS_PER_HOLD_MAX, Portion, Wanted};
use crate::domain::ids::TicketTypeId;
use crate::domain::quantity::Quantity;
use crate::domain::seating::{
    GROUP_SIZE_MAX, GroupSize, SEATS_PER_LAYOUT_MAX, SECTION_NAME_LENGTH_MAX, SeatIndex, Together,
};
use crate::error::{ApiError, ErrorCode};
use crate::http::body::Object;

/// One ticket type: a quantity of it, or the seats that are wanted as it.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemWantedBody {
    ticket_type_id: TicketTypeId,
    /// Of a ticket type without seats. Not together with `seat_ids`.
    #[schema(minimum = 1, maximum = 10_000_000, example = 2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    qty: Option<i64>,
    /// Each at most once in the request, and no more than one hold may have.
    #[schema(min_items = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_ids: Option<Vec<i64>>,
}

/// A group of seats that the service picks: as near to the focal point as can be, and without leaving single seats alone where
/// that can be avoided.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"qty": 4, "section": "Stalls", "together": "row"}))]
pub struct BestAvailableBody {
    #[schema(minimum = 1, maximum = 100, example = 4)]
    qty: i64,
    /// The name of one; without it: any.
    #[schema(min_length = 1, max_length = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<String>,
    /// Needed where seats are sold as several ticket types.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_type_id: Option<TicketTypeId>,
    /// Accessible seats, with companion seats beside them.
    #[serde(skip_serializing_if = "Option::is_none")]
    accessible: Option<bool>,
    /// `strict`: neighbours, without an aisle between them. `row`: in one row, if need be apart. `nearby`: if need be in
    /// neighbouring rows of one section. Without it `strict`.
    #[schema(value_type = Option<String>, example = "row")]
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<String>,
}

/// The members of a body that say what is wanted, of which it has exactly one.
pub(super) struct WantedMembers<'a> {
    qty: Option<i64>,
    items: Option<&'a [Object<ItemWantedBody>]>,
    seat_ids: Option<&'a [i64]>,
    best_available: Option<&'a BestAvailableBody>,
}

impl<'a> WantedMembers<'a> {
    /// As a body has them.
    pub fn of(
        qty: Option<i64>,
        items: &'a Option<Vec<Object<ItemWantedBody>>>,
        seat_ids: &'a Option<Vec<i64>>,
        best_available: &'a Option<Object<BestAvailableBody>>,
    ) -> Self {
        Self {
            qty,
            items: items.as_deref(),
            seat_ids: seat_ids.as_deref(),
            best_available: best_available.as_ref().map(|Object(best)| best),
        }
    }

    /// What is wanted. `quantity_max` is the service's limit per hold: what a quantity that is out of any range is told.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` when it is not said in exactly one way or a seat is named twice, `QUANTITY_OUT_OF_RANGE`.
    pub fn wanted(&self, quantity_max: u32) -> Result<Wanted, ApiError> {
        self.not_too_many(quantity_max)?;
        match (self.qty, self.items, self.seat_ids, self.best_available) {
            (Some(qty), None, None, None) => {
                Quantity::new(qty).map(Wanted::Places).ok_or_else(|| out_of_range(qty, quantity_max))
            }
            (None, Some(items), None, None) => amounts(items, quantity_max).map(Wanted::Items),
            (None, None, Some(seats), None) => seats_named(seats, "/seat_ids", &mut BTreeSet::new()).map(Wanted::Seats),
            (None, None, None, Some(best)) => best_available(best).map(Wanted::BestAvailable),
            (None, None, None, None) => {
                Err(ApiError::invalid("/qty", "Give one of qty, items, seat_ids and best_available"))
            }
            _ => Err(ApiError::invalid(
                self.superfluous(),
                "Give one of qty, items, seat_ids and best_available, not more",
            )),
        }
    }

    /// What no hold can have is refused before it waits in a queue, and before all of its seats are looked at one by one.
    fn not_too_many(&self, quantity_max: u32) -> Result<(), ApiError> {
        let of_items = self.items.unwrap_or_default().iter().filter_map(|Object(item)| item.seat_ids.as_deref());
        let named = of_items.chain(self.seat_ids).map(<[i64]>::len).sum::<usize>();
        match u32::try_from(named) {
            Ok(named) if named <= quantity_max => Ok(()),
            _ => Err(out_of_range(i64::try_from(named).unwrap_or(i64::MAX), quantity_max)),
        }
    }

    fn superfluous(&self) -> &'static str {
        let given = [
            (self.qty.is_some(), "/qty"),
            (self.items.is_some(), "/items"),
            (self.seat_ids.is_some(), "/seat_ids"),
            (self.best_available.is_some(), "/best_available"),
        ];
        given.into_iter().filter(|(given, _)| *given).nth(1).map_or("", |(_, pointer)| pointer)
    }
}

/// What of a hold shall be booked; `None` if nothing is said: all of it.
///
/// # Errors
/// As for what is wanted.
pub fn portion(
    items: Option<&[Object<ItemWantedBody>]>,
    seat_ids: Option<&[i64]>,
    quantity_max: u32,
) -> Result<Option<Portion>, ApiError> {
    match (items, seat_ids) {
        (None, None) => Ok(None),
        (Some(items), None) => Ok(Some(Portion::Items(amounts(items, quantity_max)?))),
        (None, Some(seats)) => Ok(Some(Portion::Seats(seats_named(seats, "/seat_ids", &mut BTreeSet::new())?))),
        (Some(_), Some(_)) => Err(ApiError::invalid("/seat_ids", "Give one of items and seat_ids, not both")),
    }
}

/// In the order of the ids, as the database gives them back: a replay then reads like the first answer.
fn amounts(items: &[Object<ItemWantedBody>], quantity_max: u32) -> Result<Vec<(TicketTypeId, Amount)>, ApiError> {
    if items.is_empty() || items.len() > ITEMS_PER_HOLD_MAX {
        return Err(ApiError::invalid("/items", format!("A hold has 1 to {ITEMS_PER_HOLD_MAX} items")));
    }
    let mut amounts: BTreeMap<TicketTypeId, Amount> = BTreeMap::new();
    let mut named = BTreeSet::new();
    for (at, Object(item)) in items.iter().enumerate() {
        let amount = match (item.qty, &item.seat_ids) {
            (Some(qty), None) => Amount::Places(
                Quantity::new(qty)
                    .ok_or_else(|| out_of_range(qty, quantity_max).with("ticket_type_id", item.ticket_type_id))?,
            ),
            (None, Some(seats)) => Amount::Seats(seats_named(seats, &format!("/items/{at}/seat_ids"), &mut named)?),
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid(
                    &format!("/items/{at}/seat_ids"),
                    "Give either qty or seat_ids, not both",
                ));
            }
            (None, None) => return Err(ApiError::invalid(&format!("/items/{at}/qty"), "Give either qty or seat_ids")),
        };
        let sum = match amounts.remove(&item.ticket_type_id) {
            Some(before) => added(before, amount, at, (item.ticket_type_id, quantity_max))?,
            None => amount,
        };
        amounts.insert(item.ticket_type_id, sum);
    }
    Ok(amounts.into_iter().collect())
}

/// A ticket type that is named twice is added up.
fn added(
    before: Amount,
    amount: Amount,
    at: usize,
    (ticket_type_id, quantity_max): (TicketTypeId, u32),
) -> Result<Amount, ApiError> {
    match (before, amount) {
        (Amount::Places(before), Amount::Places(more)) => {
            let sum = i64::from(before.get()) + i64::from(more.get());
            let out_of_range = || out_of_range(sum, quantity_max).with("ticket_type_id", ticket_type_id);
            before.plus(more).map(Amount::Places).ok_or_else(out_of_range)
        }
        (Amount::Seats(mut before), Amount::Seats(more)) => {
            before.extend(more);
            before.sort_unstable();
            Ok(Amount::Seats(before))
        }
        (Amount::Places(_), Amount::Seats(_)) | (Amount::Seats(_), Amount::Places(_)) => {
            let detail = "The ticket type is wanted both by quantity and by seats";
            Err(ApiError::invalid(&format!("/items/{at}"), detail))
        }
    }
}

/// In their order. `named` are those that the request named before.
///
/// # Errors
/// `VALIDATION_FAILED` at the seat that is named twice or cannot be one.
pub fn seats_named(
    seat_ids: &[i64],
    pointer: &str,
    named: &mut BTreeSet<SeatIndex>,
) -> Result<Vec<SeatIndex>, ApiError> {
    if seat_ids.is_empty() {
        return Err(ApiError::invalid(pointer, "Name at least one seat"));
    }
    let mut seats = Vec::with_capacity(seat_ids.len());
    for (at, seat_id) in seat_ids.iter().enumerate() {
        let wrong = |detail: &str| ApiError::invalid(&format!("{pointer}/{at}"), detail).with("seat_id", *seat_id);
        let seat = u32::try_from(*seat_id).ok().filter(|seat| (*seat as usize) < SEATS_PER_LAYOUT_MAX);
        let seat = SeatIndex(seat.ok_or_else(|| wrong("No seat has such an id"))?);
        if !named.insert(seat) {
            return Err(wrong("The seat is named twice"));
        }
        seats.push(seat);
    }
    seats.sort_unstable();
    Ok(seats)
}

fn best_available(body: &BestAvailableBody) -> Result<BestAvailable, ApiError> {
    let size = GroupSize::new(body.qty).ok_or_else(|| {
        ApiError::new(ErrorCode::QuantityOutOfRange)
            .with("requested", body.qty)
            .with("min", 1)
            .with("max", GROUP_SIZE_MAX)
    })?;
    let together = match &body.together {
        None => Together::Strict,
        Some(text) => Together::parse(text)
            .ok_or_else(|| ApiError::invalid("/best_available/together", "must be one of strict, row and nearby"))?,
    };
    if body.section.as_ref().is_some_and(|name| name.chars().count() > SECTION_NAME_LENGTH_MAX) {
        let detail = format!("No section has a name of more than {SECTION_NAME_LENGTH_MAX} characters");
        return Err(ApiError::invalid("/best_available/section", detail));
    }
    Ok(BestAvailable {
        size,
        together,
        section: body.section.clone(),
        ticket_type_id: body.ticket_type_id,
        accessible: body.accessible.unwrap_or(false),
    })
}

fn out_of_range(requested: i64, quantity_max: u32) -> ApiError {
    ApiError::new(ErrorCode::QuantityOutOfRange).with("requested", requested).with("min", 1).with("max", quantity_max)
}
