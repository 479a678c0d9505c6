//! Rebuilds when ../migrations/ changes, because `sqlx::migrate!` alone does not detect a new file.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
