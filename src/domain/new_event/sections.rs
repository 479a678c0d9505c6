//! The pools of an event at a venue: each section of the layout is one, or one per price zone that divides it.

use std::ops::Range;

use super::names::{Names, counted};
use super::{EventDraft, LayoutPart, NewPool, POOLS_PER_SEATED_EVENT_MAX, PriceZoneDraft};
use crate::domain::invalid::Invalid;
use crate::domain::quantity::{CAPACITY_PER_EVENT_MAX, Capacity};
use crate::domain::seated_event::VenueLayout;
use crate::domain::seating::{Layout, Section, SectionIndex, SectionKind};
use crate::domain::text::{self, POOL_NAME_LENGTH_MAX};

/// In the layout's order; those of a section by their first rows, from front to back.
pub(super) fn pools(draft: &EventDraft, venue: &VenueLayout) -> Result<Vec<NewPool>, Invalid> {
    let layout = &venue.layout;
    let zones = Zones::parse(draft.price_zones.as_deref(), layout)?;
    let pools_of = |(section, number): (&Section, u16)| match &section.kind {
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
    let pools: Vec<NewPool> = layout.sections().iter().zip(0..).flat_map(pools_of).collect();
    // A layout alone makes no more pools than it has sections; what goes beyond comes of its zones.
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

/// A named part of a seated section's rows.
struct Zone {
    name: String,
    /// Of the pool that it becomes.
    pool_name: String,
}

struct Zones {
    zones: Vec<Zone>,
    /// By row of the layout: the index of its zone, if it is in one.
    of_row: Vec<Option<usize>>,
}

impl Zones {
    fn parse(drafts: Option<&[PriceZoneDraft]>, layout: &Layout) -> Result<Self, Invalid> {
        let mut parsed = Self { zones: Vec::new(), of_row: vec![None; layout.rows().len()] };
        let Some(drafts) = drafts else { return Ok(parsed) };
        counted("/price_zones", drafts.len(), POOLS_PER_SEATED_EVENT_MAX)?;
        let mut names = Names::new();
        for section in layout.sections() {
            names.add("a section of the layout", &section.name)?;
        }
        for (number, draft) in drafts.iter().enumerate() {
            let place = format!("/price_zones/{number}");
            let zone = parsed.zone(draft, layout).map_err(|fault| fault.inside(&place))?;
            names.add(&place, &zone.pool_name)?;
            parsed.zones.push(zone);
        }
        Ok(parsed)
    }

    /// The next zone. Takes its rows.
    fn zone(&mut self, draft: &PriceZoneDraft, layout: &Layout) -> Result<Zone, Invalid> {
        let section_name = draft.section.trim();
        let section = layout.sections().iter().find(|section| section.name == section_name);
        let rows = match section.map(|section| &section.kind) {
            Some(SectionKind::Seated { rows }) => rows.clone(),
            Some(SectionKind::GeneralAdmission { .. }) => {
                return Err(Invalid::new("/section", "must have rows: a section without seats is one pool"));
            }
            None => return Err(Invalid::new("/section", "must be the name of one of the layout's sections")),
        };
        let name = text::line("/name", &draft.name, POOL_NAME_LENGTH_MAX)?;
        let pool_name = format!("{section_name}, {name}");
        if pool_name.chars().count() > POOL_NAME_LENGTH_MAX {
            let detail =
                format!("must have at most {POOL_NAME_LENGTH_MAX} characters together with its section's name");
            return Err(Invalid::new("/name", detail));
        }
        if draft.rows.is_empty() {
            return Err(Invalid::new("/rows", "must name at least one row"));
        }
        for (number, label) in draft.rows.iter().enumerate() {
            self.take_row(layout, rows.clone(), label.trim())
                .map_err(|detail| Invalid::new(format!("/rows/{number}"), detail))?;
        }
        Ok(Zone { name, pool_name })
    }

    /// Into the zone that is being parsed. Fails with what is wrong.
    fn take_row(&mut self, layout: &Layout, mut rows: Range<usize>, label: &str) -> Result<(), String> {
        let row = rows.find(|row| layout.rows()[*row].label == label);
        let row = row.ok_or("must be the label of one of the section's rows")?;
        let next = self.zones.len();
        match self.of_row[row].replace(next) {
            None => Ok(()),
            Some(zone) if zone == next => Err("must be named once: it is in this zone already".to_owned()),
            Some(zone) => Err(format!("must be in one zone: /price_zones/{zone} has it already")),
        }
    }

    /// The pools of a seated section: of each zone, and of the rows that are in none.
    fn pools(&self, layout: &Layout, section: &Section, number: SectionIndex, rows: Range<usize>) -> Vec<NewPool> {
        let mut parts: Vec<(Option<usize>, Vec<Range<u32>>)> = Vec::new();
        for row in rows {
            let zone = self.of_row[row];
            let seats = numbers(&layout.rows()[row].seats);
            match parts.iter_mut().find(|(part, _)| *part == zone) {
                Some((_, stretches)) => append(stretches, seats),
                None => parts.push((zone, vec![seats])),
            }
        }
        let pool = |(zone, seats): (Option<usize>, Vec<Range<u32>>)| {
            let zone = zone.map(|zone| &self.zones[zone]);
            let capacity = seats.iter().map(|stretch| i64::from(stretch.end - stretch.start)).sum();
            NewPool {
                name: zone.map_or(&section.name, |zone| &zone.pool_name).clone(),
                capacity: Capacity::new(capacity).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats"),
                part: Some(LayoutPart {
                    section: number,
                    section_name: section.name.clone(),
                    price_zone: zone.map(|zone| zone.name.clone()),
                    seats,
                }),
            }
        };
        parts.into_iter().map(pool).collect()
    }
}

fn numbers(seats: &Range<usize>) -> Range<u32> {
    let number = |seat| u32::try_from(seat).expect("a layout has at most SEATS_PER_LAYOUT_MAX seats");
    number(seats.start)..number(seats.end)
}

/// Rows that follow each other are one stretch.
fn append(stretches: &mut Vec<Range<u32>>, seats: Range<u32>) {
    match stretches.last_mut() {
        Some(last) if last.end == seats.start => last.end = seats.end,
        _ => stretches.push(seats),
    }
}
