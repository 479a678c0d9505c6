//! What a selection by hand would leave alone, for events that refuse that.
//!
//! An orphan counts against a selection only where it could have been avoided: where best available, asked for as many
//! neighbours as the selection has of that run, in the same section and pool, would leave fewer. When the only run that is left
//! is one seat longer than the group, the group may have it; and nobody is told to take what the event_seats itself would not give.

use super::free_seats::Seats;
use super::layout::SeatIndex;
use super::picker::SeatPicker;

impl SeatPicker {
    /// The seats, in their order, that a selection of free seats would leave alone without need. Seats that are not free are
    /// not looked at: whoever wants them is refused for another reason.
    pub fn orphans_left_by(&mut self, selection: &[SeatIndex]) -> Vec<SeatIndex> {
        let mut selected: Vec<u32> = selection.iter().filter(|seat| self.is_free(**seat)).map(|seat| seat.0).collect();
        selected.sort_unstable();
        selected.dedup();
        let mut orphans: Vec<u32> = self.free.new_orphans(&selected).collect();
        orphans.sort_unstable();
        let mut avoidable = Vec::new();
        while let Some(first) = orphans.first() {
            let (from, to) = self.free.run(*first);
            let of_run = orphans.partition_point(|orphan| *orphan <= to);
            let part: Vec<u32> = selected.iter().copied().filter(|seat| (from..=to).contains(seat)).collect();
            if self.least_orphans(&part).is_some_and(|least| of_run > least) {
                avoidable.extend(orphans[..of_run].iter().copied().map(SeatIndex));
            }
            orphans.drain(..of_run);
        }
        avoidable
    }

    /// How many orphans best available would leave for as many neighbours as `part` has, which is what a selection takes from
    /// one run; `None` if it has no such group.
    fn least_orphans(&mut self, part: &[u32]) -> Option<usize> {
        let seat = SeatIndex(*part.first()?);
        let size = u32::try_from(part.len()).ok()?;
        let among =
            self.event_seats.among(Some(self.event_seats.section_of(seat)), Some(self.event_seats.pool_of(seat)));
        // Nobody is sent to an accessible seat who chose an ordinary one.
        let reserved = part.iter().any(|seat| self.free.state(*seat).is_reserved());
        let seats = if reserved { Seats::Any } else { Seats::Ordinary };
        self.best_neighbours(seats, size, &among).map(|best| usize::from(best.orphans()))
    }
}
