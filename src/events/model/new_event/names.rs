//! Checks on lists in a request: number of entries, and unique names.

use std::collections::BTreeMap;

use boxoffice_engine::invalid::Invalid;

/// Checks that a list has 1 to `max` entries.
pub fn check_entry_count(pointer: &str, count: usize, max: usize) -> Result<(), Invalid> {
    if (1..=max).contains(&count) {
        Ok(())
    } else {
        Err(Invalid::new(pointer, format!("must have 1 to {max} entries")))
    }
}

/// Names seen so far, each with the JSON pointer to its entry.
pub struct UniqueNames(BTreeMap<String, String>);

impl UniqueNames {
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds the name of the entry at `pointer`; an error if another entry has it.
    pub fn add(&mut self, pointer: &str, name: &str) -> Result<(), Invalid> {
        match self.0.insert(name.to_owned(), pointer.to_owned()) {
            None => Ok(()),
            Some(first) => {
                Err(Invalid::new(format!("{pointer}/name"), format!("must be unique; {first} has the same name")))
            }
        }
    }
}
