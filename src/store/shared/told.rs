//! What a run is told of the others that use its state, in words.

use crate::state::{Intent, State};
use crate::store::{KeptBytes, StoreClock, holder};

/// Who holds a state, and until when nobody else may.
pub(super) fn held_by(intent: &Intent, clock: &StoreClock) -> String {
    let by = holder::describe(&intent.by);
    match clock.takeover(intent) {
        Some(takeover) if intent.calls.is_empty() => format!(
            "{by}, which has ended; a call of it went unanswered and may take effect until {}",
            takeover.after
        ),
        Some(takeover) => format!("{by} until {}", takeover.after),
        None => by,
    }
}

/// What another run has written.
pub(super) fn described(kept: Option<&KeptBytes>, clock: &StoreClock) -> String {
    let Some(KeptBytes { bytes, .. }) = kept else { return "it is missing now".to_owned() };
    match State::parse(bytes) {
        Ok(State { in_flight: Some(intent), .. }) => held_by(&intent, clock),
        Ok(State { serial, .. }) => format!("it is at serial {serial} now"),
        Err(error) => format!("what is there now is no state: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{ClockReading, IntendedCall};

    #[test]
    fn a_run_that_has_ended_is_told_apart_from_one_that_is_at_work() {
        let clock = StoreClock::showing(ClockReading { earliest: 0, latest: 0 });
        let mut intent = Intent {
            run: "r".to_owned(),
            by: "process 7 on a".to_owned(),
            lease_until: Some("2026-01-02T03:04:05Z".to_owned()),
            calls: Vec::new(),
        };
        let tail = held_by(&intent, &clock);
        let expected = ", which has ended; a call of it went unanswered and may take effect until \
                        2026-01-02T03:04:05Z";
        assert!(tail.ends_with(expected), "{tail}");
        let body = serde_json::Map::new();
        intent.calls.push(IntendedCall { section: "instance".to_owned(), body });
        assert!(held_by(&intent, &clock).ends_with(" until 2026-01-02T03:04:05Z"));
        assert!(!held_by(&intent, &clock).contains("ended"));
    }
}
