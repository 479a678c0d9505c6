//! Compact description of rows: all its forms, and the texts of faults.

use boxoffice_engine::seating::description;
use proptest::collection::vec;
use proptest::prelude::any;
use test_support::cases::for_all_values;

/// Rows as text such as `A: 1 2 | 3 4`, with marks for attributes behind a seat's number.
fn rows(text: &str) -> Vec<String> {
    let rows = description::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let seat = |seat: boxoffice_engine::seating::SeatDraft| {
        let marks = seat.attributes.iter().map(|word| match word.as_str() {
            "aisle_after" => " |",
            "accessible" => "!",
            "companion" => "+",
            "restricted_view" => "?",
            "aisle" => "/",
            word => panic!("{word} is no attribute"),
        });
        format!(" {}{}", seat.number, marks.collect::<String>())
    };
    rows.into_iter()
        .map(|row| format!("{}:{}", row.label, row.seats.into_iter().map(seat).collect::<String>()))
        .collect()
}

fn fault(text: &str) -> String {
    description::parse(text).expect_err(text).detail
}

#[test]
fn one_line_describes_twenty_rows_of_forty_seats_with_two_aisles() {
    let rows = rows("rows A-T, 1-40, aisle after 12 and 28");
    assert_eq!(rows.len(), 20);
    assert!(rows[19].starts_with("T: 1 2 "), "{}", rows[19]);
    assert!(rows.iter().all(|row| row.contains(" 12 | 13 ") && row.contains(" 28 | 29 ") && row.ends_with(" 39 40")));
}

#[test]
fn rows_are_letters_or_numbers_and_count_as_theatres_do() {
    let labels = |text: &str| -> Vec<String> {
        rows(&format!("rows {text}, seats 1")).iter().map(|row| row.replace(": 1", "")).collect()
    };
    assert_eq!(labels("A-C, AA-CC"), ["A", "B", "C", "AA", "BB", "CC"]);
    assert_eq!(labels("AA-AC and X"), ["AA", "AB", "AC", "X"]);
    assert_eq!(labels("3-1, 7"), ["3", "2", "1", "7"]);
    assert_eq!(labels("c-a"), ["c", "b", "a"]);
    assert_eq!(labels("A-E without B-C and E"), ["A", "D"].map(String::from));
}

#[test]
fn seats_run_backwards_skip_numbers_and_are_odd_or_even() {
    assert_eq!(rows("row A, 3-1"), ["A: 3 2 1"]);
    assert_eq!(rows("row A, seats 1-2, 5 and 7-8"), ["A: 1 2 5 7 8"]);
    assert_eq!(rows("row A, odd 5-1, even 1-6"), ["A: 5 3 1 2 4 6"]);
}

#[test]
fn groups_of_rows_have_their_own_seats_and_clauses() {
    let text = "Rows A-B, 1-3, aisle after 1; rows C-E, 1-4, WITHOUT D, aisle before 1 and 4;";
    assert_eq!(rows(text), ["A: 1 | 2 3", "B: 1 | 2 3", "C: 1/ 2 3 | 4", "E: 1/ 2 3 | 4"]);
}

#[test]
fn attributes_are_given_to_seats_of_one_row_at_a_time() {
    let text = "rows A-B, 1-5, accessible A1-A2 and B5, companion A3, restricted view B1-2, B4 aisle after 5";
    assert_eq!(rows(text), ["A: 1! 2! 3+ 4 5/", "B: 1? 2? 3 4? 5!/"]);
    assert_eq!(rows("rows 1-2, odd 1-7, accessible 2/7-3"), ["1: 1 3 5 7", "2: 1 3! 5! 7!"]);
}

#[test]
fn a_fault_is_told_with_what_was_expected_and_where() {
    let faults = [
        ("", "at character 1: expected the word rows, found the end"),
        ("A-T, 1-40", "at character 1: expected the word rows, found A"),
        ("rows A-T", "at character 9: expected a row, a seat or a range of them, such as A-T or 1-40, found the end"),
        ("rows A-, 1-40", "at character 8: expected the end of the range, found a comma"),
        ("rows A-3, 1-40", "at character 6: A does not count up to 3"),
        ("rows AB-CD, 1-40", "at character 6: AB does not count up to CD"),
        ("rows A-t, 1-40", "at character 6: A does not count up to t"),
        ("rows A-C and B, 1-40", "at character 14: row B is named twice"),
        ("rows A-T, aisles after 12", "at character 11: expected seats, such as 1-40, found aisles"),
        ("rows A-T, 1-40, aisle 12", "at character 23: expected after or before, found 12"),
        ("rows A-T, 1-40, aisle after 41", "at character 29: these rows have no seat 41"),
        ("rows A-T, seats 1-4, 3-6", "at character 22: seat 3 is named twice"),
        ("row A, odd 1-3, even 5", "at character 22: there is no even number among these seats"),
        ("rows A-T, 1-40, without Z", "at character 25: there is no row Z to leave out"),
        ("rows A-T without I, 1-40, accessible I1", "at character 38: these rows have no row I with seat 1"),
        ("rows A-T, 1-40, accessible A39-A41", "at character 28: these rows have no row A with seats 39 to 41"),
        ("rows A-T, 1-40, accessible A1-B4", "at character 31: a range of seats must end in its row, A"),
        (
            "rows 1-9, 1-40, accessible 1",
            "at character 29: expected a slash between the row and the number of the seat, found the end",
        ),
        ("rows A-T, 1-40, restricted A1", "at character 28: expected the word view, found A"),
        ("rows A-T, 1-40 (balcony)", "at character 16: unexpected character '('"),
        ("rows A-T, 1-40; rows T-Z, 1-10", "at character 17: row T was described before"),
        ("rows A, 1-40, without A", "at character 24: expected at least one row that is not left out, found the end"),
        ("rows A-T, 1-40 rows", "at character 16: expected a comma, a semicolon or the end, found rows"),
        ("rows A-T, 1-100000", "at character 13: a number must be at most 99999"),
        ("rows A-T, 1-5000", "at character 11: more than 1000 seats in a row"),
        ("rows 1-5000, 1-40", "at character 6: more than 1000 rows"),
        ("rows 1-600, 1; rows 601-1200, 1", "at character 16: more than 1000 rows, or 100000 seats"),
        ("rows 1-300, 1-1000", "at character 1: more than 1000 rows, or 100000 seats"),
    ];
    for (text, expected) in faults {
        assert_eq!(fault(text), expected, "{text}");
    }
    assert_eq!(fault(&"rows A, 1; ".repeat(200)), "must have at most 2000 characters");
}

/// Random group of rows: its description in one of the allowed forms, and the expected rows.
fn written(number: usize, bytes: [u8; 6]) -> (String, Vec<String>) {
    let [rows, seats, first, aisle, special, style] = bytes.map(usize::from);
    let way = |bit: usize| style >> bit & 1 == 1;
    // Each group uses six letters of its own.
    let letters: Vec<char> = ('A'..='X').skip(6 * number).take(rows % 6 + 1).collect();
    let left_out = (letters.len() > 2 && way(0)).then(|| letters[1]);
    let (from, to) = (first + 1, first + 1 + seats % 12);
    let mut numbers: Vec<usize> = (from..=to).filter(|seat| !way(1) || seat % 2 == from % 2).collect();
    if way(2) {
        numbers.reverse();
    }
    let aisle = numbers[aisle % numbers.len()];
    let special = (letters[0], numbers[special % numbers.len()]);

    let range = |from: String, to: String| if from == to { from } else { format!("{from}-{to}") };
    let mut text = format!("{} ", if way(3) { "rows" } else { "Row" });
    text += &range(letters[0].to_string(), letters[letters.len() - 1].to_string());
    text += &left_out.filter(|_| way(4)).map_or_else(String::new, |row| format!(" without {row}"));
    let half = if !way(1) {
        ""
    } else if from % 2 == 1 {
        "odd "
    } else {
        "even "
    };
    let (one, other) = if way(2) { (to, from) } else { (from, to) };
    text += &format!(", {}{half}{}", if way(5) { "seats " } else { "" }, range(one.to_string(), other.to_string()));
    text += &left_out.filter(|_| !way(4)).map_or_else(String::new, |row| format!(", without {row}"));
    text += &format!(", aisle after {aisle}");
    text += &format!("{} accessible {}{}", if way(6) { "," } else { "" }, special.0, special.1);

    let mark = |row: char, seat: usize| {
        let accessible = if (row, seat) == special { "!" } else { "" };
        let aisle = if seat != aisle {
            ""
        } else if seat == numbers[numbers.len() - 1] {
            "/"
        } else {
            " |"
        };
        format!(" {seat}{accessible}{aisle}")
    };
    let described_rows = letters.iter().filter(|row| Some(**row) != left_out);
    let expected =
        described_rows.map(|row| format!("{row}:{}", numbers.iter().map(|seat| mark(*row, *seat)).collect::<String>()));
    (text, expected.collect())
}

#[test]
fn every_way_of_writing_a_section_gives_its_rows_and_seats() {
    for_all_values("every_way_of_writing_a_section", 2_000, &vec(any::<[u8; 6]>(), 1..5), |groups| {
        let groups: Vec<_> = groups.into_iter().enumerate().map(|(number, bytes)| written(number, bytes)).collect();
        let text = groups.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("; ");
        let expected: Vec<String> = groups.into_iter().flat_map(|(_, rows)| rows).collect();
        let read = rows(&text);
        if read == expected { Ok(()) } else { Err(format!("{text}\n  is {expected:?}\n  and was read as {read:?}")) }
    });
}

/// Any text gives either rows or a fault.
#[test]
fn no_text_makes_the_parser_panic_or_run_away() {
    let words =
        ["rows", "A", "B-T", "1", "1-40", "40-1", ",", ";", "and", "without", "aisle", "after", "before", "seats"];
    let more = [
        "odd",
        "even",
        "accessible",
        "companion",
        "restricted view",
        "A1",
        "A1-4",
        "1/2-3",
        "-",
        "/",
        "é",
        "99999",
        "(",
    ];
    let words: Vec<&str> = words.into_iter().chain(more).collect();
    for_all_values("no_text_makes_the_parser_panic", 5_000, &vec(any::<u8>(), 0..12), |text| {
        // Random words are refused early; after a valid beginning the parser gets further.
        let begins = ["", "rows A-C, 1-9,", "rows 1-3 without", "rows A, 1-4, accessible", "row A, 1, aisle after 1;"];
        let begin = begins[text.len() % begins.len()].to_owned();
        let text = text.into_iter().map(|byte| words[usize::from(byte) % words.len()]);
        let text: Vec<String> = std::iter::once(begin).chain(text.map(str::to_owned)).collect();
        match description::parse(&text.join(" ")) {
            Ok(rows) if rows.is_empty() || rows.iter().any(|row| row.seats.is_empty()) => {
                Err(format!("{text:?} is empty"))
            }
            Ok(_) => Ok(()),
            Err(fault) if fault.detail.starts_with("at character ") => Ok(()),
            Err(fault) => Err(format!("{text:?} has a fault without a place: {fault}")),
        }
    });
}
