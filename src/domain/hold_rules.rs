//! Service-wide rules for holds. Set from the configuration at start and passed to `inventory::decide` as an argument.

/// Limits and defaults for holds. An event can have a lower `quantity_max` and another default time to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldRules {
    /// Time to live in seconds if neither the request nor the event has one.
    pub ttl_seconds_default: u32,
    /// Largest quantity of one hold in places, all items together. An event can lower it, but not raise it.
    pub quantity_max: u32,
    /// Longest life in seconds that extensions can give a hold, from its creation.
    pub lifetime_seconds_max: u32,
    /// Largest number of extensions of one hold.
    pub extensions_max: u32,
}
