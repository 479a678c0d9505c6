//! Lists of a request: how long they are, and that their entries have names of their own.

use std::collections::BTreeMap;

use crate::domain::invalid::Invalid;

pub(in crate::domain) fn counted(pointer: &str, count: usize, max: usize) -> Result<(), Invalid> {
    if (1..=max).contains(&count) {
        Ok(())
    } else {
        Err(Invalid::new(pointer, format!("must have 1 to {max} entries")))
    }
}

/// The names seen so far, with the place of each.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn add(&mut self, place: &str, name: &str) -> Result<(), Invalid> {
        match self.0.insert(name.to_owned(), place.to_owned()) {
            None => Ok(()),
            Some(first) => {
                Err(Invalid::new(format!("{place}/name"), format!("must be unique; {first} has the same name")))
            }
        }
    }
}
