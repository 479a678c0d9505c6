//! A field that is not valid: where it is, and what would be.

/// Parsing stops at the first one. It has a place and a sentence, and no code: the edge gives it one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Invalid {
    /// A JSON pointer into the body (RFC 6901), or the name of a query parameter.
    pub pointer: String,
    /// What a valid value looks like, in a sentence for the client.
    pub detail: String,
}

impl Invalid {
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }

    /// Moves the place into a part of the document: `/name` inside `/pools/2` is `/pools/2/name`.
    #[must_use]
    pub fn inside(mut self, parent: &str) -> Self {
        self.pointer.insert_str(0, parent);
        self
    }
}
