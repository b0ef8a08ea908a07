//! The whole job with a state in an object store, and how many requests it takes.

use std::fs;

use serde_json::Value;

use crate::place::Stored;
use crate::support::object_servers::Kind;
use crate::support::served::Served;

/// What one command asks of the store, by method.
fn requests(stored: &Stored, words: &[&str], exit: i32) -> Vec<String> {
    let before = stored.proxy.asked().len();
    let ran = stored.run(words);
    assert_eq!(ran.exit, exit, "{words:?} {ran:?}");
    let asked = stored.proxy.asked().split_off(before);
    asked.iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect()
}

pub fn whole(kind: Kind) {
    let stored = Stored::new(kind);
    let served = Served::start(&[]);
    let file = stored.place.path("clerk.yaml");
    let stored = Stored { place: stored.place.asking(&served.url), ..stored };
    assert_eq!(requests(&stored, &["plan", "--detailed-exitcode"], 2), ["GET"]);
    // One read, two writes, and two that have to be refused.
    let first = requests(&stored, &["apply", "--yes"], 0);
    assert_eq!(first, ["GET", "PUT", "PUT", "PUT", "PUT"]);
    for words in
        [&["plan", "--detailed-exitcode"][..], &["apply", "--yes"], &["drift"], &["status"]]
    {
        assert_eq!(requests(&stored, words, 0), ["GET"], "{words:?}");
    }
    let state = stored.document().unwrap();
    assert_eq!((&state["serial"], &state["in_flight"]), (&Value::from(2), &Value::Null));
    let lineage = state["lineage"].clone();

    // Somebody changes a setting elsewhere.
    fs::write(&file, "restrictions: {blocklist: false}\n").unwrap();
    stored.succeeds(&["apply", "--yes", "--state", "other.json"]);
    fs::write(&file, Stored::file()).unwrap();
    assert_eq!(stored.run(&["drift"]).exit, 2);
    stored.succeeds(&["apply", "--refresh", "--yes"]);
    stored.succeeds(&["drift"]);

    // To a file and back, and by hand.
    let serial = |state: &Value| state["serial"].as_u64().unwrap();
    let before = stored.document().unwrap();
    stored.succeeds(&["state", "move", &stored.state, "beside"]);
    let beside = fs::read(stored.place.path("clerk.state.json")).unwrap();
    let beside: Value = serde_json::from_slice(&beside).unwrap();
    assert_eq!((&beside["lineage"], serial(&beside)), (&lineage, serial(&before) + 1));
    stored.succeeds(&["plan", "--detailed-exitcode", "--state", "clerk.state.json"]);
    stored.succeeds(&["state", "move", "beside", &stored.state]);
    assert!(!stored.place.path("clerk.state.json").exists());
    stored.succeeds(&["plan", "--detailed-exitcode"]);
    let pulled = stored.succeeds(&["state", "pull"]);
    let mut pulled: Value = serde_json::from_str(&pulled).unwrap();
    assert_eq!((&pulled["lineage"], serial(&pulled)), (&lineage, serial(&before) + 2));
    let pushed = stored.place.path("pushed.json");
    for (of, exit) in [(serial(&before), 1), (serial(&before) + 9, 0)] {
        pulled["serial"] = of.into();
        fs::write(&pushed, pulled.to_string()).unwrap();
        let ran = stored.run(&["state", "push", "pushed.json"]);
        assert_eq!(ran.exit, exit, "{ran:?}");
        assert!(exit == 0 || ran.stderr.contains("state-conflict"), "{ran:?}");
    }
    assert_eq!(serial(&stored.document().unwrap()), serial(&before) + 9);
}
