//! Orphans of a manual selection, for events with the single-seat rule.
//!
//! An orphan counts against a selection only if it is avoidable. For each free run that the selection takes seats from,
//! it is compared with the best group of as many adjacent seats in the same section and pool: orphans are avoidable if
//! that group would leave fewer. So a group may take all but one seat of the last run, and a customer is never asked
//! for seats that best available would not pick either.

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
        let mut orphans: Vec<u32> = self.free.new_orphans(&selected).collect();
        orphans.sort_unstable();
        let mut avoidable = Vec::new();
        while let Some(first) = orphans.first() {
            let (from, to) = self.free.free_run(*first);
            let orphans_of_run = orphans.partition_point(|orphan| *orphan <= to);
            let selected_of_run: Vec<u32> =
                selected.iter().copied().filter(|seat| (from..=to).contains(seat)).collect();
            if self.fewest_orphans(&selected_of_run).is_some_and(|fewest| orphans_of_run > fewest) {
                avoidable.extend(orphans[..orphans_of_run].iter().copied().map(SeatIndex));
            }
            orphans.drain(..orphans_of_run);
        }
        avoidable
    }

    /// Number of orphans of the best group with as many adjacent seats as `selected_of_run`, the part of a selection in
    /// one free run; `None` if there is no such group.
    fn fewest_orphans(&mut self, selected_of_run: &[u32]) -> Option<usize> {
        let seat = SeatIndex(*selected_of_run.first()?);
        let size = u32::try_from(selected_of_run.len()).ok()?;
        let (section, pool) = (self.event_seats.section_of(seat), self.event_seats.pool_of(seat));
        let strips = self.event_seats.strip_ranges(Some(section), Some(pool));
        // A customer who chose ordinary seats is not expected to take accessible ones instead.
        let reserved = selected_of_run.iter().any(|seat| self.free.flags(*seat).is_reserved());
        let filter = if reserved { SeatFilter::Any } else { SeatFilter::Ordinary };
        self.best_neighbours(filter, size, &strips).map(|best| usize::from(best.orphans()))
    }
}
