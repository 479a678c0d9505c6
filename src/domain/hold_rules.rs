//! The service-wide rules of holds. Settings fill them at start; `inventory::decide` takes them as an argument.

/// What a hold may be, where the event does not say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldRules {
    /// How long a hold lives when neither the request nor the event says.
    pub ttl_seconds_default: u32,
    /// The most that one hold may contain, all items together. An event can lower it, never raise it.
    pub quantity_max: u32,
    /// The longest life of a hold, counted from when it was placed, however often it is extended.
    pub lifetime_seconds_max: u32,
    /// How often a hold can be extended.
    pub extensions_max: u32,
}
