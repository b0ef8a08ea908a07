//! Writes that get lost, arrive late or twice, or are answered by something in between: a run that is
//! told of success has what it wrote in the store, and one that is not goes no further than it may.

use std::future::Future;

use clerkform::state::State;
use futures_util::future::join_all;

use crate::place::Stored;
use crate::support::object_servers::Kind;
use crate::support::program::run;
use crate::support::proxy::Fault;
use crate::writers::{begun, store};

const FAULTS: [Fault; 12] = [
    Fault::CutBefore,
    Fault::CutAfter,
    Fault::AnsweredBefore(409),
    Fault::AnsweredBefore(412),
    Fault::AnsweredBefore(500),
    Fault::AnsweredBefore(503),
    Fault::AnsweredAfter(409),
    Fault::AnsweredAfter(412),
    Fault::AnsweredAfter(500),
    Fault::AnsweredAfter(503),
    Fault::Doubled,
    Fault::Delayed,
];

/// The writes of a run on a new state: its intent, two that have to be refused, its record.
const INTENT: usize = 1;
const PROBES: usize = 2;
const RECORD: usize = INTENT + PROBES + 1;

/// How many in a row go wrong.
const IN_A_ROW: [usize; 3] = [1, 2, 5];

pub fn each(kind: Kind) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut runs: Vec<std::pin::Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
        for fault in FAULTS {
            for number in IN_A_ROW {
                for at in [INTENT, INTENT + 1, INTENT + PROBES, RECORD] {
                    // Those in a row that begin with the first probe hit the second one too.
                    if number > 1 && at == INTENT + PROBES {
                        continue;
                    }
                    runs.push(Box::pin(one(kind, fault, at, number)));
                }
            }
        }
        join_all(runs).await;
    });
}

/// One run in which so many writes go wrong from one on.
async fn one(kind: Kind, fault: Fault, at: usize, number: usize) {
    let told = format!("{number} × {fault:?} at write {at}");
    // What goes wrong once is tried again, or found to be done.
    let has_to_succeed = number == 1 && matches!(at, INTENT | RECORD);
    // Half of them make the state, and what is delayed arrives before their record; the others find one,
    // and it arrives after.
    let makes_it = number == 2;
    let stored = Stored::new(kind);
    if !makes_it {
        stored.raw.put(&stored.key, &begun(None, "zero").end().to_bytes());
    }
    let run = store(&stored);
    let lock = run.lock().await.unwrap();
    for nth in at..at + number {
        stored.proxy.fail_write(nth, fault);
    }
    let intent = begun(lock.found().map(|found| found.state.clone()), "one");
    let written = lock.write(&intent).await;
    let there = stored.parsed();
    let has_intent = |state: &State| state.in_flight.as_ref().is_some_and(|it| it.run == "one");
    if let Err(error) = written {
        // No call is made. What is there claims nothing; if it is the intent, that is a doubt.
        stored.proxy.let_arrive();
        let claims = stored.parsed().is_some_and(|state| !state.applied.is_empty());
        assert!(!claims && !has_to_succeed, "{told}: {error}");
        return;
    }
    assert!(there.as_ref().is_some_and(has_intent), "{told}: {there:?}");
    if makes_it {
        stored.proxy.let_arrive();
        assert!(stored.parsed().is_some_and(|state| has_intent(&state)), "{told}");
    }
    // Another run keeps out.
    let other = store(&stored);
    let kept_out = other.lock().await.map(drop).unwrap_err();
    assert_eq!(kept_out.code().as_str(), "locked", "{told}");
    let recorded = lock.record(intent.clone(), None).await;
    let before = stored.parsed().unwrap();
    stored.proxy.let_arrive();
    let after = stored.parsed().unwrap();
    match &recorded {
        Ok(()) => {
            assert_eq!(before.in_flight, None, "{told}");
            assert_eq!(after, before, "{told}: what came late has replaced the record");
        }
        // The intent stays in place, or the record is there after all.
        Err(error) => {
            assert!(!has_to_succeed, "{told}: {error}");
            assert!(has_intent(&before) || before.in_flight.is_none(), "{told}: {error}");
        }
    }
}

/// A move of two states of which the second cannot be written.
pub fn half_a_move() {
    let stored = Stored::new(Kind::S3);
    let file = "instance: {hibp: true}\nenvironments: {a: {}, b: {}}\n";
    std::fs::write(stored.place.path("clerk.yaml"), file).unwrap();
    let path = |name: &str| stored.place.path(&format!("clerk.{name}.state.json"));
    let adopt = ["state", "adopt", "--all-envs"];
    let adopted = run(stored.place.command(&adopt).env_remove("CLERKFORM_STATE"));
    assert_eq!(adopted.exit, 0, "{adopted:?}");
    // The first is written and proven by two more.
    stored.proxy.fail_write(1 + PROBES + 1, Fault::Refused(403, "AccessDenied"));
    let words = ["state", "move", "beside", &stored.state, "--all-envs"];
    let ran = stored.run(&words);
    assert!(ran.exit == 1 && ran.stderr.contains("error[state-denied]"), "{ran:?}");
    assert!(ran.stderr.contains("; changed before that: s3://states/"), "{ran:?}");
    assert!(!path("a").exists() && path("b").exists());
    let said = stored.succeeds(&words);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].ends_with(": moved already."), "{said}");
    assert!(lines[1].ends_with(": serial 2 written; the file was removed."), "{said}");
    assert!(!path("b").exists());
}
