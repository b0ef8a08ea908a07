//! What another draft-07 validator refuses with the printed schema, the program refuses too:
//! hundreds of files, made from the catalogue, with all kinds of wrong values in them. The other
//! one is Python's `jsonschema`, which `tests/setup.sh` installs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clerkform::catalog::SECTIONS;
use serde_json::{Value, json};
use support::program::{clerkform, run};
use support::tools;

const VALIDATE: &str = r#"
import json, pathlib, sys
import jsonschema
schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
    print(path.name, "good" if validator.is_valid(json.loads(path.read_text())) else "bad")
"#;

const CONFORMS: &str = r"
import json, pathlib, sys
import jsonschema
schema, document = (json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.Draft7Validator(schema).validate(document)
";

/// The folder of the other validator.
const VALIDATOR: &str = "validator";

/// Its Python.
fn python() -> PathBuf {
    tools::folder(VALIDATOR).join("bin/python")
}

fn main() {
    let is_missing = tools::is_missing(VALIDATOR, "the other validator");
    tools::run([
        (
            "nothing_is_accepted_that_another_validator_refuses",
            nothing_is_accepted_that_another_validator_refuses as fn(),
            is_missing,
        ),
        (
            "plans_and_states_are_what_their_schemas_say",
            plans_and_states_are_what_their_schemas_say,
            is_missing,
        ),
    ])
}

/// Values of every type, plausible and not.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(5),
        json!(-1),
        json!(1.5),
        json!(5.0),
        json!(1e30),
        json!(u64::MAX),
        json!(""),
        json!("5"),
        json!("true"),
        json!("help@example.com"),
        json!("my-app://a"),
        json!([]),
        json!(["my-app://a"]),
        json!(["my-app://a", "my-app://a"]),
        json!(["my-app://a", 1]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({"a": 1}),
        json!("a\nb"),
        json!("production"),
        json!("ins_2abc"),
        json!("CLERK_KEY"),
        json!("CLERK_KEY\n"),
        json!("ins_2abc\n"),
        json!("1KEY"),
    ]
}

fn files() -> Vec<Value> {
    let mut files = vec![json!({}), json!([]), json!(null), json!("text"), json!(1)];
    for section in SECTIONS {
        for value in values() {
            files.push(json!({section.name: value}));
            for field in section.fields {
                files.push(json!({section.name: {field.name: value}}));
                files.push(json!({"environments": {"a": {section.name: {field.name: value}}}}));
            }
        }
        files.push(json!({section.name: {"no_such_field": true}}));
    }
    for value in values() {
        for member in ["instance_id", "environment_type", "secret_key_env", "other"] {
            files.push(json!({"target": {member: value}}));
        }
        files.push(json!({"target": value}));
        files.push(json!({"environments": value}));
        files.push(json!({"environments": {"a": value}}));
        files.push(json!({"no_such_section": value}));
        files.push(json!({"environments": {"a": {"no_such_section": value}}}));
        files.push(json!({"environments": {"a": {"environments": value}}}));
    }
    for name in ["", "sandbox", "-a", "_a", "a b", "a.b", "a/b", "é", "a\n", "A-1_b", "Sandbox"] {
        files.push(json!({"environments": {name: {}}}));
    }
    files
}

fn nothing_is_accepted_that_another_validator_refuses() {
    let python = python();
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema");
    fs::write(&schema, run(clerkform(folder.path()).arg("schema")).stdout).unwrap();
    let documents = folder.path().join("documents");
    fs::create_dir(&documents).unwrap();
    let names: Vec<String> = (0..files().len()).map(|index| format!("{index:05}.json")).collect();
    for (name, document) in names.iter().zip(files()) {
        fs::write(documents.join(name), document.to_string()).unwrap();
    }
    let other =
        Command::new(python).args(["-c", VALIDATE]).args([&schema, &documents]).output().unwrap();
    assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stderr));
    let other = String::from_utf8(other.stdout).unwrap();
    let refused: BTreeSet<&str> =
        other.lines().filter_map(|line| line.strip_suffix(" bad")).collect();
    assert_eq!(other.lines().count(), names.len());

    let mut command = clerkform(&documents);
    let ours = run(command.args(["validate", "--output-format", "json"]).args(&names));
    let ours: Value = serde_json::from_str(&ours.stdout).unwrap();
    let refused_here: BTreeSet<&str> = ours["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| finding["file"].as_str().unwrap())
        .collect();
    let missed: Vec<String> = refused
        .difference(&refused_here)
        .map(|name| fs::read_to_string(documents.join(name)).unwrap())
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(refused.len() > 300 && names.len() - refused_here.len() > 50);
}

fn plans_and_states_are_what_their_schemas_say() {
    let python = python();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart/clerk.yaml");
    let folder = tempfile::tempdir().unwrap();
    fs::copy(example, folder.path().join("clerk.yaml")).unwrap();
    let keep = |name: &str, words: &[&str]| {
        let ran = run(clerkform(folder.path()).args(words));
        assert_eq!(ran.exit, 0, "{words:?}: {ran:?}");
        fs::write(folder.path().join(name), ran.stdout).unwrap();
    };
    keep("plan.schema", &["schema", "plan"]);
    keep("state.schema", &["schema", "state"]);
    keep("plan", &["plan", "--sandbox", "--output-format", "json"]);
    keep("outcome", &["apply", "--sandbox", "--yes"]);
    for (schema, document) in
        [("plan.schema", "plan"), ("state.schema", "clerk.sandbox.state.json")]
    {
        let mut other = Command::new(&python);
        other.args(["-c", CONFORMS, schema, document]).current_dir(folder.path());
        let ran = run(&mut other);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
    }
}
