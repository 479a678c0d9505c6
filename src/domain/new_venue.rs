//! A venue to be created or amended, parsed from what a request says.

use std::borrow::Cow;

use super::change::{Change, clearable, required};
use super::invalid::Invalid;
use super::seating::{Layout, LayoutDraft};
use super::text::{self, ADDRESS_LENGTH_MAX, VENUE_NAME_LENGTH_MAX};

/// The request, unparsed.
#[derive(Clone, Debug, Default)]
pub struct VenueDraft {
    pub name: String,
    pub address: Option<String>,
    pub layout: LayoutDraft,
}

/// Parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVenue {
    pub name: String,
    pub address: Option<String>,
    pub layout: Layout,
}

impl TryFrom<VenueDraft> for NewVenue {
    type Error = Invalid;

    fn try_from(draft: VenueDraft) -> Result<Self, Invalid> {
        Ok(Self {
            name: name(&draft.name)?,
            address: draft.address.as_deref().map(address).transpose()?.flatten(),
            layout: draft.layout.try_into()?,
        })
    }
}

/// What a request wants changed, unparsed.
#[derive(Clone, Debug, Default)]
pub struct VenuePatch {
    pub name: Change<String>,
    pub address: Change<String>,
    /// Absent: it stays.
    pub layout: Option<LayoutDraft>,
}

/// Changes to a venue. `None` keeps a field; where a field may be absent, `Some(None)` clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VenueChanges {
    pub name: Option<String>,
    pub address: Option<Option<String>>,
    pub layout: Option<NextLayout>,
}

impl TryFrom<VenuePatch> for VenueChanges {
    type Error = Invalid;

    fn try_from(patch: VenuePatch) -> Result<Self, Invalid> {
        Ok(Self {
            name: required("/name", patch.name, |text| name(&text))?,
            address: clearable(patch.address, |text| address(&text))?.map(Option::flatten),
            layout: patch.layout.map(NextLayout::try_from).transpose()?,
        })
    }
}

/// A layout for a venue that has one already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextLayout {
    layout: Layout,
    /// Otherwise people look where they did before.
    focal_point_given: bool,
}

impl NextLayout {
    /// What the layout is when it follows this one. `None` if there is none to follow.
    pub fn after(&self, newest: Option<&Layout>) -> Cow<'_, Layout> {
        match newest.map(Layout::focal_point) {
            Some(point) if !self.focal_point_given && point != self.layout.focal_point() => {
                Cow::Owned(self.layout.clone().looking_at(point))
            }
            _ => Cow::Borrowed(&self.layout),
        }
    }
}

impl TryFrom<LayoutDraft> for NextLayout {
    type Error = Invalid;

    fn try_from(draft: LayoutDraft) -> Result<Self, Invalid> {
        Ok(Self { focal_point_given: draft.focal_point.is_some(), layout: draft.try_into()? })
    }
}

fn name(text: &str) -> Result<String, Invalid> {
    text::line("/name", text, VENUE_NAME_LENGTH_MAX)
}

/// Text without content is no address.
fn address(text: &str) -> Result<Option<String>, Invalid> {
    let text = text::prose("/address", text, ADDRESS_LENGTH_MAX)?;
    Ok((!text.is_empty()).then_some(text))
}
