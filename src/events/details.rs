//! What describes an event: one struct, its form in requests and responses, its rules, and its form in the database.
//!
//! No rule of sale depends on these fields, so the engine carries them unread ([`OpaqueDetails`]). A new field is
//! written here, in a migration, in the statement that inserts events and in the one that amends them.

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::model::event::{DetailsChanges, OpaqueDetails, check_end_after_start};
use boxoffice_engine::text;
use boxoffice_engine::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;

use super::model::event_fields::parse_instant;
use crate::fields::patch::{Change, parse_clearable, parse_required};
use crate::fields::time_zone::{TIME_ZONE_DEFAULT, canonical_zone, local_rfc3339};
use crate::http::timestamp::Timestamp;

/// Longest address of a picture, in characters. The schema has the same limit.
pub const IMAGE_URL_LENGTH_MAX: usize = 2_048;

/// What describes an event. Each field has the name of its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetails {
    pub name: String,
    pub description: Option<String>,
    pub venue_name: Option<String>,
    /// Address of a picture, with the scheme https.
    pub image_url: Option<String>,
    #[serde(with = "instant_column")]
    pub starts_at: Option<Instant>,
    #[serde(with = "instant_column")]
    pub ends_at: Option<Instant>,
    /// IANA name of the zone for displayed times.
    pub time_zone: String,
}

/// Fields of a request to create an event, unparsed.
#[derive(Clone, Debug, Default)]
pub struct DetailsDraft {
    pub name: String,
    pub description: Option<String>,
    pub venue_name: Option<String>,
    pub image_url: Option<String>,
    pub starts_at: Option<String>,
    pub ends_at: Option<String>,
    pub time_zone: Option<String>,
}

/// Fields of a request to amend an event, unparsed.
#[derive(Clone, Debug, Default)]
pub struct DetailsPatch {
    pub name: Change<String>,
    pub description: Change<String>,
    pub venue_name: Change<String>,
    pub image_url: Change<String>,
    pub starts_at: Change<String>,
    pub ends_at: Change<String>,
    pub time_zone: Change<String>,
}

/// Declares the body of a request that creates an event: the descriptive members, and those in braces.
///
/// Serde cannot do this: `flatten` loses the pointers of faults, and with it unknown members are found too late. The
/// order of the members is part of the fingerprint of a request, so none of them may move. A member that is added must
/// be skipped where it is absent.
macro_rules! create_body {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $body:ident { after_name { $($after_name:tt)* } last { $($last:tt)* } }
    ) => {
        $(#[$attribute])*
        $visibility struct $body {
            #[schema(min_length = 1, max_length = 200)]
            name: String,
            $($after_name)*
            #[schema(max_length = 5000)]
            description: Option<String>,
            /// Name of the venue as shown to buyers. Default: the name of the venue in `venue_id`, if there is one.
            #[schema(min_length = 1, max_length = 200)]
            venue_name: Option<String>,
            /// Address of a picture: an absolute `https` URL. It is stored in its normal form: the host in lower case,
            /// other characters than ASCII percent-encoded.
            #[schema(format = "uri", max_length = 2048, example = "https://images.example.com/winter-concert.jpg")]
            #[serde(skip_serializing_if = "Option::is_none")]
            image_url: Option<String>,
            #[schema(format = DateTime, example = "2027-03-01T20:00:00+01:00")]
            starts_at: Option<String>,
            /// Must be after `starts_at`.
            #[schema(format = DateTime, example = "2027-03-01T22:30:00+01:00")]
            ends_at: Option<String>,
            /// IANA name of the event's time zone, used for its local times. Default: UTC.
            #[schema(example = "Europe/Berlin")]
            time_zone: Option<String>,
            $($last)*
        }

        impl $body {
            /// Moves the descriptive members out of the body.
            fn take_details(&mut self) -> $crate::events::details::DetailsDraft {
                $crate::events::details::DetailsDraft {
                    name: std::mem::take(&mut self.name),
                    description: self.description.take(),
                    venue_name: self.venue_name.take(),
                    image_url: self.image_url.take(),
                    starts_at: self.starts_at.take(),
                    ends_at: self.ends_at.take(),
                    time_zone: self.time_zone.take(),
                }
            }
        }
    };
}
pub(super) use create_body;

/// Declares the body of a request that amends an event: the descriptive members, and those in braces.
macro_rules! amend_body {
    ($(#[$attribute:meta])* $visibility:vis struct $body:ident { last { $($last:tt)* } }) => {
        $(#[$attribute])*
        $visibility struct $body {
            /// Cannot be cleared.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
            name: Change<String>,
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<String>, max_length = 5000)]
            description: Change<String>,
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
            venue_name: Change<String>,
            /// Address of a picture: an absolute `https` URL.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<String>, format = "uri", max_length = 2048)]
            image_url: Change<String>,
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<String>, format = DateTime)]
            starts_at: Change<String>,
            /// Must be after `starts_at`.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = Option<String>, format = DateTime)]
            ends_at: Change<String>,
            /// IANA name. Cannot be cleared.
            #[serde(default, deserialize_with = "deserialize_change")]
            #[schema(value_type = String, required = false, example = "Europe/Berlin")]
            time_zone: Change<String>,
            $($last)*
        }

        impl $body {
            /// Moves the descriptive members out of the body.
            fn take_details(&mut self) -> $crate::events::details::DetailsPatch {
                $crate::events::details::DetailsPatch {
                    name: std::mem::take(&mut self.name),
                    description: std::mem::take(&mut self.description),
                    venue_name: std::mem::take(&mut self.venue_name),
                    image_url: std::mem::take(&mut self.image_url),
                    starts_at: std::mem::take(&mut self.starts_at),
                    ends_at: std::mem::take(&mut self.ends_at),
                    time_zone: std::mem::take(&mut self.time_zone),
                }
            }
        }
    };
}
pub(super) use amend_body;

/// The descriptive members of an event's response.
#[derive(Serialize, ToSchema)]
pub struct DetailsBody<'a> {
    #[schema(example = "Winter concert")]
    name: &'a str,
    description: Option<&'a str>,
    #[schema(example = "City Hall")]
    venue_name: Option<&'a str>,
    /// Address of a picture, with the scheme `https`.
    #[schema(format = "uri", example = "https://images.example.com/winter-concert.jpg")]
    image_url: Option<&'a str>,
    starts_at: Option<Timestamp>,
    /// `starts_at` in the event's time zone.
    #[schema(format = DateTime, example = "2027-03-01T20:00:00+01:00")]
    starts_at_local: Option<String>,
    ends_at: Option<Timestamp>,
    /// `ends_at` in the event's time zone.
    #[schema(format = DateTime, example = "2027-03-01T22:30:00+01:00")]
    ends_at_local: Option<String>,
    /// IANA name of the event's time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: &'a str,
}

impl<'a> From<&'a EventDetails> for DetailsBody<'a> {
    fn from(details: &'a EventDetails) -> Self {
        let local = |time: Option<Instant>| time.map(|time| local_rfc3339(time, &details.time_zone));
        Self {
            name: &details.name,
            description: details.description.as_deref(),
            venue_name: details.venue_name.as_deref(),
            image_url: details.image_url.as_deref(),
            starts_at: details.starts_at.map(Timestamp),
            starts_at_local: local(details.starts_at),
            ends_at: details.ends_at.map(Timestamp),
            ends_at_local: local(details.ends_at),
            time_zone: &details.time_zone,
        }
    }
}

impl TryFrom<&DetailsDraft> for EventDetails {
    type Error = Invalid;

    fn try_from(draft: &DetailsDraft) -> Result<Self, Invalid> {
        let instant =
            |pointer, text: &Option<String>| text.as_deref().map(|text| parse_instant(pointer, text)).transpose();
        let details = Self {
            name: parse_name(&draft.name)?,
            description: draft.description.as_deref().map(parse_description).transpose()?.flatten(),
            venue_name: draft.venue_name.as_deref().map(parse_venue_name).transpose()?,
            image_url: draft.image_url.as_deref().map(parse_image_url).transpose()?,
            starts_at: instant("/starts_at", &draft.starts_at)?,
            ends_at: instant("/ends_at", &draft.ends_at)?,
            time_zone: parse_time_zone(draft.time_zone.as_deref().unwrap_or(TIME_ZONE_DEFAULT))?,
        };
        details.validate_times()?;
        Ok(details)
    }
}

impl DetailsPatch {
    /// Parses the given fields. `None` if there is none.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn parse(self) -> Result<Option<DetailsChanges>, Invalid> {
        let mut members = Map::new();
        set(&mut members, "name", parse_required("/name", self.name, |text| parse_name(&text))?);
        // Blank text clears the description, because at creation it means none.
        let description = parse_clearable(self.description, |text| parse_description(&text))?;
        set(&mut members, "description", description.map(Option::flatten));
        set(&mut members, "venue_name", parse_clearable(self.venue_name, |text| parse_venue_name(&text))?);
        set(&mut members, "image_url", parse_clearable(self.image_url, |text| parse_image_url(&text))?);
        let instant = |pointer, change| {
            parse_clearable(change, |text: String| parse_instant(pointer, &text).map(instant_column::text))
        };
        set(&mut members, "starts_at", instant("/starts_at", self.starts_at)?);
        set(&mut members, "ends_at", instant("/ends_at", self.ends_at)?);
        set(&mut members, "time_zone", parse_required("/time_zone", self.time_zone, |text| parse_time_zone(&text))?);
        Ok((!members.is_empty()).then_some(DetailsChanges { members, validate }))
    }
}

/// Sets a member if its field changes.
fn set(members: &mut Map<String, Value>, column: &str, change: Option<impl Into<Value>>) {
    if let Some(value) = change {
        members.insert(column.to_owned(), value.into());
    }
}

fn parse_name(text: &str) -> Result<String, Invalid> {
    text::parse_line("/name", text, text::EVENT_NAME_LENGTH_MAX)
}

/// Parses a description, of an event or of a series. Blank text becomes `None`.
///
/// # Errors
/// The text is too long, or has control characters.
pub fn parse_description(text: &str) -> Result<Option<String>, Invalid> {
    let text = text::parse_prose("/description", text, text::DESCRIPTION_LENGTH_MAX)?;
    Ok((!text.is_empty()).then_some(text))
}

fn parse_venue_name(text: &str) -> Result<String, Invalid> {
    text::parse_line("/venue_name", text, text::VENUE_NAME_LENGTH_MAX)
}

/// The URL in its normal form: blanks, double quotes and angle brackets are encoded, apostrophes are not. Credentials are
/// refused, because everybody can read the URL.
fn parse_image_url(text: &str) -> Result<String, Invalid> {
    const POINTER: &str = "/image_url";
    let text = text::parse_line(POINTER, text, IMAGE_URL_LENGTH_MAX)?;
    let not_https =
        || Invalid::new(POINTER, "must be an absolute https URL, such as https://images.example.com/concert.jpg");
    // A browser would accept blanks, backslashes and `https:example.com`. They are rather mistakes than addresses.
    let is_written_in_full =
        text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")) && !text[8..].starts_with('/');
    if !is_written_in_full || text.contains(|character: char| character.is_whitespace() || character == '\\') {
        return Err(not_https());
    }
    let url = Url::parse(&text).map_err(|_| not_https())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Invalid::new(POINTER, "must not contain a user name or password"));
    }
    // Encoding makes it longer.
    text::parse_line(POINTER, url.as_str(), IMAGE_URL_LENGTH_MAX)
}

fn parse_time_zone(name: &str) -> Result<String, Invalid> {
    let unknown = || Invalid::new("/time_zone", "must be the IANA name of a time zone, such as Europe/Berlin");
    canonical_zone(name).ok_or_else(unknown)
}

impl EventDetails {
    fn validate_times(&self) -> Result<(), Invalid> {
        check_end_after_start("/ends_at", self.starts_at, self.ends_at)
    }
}

/// Rules for the details as a whole, for the engine.
fn validate(details: &OpaqueDetails) -> Result<(), Invalid> {
    // A row that this version cannot read was not written by it. The CHECK of its times guards it all the same.
    EventDetails::try_from(details).map_or(Ok(()), |details| details.validate_times())
}

impl TryFrom<&OpaqueDetails> for EventDetails {
    type Error = serde_json::Error;

    /// Reads details from the event's row; other members are ignored.
    fn try_from(details: &OpaqueDetails) -> Result<Self, serde_json::Error> {
        Self::deserialize(&details.0)
    }
}

/// Instants in JSON as `to_jsonb` prints a `timestamptz`: RFC 3339 with the offset `+00:00`. Connections use UTC.
mod instant_column {
    use boxoffice_engine::time::{Instant, parse_rfc3339, rfc3339};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn text(instant: Instant) -> String {
        rfc3339(instant).replace('Z', "+00:00")
    }

    pub fn serialize<S: Serializer>(instant: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
        instant.map(text).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Instant>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let instant = |text: String| parse_rfc3339(&text).ok_or_else(|| D::Error::custom(format!("no time: {text}")));
        text.map(instant).transpose()
    }
}
