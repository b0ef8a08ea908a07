//! The text of a configuration, whatever it is: every finding stands inside the text, what is
//! accepted fits the printed schema and means the same as JSON, and `fix` changes names alone.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use stages::catalog::schema;
use stages::config::{Configuration, Desired, SourceFile, check, fix};
use stages::finding::{Finding, Severity};

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    jsonschema::draft7::new(&schema::configuration()).expect("the printed schema is one")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = SourceFile::new("clerk.yaml", bytes) else { return };
    let checked = check(&source);
    for finding in &checked.findings {
        assert_is_inside(finding, &source.text);
    }
    let is_sound = checked.findings.iter().all(|finding| finding.severity != Severity::Error);
    assert_eq!(is_sound, checked.configuration.is_some());
    let repair = fix(&source);
    let Some(configuration) = checked.configuration else { return };
    for desired in targets(&configuration) {
        assert_is_the_same_as_json(&desired);
    }
    // What is refused is told at a place; there is nothing to compare then.
    let Ok(repair) = repair else { return };
    let fixed = SourceFile { text: repair.text, ..source.clone() };
    assert!(!repair.replacements.is_empty() || fixed.text == source.text);
    let again = check(&fixed).configuration.expect("a file that was fixed is still valid");
    assert_eq!(named(&configuration, true), named(&again, false));
    let twice = fix(&fixed).expect("a file that was fixed can be fixed");
    assert!(twice.replacements.is_empty() && twice.text == fixed.text);
});

/// The base, and each environment.
fn targets(configuration: &Configuration) -> Vec<Desired> {
    let environments = configuration.environments().map(Some);
    std::iter::once(None).chain(environments).filter_map(|it| configuration.desired(it)).collect()
}

/// Every value of every target by its name, or by that of its successor.
fn named(configuration: &Configuration, as_fixed: bool) -> Vec<Vec<(&str, &str, Value)>> {
    let name = |desired: Desired| {
        let mut values: Vec<_> = desired
            .settings
            .into_iter()
            .map(|it| {
                let successor = it.field.successor().filter(|_| as_fixed);
                (it.section.name, successor.unwrap_or(it.field.name), Value::clone(&it.value))
            })
            .collect();
        values.sort_by_key(|(section, field, _)| (*section, *field));
        values
    };
    targets(configuration).into_iter().map(name).collect()
}

/// JSON is YAML too, and the printed schema is the one that files are held against.
fn assert_is_the_same_as_json(desired: &Desired) {
    let mut sections = Map::new();
    for setting in &desired.settings {
        sections.entry(setting.section.name).or_insert_with(|| json!({}))[setting.field.name] =
            Value::clone(&setting.value);
    }
    let document = Value::Object(sections);
    assert!(SCHEMA.is_valid(&document), "{document}");
    let source = SourceFile { name: "clerk.json".to_owned(), text: document.to_string() };
    let checked = check(&source);
    let configuration = checked.configuration.unwrap_or_else(|| {
        // What is only wrong without the file's `target`, or because of it, is no matter here.
        panic!("{document}: {:?}", checked.findings)
    });
    let again = configuration.desired(None).expect("a file has a base");
    let values = |desired: &Desired| -> Vec<Value> {
        desired
            .settings
            .iter()
            .map(|it| json!([it.section.name, it.field.name, *it.value]))
            .collect()
    };
    assert_eq!(values(desired), values(&again));
}

fn assert_is_inside(finding: &Finding, text: &str) {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<usize> = text.split('\n').map(|line| line.chars().count()).collect();
    let span = finding.span;
    let (start, end) = ((span.line, span.column), (span.end_line, span.end_column));
    assert!(start <= end && span.line >= 1 && span.column >= 1, "{finding:?}");
    for (line, column) in [start, end] {
        let length =
            lines.get(line - 1).unwrap_or_else(|| panic!("{finding:?} of {} lines", lines.len()));
        // A place may be the end of a line, and an end that of the break after it.
        assert!(column <= length + 2, "{finding:?} in a line of {length}");
    }
}
