//! The bytes of a state, whatever they are: one that is accepted is written as it was read, and
//! stays one through every step.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stages::render::{state::text, text::palette::Palette};
use stages::state::{ClockReading, InstanceRef, IntendedCall, Intent, Settlement, State};

fuzz_target!(|bytes: &[u8]| {
    let Ok(state) = State::parse(bytes) else { return };
    assert_is_kept(&state);
    let now = ClockReading { earliest: 0, latest: 1 };
    let takeover = state.in_flight.as_ref().and_then(|intent| intent.takeover(now, 60));
    let shown = text(&state, "clerk.state.json", takeover.as_ref(), &Palette::plain());
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");

    let calls: Vec<IntendedCall> = state
        .applied
        .iter()
        .map(|(section, fields)| IntendedCall {
            section: section.clone(),
            body: fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        })
        .collect();
    let intent = Intent { run: "r".to_owned(), by: "1 on h".to_owned(), lease_until: None, calls };
    let doubted = state.uncertain_fields();
    let mut run = state.clone().begin(intent.clone(), InstanceRef::default());
    assert_is_kept(&run);
    for (section, fields) in &doubted {
        for field in fields {
            assert!(run.uncertain[section].contains(field), "a doubt was forgotten: {field}");
        }
    }
    for (index, call) in intent.calls.iter().enumerate() {
        let settlement = match index % 3 {
            0 => Settlement::Unknown,
            1 => Settlement::Refused,
            _ => Settlement::Accepted(Default::default()),
        };
        run = run.settle(&call.section, &call.body, &settlement);
        assert_is_kept(&run);
    }
    assert_is_kept(&run.end());
    if let Some(unlocked) = state.unlock() {
        assert_eq!(unlocked.uncertain_fields(), doubted);
        assert_is_kept(&unlocked);
    }
    let known: Vec<(String, String)> = state
        .known()
        .keys()
        .map(|(section, field)| ((*section).to_owned(), (*field).to_owned()))
        .collect();
    let nothing =
        state.abandon().release(known.iter().map(|(section, field)| (&**section, &**field)));
    assert_is_kept(&nothing);
    assert!(nothing.known().is_empty());
});

/// What is written is read as it was, and written again with the same bytes.
fn assert_is_kept(state: &State) {
    let bytes = state.to_bytes();
    let again = State::parse(&bytes).expect("a state that was written can be read");
    assert_eq!(&again, state);
    assert_eq!(again.to_bytes(), bytes);
}
