//! Which of all the states that a file holds over time.

use crate::state::State;
use crate::store::Stored;
use crate::text::fingerprint;
use crate::text::sanitize;

/// Which of all the states that a place may hold over time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StateVersion {
    lineage: String,
    serial: u64,
    digest: String,
}

impl From<&Stored> for StateVersion {
    fn from(stored: &Stored) -> Self {
        Self::of(&stored.state, &stored.digest)
    }
}

impl StateVersion {
    /// The version of these bytes of a state.
    pub(super) fn of(state: &State, digest: &str) -> Self {
        let (lineage, digest) = (state.lineage.clone(), digest.to_owned());
        Self { lineage, serial: state.serial, digest }
    }

    /// Whether a place that holds these bytes holds this version.
    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        self.digest == fingerprint(bytes)
    }

    /// In words, beside another one.
    pub(super) fn describe(version: Option<&Self>) -> String {
        version.map_or_else(
            || "missing".to_owned(),
            |it| {
                let (lineage, digest) = (sanitize(&it.lineage, 40), &it.digest[..8]);
                format!("serial {} of lineage {lineage} (SHA-256 {digest}…)", it.serial)
            },
        )
    }
}
