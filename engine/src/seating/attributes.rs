//! Attributes of a seat, and sets of them.

use std::fmt;

/// Attribute of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// For a wheelchair user, or a person who needs this seat for another reason.
    Accessible,
    /// For a person who accompanies someone in an accessible seat.
    Companion,
    /// Part of the stage cannot be seen from here.
    RestrictedView,
    /// An aisle, or a passage along a wall, is on one side of the seat.
    Aisle,
    /// An aisle lies between this seat and the next one of the row, so they are not adjacent. Both are aisle seats.
    AisleAfter,
}

impl Attribute {
    /// All attributes.
    pub const ALL: [Self; 5] = [Self::Accessible, Self::Companion, Self::RestrictedView, Self::Aisle, Self::AisleAfter];

    /// The word in JSON and in CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accessible => "accessible",
            Self::Companion => "companion",
            Self::RestrictedView => "restricted_view",
            Self::Aisle => "aisle",
            Self::AisleAfter => "aisle_after",
        }
    }

    /// The attribute with this word; `None` if there is none.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.as_str() == word)
    }

    /// Stored in the database, so a new attribute must be added at the end of the enum.
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of attributes. One byte, because a layout can have 100,000 seats.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Attributes(u8);

impl Attributes {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// The set with one more attribute.
    #[must_use]
    pub fn including(self, attribute: Attribute) -> Self {
        Self(self.0 | attribute.bit())
    }

    /// Whether the attribute is in the set.
    pub fn has(self, attribute: Attribute) -> bool {
        self.0 & attribute.bit() != 0
    }

    /// The set as a number, one bit per attribute. This is its form in the database; the bits never change their
    /// meaning.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The set of a number; `None` if the number has a bit of no attribute.
    pub fn from_bits(bits: u8) -> Option<Self> {
        let all = Attribute::ALL.into_iter().fold(Self::NONE, Self::including);
        (bits & !all.0 == 0).then_some(Self(bits))
    }

    /// Whether the seat is accessible or a companion seat. Best available gives it to a group that did not ask for
    /// accessible seats only as a last choice.
    pub fn is_reserved(self) -> bool {
        self.has(Attribute::Accessible) || self.has(Attribute::Companion)
    }

    /// The attributes in the order of [`Attribute::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Attribute> {
        Attribute::ALL.into_iter().filter(move |attribute| self.has(*attribute))
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Attribute::as_str)).finish()
    }
}
