//! Validation error: the field that is invalid, and what a valid value looks like.

/// An invalid field. Parsing stops at the first one. It has no error code; the HTTP layer adds that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Invalid {
    /// A JSON pointer into the body (RFC 6901), or the name of a query parameter.
    pub pointer: String,
    /// Description of a valid value, as a sentence for the client.
    pub detail: String,
}

impl Invalid {
    /// An error for the field at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }

    /// Puts `parent` before the pointer: `/name` with parent `/pools/2` becomes `/pools/2/name`.
    #[must_use]
    pub fn with_parent(mut self, parent: &str) -> Self {
        self.pointer.insert_str(0, parent);
        self
    }
}
