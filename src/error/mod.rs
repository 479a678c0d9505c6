//! The closed table of error codes: code, HTTP status, title, and whether repeating the same request can help.
//!
//! Every failure that a client sees has one of these codes. Handlers make an [`ApiError`] from a code, or let `?`
//! convert a refusal; they do not choose a status. `explanations` says what each code means to clients; docs/errors.md is
//! generated from both.

mod explanations; // meaning and advice of each code

pub use explanations::Explanation;

use serde::Serialize;
use serde_json::{Map, Value};

/// Whether repeating the same request can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same request will fail again.
    Never,
    /// The state may change by itself: the same request may succeed later.
    Later,
    /// Repeat exactly the same request after `Retry-After` seconds.
    Now,
}

macro_rules! error_codes {
    ($($variant:ident, $code:literal, $status:literal, $title:literal, $retry:ident;)*) => {
        /// An error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($variant,)* }

        impl ErrorCode {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in problem documents, on which clients match.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// Title of the problem document.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Whether repeating the same request can help.
            pub fn retry(self) -> Retry {
                match self { $(Self::$variant => Retry::$retry,)* }
            }
        }
    };
}

error_codes! {
    // The request is invalid.
    MalformedRequest,       "MALFORMED_REQUEST",        400, "The request cannot be read",                            Never;
    BodyTooLarge,           "BODY_TOO_LARGE",           413, "The body is larger than the limit",                     Never;
    UnsupportedMediaType,   "UNSUPPORTED_MEDIA_TYPE",   415, "The media type of the body is not supported",           Never;
    RouteNotFound,          "ROUTE_NOT_FOUND",          404, "There is no such route",                                Never;
    MethodNotAllowed,       "METHOD_NOT_ALLOWED",       405, "The route does not support this method",                Never;
    ValidationFailed,       "VALIDATION_FAILED",        422, "A field is not valid",                                  Never;
    QuantityOutOfRange,     "QUANTITY_OUT_OF_RANGE",    422, "The quantity is outside the allowed range",             Never;
    IdempotencyKeyReused,   "IDEMPOTENCY_KEY_REUSED",   422, "The idempotency key was used with another request",     Never;
    // The request is not allowed.
    InvalidPaymentToken,    "INVALID_PAYMENT_TOKEN",    403, "The payment token does not belong to this hold",        Never;
    SaleNotStarted,         "SALE_NOT_STARTED",         403, "The sale has not started",                              Later;
    // A resource does not exist.
    EventNotFound,          "EVENT_NOT_FOUND",          404, "There is no such event",                                Never;
    EventNotSeated,         "EVENT_NOT_SEATED",         404, "The event has no seat map",                             Never;
    PoolNotFound,           "POOL_NOT_FOUND",           404, "There is no such pool",                                 Never;
    VenueNotFound,          "VENUE_NOT_FOUND",          404, "There is no such venue",                                Never;
    LayoutNotFound,         "LAYOUT_NOT_FOUND",         404, "The venue has no such version of its layout",           Never;
    SeriesNotFound,         "SERIES_NOT_FOUND",         404, "There is no such series",                               Never;
    TicketTypeNotFound,     "TICKET_TYPE_NOT_FOUND",    404, "The event has no such ticket type",                     Never;
    SeatsNotFound,          "SEATS_NOT_FOUND",          404, "The event has no such seats",                           Never;
    SectionNotFound,        "SECTION_NOT_FOUND",        404, "The event has no such section of seats",                Never;
    HoldNotFound,           "HOLD_NOT_FOUND",           404, "There is no such hold",                                 Never;
    BlockNotFound,          "BLOCK_NOT_FOUND",          404, "The event has no such block",                           Never;
    BookingNotFound,        "BOOKING_NOT_FOUND",        404, "There is no such booking",                              Never;
    // The state of a resource does not allow the request.
    EventNotOnSale,         "EVENT_NOT_ON_SALE",        409, "The event is not on sale",                              Later;
    InsufficientSeats,      "INSUFFICIENT_SEATS",       409, "There is not enough capacity",                          Later;
    SeatsUnavailable,       "SEATS_UNAVAILABLE",        409, "Some of the seats are not available",                   Later;
    SeatsNotTogether,       "SEATS_NOT_TOGETHER",       409, "No group of seats of this size is available",           Later;
    LeavesOrphans,          "LEAVES_ORPHANS",           409, "The selection would leave single seats alone",          Never;
    NotInHold,              "NOT_IN_HOLD",              409, "The hold does not have these seats or quantities",      Never;
    PoolOfSeats,            "POOL_OF_SEATS",            409, "The capacity of the pool is its seats",                 Never;
    HoldNotActive,          "HOLD_NOT_ACTIVE",          409, "The hold was booked or released",                       Never;
    ExtensionLimitReached,  "EXTENSION_LIMIT_REACHED",  409, "The hold cannot be extended any further",               Never;
    CapacityBelowCommitted, "CAPACITY_BELOW_COMMITTED", 409, "The capacity is less than the committed quantity",      Later;
    IllegalTransition,      "ILLEGAL_TRANSITION",       409, "The event cannot change to this status",                Never;
    EventHasHistory,        "EVENT_HAS_HISTORY",        409, "The event has or had holds; cancel it instead",         Never;
    RequestInProgress,      "REQUEST_IN_PROGRESS",      409, "The first request with this key is still running",      Now;
    HoldExpired,            "HOLD_EXPIRED",             410, "The hold has expired",                                  Never;
    // The service has a problem.
    Overloaded,             "OVERLOADED",               503, "Too many requests are waiting",                         Now;
    Unavailable,            "UNAVAILABLE",              503, "The service is temporarily unavailable",                Now;
    OutcomeUnknown,         "OUTCOME_UNKNOWN",          503, "The outcome is unknown; repeat with the same key",      Now;
    Internal,               "INTERNAL",                 500, "An error in the service",                               Never;
}

/// Members of every problem document. [`ApiError::members`] must not use these names.
const STANDARD_MEMBERS: [&str; 6] = ["type", "title", "status", "detail", "code", "request_id"];

/// A failure, to be sent to the client as a problem document.
#[derive(Debug)]
pub struct ApiError {
    pub code: ErrorCode,
    /// Explanation of this error, for people.
    pub detail: Option<String>,
    /// Members of the problem document in addition to the standard ones.
    pub members: Map<String, Value>,
    /// Cause of the error. It is logged and not sent to the client.
    pub source: Option<anyhow::Error>,
}

impl ApiError {
    /// An error with just a code.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, detail: None, members: Map::new(), source: None }
    }

    /// `VALIDATION_FAILED`. `pointer` is the JSON pointer to the field in the body, or the name of a header or query
    /// parameter.
    pub fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::ValidationFailed).with_detail(detail).with_member("pointer", pointer)
    }

    /// `INTERNAL`: a bug in the service. The source is logged; the client gets only the code.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        Self { source: Some(source.into()), ..Self::new(ErrorCode::Internal) }
    }

    /// Sets the explanation.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a member to the problem document.
    #[must_use]
    pub fn with_member(mut self, member: &str, value: impl Serialize) -> Self {
        debug_assert!(!STANDARD_MEMBERS.contains(&member), "{member} would be in the problem document twice");
        // Values are numbers, strings, JSON values and lists of them, so serialising does not fail.
        self.members.insert(member.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}
