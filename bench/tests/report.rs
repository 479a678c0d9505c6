//! The report: it depends only on the results, and a run changes only its own section.

use std::path::Path;

use boxoffice_bench::report::document::replace;
use boxoffice_bench::report::{text, write};
use boxoffice_bench::results::Results;

/// Results of a run, shortened and changed by hand so that some targets are missed.
fn fixed() -> Results {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/results.json");
    Results::read(&path).expect("results of this version")
}

#[test]
fn targets_show_the_measured_figure_and_whether_it_is_reached() {
    let text = text(&fixed(), None);
    for row in [
        "| hot, 256 clients | ≥ 20,000 holds/s | 29,312 (27,000–30,400) | yes |",
        "| hot, 256 clients | p99 ≤ 25 ms | 27.7 ms | **no** |",
        "| hot, 1 client | median ≤ 1.5 × one transaction per request | 1.01 × (1.68 ms, 1.66 ms) | yes |",
        "| sold-out, 256 clients | ≥ 30,000 refusals/s | 12,144 | **no** |",
        "| read-one | never stale | 0 of 10 looks | yes |",
        "| sweep of 100,000 holds | each exactly once in the journal | not so | **no** |",
        "| overload, 10 × against 5 × | memory ≤ 1.5 × | 1.76 × (381 MiB) | **no** |",
        "| stampede, other events | ≥ 90 % of their success | 99 % | yes |",
        "| seats, named, 256 clients, until sold out | ≥ 8,000 holds/s | 2,500; the first half at 10,000 | **no** |",
        "| seats, best available, 256 clients, until sold out | ≥ 4,000 holds/s | 4,800; the first half at 5,600 | yes |",
        "| seat map of 20,000 seats | p99 ≤ 30 ms | 31.0 ms | **no** |",
        "| seat map of 20,000 seats | ≤ 60,000 bytes compressed | 5,650 | yes |",
        "| event of 20,000 seats | created in ≤ 2,000 ms | 2,100 (1,900–2,300) ms | **no** |",
        "| long, 2 minutes | last minute ≥ 90 % of the first | 85 % (20,000, 17,000 holds/s) | **no** |",
    ] {
        assert!(text.contains(row), "{row} is not in\n{text}");
    }
    // Scenarios that were not run have no row.
    assert!(!text.contains("checkout"));
}

#[test]
fn the_report_has_the_conditions_of_its_figures_and_the_answers_they_leave_out() {
    let text = text(&fixed(), Some("plots"));
    assert!(text.contains("A processor, 2 cores, 24 GiB, Linux 6.1.0"));
    assert!(text.contains("fsync on, synchronous_commit on, full_page_writes on"));
    assert!(text.contains("- 256 clients, lanes: 3 × 500 INTERNAL, 5 × 503"));
    assert!(text.contains("HOT updates: `inventory` 99.6 % of 3,094"));
    assert!(text.contains("(plots/throughput.svg)"));
}

#[test]
fn the_seats_section_has_rows_from_the_first_seats_sold_to_the_last() {
    let text = text(&fixed(), None);
    for row in [
        "| named | 50 % | 1.0 | 10,000 | 10,000 | 4,000 | – |",
        "| named | 100 % | 8.0 | 2,500 | 2,500 | 22,000 | 15.0 / 30.0 |",
        "| 0–5 % | 4,000 | 0 % | 3.50 / 6.00 | 4,000 | 0 % | 3.50 / 6.00 | 11,000 | 2 % |",
        "| 95–100 % | 3,900 | 12 % | 3.60 / 6.10 | 3,000 | 50 % | 4.60 / 8.10 | 200 | 99 % |",
        "| 90–95 % | – | – | – | – | – | – | – | – |",
        "- best available, other answers: 2 × 500 INTERNAL, 7 × 503",
        "| all seats, compressed | 1 | 5,650 | 120 | 8.00 / 31.0 |",
        "The load generator used 31 % and 12 % of a core",
        "3 other answers are left out",
    ] {
        assert!(text.contains(row), "{row} is not in\n{text}");
    }
}

#[test]
fn every_plot_is_well_formed_and_no_name_covers_another() {
    let folder = std::env::temp_dir().join(format!("boxoffice-bench-report-{}", std::process::id()));
    let report = folder.join("fixed.md");
    write(&report, &fixed()).expect("a folder for temporary files");
    for plot in ["throughput", "latency", "percentiles", "goodput", "seats", "seats-latency", "long"] {
        let svg = std::fs::read_to_string(folder.join(format!("fixed/{plot}.svg"))).expect("a plot");
        assert_well_formed(&svg);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{plot} has an invalid point");
        let mut names = heights_of_names(&svg);
        assert!(!names.is_empty(), "{plot} names no line");
        names.sort_by(f64::total_cmp);
        assert!(names.windows(2).all(|pair| pair[1] - pair[0] >= 12.0), "{plot}: {names:?}");
    }
    std::fs::remove_dir_all(folder).expect("what was written can be removed");
}

/// Checks that elements are closed in the right order and attributes are quoted.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().expect("a tag has a name"));
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed");
}

/// Vertical positions of the texts to the right of the plot.
fn heights_of_names(svg: &str) -> Vec<f64> {
    let names = svg.lines().filter(|line| line.starts_with("<text x=\"573.0\""));
    let height = |line: &str| line.split("y=\"").nth(1)?.split('"').next()?.parse().ok();
    names.map(|line| height(line).expect("a text has a height")).collect()
}

#[test]
fn a_section_is_added_once_and_replaced_afterwards() {
    let first = replace("# Benchmarks\n\nHand-written text.\n", "a", "one").expect("no markers yet");
    let both = replace(&first, "b", "two").expect("no markers of b yet");
    let again = replace(&both, "a", "three\n").expect("matching markers");
    assert!(again.starts_with("# Benchmarks\n\nHand-written text.\n\n<!-- a: begin"));
    assert!(!again.contains("one") && again.contains("\nthree\n") && again.contains("\ntwo\n"));
    assert_eq!(replace(&again, "a", "three").expect("matching markers"), again);
}

#[test]
fn markers_that_do_not_match_are_refused() {
    let whole = replace("", "a", "one").expect("no markers yet");
    let half = whole.replace("<!-- a: end -->", "");
    assert!(replace(&half, "a", "two").is_err());
}
