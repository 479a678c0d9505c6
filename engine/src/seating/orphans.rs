//! Orphans of a manual selection, for events with the single-seat rule.
//!
//! An orphan counts against a selection only if it is avoidable. For each free run that the selection takes seats from,
//! it is compared with the best group of as many adjacent seats in the same section and pool: orphans are avoidable if
//! that group would leave fewer. For example, in an empty row of eight seats the selection of seats 2 and 3 leaves the
//! orphan 1, and seats 1 and 2 would leave none: seat 1 is an avoidable orphan.
//!
//! Where no group would leave fewer, as in the last run with one seat too many, the orphan is not avoidable and the
//! selection is accepted: customers are never refused for an orphan that best available would leave too.

use super::free_seats::SeatFilter;
use super::layout::SeatIndex;
use super::picker::SeatPicker;

impl SeatPicker {
    /// Avoidable orphans that a selection of free seats would leave, sorted by index. Seats of the selection that are
    /// not free are ignored: such a selection is refused for that reason.
    pub fn avoidable_orphans(&mut self, selection: &[SeatIndex]) -> Vec<SeatIndex> {
        let mut selected: Vec<u32> = selection.iter().filter(|seat| self.is_free(**seat)).map(|seat| seat.0).collect();
        selected.sort_unstable();
        selected.dedup();
        let orphans = self.free.new_orphans(&selected);
        let mut avoidable = Vec::new();
        let mut rest = orphans.as_slice();
        while let Some(first) = rest.first() {
            let run = self.free.free_run(*first);
            // The orphans are sorted, so those of one run follow each other.
            let (orphans_of_run, orphans_behind) = rest.split_at(rest.partition_point(|orphan| run.contains(orphan)));
            let selected_of_run: Vec<u32> = selected.iter().copied().filter(|seat| run.contains(seat)).collect();
            let fewest = self.fewest_orphans(&selected_of_run);
            if fewest.is_some_and(|fewest| orphans_of_run.len() > fewest) {
                avoidable.extend(orphans_of_run.iter().copied().map(SeatIndex));
            }
            rest = orphans_behind;
        }
        avoidable
    }

    /// Number of orphans of the best group with as many adjacent seats as `selected_of_run`, the part of a selection in
    /// one free run; `None` if there is no such group.
    fn fewest_orphans(&mut self, selected_of_run: &[u32]) -> Option<usize> {
        let seat = SeatIndex(*selected_of_run.first()?);
        let size = u32::try_from(selected_of_run.len()).ok()?;
        let section = self.event_seats.section_of(seat);
        let pool = self.event_seats.pool_of(seat);
        let strips = self.event_seats.strip_ranges(Some(section), Some(pool));
        // A customer who chose ordinary seats is not expected to take accessible ones instead.
        let reserved = selected_of_run.iter().any(|seat| self.free.flags(*seat).is_reserved());
        let filter = if reserved { SeatFilter::Any } else { SeatFilter::Ordinary };
        let best = self.best_neighbours(filter, size, &strips)?;
        Some(usize::from(best.orphans()))
    }
}
