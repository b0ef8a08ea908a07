//! Held against other readers and validators: what both accept means the same, and nothing is
//! accepted that another draft-07 validator refuses.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::checked;
use crate::catalog::{Field, SECTIONS, schema};
use crate::config::check;
use crate::config::yaml::recover;
use crate::config::yaml::scalar::Typed;

/// What this program reads, where all readers agree on it.
fn read(text: &str) -> Option<Value> {
    let document = recover::read(text);
    let is_sound = document.is_whole && document.findings.is_empty();
    let root = document.root.filter(|_| is_sound)?;
    (!has_unclear(&root)).then(|| root.to_json())
}

fn has_unclear(node: &crate::config::yaml::node::Node) -> bool {
    if let Some(scalar) = node.as_scalar() {
        return matches!(scalar.typed, Typed::Ambiguous | Typed::Float | Typed::Huge);
    }
    let mut inner: Vec<_> = node.as_list().unwrap_or_default().iter().collect();
    inner.extend(node.as_map().into_iter().flat_map(|map| map.iter().map(|entry| &entry.value)));
    inner.into_iter().any(has_unclear)
}

#[track_caller]
fn assert_same_meaning(text: &str) {
    let Some(ours) = read(text) else { return };
    let Ok(mut theirs) = serde_yaml::from_str::<serde_yaml::Value>(text) else { return };
    if theirs.apply_merge().is_err() {
        return;
    }
    let Ok(theirs) = serde_json::to_value(&theirs) else { return };
    assert_eq!(ours, theirs, "{text}");
}

const SCALARS: [&str; 45] = [
    "",
    "~",
    "null",
    "Null",
    "true",
    "False",
    "TRUE",
    "0",
    "-1",
    "+7",
    "0x1F",
    "0o17",
    "1_0",
    "007",
    "9223372036854775807",
    "-9223372036854775808",
    "text",
    "'it''s'",
    "\"a\\tb\\u00e9\\x41\"",
    "two words",
    "a#b",
    "a #b",
    "-",
    "- x",
    ":x",
    "x:y",
    "http://a:1/b",
    "5.1.2",
    "\"\"",
    "''",
    "'null'",
    "\"5\"",
    "!!str 5",
    "!!int 5",
    "[]",
    "{}",
    "[a, b]",
    "{a: 1, b: [x]}",
    "|\n    a\n    b\n",
    ">\n    a\n    b\n\n    c\n",
    "|-\n    a\n",
    ">+\n    a\n\n",
    "|2\n      a\n",
    "\"a\n    b\n\n    c\"",
    "a\n    b",
];

#[test]
fn what_two_readers_accept_means_the_same() {
    for scalar in SCALARS {
        for text in [
            scalar.to_owned(),
            format!("k: {scalar}"),
            format!("k:\n  j: {scalar}"),
            format!("k:\n  - {scalar}"),
            format!("k: &a {scalar}\nl: *a"),
            format!("k: {scalar} # comment\r\nl: 1\r\n"),
            format!("[{scalar}, 1]"),
            format!("{{k: {scalar}}}"),
            format!("? k\n: {scalar}"),
            format!("base: &b {{x: {scalar}, y: 1}}\nk: {{<<: *b, y: 2}}"),
        ] {
            assert_same_meaning(&text);
        }
    }
}

/// A value for a field, as JSON, right or wrong.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        (-3_i64..30).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        Just(json!(5.0)),
        Just(json!(1e300)),
        "[a-z@.:/_ \n-]{0,12}".prop_map(Value::from),
        Just(json!("help@example.com")),
        Just(json!("http://localhost:3000")),
        Just(json!("production")),
        prop::collection::vec(
            prop_oneof![
                Just(json!("http://a")),
                Just(json!("app://b")),
                Just(json!(1)),
                Just(json!(null))
            ],
            0..4
        )
        .prop_map(Value::from),
        Just(json!({})),
        Just(json!({ "a": 1 })),
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    let known = SECTIONS
        .iter()
        .flat_map(|section| section.fields.iter().map(|field| field.name))
        .chain(schema::MEMBERS.iter().map(|member| member.name));
    let names: Vec<String> = known.map(str::to_owned).collect();
    prop_oneof![9 => prop::sample::select(names), 1 => "[a-z_]{0,6}"]
}

fn any_layer() -> impl Strategy<Value = Value> {
    let sections: Vec<String> = SECTIONS
        .iter()
        .map(|section| section.name.to_owned())
        .chain(["target".to_owned()])
        .collect();
    let fields = prop::collection::btree_map(any_name(), any_value(), 0..4);
    let section = prop_oneof![9 => fields.prop_map(|fields| json!(fields)), 1 => any_value()];
    let name = prop_oneof![9 => prop::sample::select(sections), 1 => "[a-z]{0,4}"];
    prop::collection::btree_map(name, section, 0..3).prop_map(|layer| json!(layer))
}

fn any_file() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        4 => "[A-Za-z0-9][A-Za-z0-9_-]{0,4}",
        1 => "[a-z \n_-]{0,3}",
        1 => Just("sandbox".to_owned())
    ];
    let overlays = prop::option::of(prop::collection::btree_map(name, any_layer(), 0..3));
    (any_layer(), overlays).prop_map(|(mut base, overlays)| {
        if let (Some(overlays), Some(base)) = (overlays, base.as_object_mut()) {
            base.insert("environments".to_owned(), json!(overlays));
        }
        base
    })
}

fn has_float(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_float),
        Value::Object(members) => members.values().any(has_float),
        value => value.is_f64(),
    }
}

/// The schema as it is printed, compiled.
static PRINTED: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft7::new(&schema::configuration()).unwrap());

/// What errors say of a document. One about a name may come wrapped, and a value of another type
/// than an enumeration's may be told as that, as none of its own, or as both.
fn summaries<'e>(errors: impl Iterator<Item = ValidationError<'e>>) -> BTreeSet<String> {
    fn summary(error: &ValidationError<'_>) -> String {
        let (at, value) = (error.instance_path(), error.instance());
        match error.kind() {
            ValidationErrorKind::PropertyNames { error } => summary(error),
            ValidationErrorKind::Type { .. } => format!("{at} type {value}"),
            ValidationErrorKind::Enum { .. } if !value.is_string() => format!("{at} type {value}"),
            kind => format!("{at} {kind:?} {value}"),
        }
    }
    errors.map(|error| summary(&error)).collect()
}

#[track_caller]
fn assert_same_errors(file: &Value) {
    let built_in = summaries(check::schema::errors(file));
    assert_eq!(built_in, summaries(PRINTED.iter_errors(file)), "{file}");
}

#[test]
fn the_check_that_is_built_in_tells_of_every_field_what_the_printed_schema_does() {
    let many: Vec<String> = (0..200).map(|number| format!("http://a{number}")).collect();
    let texts =
        ["", "x", "a b", "DE", "de", "a.example.com", "*.example.com", "ins_1", "production"];
    let long = format!("{}.example.com", "a".repeat(300));
    let mut values: Vec<Value> = texts.into_iter().map(Value::from).collect();
    values.extend([
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(7),
        json!(0.5),
        json!(5.0),
    ]);
    values.extend([json!(u64::MAX), json!(1e300), json!({}), json!({ "a": 1 }), json!(long)]);
    let lists: Vec<Value> = values.iter().map(|value| json!([value, value])).collect();
    values.extend(values.clone().into_iter().map(|value| json!([value])));
    values.extend(lists);
    values.extend([json!([]), json!(many)]);
    let fields = SECTIONS.iter().flat_map(|section| {
        let of = |field: &'static Field| (section.name, field.name, field.example, field.refuses);
        section.fields.iter().map(of)
    });
    let members = schema::MEMBERS.iter().map(|member| ("target", member.name, "null", &[][..]));
    let mut wrong = 0;
    for (section, name, example, refuses) in fields.chain(members) {
        let own = [serde_json::from_str(example).unwrap(), json!(refuses)];
        for value in values.iter().chain(&own) {
            let layer = json!({ section: { name: value } });
            assert_same_errors(&layer);
            assert_same_errors(&json!({ "environments": { "a": layer } }));
            wrong += usize::from(!PRINTED.is_valid(&layer));
        }
    }
    assert!(wrong > 1000, "{wrong}");
    for value in &values {
        assert_same_errors(value);
        for name in ["instance", "restrictions", "target", "environments", "other"] {
            assert_same_errors(&json!({ name: value }));
            assert_same_errors(&json!({ "environments": { "a": { name: value }, "b": value } }));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_accepted_that_the_printed_schema_refuses(file in any_file()) {
        let schema = schema::configuration();
        let is_valid = jsonschema::draft7::is_valid(&schema, &file);
        for text in [file.to_string(), serde_yaml::to_string(&file).unwrap()] {
            let checked = checked(&text);
            prop_assert!(is_valid || checked.configuration.is_none(), "{text}");
            let has_schema_error = checked.findings.iter().any(|finding| {
                ["unknown-section", "unknown-field", "wrong-type", "duplicate-entry"].contains(&finding.code.as_str())
            });
            // Only floats that stand for integers are refused beyond the schema.
            prop_assert!(!is_valid || !has_schema_error || has_float(&file), "{text}");
        }
    }

    #[test]
    fn the_check_that_is_built_in_tells_what_the_printed_schema_does(file in any_file()) {
        assert_same_errors(&file);
    }

    #[test]
    fn any_text_is_answered(text in "[ \n\t:\\-{}\\[\\],&*!|>'\"%@#a-c0-2<~\\\\]{0,40}") {
        let checked = checked(&text);
        prop_assert!(checked.configuration.is_some() || !checked.findings.is_empty());
        // The two follow different versions of YAML about tags, the names of anchors, and `?`
        // without a space.
        if !text.contains(['!', '?', '&', '*']) {
            assert_same_meaning(&text);
        }
    }

    #[test]
    fn any_damage_to_a_file_is_answered(cut in 0_usize..400, with in "[\"'{}\\[\\]:@&*\t\n ]{0,2}") {
        let file = "instance: {hibp: true, allowed_origins: [\"http://a\"]}\nrestrictions:\n  allowlist: \
                    true\nenvironments:\n  a: &a\n    instance:\n      support_email: \"a@b.de\"\n  b: *a\n";
        let cut = cut % file.len();
        let text = format!("{}{with}{}", &file[..cut], &file[cut + 1..]);
        for finding in checked(&text).findings {
            let lines: Vec<&str> = text.split('\n').collect();
            prop_assert!(finding.span.line <= lines.len());
            let start = (finding.span.line, finding.span.column);
            prop_assert!(start <= (finding.span.end_line, finding.span.end_column));
            prop_assert!(finding.span.column <= lines[finding.span.line - 1].chars().count() + 1, "{finding:?} {text}");
        }
    }
}
