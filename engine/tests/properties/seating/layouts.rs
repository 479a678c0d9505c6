//! Layouts: derived attributes, coordinates, and the pointers of faults.

use boxoffice_engine::invalid::Invalid;
use boxoffice_engine::seating::geometry::{AISLE_WIDTH, ROW_PITCH, SEAT_PITCH, SECTION_GAP};
use boxoffice_engine::seating::{
    Attribute, COORDINATE_MAX, Layout, LayoutDraft, Point, PointDraft, RowDraft, SEATS_PER_LAYOUT_MAX,
    SEATS_PER_ROW_MAX, SeatDraft, SectionDraft, SectionIndex, SectionKind,
};

fn seat(number: &str, at: Option<(i64, i64)>, words: &[&str]) -> SeatDraft {
    let attributes = words.iter().map(|word| (*word).to_owned()).collect();
    SeatDraft { number: number.to_owned(), x: at.map(|at| at.0), y: at.map(|at| at.1), attributes, line: None }
}

fn row(label: &str, seats: Vec<SeatDraft>) -> RowDraft {
    RowDraft { label: label.to_owned(), seats }
}

fn seated(name: &str, rows: Vec<RowDraft>) -> SectionDraft {
    SectionDraft { name: name.to_owned(), rows: Some(rows), ..SectionDraft::default() }
}

fn described(name: &str, description: &str) -> SectionDraft {
    let description = Some(description.to_owned());
    SectionDraft { name: name.to_owned(), description, ..SectionDraft::default() }
}

fn standing(name: &str, capacity: i64) -> SectionDraft {
    SectionDraft { name: name.to_owned(), capacity: Some(capacity), ..SectionDraft::default() }
}

fn layout(sections: Vec<SectionDraft>) -> Result<Layout, Invalid> {
    LayoutDraft { focal_point: None, sections }.try_into()
}

fn refused(sections: Vec<SectionDraft>) -> String {
    layout(sections).expect_err("it is not valid").pointer
}

#[test]
fn a_layout_knows_its_sections_rows_and_seats_in_the_order_of_the_draft() {
    let floor = standing("Floor", 800);
    let layout = layout(vec![described("Stalls", "rows A-B, 1-3"), floor, described("Balcony", "row AA, 7-8")]);
    let layout = layout.expect("it is valid");
    let kinds: Vec<_> = layout.sections().iter().map(|section| &section.kind).collect();
    assert_eq!(*kinds[0], SectionKind::Seated { rows: 0..2 });
    assert!(matches!(kinds[1], SectionKind::GeneralAdmission { capacity } if capacity.get() == 800));
    assert_eq!(*kinds[2], SectionKind::Seated { rows: 2..3 });
    assert_eq!(layout.find_section("Balcony"), Some(SectionIndex(2)));
    let balcony = &layout.rows()[2];
    assert_eq!((balcony.section, balcony.label.as_str(), balcony.seats.clone()), (SectionIndex(2), "AA", 6..8));
    assert_eq!(layout.seats()[7].number, "8");
}

#[test]
fn seats_on_both_sides_of_an_aisle_are_aisle_seats() {
    let layout = layout(vec![described("Stalls", "rows A, 1-5, aisle after 2 and 5, aisle before 1")]);
    let layout = layout.expect("it is valid");
    let with = |attribute| -> Vec<&str> {
        let seats = layout.seats().iter().filter(|seat| seat.attributes.has(attribute));
        seats.map(|seat| seat.number.as_str()).collect()
    };
    assert_eq!(with(Attribute::Aisle), ["1", "2", "3", "5"]);
    assert_eq!(with(Attribute::AisleAfter), ["2"]);
}

#[test]
fn sections_without_coordinates_are_drawn_centred_and_behind_each_other() {
    let layout = layout(vec![described("Stalls", "rows A-B, 1-2, aisle after 1"), described("Balcony", "row AA, 1-3")]);
    let layout = layout.expect("it is valid");
    let at: Vec<(i32, i32)> = layout.seats().iter().map(|seat| (seat.position.x, seat.position.y)).collect();
    let half = (SEAT_PITCH + AISLE_WIDTH) / 2;
    let behind = 2 * ROW_PITCH + SECTION_GAP;
    let (left, right) = (-half, SEAT_PITCH + AISLE_WIDTH - half);
    assert_eq!(at[..4], [(left, 0), (right, 0), (left, ROW_PITCH), (right, ROW_PITCH)]);
    assert_eq!(at[4..], [(-SEAT_PITCH, behind), (0, behind), (SEAT_PITCH, behind)]);
}

#[test]
fn the_focal_point_is_the_middle_of_the_front_unless_the_draft_sets_it() {
    let rows = vec![row("A", vec![seat("1", Some((100, 50)), &[]), seat("2", Some((300, 40)), &[])])];
    let draft = |focal_point| LayoutDraft { focal_point, sections: vec![seated("Stalls", rows.clone())] };
    let layout = Layout::try_from(draft(None)).expect("it is valid");
    assert_eq!(layout.focal_point(), Point { x: 200, y: 40 });
    assert_eq!(layout.distances(), [100, 100]);
    let layout = Layout::try_from(draft(Some(PointDraft { x: 300, y: 0 }))).expect("it is valid");
    assert_eq!(layout.distances(), [206, 40]);
}

#[test]
fn a_section_is_either_seated_or_general_admission() {
    assert_eq!(refused(vec![]), "/sections");
    assert_eq!(refused(vec![SectionDraft { name: "Stalls".to_owned(), ..SectionDraft::default() }]), "/sections/0");
    let both = SectionDraft { capacity: Some(3), ..described("Stalls", "rows A, 1-3") };
    assert_eq!(refused(vec![standing("Floor", 3), both]), "/sections/1");
    assert_eq!(refused(vec![standing("Floor", -1)]), "/sections/0/capacity");
    assert_eq!(refused(vec![seated("Stalls", vec![])]), "/sections/0/rows");
    assert_eq!(refused(vec![seated("Stalls", vec![row("A", vec![])])]), "/sections/0/rows/0/seats");
}

#[test]
fn a_duplicate_name_is_refused_at_its_second_use() {
    assert_eq!(refused(vec![standing("Floor", 1), standing(" Floor ", 2)]), "/sections/1/name");
    let rows = ["A", "B", "A"].map(|label| row(label, vec![seat("1", None, &[])]));
    assert_eq!(refused(vec![seated("Stalls", rows.to_vec())]), "/sections/0/rows/2/label");
    let seats = vec![seat("1", None, &[]), seat("1a", None, &[]), seat("1", None, &[])];
    assert_eq!(refused(vec![seated("Stalls", vec![row("A", seats)])]), "/sections/0/rows/0/seats/2/number");
    let again = vec![described("Stalls", "rows A, 1-3"), described("Balcony", "rows A, 1-3")];
    assert!(layout(again).is_ok(), "another section may have the same rows");
}

#[test]
fn a_fault_of_a_seat_is_named_by_its_field() {
    let of_seat =
        |seat| refused(vec![seated("Stalls", vec![row("A", vec![self::seat("1", Some((0, 0)), &[]), seat])])]);
    let place = "/sections/0/rows/0/seats/1";
    assert_eq!(of_seat(seat("", Some((0, 0)), &[])), format!("{place}/number"));
    assert_eq!(of_seat(seat("12345678901", Some((0, 0)), &[])), format!("{place}/number"));
    assert_eq!(of_seat(seat("2", Some((0, i64::from(COORDINATE_MAX) + 1)), &[])), format!("{place}/y"));
    assert_eq!(of_seat(seat("2", Some((i64::MIN, 0)), &[])), format!("{place}/x"));
    assert_eq!(of_seat(seat("2", Some((0, 0)), &["window"])), format!("{place}/attributes"));
    assert_eq!(of_seat(seat("2", None, &[])), place);
    assert_eq!(of_seat(SeatDraft { y: None, ..seat("2", Some((0, 0)), &[]) }), place);
}

#[test]
fn a_value_above_its_limit_is_refused_at_its_pointer() {
    let seats = |count: usize| (0..count).map(|number| seat(&number.to_string(), None, &[])).collect::<Vec<_>>();
    assert_eq!(
        refused(vec![seated("Stalls", vec![row("A", seats(SEATS_PER_ROW_MAX + 1))])]),
        "/sections/0/rows/0/seats"
    );
    let full = described("Full", "rows 1-100, 1-1000");
    assert_eq!(layout(vec![full.clone()]).map(|layout| layout.seats().len()), Ok(SEATS_PER_LAYOUT_MAX));
    assert_eq!(refused(vec![full, described("More", "rows A, 1-1")]), "/sections/1/rows");
    let behind = |number: i64| described(&number.to_string(), "rows 1-1000, 1-1");
    assert_eq!(refused((0..3).map(behind).collect()), "/sections/1");
    let draft =
        LayoutDraft { focal_point: Some(PointDraft { x: 0, y: 1 << 40 }), sections: vec![standing("Floor", 1)] };
    assert_eq!(Layout::try_from(draft).expect_err("it is far away").pointer, "/focal_point/y");
}

#[test]
fn a_fault_of_a_description_is_named_by_its_section_and_its_character() {
    let fault = layout(vec![standing("Floor", 1), described("Stalls", "rows A-T; 1-40")]).expect_err("it has no seats");
    assert_eq!(fault.pointer, "/sections/1/rows");
    assert!(fault.detail.starts_with("at character 9: expected"), "{}", fault.detail);
}
