//! Seats from CSV: written text is read back unchanged, and faults name their line.

use boxoffice::venues::model::csv;
use boxoffice_engine::seating::{Layout, LayoutDraft, RowDraft, SeatDraft, SectionDraft};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::sample::select;
use proptest::strategy::Strategy;
use test_support::cases::for_all_values;

const HEADER: &str = "section,row,number,x,y,attributes\n";

fn pointer(text: &str) -> String {
    let layout = |sections| Layout::try_from(LayoutDraft { focal_point: None, sections });
    csv::parse(text).and_then(layout).expect_err("it is not valid").pointer
}

#[test]
fn a_layout_can_be_read_from_a_spreadsheet_with_its_columns_in_any_order() {
    let text = "\u{feff}Number,Row,Section,attributes\r\n1,A,Stalls,accessible aisle_after\r\n2,A,Stalls,\r\n\r\n1,B,Stalls,companion;aisle";
    let sections = csv::parse(text).expect("it is valid");
    let layout = Layout::try_from(LayoutDraft { focal_point: None, sections }).expect("it is valid");
    let attributes: Vec<String> = layout.seats().iter().map(|seat| format!("{:?}", seat.attributes)).collect();
    assert_eq!(attributes, [r#"{"accessible", "aisle", "aisle_after"}"#, r#"{"aisle"}"#, r#"{"companion", "aisle"}"#]);
    assert_eq!(layout.rows()[1].label, "B");
}

#[test]
fn a_header_says_which_columns_there_are() {
    assert_eq!(pointer(""), "/lines/1");
    assert_eq!(pointer("section,row\nStalls,A\n"), "/lines/1");
    assert_eq!(pointer("section,row,number,price\nStalls,A,1,5\n"), "/lines/1");
    assert_eq!(pointer("section,row,number,row\nStalls,A,1,A\n"), "/lines/1");
    assert_eq!(pointer("section;row;number\nStalls;A;1\n"), "/lines/1");
    assert_eq!(pointer(HEADER), "/lines/1");
}

#[test]
fn a_fault_is_named_by_the_line_where_its_seat_begins() {
    let after = |seat: &str| pointer(&format!("{HEADER}\nLeft,A,1,0,0,\"aisle\naccessible\"\n{seat}\n"));
    assert_eq!(after("Stalls,A,1,0,0"), "/lines/5");
    assert_eq!(after("Stalls,A,1,0,zero,"), "/lines/5/y");
    assert_eq!(after("Stalls,A,1,1.5,0,"), "/lines/5/x");
    assert_eq!(after("Stalls,A,1,0,0,window"), "/lines/5/attributes");
    assert_eq!(after("Stalls,A,1,0,0,\nStalls,A,1,5,5,"), "/lines/6/number");
    assert_eq!(after("Stalls,,1,0,0,"), "/lines/5/row");
    assert_eq!(after(",A,1,0,0,"), "/lines/5/section");
    assert_eq!(after("Stalls,A,1,0,0,\nStalls,A,2,,,"), "/lines/6");
    assert_eq!(after("\"Stalls,A,1,0,0,"), "/lines/5");
    assert_eq!(after("\"Stalls\" left,A,1,0,0,"), "/lines/5");
    assert_eq!(after("Stalls \"left\",A,1,0,0,"), "/lines/5");
}

#[test]
fn more_lines_than_a_layout_has_seats_are_not_read() {
    let text = format!("{HEADER}{}", "Stalls,A,1,0,0,\n".repeat(100_001));
    assert_eq!(pointer(&text), "/lines/100002");
}

/// Cell text with all characters that have a meaning in CSV.
fn cells() -> impl Strategy<Value = String> {
    let characters = vec(select(vec!['a', 'B', '7', ',', '"', '\n', ';', 'é', ' ']), 0..6);
    characters.prop_map(|characters| characters.into_iter().collect::<String>().trim().to_owned())
}

fn seats() -> impl Strategy<Value = SeatDraft> {
    let coordinate = || any::<Option<i16>>().prop_map(|coordinate| coordinate.map(i64::from));
    let words = vec(select(vec!["accessible", "companion", "aisle", "aisle_after", "restricted_view", "odd"]), 0..3);
    (cells(), coordinate(), coordinate(), words).prop_map(|(number, x, y, words)| SeatDraft {
        number,
        x,
        y,
        attributes: words.into_iter().map(str::to_owned).collect(),
        line: None,
    })
}

/// Cell as CSV; quoted if needed or if `quote` is set.
fn written(cell: &str, quote: bool) -> String {
    if quote || cell.contains([',', '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[test]
fn csv_is_read_back_as_it_was_written() {
    let rows = vec((any::<u8>(), any::<u8>(), seats()), 1..20);
    let sheets = (vec(cells(), 1..4), vec(cells(), 1..4), rows, any::<bool>());
    for_all_values("csv_is_read_back_as_it_was_written", 2_000, &sheets, |(sections, labels, lines, crlf)| {
        let mut text = HEADER.to_owned();
        let mut expected: Vec<SectionDraft> = Vec::new();
        for (choice, style, mut seat) in lines {
            let section = &sections[usize::from(choice) % sections.len()];
            let label = &labels[usize::from(choice / 4) % labels.len()];
            let coordinate = |at: Option<i64>| at.map_or_else(String::new, |at| at.to_string());
            seat.line = Some(text.matches('\n').count() + 1);
            let attributes = seat.attributes.join(if style % 3 == 0 { ";" } else { " " });
            let cells = [
                section.clone(),
                label.clone(),
                seat.number.clone(),
                coordinate(seat.x),
                coordinate(seat.y),
                attributes,
            ];
            let cells: Vec<String> = cells.iter().map(|cell| written(cell, style % 5 == 0)).collect();
            text += &cells.join(",");
            text += if crlf { "\r\n" } else { "\n" };
            expect(&mut expected, section, label, seat);
        }
        let read = csv::parse(&text).map_err(|fault| format!("{fault} in {text:?}"))?;
        if read == expected { Ok(()) } else { Err(format!("{text:?} was read as {read:?}")) }
    });
}

fn expect(sections: &mut Vec<SectionDraft>, name: &str, label: &str, seat: SeatDraft) {
    if !sections.iter().any(|section| section.name == name) {
        sections.push(SectionDraft { name: name.to_owned(), rows: Some(Vec::new()), ..SectionDraft::default() });
    }
    let section = sections.iter_mut().find(|section| section.name == name).expect("it is there by now");
    let rows = section.rows.as_mut().expect("it has rows");
    if !rows.iter().any(|row| row.label == label) {
        rows.push(RowDraft { label: label.to_owned(), seats: Vec::new() });
    }
    rows.iter_mut().find(|row| row.label == label).expect("it is there by now").seats.push(seat);
}
