//! Suite files: errors are found before a scenario starts.

use std::path::Path;
use std::time::Duration;

use boxoffice_bench::engines::Engine;
use boxoffice_bench::suite::{GridKind, Suite};

fn refusal(text: &str) -> String {
    format!("{:#}", Suite::parse(text).expect_err("it should be refused"))
}

#[test]
fn every_suite_of_the_repository_is_valid() {
    for name in ["full", "quick", "long"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("suites/{name}.toml"));
        assert_eq!(Suite::read(&path).expect("a valid suite").name, name);
    }
}

#[test]
fn missing_settings_of_a_scenario_come_from_the_defaults() {
    let suite = Suite::parse(
        "name = 'a'
         [defaults]
         clients = [1, 2]
         rounds = 4
         [scenarios.mixed]
         [scenarios.hot]
         engines = ['lanes', 'floor']
         rounds = 1
         window-seconds = 0.5",
    );
    let grids = suite.expect("a valid suite").grids();
    let [hot, mixed] = &grids[..] else { panic!("two scenarios, in the order in which they run") };
    assert_eq!((hot.kind, &hot.engines[..]), (GridKind::Hot, &[Engine::Lanes, Engine::Floor][..]));
    assert_eq!((&hot.clients[..], hot.rounds, hot.window), (&[1, 2][..], 1, Duration::from_millis(500)));
    assert_eq!((mixed.kind, &mixed.engines[..], mixed.rounds), (GridKind::Mixed, &[Engine::Lanes][..], 4));
}

#[test]
fn an_unknown_name_is_refused_and_the_error_lists_the_known_ones() {
    let message = refusal("name = 'a'\n[scenarios.warm]");
    assert!(message.contains("unknown field `warm`") && message.contains("`hot-remote`"), "{message}");
    let message = refusal("name = 'a'\n[scenarios.hot]\nwindow = 1");
    assert!(message.contains("unknown field `window`") && message.contains("window-seconds"), "{message}");
    assert!(refusal("name = 'a'\n[scenarios.hot]\nengines = ['fast']").contains("unknown variant `fast`"));
    assert!(refusal("name = 'A b'\n[scenarios]").contains("lower case"));
}

#[test]
fn a_value_out_of_range_is_refused_and_the_error_has_the_range() {
    let refusal_of = |line: &str| refusal(&format!("name = 'a'\n[scenarios.hot]\n{line}"));
    assert_eq!(refusal_of("rounds = 0"), "rounds of hot is 0: it must be from 1 to 20");
    assert_eq!(refusal_of("clients = [1, 5000]"), "clients of hot is 5000: it must be from 1 to 4096");
    assert_eq!(refusal_of("clients = []"), "clients of hot: name at least one number");
    assert_eq!(refusal_of("window-seconds = 0.01"), "window-seconds of hot is 0.01: it must be from 0.1 to 600");
    assert!(refusal_of("window-seconds = -1").starts_with("window-seconds of hot"));
    assert!(refusal_of("window-seconds = nan").starts_with("window-seconds of hot"));
    let sweep = refusal("name = 'a'\n[scenarios.sweep]\nholds = 10\nclients = 1\nrounds = 1\nquiet-seconds = 1");
    assert_eq!(sweep, "holds of sweep is 10: it must be from 1000 to 1000000");
    let seats = "sections = 5\nclients = 256\ncurve-clients = 0\nread-clients = 1\nrounds = 1\nwindow-seconds = 1";
    let seats = refusal(&format!("name = 'a'\n[scenarios.seats]\n{seats}"));
    assert_eq!(seats, "curve-clients of seats is 0: it must be from 1 to 4096");
}

#[test]
fn an_engine_that_a_scenario_does_not_support_is_refused() {
    let refusal_of =
        |table: &str, engines: &str| refusal(&format!("name = 'a'\n[scenarios.{table}]\nengines = {engines}"));
    assert_eq!(refusal_of("mixed", "['lanes', 'floor']"), "engines of mixed: floor is not for this scenario");
    assert_eq!(
        refusal_of("read-one", "['lanes', 'per-request']"),
        "engines of read-one: per-request is not for this scenario"
    );
    assert_eq!(
        refusal_of("seats-named", "['lanes', 'floor']"),
        "engines of seats-named: floor is not for this scenario"
    );
    assert_eq!(refusal_of("hot", "['floor']"), "engines of hot: lanes must be among them");
    assert_eq!(refusal_of("hot", "['lanes', 'lanes']"), "engines of hot: lanes twice");
}
