//! The workspace's manifest: what the compiler takes from it without a warning.

/// Packages of this workspace that the binary links and whose releases would be built without overflow checks.
pub fn packages_without_overflow_checks(manifest: &str) -> Vec<&str> {
    let linked = section(manifest, "[dependencies]").lines().filter(|line| line.contains("path = \""));
    let names = linked.filter_map(|line| line.split(" = ").next());
    let checked = |name: &&str| {
        let profile = section(manifest, &format!("[profile.release.package.{name}]"));
        profile.lines().any(|line| line.trim() == "overflow-checks = true")
    };
    ["boxoffice"].into_iter().chain(names).filter(|name| !checked(name)).collect()
}

/// The lines between a section's heading and the next one; nothing if there is no such section.
fn section<'a>(manifest: &'a str, heading: &str) -> &'a str {
    let Some((_, after)) = manifest.split_once(&format!("{heading}\n")) else { return "" };
    after.split("\n[").next().unwrap_or_default()
}
