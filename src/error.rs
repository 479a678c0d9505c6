//! The closed table of error codes: code | HTTP status | title | whether repeating the same request can help.
//!
//! Every failure that a client sees is one of these. Handlers make an [`ApiError`] from a code or let `?` convert a
//! refusal; none of them chooses a status. `docs/errors.md` tells readers what to do; a test keeps it equal to this table.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

/// What a client is advised to do with the same request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request will fail again.
    Never,
    /// The state may change by itself: another time may be better.
    Later,
    /// Repeat it, after `Retry-After`.
    Now,
}

macro_rules! error_codes {
    ($($variant:ident, $code:literal, $status:ident, $title:literal, $retry:ident;)*) => {
        /// A code of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($variant,)* }

        impl ErrorCode {
            /// The whole table, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// What clients match on.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            pub fn retry(self) -> Retry {
                match self { $(Self::$variant => Retry::$retry,)* }
            }
        }
    };
}

error_codes! {
    // What the request is.
    MalformedRequest,       "MALFORMED_REQUEST",        BAD_REQUEST,            "The request cannot be read",                            Never;
    BodyTooLarge,           "BODY_TOO_LARGE",           PAYLOAD_TOO_LARGE,      "The body is larger than the limit",                     Never;
    UnsupportedMediaType,   "UNSUPPORTED_MEDIA_TYPE",   UNSUPPORTED_MEDIA_TYPE, "The body is of a type that is not taken here",          Never;
    RouteNotFound,          "ROUTE_NOT_FOUND",          NOT_FOUND,              "There is nothing at this address",                      Never;
    MethodNotAllowed,       "METHOD_NOT_ALLOWED",       METHOD_NOT_ALLOWED,     "This address does not take this method",                Never;
    ValidationFailed,       "VALIDATION_FAILED",        UNPROCESSABLE_ENTITY,   "A field is not valid",                                  Never;
    QuantityOutOfRange,     "QUANTITY_OUT_OF_RANGE",    UNPROCESSABLE_ENTITY,   "The quantity is outside what one hold may have",        Never;
    IdempotencyKeyReused,   "IDEMPOTENCY_KEY_REUSED",   UNPROCESSABLE_ENTITY,   "The idempotency key belongs to another request",        Never;
    // Who may.
    InvalidPaymentToken,    "INVALID_PAYMENT_TOKEN",    FORBIDDEN,              "The payment token does not belong to this hold",        Never;
    SaleNotStarted,         "SALE_NOT_STARTED",         FORBIDDEN,              "The sale has not started",                              Later;
    // What exists.
    EventNotFound,          "EVENT_NOT_FOUND",          NOT_FOUND,              "There is no such event",                                Never;
    EventNotSeated,         "EVENT_NOT_SEATED",         NOT_FOUND,              "The event has no seat map",                             Never;
    PoolNotFound,           "POOL_NOT_FOUND",           NOT_FOUND,              "There is no such pool",                                 Never;
    VenueNotFound,          "VENUE_NOT_FOUND",          NOT_FOUND,              "There is no such venue",                                Never;
    LayoutNotFound,         "LAYOUT_NOT_FOUND",         NOT_FOUND,              "The venue has no such version of its layout",           Never;
    SeriesNotFound,         "SERIES_NOT_FOUND",         NOT_FOUND,              "There is no such series",                               Never;
    TicketTypeNotFound,     "TICKET_TYPE_NOT_FOUND",    NOT_FOUND,              "The event has no such ticket type",                     Never;
    SeatsNotFound,          "SEATS_NOT_FOUND",          NOT_FOUND,              "The event has no such seats",                           Never;
    SectionNotFound,        "SECTION_NOT_FOUND",        NOT_FOUND,              "The event has no such section of seats",                Never;
    HoldNotFound,           "HOLD_NOT_FOUND",           NOT_FOUND,              "There is no such hold",                                 Never;
    BlockNotFound,          "BLOCK_NOT_FOUND",          NOT_FOUND,              "The event has no such block",                           Never;
    BookingNotFound,        "BOOKING_NOT_FOUND",        NOT_FOUND,              "There is no such booking",                              Never;
    // What state it is in.
    EventNotOnSale,         "EVENT_NOT_ON_SALE",        CONFLICT,               "The event is not on sale",                              Later;
    InsufficientSeats,      "INSUFFICIENT_SEATS",       CONFLICT,               "There is not enough room",                              Later;
    SeatsUnavailable,       "SEATS_UNAVAILABLE",        CONFLICT,               "Some of the seats are gone",                            Later;
    SeatsNotTogether,       "SEATS_NOT_TOGETHER",       CONFLICT,               "There are not so many seats together",                  Later;
    LeavesOrphans,          "LEAVES_ORPHANS",           CONFLICT,               "The selection would leave single seats alone",          Never;
    NotInHold,              "NOT_IN_HOLD",              CONFLICT,               "The hold does not have what shall be booked",           Never;
    PoolOfSeats,            "POOL_OF_SEATS",            CONFLICT,               "The places of the pool are its seats",                  Never;
    HoldNotActive,          "HOLD_NOT_ACTIVE",          CONFLICT,               "The hold has ended",                                    Never;
    ExtensionLimitReached,  "EXTENSION_LIMIT_REACHED",  CONFLICT,               "The hold cannot be extended any further",               Never;
    CapacityBelowCommitted, "CAPACITY_BELOW_COMMITTED", CONFLICT,               "The capacity would be less than what is committed", Later;
    IllegalTransition,      "ILLEGAL_TRANSITION",       CONFLICT,               "The event cannot move to this status",                  Never;
    EventHasHistory,        "EVENT_HAS_HISTORY",        CONFLICT,               "Something was held or sold; cancel the event instead",  Never;
    RequestInProgress,      "REQUEST_IN_PROGRESS",      CONFLICT,               "The first request with this key is still running",      Now;
    HoldExpired,            "HOLD_EXPIRED",             GONE,                   "The hold has expired",                                  Never;
    // How the service is.
    Overloaded,             "OVERLOADED",               SERVICE_UNAVAILABLE,    "Too many requests are waiting",                         Now;
    Unavailable,            "UNAVAILABLE",              SERVICE_UNAVAILABLE,    "The service cannot reach its database in time",         Now;
    OutcomeUnknown,         "OUTCOME_UNKNOWN",          SERVICE_UNAVAILABLE,    "The outcome is unknown; repeat with the same key",      Now;
    Internal,               "INTERNAL",                 INTERNAL_SERVER_ERROR,  "Something is wrong on our side",                        Never;
}

/// What every problem document has. No error has a member of these names.
const STANDARD_MEMBERS: [&str; 6] = ["type", "title", "status", "detail", "code", "request_id"];

/// A failure on its way to the client: a code, a sentence, and the numbers that the client needs to go on.
#[derive(Debug)]
pub struct ApiError {
    pub code: ErrorCode,
    pub detail: Option<String>,
    /// Members of the problem document beside the standard ones.
    pub members: Map<String, Value>,
    /// What the log shall have and the client shall not.
    pub source: Option<anyhow::Error>,
}

impl ApiError {
    pub fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, members: Map::new(), source: None }
    }

    /// A field is not valid. `pointer` is its JSON pointer in the body, or the name of a header or query parameter.
    pub fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::ValidationFailed).detail(detail).with("pointer", pointer)
    }

    /// Something that cannot happen did. The client learns that it was not its fault, the log learns the rest.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        Self { source: Some(source.into()), ..Self::new(ErrorCode::Internal) }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Tells the client one thing more, under a name of its own.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Serialize) -> Self {
        debug_assert!(!STANDARD_MEMBERS.contains(&member), "{member} would be in the problem document twice");
        // Only numbers, strings and lists of them are ever given, and those serialise.
        self.members.insert(member.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}
