//! Fields that a request can omit, clear or set.

use serde::{Deserialize, Deserializer};

use crate::domain::change::Change;

/// Deserialises a field that is present: `null` is [`Change::Clear`]. An absent field must be [`Change::Keep`] by
/// `#[serde(default)]`.
pub fn deserialize_change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Change<T>, D::Error> {
    let value = Option::<T>::deserialize(deserializer)?;
    Ok(value.map_or(Change::Clear, Change::Set))
}
