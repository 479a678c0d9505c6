//! What is special about a seat: a small set of words.

use std::fmt;

/// One thing that is special about a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// For somebody in a wheelchair, or who otherwise needs this place.
    Accessible,
    /// For who comes with somebody on an accessible seat.
    Companion,
    RestrictedView,
    /// An aisle lies on one side of it, or a wall that leaves the way free.
    Aisle,
    /// An aisle lies between this seat and the next of its row: they are no neighbours. Both are aisle seats.
    AisleAfter,
}

impl Attribute {
    pub const ALL: [Self; 5] = [Self::Accessible, Self::Companion, Self::RestrictedView, Self::Aisle, Self::AisleAfter];

    /// The word for it, everywhere: in JSON, in CSV, in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accessible => "accessible",
            Self::Companion => "companion",
            Self::RestrictedView => "restricted_view",
            Self::Aisle => "aisle",
            Self::AisleAfter => "aisle_after",
        }
    }

    /// `None` if it is none of the words.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.as_str() == word)
    }

    /// Kept in databases: an attribute that is new comes last.
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of them, in a byte: a event_seats has tens of thousands of seats.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Attributes(u8);

impl Attributes {
    pub const NONE: Self = Self(0);

    #[must_use]
    pub fn with(self, attribute: Attribute) -> Self {
        Self(self.0 | attribute.bit())
    }

    pub fn has(self, attribute: Attribute) -> bool {
        self.0 & attribute.bit() != 0
    }

    /// The set as a number, for where there is no room for words. It means the same for ever.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// `None` if the number has bits that no attribute has.
    pub fn from_bits(bits: u8) -> Option<Self> {
        let all = Attribute::ALL.into_iter().fold(Self::NONE, Self::with);
        (bits & !all.0 == 0).then_some(Self(bits))
    }

    /// Whether the seat is kept for those who need it: best available gives it to others only when nothing else is left.
    pub fn is_reserved(self) -> bool {
        self.has(Attribute::Accessible) || self.has(Attribute::Companion)
    }

    /// In the order of [`Attribute::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Attribute> {
        Attribute::ALL.into_iter().filter(move |attribute| self.has(*attribute))
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Attribute::as_str)).finish()
    }
}
