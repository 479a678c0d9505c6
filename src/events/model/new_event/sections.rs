//! Pools of an event at a venue: one per section of the layout, or one per price zone of a section.

use std::ops::Range;

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::quantity::{CAPACITY_PER_EVENT_MAX, Capacity};
use boxoffice_engine::seating::{Layout, Section, SectionIndex, SectionKind};
use boxoffice_engine::text;
use boxoffice_engine::text::POOL_NAME_LENGTH_MAX;

use super::names::{UniqueNames, check_entry_count};
use super::{EventDraft, LayoutPart, NewPool, POOLS_PER_SEATED_EVENT_MAX, PriceZoneDraft};
use crate::venues::model::venue::VenueLayout;

/// The pools in the layout's order. Pools of one section are ordered by their first rows, from front to back.
pub fn pools(draft: &EventDraft, venue: &VenueLayout) -> Result<Vec<NewPool>, Invalid> {
    let layout = &venue.layout;
    let zones = PriceZones::parse(draft.price_zones.as_deref(), layout)?;
    let section_pools = |(section, number): (&Section, u16)| match &section.kind {
        SectionKind::Seated { rows } => zones.pools(layout, section, SectionIndex(number), rows.clone()),
        SectionKind::GeneralAdmission { capacity } => vec![NewPool {
            name: section.name.clone(),
            capacity: *capacity,
            part: Some(LayoutPart {
                section: SectionIndex(number),
                section_name: section.name.clone(),
                price_zone: None,
                seats: Vec::new(),
            }),
        }],
    };
    let pools: Vec<NewPool> = layout.sections().iter().zip(0..).flat_map(section_pools).collect();
    // Without price zones there is one pool per section, which is within the limit, so the zones are at fault.
    if pools.len() > POOLS_PER_SEATED_EVENT_MAX {
        let detail = format!("must not divide the layout into more than {POOLS_PER_SEATED_EVENT_MAX} pools");
        return Err(Invalid::new("/price_zones", detail));
    }
    let total: u64 = pools.iter().map(|pool| u64::from(pool.capacity.get())).sum();
    if total > u64::from(CAPACITY_PER_EVENT_MAX) {
        let detail = format!("must be a venue whose layout has at most {CAPACITY_PER_EVENT_MAX} places");
        return Err(Invalid::new("/venue_id", detail));
    }
    Ok(pools)
}

/// A price zone: some rows of a seated section.
struct PriceZone {
    name: String,
    /// Name of the zone's pool.
    pool_name: String,
}

/// The rows of a section that form one pool.
struct SectionPart {
    /// Index of their zone; `None`: the rows outside all zones.
    zone: Option<usize>,
    /// Ranges of seat indexes, ascending.
    seats: Vec<Range<u32>>,
}

/// Price zones of a request.
struct PriceZones {
    zones: Vec<PriceZone>,
    /// For each row of the layout: the index of its zone, if it is in one.
    zone_by_row: Vec<Option<usize>>,
}

impl PriceZones {
    fn parse(drafts: Option<&[PriceZoneDraft]>, layout: &Layout) -> Result<Self, Invalid> {
        let mut parsed = Self { zones: Vec::new(), zone_by_row: vec![None; layout.rows().len()] };
        let Some(drafts) = drafts else { return Ok(parsed) };
        check_entry_count("/price_zones", drafts.len(), POOLS_PER_SEATED_EVENT_MAX)?;
        let mut names = UniqueNames::new();
        for section in layout.sections() {
            names.add("a section of the layout", &section.name)?;
        }
        for (index, draft) in drafts.iter().enumerate() {
            let pointer = format!("/price_zones/{index}");
            let zone = parsed.parse_zone(draft, layout).map_err(|invalid| invalid.with_parent(&pointer))?;
            names.add(&pointer, &zone.pool_name)?;
            parsed.zones.push(zone);
        }
        Ok(parsed)
    }

    /// Parses the next zone and assigns its rows to it.
    fn parse_zone(&mut self, draft: &PriceZoneDraft, layout: &Layout) -> Result<PriceZone, Invalid> {
        let section_name = draft.section.trim();
        let section = layout.sections().iter().find(|section| section.name == section_name);
        let rows = match section.map(|section| &section.kind) {
            Some(SectionKind::Seated { rows }) => rows.clone(),
            Some(SectionKind::GeneralAdmission { .. }) => {
                return Err(Invalid::new("/section", "must have rows: a section without seats is one pool"));
            }
            None => return Err(Invalid::new("/section", "must be the name of one of the layout's sections")),
        };
        let name = text::parse_line("/name", &draft.name, POOL_NAME_LENGTH_MAX)?;
        let pool_name = format!("{section_name}, {name}");
        if pool_name.chars().count() > POOL_NAME_LENGTH_MAX {
            let detail =
                format!("must have at most {POOL_NAME_LENGTH_MAX} characters together with its section's name");
            return Err(Invalid::new("/name", detail));
        }
        if draft.rows.is_empty() {
            return Err(Invalid::new("/rows", "must name at least one row"));
        }
        for (index, label) in draft.rows.iter().enumerate() {
            self.assign_row(layout, rows.clone(), label.trim())
                .map_err(|detail| Invalid::new(format!("/rows/{index}"), detail))?;
        }
        Ok(PriceZone { name, pool_name })
    }

    /// Assigns a row to the zone that is being parsed. The error is the detail for the client.
    fn assign_row(&mut self, layout: &Layout, mut rows: Range<usize>, label: &str) -> Result<(), String> {
        let row = rows.find(|row| layout.rows()[*row].label == label);
        let row = row.ok_or("must be the label of one of the section's rows")?;
        let next = self.zones.len();
        match self.zone_by_row[row].replace(next) {
            None => Ok(()),
            Some(zone) if zone == next => Err("must be named once: it is in this zone already".to_owned()),
            Some(zone) => Err(format!("must be in one zone: /price_zones/{zone} has it already")),
        }
    }

    /// Pools of a seated section: one per zone, and one for the rows outside all zones.
    fn pools(&self, layout: &Layout, section: &Section, number: SectionIndex, rows: Range<usize>) -> Vec<NewPool> {
        let mut pools = Vec::new();
        for part in self.divide_rows(layout, rows) {
            let zone = part.zone.map(|zone| &self.zones[zone]);
            let capacity = part.seats.iter().map(|range| i64::from(range.end - range.start)).sum();
            pools.push(NewPool {
                name: zone.map_or(&section.name, |zone| &zone.pool_name).clone(),
                capacity: Capacity::new(capacity).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats"),
                part: Some(LayoutPart {
                    section: number,
                    section_name: section.name.clone(),
                    price_zone: zone.map(|zone| zone.name.clone()),
                    seats: part.seats,
                }),
            });
        }
        pools
    }

    /// Groups the rows of a section by their zones. The parts are in the order of their first rows.
    fn divide_rows(&self, layout: &Layout, rows: Range<usize>) -> Vec<SectionPart> {
        let mut parts: Vec<SectionPart> = Vec::new();
        for row in rows {
            let zone = self.zone_by_row[row];
            let seats = seat_range(&layout.rows()[row].seats);
            match parts.iter_mut().find(|part| part.zone == zone) {
                Some(part) => append_or_merge(&mut part.seats, seats),
                None => parts.push(SectionPart { zone, seats: vec![seats] }),
            }
        }
        parts
    }
}

fn seat_range(seats: &Range<usize>) -> Range<u32> {
    let to_u32 = |seat| u32::try_from(seat).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats");
    to_u32(seats.start)..to_u32(seats.end)
}

/// Appends a range, merged with the last one if it continues it.
fn append_or_merge(ranges: &mut Vec<Range<u32>>, seats: Range<u32>) {
    match ranges.last_mut() {
        Some(last) if last.end == seats.start => last.end = seats.end,
        _ => ranges.push(seats),
    }
}
