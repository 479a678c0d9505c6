//! Creation and amendment of a venue: requests, unparsed and parsed.

use std::borrow::Cow;

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::seating::{Layout, LayoutDraft};
use boxoffice_engine::text;
use boxoffice_engine::text::{ADDRESS_LENGTH_MAX, VENUE_NAME_LENGTH_MAX};

use crate::fields::patch::{Change, parse_clearable, parse_required};

/// Request to create a venue, unparsed.
#[derive(Clone, Debug, Default)]
pub struct VenueDraft {
    pub name: String,
    pub address: Option<String>,
    pub layout: LayoutDraft,
}

/// A venue to create.
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
            name: parse_name(&draft.name)?,
            address: draft.address.as_deref().map(parse_address).transpose()?.flatten(),
            layout: draft.layout.try_into()?,
        })
    }
}

/// Request to amend a venue, unparsed.
#[derive(Clone, Debug, Default)]
pub struct VenuePatch {
    pub name: Change<String>,
    pub address: Change<String>,
    /// `None` keeps the layout.
    pub layout: Option<LayoutDraft>,
}

/// Changes to a venue. `None` keeps a field; `Some(None)` clears an optional field.
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
            name: parse_required("/name", patch.name, |text| parse_name(&text))?,
            address: parse_clearable(patch.address, |text| parse_address(&text))?.map(Option::flatten),
            layout: patch.layout.map(NextLayout::try_from).transpose()?,
        })
    }
}

/// New layout version for a venue that already has a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextLayout {
    layout: Layout,
    /// Otherwise the new version keeps the focal point of the newest one.
    focal_point_given: bool,
}

impl NextLayout {
    /// The layout, with the focal point of the venue's newest layout unless the request has one. `newest` is `None` if
    /// the venue has no layout.
    pub fn inherit_focal_point(&self, newest: Option<&Layout>) -> Cow<'_, Layout> {
        match newest.map(Layout::focal_point) {
            Some(point) if !self.focal_point_given && point != self.layout.focal_point() => {
                Cow::Owned(self.layout.clone().with_focal_point(point))
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

fn parse_name(text: &str) -> Result<String, Invalid> {
    text::parse_line("/name", text, VENUE_NAME_LENGTH_MAX)
}

/// Blank text becomes `None`.
fn parse_address(text: &str) -> Result<Option<String>, Invalid> {
    let text = text::parse_prose("/address", text, ADDRESS_LENGTH_MAX)?;
    Ok((!text.is_empty()).then_some(text))
}
