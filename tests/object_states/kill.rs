//! Runs that are killed before, during and after their n-th request to the store, and during their n-th
//! call. Whatever the state is then, it claims nothing false, and one `apply` after the lease converges.

use serde_json::Value;

use crate::place::Stored;
use crate::support::claims::{Sent, after, assert_as_wanted, assert_truthful, sent};
use crate::support::fake::{Answer, Fault as Trouble, Script};
use crate::support::object_servers::Kind;
use crate::support::proxy::Fault;

pub fn at_requests(kind: Kind) {
    for fault in [Fault::HeldBefore, Fault::HeldDuring, Fault::HeldAfter] {
        for nth in 1.. {
            let stored = Stored::new(kind);
            stored.proxy.fail_request(nth, fault);
            let mut run = stored.start(&["apply", "--yes"]);
            if nth > requests() {
                assert!(run.wait().unwrap().success());
                assert_eq!(stored.proxy.asked().len(), requests());
                break;
            }
            stored.proxy.while_held(|| {
                run.kill().unwrap();
                run.wait().unwrap();
            });
            is_truthful_and_converges(&stored, &[], &format!("{fault:?} {nth}"));
        }
    }
}

/// How many requests a first run makes: a read, the intent, two that have to be refused, the record.
const fn requests() -> usize {
    5
}

/// A `state move` to the store. The same command finishes what it has begun.
pub fn at_requests_of_a_move(kind: Kind) {
    for fault in [Fault::HeldBefore, Fault::HeldDuring, Fault::HeldAfter] {
        for nth in 1.. {
            let stored = Stored::new(kind);
            let told = format!("{fault:?} {nth}");
            let beside = stored.place.path("clerk.state.json");
            stored.succeeds(&["state", "adopt", "--state", "clerk.state.json"]);
            stored.proxy.fail_request(nth, fault);
            let words = ["state", "move", "beside", &stored.state];
            let mut run = stored.start(&words);
            if nth > MOVED_WITHIN {
                assert!(run.wait().unwrap().success() && !beside.exists());
                assert_eq!(stored.proxy.asked().len(), MOVED_WITHIN);
                break;
            }
            stored.proxy.while_held(|| {
                run.kill().unwrap();
                run.wait().unwrap();
            });
            assert!(beside.exists(), "{told}: the file is gone");
            stored.succeeds(&words);
            assert!(!beside.exists(), "{told}");
            assert_eq!(stored.document().unwrap()["serial"], 2, "{told}");
            assert!(stored.succeeds(&words).ends_with(": moved already.\n"), "{told}");
        }
    }
}

/// How many requests it makes: a read, the state, two that have to be refused, a read of what is there.
const MOVED_WITHIN: usize = 5;

pub fn at_calls(kind: Kind) {
    let calls = [
        "PATCH /v1/instance",
        "PATCH /v1/instance/restrictions",
        "PATCH /v1/instance/organization_settings",
    ];
    for call in calls {
        let hang = Answer { fault: Some(Trouble::Hang), ..Answer::default() };
        let stored = Stored::answering(kind, Script::from([(call.to_owned(), vec![hang])]));
        let mut run = stored.start(&["apply", "--yes"]);
        stored.place.fake.wait_for(call);
        run.kill().unwrap();
        run.wait().unwrap();
        stored.place.fake.let_go();
        let calls = sent(&stored.place.fake);
        is_truthful_and_converges(&stored, &calls[calls.len() - 1..], call);
    }
}

fn is_truthful_and_converges(stored: &Stored, open: &[Sent], told: &str) {
    let run = sent(&stored.place.fake);
    match stored.parsed() {
        Some(state) => assert_truthful(&state, &after(&run), &run, open, told),
        None => assert!(run.is_empty(), "{told}: {run:?} was sent without an intent"),
    }
    if stored.parsed().is_some_and(|state| state.in_flight.is_some()) {
        assert_eq!(stored.run(&["apply", "--yes"]).exit, 75, "{told}");
        stored.expire();
    }
    stored.succeeds(&["apply", "--yes"]);
    assert_as_wanted(&after(&sent(&stored.place.fake)), Stored::file(), told);
    stored.succeeds(&["plan", "--detailed-exitcode"]);
    assert_eq!(stored.document().unwrap()["in_flight"], Value::Null, "{told}");
}
