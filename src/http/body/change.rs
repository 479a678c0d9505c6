//! Fields that a request may leave out, clear or set.

use serde::{Deserialize, Deserializer};

use crate::domain::change::Change;

/// Tells `null` from a field that is not there: that one is `ResponseToStore`, by default.
pub fn change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Change<T>, D::Error> {
    let value = Option::<T>::deserialize(deserializer)?;
    Ok(value.map_or(Change::Clear, Change::Set))
}
