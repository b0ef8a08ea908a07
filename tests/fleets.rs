//! Random fleets through the real program: several files, environments or none, any
//! `--parallelism`, and a service that refuses, breaks down or loses answers, for each instance by
//! itself. What one instance meets is nothing to another, no state claims what its instance was not
//! sent, and once nothing goes wrong one run converges.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use clerkform::catalog::SECTIONS;
use clerkform::state::State;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::fake::{Answer, Fake, Fault, Script};
use support::program::{Ran, clerkform, run};
use tempfile::TempDir;

/// What the targets of these fleets may set.
const FIELDS: [(&str, &str); 6] = [
    ("instance", "hibp"),
    ("instance", "test_mode"),
    ("restrictions", "blocklist"),
    ("restrictions", "allowlist"),
    ("organization_settings", "enabled"),
    ("organization_settings", "domains_enabled"),
];

/// The values of one layer, by the place of their field in [`FIELDS`].
type Layer = [Option<bool>; FIELDS.len()];

/// A file: its base, and its environments where it has any.
#[derive(Clone, Debug)]
struct File {
    base: Layer,
    environments: Vec<Layer>,
}

/// What the service does with the call of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Answered,
    Refused,
    BrokenDown,
    AnswerLost,
}

/// One run: the files as they are then, how many instances at once, and what becomes of the calls
/// of each target to its sections.
#[derive(Clone, Debug)]
struct Round {
    files: Vec<File>,
    parallelism: u8,
    fates: Vec<[Fate; 3]>,
}

const MOST_TARGETS: usize = 9;

/// The number of environments of each file; the files of all rounds have the same.
fn shape() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(prop_oneof![Just(0_usize), 1..=3_usize], 1..=3)
}

fn layer() -> impl Strategy<Value = Layer> {
    proptest::array::uniform6(proptest::option::of(any::<bool>()))
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Answered),
        1 => Just(Fate::Refused),
        1 => Just(Fate::BrokenDown),
        1 => Just(Fate::AnswerLost),
    ]
}

fn round(shape: &[usize]) -> impl Strategy<Value = Round> + use<> {
    let files: Vec<_> = shape
        .iter()
        .map(|environments| {
            let overlays = proptest::collection::vec(layer(), *environments);
            (layer(), overlays).prop_map(|(base, environments)| File { base, environments })
        })
        .collect();
    let fates = proptest::collection::vec(proptest::array::uniform3(fate()), MOST_TARGETS);
    (files, 1..=8_u8, fates).prop_map(|(files, parallelism, fates)| Round {
        files,
        parallelism,
        fates,
    })
}

fn history() -> impl Strategy<Value = Vec<Round>> {
    shape().prop_flat_map(|shape| proptest::collection::vec(round(&shape), 1..=3))
}

/// One target of a fleet: where its state is, its key, and what it is to be.
struct Target {
    state: String,
    variable: String,
    key: String,
    wanted: BTreeMap<(&'static str, &'static str), bool>,
}

fn targets(files: &[File]) -> Vec<Target> {
    let mut found = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let own = [None];
        let overlays: Vec<_> = file.environments.iter().map(Some).collect();
        let layers = if overlays.is_empty() { own.to_vec() } else { overlays };
        for (index, overlay) in layers.into_iter().enumerate() {
            let environment = overlay.map_or(String::new(), |_| format!(".e{index}"));
            let set = |at: usize| overlay.and_then(|layer| layer[at]).or(file.base[at]);
            let wanted = (0..FIELDS.len()).filter_map(|at| Some((FIELDS[at], set(at)?)));
            found.push(Target {
                state: format!("f{number}{environment}.state.json"),
                variable: format!("KEY_{number}_{index}"),
                key: format!("sk_test_f{number}e{index}"),
                wanted: wanted.collect(),
            });
        }
    }
    found
}

fn document(layer: Layer, target: Option<String>) -> Map<String, Value> {
    let mut document = Map::new();
    for ((section, field), value) in FIELDS.iter().zip(layer) {
        if let Some(value) = value {
            document.entry(*section).or_insert_with(|| json!({}))[*field] = value.into();
        }
    }
    if let Some(variable) = target {
        document.insert("target".to_owned(), json!({"secret_key_env": variable}));
    }
    document
}

/// A folder with the files of a fleet, and the service of all its instances.
struct Place {
    folder: TempDir,
    fake: Fake,
    /// What each key's instance holds.
    world: BTreeMap<(String, String, String), Value>,
    seen: usize,
}

impl Place {
    fn write(&self, files: &[File]) {
        for (number, file) in files.iter().enumerate() {
            let plain = file.environments.is_empty();
            let mut text = document(file.base, plain.then(|| format!("KEY_{number}_0")));
            let overlays = file.environments.iter().enumerate().map(|(index, layer)| {
                let target = Some(format!("KEY_{number}_{index}"));
                (format!("e{index}"), document(*layer, target).into())
            });
            let overlays: Map<String, Value> = overlays.collect();
            if !plain {
                text.insert("environments".to_owned(), overlays.into());
            }
            let path = self.folder.path().join(format!("f{number}.yaml"));
            fs::write(path, Value::from(text).to_string()).unwrap();
        }
    }

    /// A command for the whole fleet.
    fn run(&self, files: &[File], words: &[&str]) -> Ran {
        let mut command = clerkform(self.folder.path());
        command.args(words).env("CLERK_API_URL", &self.fake.url);
        if files.iter().any(|file| !file.environments.is_empty()) {
            command.arg("--all-envs");
        }
        command.args((0..files.len()).map(|number| format!("f{number}.yaml")));
        for target in targets(files) {
            command.env(target.variable, target.key);
        }
        run(&mut command)
    }

    fn apply(&self, files: &[File], parallelism: u8) -> Ran {
        let parallelism = parallelism.to_string();
        let words = ["apply", "--yes", "--retry-timeout", "0", "--output-format", "json"];
        self.run(files, &[&words[..], &["--parallelism", &parallelism]].concat())
    }

    /// The calls since the last look, each by key and section, after the world has taken them in.
    fn take_in(&mut self, fates: &BTreeMap<(String, &str), Fate>) -> Vec<(String, &'static str)> {
        self.fake.settle();
        let asked = self.fake.asked().split_off(self.seen);
        self.seen += asked.len();
        let mut sent = Vec::new();
        for call in asked.iter().filter(|call| call.what.starts_with("PATCH ")) {
            let key = call.headers["authorization"].trim_start_matches("Bearer ").to_owned();
            let path = call.what.trim_start_matches("PATCH ");
            let section = SECTIONS.iter().find(|section| section.path == path).unwrap().name;
            let fate = fates.get(&(key.clone(), section)).copied().unwrap_or(Fate::Answered);
            if matches!(fate, Fate::Answered | Fate::AnswerLost) {
                let body: Map<String, Value> = serde_json::from_str(&call.body).unwrap();
                for (field, value) in body {
                    self.world.insert((key.clone(), section.to_owned(), field), value);
                }
            }
            sent.push((key, section));
        }
        sent
    }

    fn state(&self, target: &Target) -> Option<State> {
        let bytes = fs::read(self.folder.path().join(&target.state)).ok()?;
        Some(State::parse(&bytes).unwrap())
    }

    fn claims_nothing_false(&self, target: &Target) {
        let Some(state) = self.state(target) else { return };
        assert!(state.in_flight.is_none(), "{}", target.state);
        for ((section, field), known) in state.known() {
            let at = (target.key.clone(), section.to_owned(), field.to_owned());
            if let Some(claimed) = known.certain() {
                assert_eq!(self.world.get(&at), Some(claimed), "{at:?}");
            }
        }
    }
}

fn script(targets: &[Target], fates: &BTreeMap<(String, &str), Fate>) -> Script {
    let instance = |target: &Target| {
        let id = target.key.replace("sk_test_", "ins_");
        let body = json!({"object": "instance", "id": id, "environment_type": "development"});
        let answer = Answer { body: Some(body), ..Answer::default() };
        (format!("{} GET /v1/instance", target.key), vec![answer])
    };
    let mut script: Script = targets.iter().map(instance).collect();
    for ((key, name), fate) in fates {
        let section = SECTIONS.iter().find(|section| section.name == *name).unwrap();
        let answer = match fate {
            Fate::Answered => Answer::default(),
            Fate::Refused => Answer { status: 422, ..Answer::default() },
            Fate::BrokenDown => Answer { status: 500, ..Answer::default() },
            Fate::AnswerLost => Answer { fault: Some(Fault::CutAfter), ..Answer::default() },
        };
        script.insert(format!("{key} PATCH {}", section.path), vec![answer]);
    }
    script
}

/// What a run told is what the service did, call by call, and its exit code is the sum of it and of
/// what the `plan` forgets.
fn told_the_truth(
    ran: &Ran,
    plan: &Value,
    targets: &[Target],
    fates: &BTreeMap<(String, &str), Fate>,
) {
    let told: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let mut outcomes = BTreeSet::new();
    for (target, told) in targets.iter().zip(told["targets"].as_array().unwrap()) {
        for call in told["calls"].as_array().unwrap() {
            let section = call["section"].as_str().unwrap();
            let expected = match fates[&(target.key.clone(), section)] {
                Fate::Answered => "applied",
                Fate::Refused => "failed",
                Fate::BrokenDown | Fate::AnswerLost => "unknown",
            };
            assert_eq!(call["outcome"], expected, "{call} {ran:?}");
            outcomes.insert(expected);
        }
    }
    let has_released = plan["summary"]["released"].as_u64().unwrap() > 0;
    let took_effect = outcomes.contains("applied") || has_released;
    let expected = match (took_effect, outcomes.contains("unknown")) {
        _ if outcomes.is_empty() || outcomes.iter().all(|outcome| *outcome == "applied") => 0,
        (false, false) => 1,
        _ => 3,
    };
    assert_eq!(ran.exit, expected, "{ran:?}");
}

fn live_through(history: &[Round]) {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::start(Script::new());
    let mut place = Place { folder, fake, world: BTreeMap::new(), seen: 0 };
    for Round { files, parallelism, fates } in history {
        let targets = targets(files);
        let sections = ["instance", "restrictions", "organization_settings"];
        let fates: BTreeMap<_, _> = targets
            .iter()
            .zip(fates)
            .flat_map(|(target, fates)| {
                sections
                    .into_iter()
                    .zip(fates)
                    .map(|(section, fate)| ((target.key.clone(), section), *fate))
            })
            .collect();
        place.write(files);
        place.fake.play(script(&targets, &fates));
        let plan: Value =
            serde_json::from_str(&place.run(files, &["plan", "--output-format", "json"]).stdout)
                .unwrap();
        let planned = calls(&plan, &targets);
        let ran = place.apply(files, *parallelism);
        told_the_truth(&ran, &plan, &targets, &fates);
        let mut sent = place.take_in(&fates);
        sent.sort();
        assert_eq!(sent, planned, "{ran:?}");
        for target in &targets {
            place.claims_nothing_false(target);
        }
    }
    let Round { files, parallelism, .. } = history.last().unwrap();
    let targets = targets(files);
    place.fake.play(script(&targets, &BTreeMap::new()));
    let ran = place.apply(files, *parallelism);
    assert_eq!(ran.exit, 0, "{ran:?}");
    place.take_in(&BTreeMap::new());
    for target in &targets {
        place.claims_nothing_false(target);
        for ((section, field), wanted) in &target.wanted {
            let at = (target.key.clone(), (*section).to_owned(), (*field).to_owned());
            assert_eq!(place.world.get(&at), Some(&json!(wanted)), "{at:?}");
        }
    }
    let again = place.run(files, &["plan", "--detailed-exitcode"]);
    assert_eq!(again.exit, 0, "{again:?}");
}

/// The calls of a plan, each by key and section.
fn calls(plan: &Value, targets: &[Target]) -> Vec<(String, &'static str)> {
    let mut calls: Vec<_> = targets
        .iter()
        .zip(plan["targets"].as_array().unwrap())
        .flat_map(|(target, planned)| {
            planned["calls"].as_array().unwrap().iter().map(|call| {
                let is_named = |section: &&&str| call["section"] == **section;
                let section = FIELDS.iter().map(|(section, _)| section).find(is_named).unwrap();
                (target.key.clone(), *section)
            })
        })
        .collect();
    calls.sort();
    calls
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_a_fleet_each_instance_is_told_of_truly_and_all_converge(history in history()) {
        live_through(&history);
    }
}
