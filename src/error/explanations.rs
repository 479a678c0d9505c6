//! What the error codes mean to clients, and what to do about them.
//!
//! The page at `/docs/errors` and `docs/errors.md` are made from these texts. Text between backticks is code.

use super::ErrorCode;

/// Explanation of an error code, for the developers of clients.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    pub meaning: &'static str,
    /// What a client should do.
    pub advice: &'static str,
    /// Members of the problem document in addition to those of every one; empty if there are none.
    pub members: &'static str,
}

/// One entry per code. A code without an entry does not compile.
macro_rules! explanations {
    ($($variant:ident { meaning: $meaning:literal, advice: $advice:literal, members: $members:literal, })*) => {
        impl ErrorCode {
            /// Explanation for the developers of clients.
            pub fn explanation(self) -> Explanation {
                match self {
                    $(Self::$variant => Explanation { meaning: $meaning, advice: $advice, members: $members },)*
                }
            }
        }
    };
}

explanations! {
    MalformedRequest {
        meaning: "The body is not JSON, or is CSV that is not UTF-8, or an id in the path is not a UUID, or a version \
                  in the path is not a number.",
        advice: "Correct the client; `detail` says where the error is.",
        members: "",
    }
    BodyTooLarge {
        meaning: "The body is larger than 64 KiB; 1 MiB for creating events, dates or a block; 8 MiB for a venue.",
        advice: "Send a smaller body.",
        members: "`limit_bytes`",
    }
    UnsupportedMediaType {
        meaning: "The body's `Content-Type` is not `application/json` (venues take `text/csv` too), or the body is \
                  compressed.",
        advice: "Send the header, and the body as it is.",
        members: "",
    }
    RouteNotFound {
        meaning: "The service has no such route.",
        advice: "Compare the URL with `/openapi.json`.",
        members: "",
    }
    MethodNotAllowed {
        meaning: "The route exists, but not with this method.",
        advice: "Use a method of the `Allow` header.",
        members: "",
    }
    ValidationFailed {
        meaning: "The request can be read, but a field or header is missing, unknown, of the wrong type or out of \
                  range, or does not fit the present fields of the event.",
        advice: "Correct the field of `pointer` (a JSON pointer into the body, or the name of a header or query \
                 parameter).",
        members: "`pointer`, `min`, `max`, `ticket_type_id`, `seat_ids`, `seat_id`",
    }
    QuantityOutOfRange {
        meaning: "A quantity is outside the range that one hold may have of this ticket type, or in total.",
        advice: "Ask for `min` to `max`.",
        members: "`requested`, `min`, `max`, `ticket_type_id`",
    }
    IdempotencyKeyReused {
        meaning: "The key was used before, with another request.",
        advice: "Generate a new key for each new request; reuse it only for repeats.",
        members: "",
    }
    InvalidPaymentToken {
        meaning: "The token is missing or belongs to another hold. Nothing was changed.",
        advice: "Send the `payment_token` of the response that placed the hold.",
        members: "",
    }
    SaleNotStarted {
        meaning: "The event's sale opens at `starts_at`.",
        advice: "Wait until then, measured from `server_time` and not by your own clock.",
        members: "`starts_at`, `server_time`",
    }
    EventNotFound {
        meaning: "There is no such event.",
        advice: "Check the id.",
        members: "",
    }
    EventNotSeated {
        meaning: "The event is sold without numbered seats, so there is no seat map.",
        advice: "Read its pools: `GET /api/v1/events/{id}/status`.",
        members: "",
    }
    PoolNotFound {
        meaning: "There is no such pool.",
        advice: "Check the id.",
        members: "",
    }
    VenueNotFound {
        meaning: "There is no such venue.",
        advice: "Check the id.",
        members: "`pointer`, if a body names the venue",
    }
    LayoutNotFound {
        meaning: "The venue has no such version of its layout, or there is no such venue.",
        advice: "Use the `layout_version` of the venue or of the event.",
        members: "`pointer`, if a body names the version",
    }
    SeriesNotFound {
        meaning: "There is no such series.",
        advice: "Check the id.",
        members: "",
    }
    TicketTypeNotFound {
        meaning: "The event has no such ticket type.",
        advice: "Use one of the event's ticket types.",
        members: "`ticket_type_id`",
    }
    SeatsNotFound {
        meaning: "The event has no such seats, or no seats at all.",
        advice: "Use seat ids of the event's layout.",
        members: "`seat_ids`",
    }
    SectionNotFound {
        meaning: "The event's layout has no such section of seats.",
        advice: "Use a section name of the event's layout.",
        members: "",
    }
    HoldNotFound {
        meaning: "There is no such hold.",
        advice: "Check the id.",
        members: "",
    }
    BlockNotFound {
        meaning: "The event has no such block, or no longer.",
        advice: "After a lost response to its deletion, this means that it was deleted.",
        members: "",
    }
    BookingNotFound {
        meaning: "There is no such booking.",
        advice: "Check the id.",
        members: "",
    }
    EventNotOnSale {
        meaning: "The event is a draft, closed, cancelled, or its sale has ended.",
        advice: "Read the event; only its organiser can change this.",
        members: "`event_status`, `sale_ended_at`",
    }
    InsufficientSeats {
        meaning: "There is not enough capacity, and nothing was held.",
        advice: "With `held` above 0 capacity may come back: try again at `retry_at` (measured from `server_time`, \
                 not by your own clock), or ask for `available` or less. With `held` at 0 it is sold out. A null \
                 `retry_at` means that no hold's expiry could help. `shortages` has the same numbers for each pool \
                 without enough capacity, with its `pool_id` and the `ticket_type_ids` of the request that draw from \
                 it.",
        members: "`requested`, `available`, `held`, `retry_at`, `server_time`, `shortages`",
    }
    SeatsUnavailable {
        meaning: "Some of the seats are held, booked or blocked, and nothing was changed.",
        advice: "`seat_ids` are exactly the unavailable seats: choose others.",
        members: "`seat_ids`, `server_time`",
    }
    SeatsNotTogether {
        meaning: "No group of the requested size is available as requested, and nothing was changed.",
        advice: "Ask for `most` or fewer, or allow the group to be split more (`together`). With `most` at 0 no seat \
                 is left.",
        members: "`requested`, `most`, `server_time`",
    }
    LeavesOrphans {
        meaning: "The event refuses selections that leave single seats alone if that can be avoided.",
        advice: "Add the `seat_ids`, which would be left alone, or choose other seats.",
        members: "`seat_ids`",
    }
    NotInHold {
        meaning: "The request names seats or quantities that are not in the hold, and nothing was changed.",
        advice: "Read the hold; name only seats or quantities of it.",
        members: "`ticket_type_id`, `seat_ids`",
    }
    PoolOfSeats {
        meaning: "The capacity of the pool is its seats: it cannot be resized, and no quantity of it can be blocked.",
        advice: "Block seats by their ids.",
        members: "`capacity`",
    }
    HoldNotActive {
        meaning: "The hold has been booked or released.",
        advice: "Read the hold; place a new one if needed.",
        members: "`hold_status`",
    }
    ExtensionLimitReached {
        meaning: "The hold was extended as often as allowed, or was placed with the longest time to live.",
        advice: "Book before `expires_at`.",
        members: "`expires_at`",
    }
    CapacityBelowCommitted {
        meaning: "The new capacity would be less than the quantity that is held, booked and blocked.",
        advice: "Ask for `least` or more; expired holds lower it.",
        members: "`requested`, `least`",
    }
    IllegalTransition {
        meaning: "The event cannot change from its status to this one.",
        advice: "Read the event; draft → on_sale → closed, and any → cancelled.",
        members: "`from`, `to`",
    }
    EventHasHistory {
        meaning: "The event has or had holds or bookings, so it cannot be deleted.",
        advice: "Cancel it instead.",
        members: "",
    }
    RequestInProgress {
        meaning: "The first request with this `Idempotency-Key` is still running.",
        advice: "Wait for `Retry-After`, then repeat the request to get the first one's response.",
        members: "",
    }
    HoldExpired {
        meaning: "The hold's time had passed, or an operator ended it.",
        advice: "Place a new hold.",
        members: "`expired_at`, `server_time`",
    }
    Overloaded {
        meaning: "Too many requests are waiting. Nothing was done.",
        advice: "Repeat after `Retry-After`.",
        members: "",
    }
    Unavailable {
        meaning: "The database could not be reached, or was too busy to answer in time. Nothing was done.",
        advice: "Repeat after `Retry-After`.",
        members: "",
    }
    OutcomeUnknown {
        meaning: "The request was begun, but its result did not come in time, or the connection to the database broke \
                  at COMMIT, or a bug in the service stopped it: it may or may not have been executed.",
        advice: "Repeat with the same key: you get the response of the first request if it was executed. A hold \
                 without a key, if it was placed, ends with its time to live.",
        members: "",
    }
    Internal {
        meaning: "An error in the service.",
        advice: "Report the `request_id`.",
        members: "",
    }
}
