//! What all platforms share about their surroundings.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use object_store::{BackoffConfig, RetryConfig};

use super::problem::ObjectProblem;
use super::process::is_word;
use crate::state::seconds_of;

/// What Linux knows of the machine that it runs on.
const MACHINE: &str = "/sys/class/dmi/id";

/// A variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The same for one whose value is sent in the head of a request.
pub(super) fn word(name: &str) -> Result<Option<String>, ObjectProblem> {
    match variable(name) {
        Some(value) if !is_word(&value) => {
            let told = format!("`{name}` holds a blank or another character that cannot be sent");
            Err(ObjectProblem::setting(told))
        }
        value => Ok(value),
    }
}

/// One try and no other: whoever asks knows better what an answer means.
pub(super) fn once() -> RetryConfig {
    RetryConfig { backoff: BackoffConfig::default(), max_retries: 0, ..RetryConfig::default() }
}

/// A file below the home of whoever runs this.
pub(super) fn at_home(path: &str) -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(path))
}

/// Whether Linux says one of these things of this machine, in a file of its own for each kind.
pub(super) fn machine_is(file: &str, words: &[&str]) -> bool {
    let told = std::fs::read_to_string(PathBuf::from(MACHINE).join(file)).unwrap_or_default();
    words.iter().any(|word| told.trim().starts_with(word))
}

/// How long it is until a time such as `2026-01-02T03:04:05Z`; with a fraction or another zone than
/// that of Greenwich it is not known.
pub(super) fn until(time: &str) -> Option<Duration> {
    let whole = time.get(..19)?;
    let zone = time.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let is_utc = matches!(zone, "Z" | "+00:00");
    let seconds = seconds_of(&format!("{whole}Z")).filter(|_| is_utc)?;
    Some(until_seconds(seconds))
}

/// How long it is until so many seconds after 1970.
pub(super) fn until_seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds).saturating_sub(now())
}

/// How long 1970 is ago by the clock of this machine.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
