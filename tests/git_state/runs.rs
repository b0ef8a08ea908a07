//! Runs that want one state at the same time, or after one that did not end.

use std::process::{Child, Stdio};

use clerkform::state::{seconds_of, time_of};
use serde_json::{Value, json};

use crate::repositories::{FILE, PATCH, Repositories, ended, hanging, script};
use crate::support::fake::{Answer, Fake, Script};
use crate::support::program::run;

#[test]
fn of_sixteen_runs_one_goes_on_and_the_others_end_with_75() {
    const ROUNDS: usize = 6;
    let repositories = Repositories::new(FILE);
    for name in ["a", "b", "c"] {
        repositories.clone(name);
    }
    for round in 0..ROUNDS {
        let fake = Fake::start(hanging());
        let clones = ["first", "a", "b", "c"].into_iter().cycle().take(16);
        let mut runs: Vec<Child> = clones
            .map(|name| repositories.run(name, &fake).start(&["apply", "--yes", "--quiet"]))
            .collect();
        fake.wait_for(PATCH);
        // Whoever made the call waits for its answer, so that the others end before it.
        let mut losers = Vec::new();
        while losers.len() < 15 {
            let at = runs.iter_mut().position(|it| it.try_wait().unwrap().is_some());
            match at {
                Some(at) => losers.push(ended(runs.remove(at))),
                None => std::thread::yield_now(),
            }
        }
        fake.let_go();
        let winner = ended(runs.pop().unwrap());
        assert_eq!(winner.exit, 0, "{round}: {winner:?}");
        for loser in &losers {
            assert_eq!(loser.exit, 75, "{round}: {loser:?}");
        }
        assert_eq!(repositories.run("a", &fake).calls().len(), 1, "{round}");
        let state = repositories.state();
        assert_eq!(state["in_flight"], Value::Null);
        assert_eq!(state["serial"], json!(3 * round + 2));
        repositories.run("b", &fake).succeeds(&["state", "forget", "restrictions"]);
    }
}

#[test]
fn a_killed_run_keeps_others_out_until_its_lease_is_over_and_leaves_doubt() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(hanging()));
    let first = repositories.run("first", &fake);
    let mut killed = first.start(&["apply", "--yes"]);
    fake.wait_for(PATCH);
    killed.kill().unwrap();
    killed.wait().unwrap();

    repositories.clone("other");
    let fake = Fake::start(Script::new());
    let other = repositories.run("other", &fake);
    let ran = other.run(&["apply", "--yes", "--quiet"]);
    assert_eq!(ran.exit, 75, "{ran:?}");
    let state = repositories.state();
    let until = state["in_flight"]["lease_until"].as_str().unwrap();
    assert!(ran.stderr.contains(&format!("process {} on ", killed.id())), "{ran:?}");
    // What is told is when another run may take over: the clocks may be a minute apart.
    let free = time_of(seconds_of(until).unwrap() + 60);
    assert!(ran.stderr.contains(&format!(" until {free}\n")), "{ran:?}");
    assert_eq!(other.run(&["state", "unlock"]).exit, 75);
    let status = other.run(&["status"]);
    let told = format!("has not ended; others may take over after {free}\n");
    assert!(status.exit == 2 && status.stdout.contains(&told), "{status:?}");
    let shown = other.succeeds(&["state", "show"]);
    assert!(shown.contains(&format!("others may take over after {free}\n")), "{shown}");
    assert_eq!(other.calls(), [""; 0]);

    let mut over = state;
    over["in_flight"]["lease_until"] = json!("2026-01-02T03:04:05Z");
    repositories.set_state(&over);
    let told = "its lease ended at 2026-01-02T03:04:05Z, and the next apply takes over\n";
    let status = other.run(&["status"]);
    assert!(status.exit == 2 && status.stdout.contains(told), "{status:?}");
    assert!(other.succeeds(&["state", "show"]).contains(told));
    let plan = other.run(&["plan", "--detailed-exitcode"]);
    assert!(plan.exit == 2 && plan.stdout.contains("uncertain"), "{plan:?}");
    other.succeeds(&["apply", "--yes"]);
    assert_eq!(other.calls(), [PATCH]);
    let state = repositories.state();
    assert_eq!((&state["uncertain"], &state["in_flight"]), (&json!({}), &Value::Null));
}

#[test]
fn patience_waits_for_the_run_that_holds_the_state() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(hanging()));
    let first = repositories.run("first", &fake).start(&["apply", "--yes"]);
    fake.wait_for(PATCH);
    repositories.clone("other");
    let other = Fake::start(Script::new());
    let waiting =
        repositories.run("other", &other).start(&["apply", "--yes", "--lock-timeout", "600"]);
    fake.let_go();
    assert_eq!(ended(first).exit, 0);
    let waited = ended(waiting);
    assert_eq!(waited.exit, 0, "{waited:?}");
    assert_eq!(repositories.run("other", &other).calls(), [""; 0]);
}

#[test]
fn a_try_that_went_unanswered_keeps_the_next_run_waiting_though_nothing_is_in_doubt_by_it() {
    let repositories = Repositories::new(FILE);
    let gone = Answer { status: 504, ..Answer::default() };
    let fake = Fake::start(script(&[(PATCH, gone)]));
    let first = repositories.run("first", &fake);
    let ran = first.run(&["apply", "--yes", "--retry-timeout", "0"]);
    assert_eq!(ran.exit, 3, "{ran:?}");
    let state = repositories.state();
    assert_eq!(state["uncertain"], json!({"restrictions": ["blocklist"]}));
    assert_eq!(state["in_flight"]["calls"], json!([]));
    let ran = first.run(&["apply", "--yes"]);
    assert_eq!(ran.exit, 75, "{ran:?}");
    assert_eq!(first.calls().len(), 1);
}

#[test]
fn a_state_that_another_run_takes_meanwhile_skips_its_target_alone() {
    let file = "restrictions: {blocklist: true}\nenvironments:\n  \
                a: {target: {secret_key_env: KEY_A}}\n  b: {target: {secret_key_env: KEY_B}}\n";
    let repositories = Repositories::new(file);
    let mut script = hanging();
    script.insert("GET /v1/instance".to_owned(), vec![Answer { status: 404, ..Answer::default() }]);
    let fake = Fake::start(script.clone());
    let command = |fake: &Fake, words: &[&str]| {
        let mut command = repositories.run("first", fake).command(words);
        command.env("KEY_A", "sk_test_a").env("KEY_B", "sk_test_b");
        command
    };
    let words = ["apply", "--yes", "--all-envs", "--parallelism", "1", "--output-format", "json"];
    let mut fleet = command(&fake, &words);
    let fleet = fleet.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    fake.wait_for(PATCH);
    script.remove(PATCH);
    let other = Fake::start(script);
    let ran = run(&mut command(&other, &["apply", "--yes", "-e", "b"]));
    assert_eq!(ran.exit, 0, "{ran:?}");
    fake.let_go();
    let ran = ended(fleet);
    assert_eq!(ran.exit, 3, "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    let calls: Vec<_> = ["0", "1"]
        .iter()
        .map(|target| shown.pointer(&format!("/targets/{target}/calls/0")).unwrap())
        .map(|call| (call["outcome"].clone(), call["error"]["code"].clone()))
        .collect();
    let expected = [(json!("applied"), Value::Null), (json!("skipped"), json!("locked"))];
    assert_eq!(calls, expected, "{shown}");
}

#[test]
fn a_state_that_was_taken_over_during_the_calls_is_left_to_its_new_owner() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(hanging()));
    let running = repositories.run("first", &fake).start(&["apply", "--yes"]);
    fake.wait_for(PATCH);
    let mut taken = repositories.state();
    taken["serial"] = json!(9);
    taken["in_flight"]["by"] = json!("1 on another.host");
    taken["in_flight"]["run"] = json!("another");
    repositories.set_state(&taken);
    fake.let_go();
    let ran = ended(running);
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert!(ran.stdout.contains("the lease on this state was lost: process 1 on another.host"));
    assert_eq!(repositories.state(), taken);
}
