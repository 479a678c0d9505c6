//! Wanted items of a hold or of a booking: request bodies, and how they are parsed.

use std::collections::{BTreeMap, BTreeSet};

use boxoffice_engine::ids::TicketTypeId;
use boxoffice_engine::model::hold::{Amount, BestAvailable, ITEMS_PER_HOLD_MAX, Portion, RequestedItems};
use boxoffice_engine::quantity::Quantity;
use boxoffice_engine::seating::{
    GROUP_SIZE_MAX, GroupSize, SEATS_PER_LAYOUT_MAX, SECTION_NAME_LENGTH_MAX, SeatIndex, Together,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{ApiError, ErrorCode};
use crate::http::body::Object;

/// A quantity or seats of one ticket type.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemWantedBody {
    ticket_type_id: TicketTypeId,
    /// Quantity of a ticket type without seats. Not together with `seat_ids`.
    #[schema(minimum = 1, maximum = 10_000_000, example = 2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    qty: Option<i64>,
    /// Seats, each at most once in the request. At most the largest quantity of one hold.
    #[schema(min_items = 1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_ids: Option<Vec<i64>>,
}

/// A group of seats that the service picks: as near to the focal point as possible, and without leaving single seats if
/// that can be avoided.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"qty": 4, "section": "Stalls", "together": "row"}))]
pub struct BestAvailableBody {
    /// Number of seats.
    #[schema(minimum = 1, maximum = 100, example = 4)]
    qty: i64,
    /// Name of the section; without it any section.
    #[schema(min_length = 1, max_length = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<String>,
    /// Required if the seats are sold as several ticket types.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_type_id: Option<TicketTypeId>,
    /// Pick accessible seats, with companion seats beside them.
    #[serde(skip_serializing_if = "Option::is_none")]
    accessible: Option<bool>,
    /// `strict`: neighbouring seats without an aisle between them. `row`: in one row, if necessary with gaps. `nearby`:
    /// if necessary in neighbouring rows of one section. The default is `strict`.
    #[schema(value_type = Option<String>, example = "row")]
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<String>,
}

/// The alternative members of a request body; exactly one must be given.
pub(super) struct RequestedMembers<'a> {
    qty: Option<i64>,
    items: Option<&'a [Object<ItemWantedBody>]>,
    seat_ids: Option<&'a [i64]>,
    best_available: Option<&'a BestAvailableBody>,
}

impl<'a> RequestedMembers<'a> {
    pub fn new(
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

    /// Parses the given member. `quantity_max` is the service's limit per hold, the `max` in errors about a quantity.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` unless exactly one member is given, or when a seat is named twice; `QUANTITY_OUT_OF_RANGE`.
    pub fn requested_items(&self, quantity_max: u32) -> Result<RequestedItems, ApiError> {
        self.check_seat_count(quantity_max)?;
        match (self.qty, self.items, self.seat_ids, self.best_available) {
            (Some(qty), None, None, None) => {
                Quantity::new(qty).map(RequestedItems::Places).ok_or_else(|| out_of_range(qty, quantity_max))
            }
            (None, Some(items), None, None) => parse_amounts(items, quantity_max).map(RequestedItems::Items),
            (None, None, Some(seats), None) => {
                parse_seat_ids(seats, "/seat_ids", &mut BTreeSet::new()).map(RequestedItems::Seats)
            }
            (None, None, None, Some(best)) => parse_best_available(best).map(RequestedItems::BestAvailable),
            (None, None, None, None) => {
                Err(ApiError::invalid("/qty", "Give one of qty, items, seat_ids and best_available"))
            }
            _ => Err(ApiError::invalid(
                self.second_given_pointer(),
                "Give one of qty, items, seat_ids and best_available, not more",
            )),
        }
    }

    /// Rejects too many seats before each of them is parsed, and before the command waits in the queue.
    fn check_seat_count(&self, quantity_max: u32) -> Result<(), ApiError> {
        let seats_of_items = self.items.unwrap_or_default().iter().filter_map(|Object(item)| item.seat_ids.as_deref());
        let count = seats_of_items.chain(self.seat_ids).map(<[i64]>::len).sum::<usize>();
        match u32::try_from(count) {
            Ok(count) if count <= quantity_max => Ok(()),
            _ => Err(out_of_range(i64::try_from(count).unwrap_or(i64::MAX), quantity_max)),
        }
    }

    /// JSON pointer of the second member that is given.
    fn second_given_pointer(&self) -> &'static str {
        let given = [
            (self.qty.is_some(), "/qty"),
            (self.items.is_some(), "/items"),
            (self.seat_ids.is_some(), "/seat_ids"),
            (self.best_available.is_some(), "/best_available"),
        ];
        given.into_iter().filter(|(given, _)| *given).nth(1).map_or("", |(_, pointer)| pointer)
    }
}

/// Parses the part of a hold that is booked; `None` for the whole hold.
///
/// # Errors
/// As for [`RequestedMembers::requested_items`].
pub fn parse_portion(
    items: Option<&[Object<ItemWantedBody>]>,
    seat_ids: Option<&[i64]>,
    quantity_max: u32,
) -> Result<Option<Portion>, ApiError> {
    match (items, seat_ids) {
        (None, None) => Ok(None),
        (Some(items), None) => Ok(Some(Portion::Items(parse_amounts(items, quantity_max)?))),
        (None, Some(seats)) => Ok(Some(Portion::Seats(parse_seat_ids(seats, "/seat_ids", &mut BTreeSet::new())?))),
        (Some(_), Some(_)) => Err(ApiError::invalid("/seat_ids", "Give one of items and seat_ids, not both")),
    }
}

/// Parses items, in the order of ticket type ids. The database returns them in this order too, so a replay equals the
/// first response.
fn parse_amounts(items: &[Object<ItemWantedBody>], quantity_max: u32) -> Result<Vec<(TicketTypeId, Amount)>, ApiError> {
    if items.is_empty() || items.len() > ITEMS_PER_HOLD_MAX {
        return Err(ApiError::invalid("/items", format!("A hold has 1 to {ITEMS_PER_HOLD_MAX} items")));
    }
    let mut amounts: BTreeMap<TicketTypeId, Amount> = BTreeMap::new();
    let mut seen_seats = BTreeSet::new();
    for (index, Object(item)) in items.iter().enumerate() {
        let amount =
            match (item.qty, &item.seat_ids) {
                (Some(qty), None) => Amount::Places(Quantity::new(qty).ok_or_else(|| {
                    out_of_range(qty, quantity_max).with_member("ticket_type_id", item.ticket_type_id)
                })?),
                (None, Some(seats)) => {
                    Amount::Seats(parse_seat_ids(seats, &format!("/items/{index}/seat_ids"), &mut seen_seats)?)
                }
                (Some(_), Some(_)) => {
                    return Err(ApiError::invalid(
                        &format!("/items/{index}/seat_ids"),
                        "Give either qty or seat_ids, not both",
                    ));
                }
                (None, None) => {
                    return Err(ApiError::invalid(&format!("/items/{index}/qty"), "Give either qty or seat_ids"));
                }
            };
        let sum = match amounts.remove(&item.ticket_type_id) {
            Some(earlier) => add_amounts(earlier, amount, index, (item.ticket_type_id, quantity_max))?,
            None => amount,
        };
        amounts.insert(item.ticket_type_id, sum);
    }
    Ok(amounts.into_iter().collect())
}

/// Adds two amounts of the same ticket type. `index` is the position of the second one in `items`.
fn add_amounts(
    earlier: Amount,
    amount: Amount,
    index: usize,
    (ticket_type_id, quantity_max): (TicketTypeId, u32),
) -> Result<Amount, ApiError> {
    match (earlier, amount) {
        (Amount::Places(earlier), Amount::Places(more)) => {
            let sum = i64::from(earlier.get()) + i64::from(more.get());
            let out_of_range = || out_of_range(sum, quantity_max).with_member("ticket_type_id", ticket_type_id);
            earlier.checked_add(more).map(Amount::Places).ok_or_else(out_of_range)
        }
        (Amount::Seats(mut seats), Amount::Seats(more)) => {
            seats.extend(more);
            seats.sort_unstable();
            Ok(Amount::Seats(seats))
        }
        (Amount::Places(_), Amount::Seats(_)) | (Amount::Seats(_), Amount::Places(_)) => {
            let detail = "The ticket type has both a qty and seat_ids; give only one of them";
            Err(ApiError::invalid(&format!("/items/{index}"), detail))
        }
    }
}

/// Parses seat ids and sorts them. `seen` are the seats that occurred earlier in the request; the new ones are added.
///
/// # Errors
/// `VALIDATION_FAILED` at the first seat id that occurs twice or is out of range, or when the list is empty.
pub fn parse_seat_ids(
    seat_ids: &[i64],
    pointer: &str,
    seen: &mut BTreeSet<SeatIndex>,
) -> Result<Vec<SeatIndex>, ApiError> {
    if seat_ids.is_empty() {
        return Err(ApiError::invalid(pointer, "Name at least one seat"));
    }
    let mut seats = Vec::with_capacity(seat_ids.len());
    for (index, seat_id) in seat_ids.iter().enumerate() {
        let invalid =
            |detail: &str| ApiError::invalid(&format!("{pointer}/{index}"), detail).with_member("seat_id", *seat_id);
        let seat = u32::try_from(*seat_id).ok().filter(|seat| (*seat as usize) < SEATS_PER_LAYOUT_MAX);
        let seat = SeatIndex(seat.ok_or_else(|| invalid("No seat has such an id"))?);
        if !seen.insert(seat) {
            return Err(invalid("The seat is named twice"));
        }
        seats.push(seat);
    }
    seats.sort_unstable();
    Ok(seats)
}

fn parse_best_available(body: &BestAvailableBody) -> Result<BestAvailable, ApiError> {
    let size = GroupSize::new(body.qty).ok_or_else(|| {
        ApiError::new(ErrorCode::QuantityOutOfRange)
            .with_member("requested", body.qty)
            .with_member("min", 1)
            .with_member("max", GROUP_SIZE_MAX)
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
    ApiError::new(ErrorCode::QuantityOutOfRange)
        .with_member("requested", requested)
        .with_member("min", 1)
        .with_member("max", quantity_max)
}
