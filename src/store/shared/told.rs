//! What a run is told of the others that use its state, in words.

use crate::state::{Intent, State};
use crate::store::clock::Apart;
use crate::store::{KeptBytes, StoreClock, holder};

/// By how many seconds a clock differs from another one, and whose that is.
pub(super) fn apart(clock: &StoreClock, intent: Option<&Intent>) -> Option<(u64, String)> {
    let (seconds, other) = match clock.apart() {
        Some(Apart::AheadOfPlace(ahead)) => (ahead, "ahead of the remote's"),
        Some(Apart::BehindPlace(behind)) => (behind, "behind the remote's"),
        Some(Apart::BehindWriter(behind)) => {
            (behind, "behind the one that the state was last written by")
        }
        None => {
            let intent = intent?;
            let holder = held_by(intent, clock);
            let whose = format!("behind that of the run that holds the state: {holder}");
            return intent.ahead_of(clock.now()).map(|ahead| (ahead, whose));
        }
    };
    Some((seconds, other.to_owned()))
}

/// Who holds a state, and until when nobody else may.
pub(super) fn held_by(intent: &Intent, clock: &StoreClock) -> String {
    let by = holder::describe(&intent.by);
    match clock.takeover(intent) {
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
