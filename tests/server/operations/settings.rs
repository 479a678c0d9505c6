//! Settings: how arguments become settings, and that .env.example lists them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use boxoffice::config::{CommandInputs, DRAIN_WINDOW_DEFAULT, LogFormat, Settings, SettingsArgs};
use boxoffice::server::WIND_DOWN_MARGIN;
use clap::{Args as _, Command, FromArgMatches as _};

const ENV_EXAMPLE: &str = include_str!("../../../.env.example");

/// Settings of a server with these arguments and no others.
fn settings(arguments: &[&str]) -> Settings {
    resolve(arguments).expect("the settings agree and the key is long enough")
}

fn resolve(arguments: &[&str]) -> anyhow::Result<Settings> {
    // The environment of the tests may have settings of its own, so it is not read.
    let command = SettingsArgs::augment_args(Command::new("serve")).mut_args(|argument| argument.env(None::<&str>));
    let matches = command.no_binary_name(true).try_get_matches_from(arguments).expect("the arguments are right");
    let arguments = SettingsArgs::from_arg_matches(&matches).expect("the arguments are right");
    let inputs = CommandInputs {
        host_default: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        log_format_default: LogFormat::Json,
        drain_window_default: DRAIN_WINDOW_DEFAULT,
        database_url: "postgres://localhost/none".to_owned().into(),
        payment_token_key: "0123456789abcdef0123456789abcdef".to_owned().into(),
    };
    arguments.resolve(inputs)
}

#[test]
fn a_command_cannot_begin_after_its_caller_was_answered() {
    let refused = resolve(&["--command-deadline-ms", "450"]).expect_err("the answer comes at 450 ms");
    assert!(refused.to_string().contains("COMMAND_DEADLINE_MS"), "{refused}");
    assert!(resolve(&["--command-deadline-ms", "449"]).is_ok());
}

#[test]
fn with_default_settings_a_server_stops_within_the_grace_period_of_a_cluster() {
    let settings = settings(&[]);
    let longest = settings.drain_window + settings.shutdown_timeout + WIND_DOWN_MARGIN;
    assert!(
        longest < Duration::from_secs(30),
        "Kubernetes kills a process 30 s after SIGTERM, and Boxoffice may take {longest:?}"
    );
}

#[test]
fn blanks_and_stray_commas_in_the_log_level_change_nothing() {
    assert_eq!(settings(&["--log-level", " info, sqlx=warn,"]).log.level, "info,sqlx=warn");
}

#[test]
fn an_audit_interval_of_zero_is_never() {
    assert_eq!(settings(&["--audit-interval-seconds", "0"]).audit_interval, None);
    assert_eq!(settings(&[]).audit_interval.map(|interval| interval.as_secs()), Some(300));
}

#[test]
fn the_example_of_an_environment_has_every_setting_with_its_default() {
    let command = SettingsArgs::augment_args(Command::new("serve"));
    let lines = ENV_EXAMPLE.lines().filter_map(|line| line.strip_prefix('#').and_then(|line| line.split_once('=')));
    let documented: BTreeMap<_, _> =
        lines.filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')).collect();
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        let name = argument.get_env().and_then(|name| name.to_str()).expect("every setting is a variable too");
        let default = documented.get(name).unwrap_or_else(|| panic!("{name} is missing"));
        if let [value] = argument.get_default_values() {
            assert_eq!(value, default, "{name}");
        }
    }
}
