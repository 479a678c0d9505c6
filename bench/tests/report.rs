//! The report belongs to people too: a run may change its own section and nothing else.

use boxoffice_bench::report::document::replace;

#[test]
fn a_section_is_added_once_and_replaced_afterwards() {
    let first = replace("# Benchmarks\n\nWhat people wrote.\n", "a", "one").expect("no markers yet");
    let both = replace(&first, "b", "two").expect("no markers of b yet");
    let again = replace(&both, "a", "three\n").expect("matching markers");
    assert!(again.starts_with("# Benchmarks\n\nWhat people wrote.\n\n<!-- a: begin"));
    assert!(!again.contains("one") && again.contains("\nthree\n") && again.contains("\ntwo\n"));
    assert_eq!(replace(&again, "a", "three").expect("matching markers"), again);
}

#[test]
fn markers_that_do_not_match_are_refused() {
    let whole = replace("", "a", "one").expect("no markers yet");
    let half = whole.replace("<!-- a: end -->", "");
    assert!(replace(&half, "a", "two").is_err());
}
