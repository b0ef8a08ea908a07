//! Two sets of settings side by side.

pub mod json;
pub mod markdown;
pub mod text;

use super::text::words::{count, verb};

/// What a comparison comes to, in one sentence.
fn totals(differences: usize) -> String {
    match differences {
        0 => "No differences.".to_owned(),
        some => format!("{} {}.", count(some, "setting"), verb(some, "differs", "differ")),
    }
}

/// What is shown where a side does not manage a setting.
const UNMANAGED: &str = "not managed";
