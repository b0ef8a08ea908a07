//! Layouts through `fix`: byte for byte what a careful person would have written, or a refusal
//! with a place.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_yaml::Value;

use crate::catalog::{Field, SECTIONS};
use crate::config::{LARGEST, Repair, SourceFile, fix};
use crate::finding::Severity;
use crate::text::LineIndex;

/// The names of the table: the first is written for the old one, the second for the new one.
const OLD: &str = "cookieless_dev";
const NEW: &str = "url_based_session_syncing";

fn source(text: &str) -> SourceFile {
    SourceFile { name: "clerk.yaml".to_owned(), text: text.to_owned() }
}

#[track_caller]
fn repair(text: &str) -> Repair {
    fix(&source(text)).unwrap_or_else(|findings| panic!("{text}: {findings:?}"))
}

/// Asserts that of each text only what stands between `«` and `»` gets its new name, in its quotes.
#[track_caller]
fn assert_replaced(table: &[&str]) {
    for marked in table {
        let (mut before, mut after, mut places) = (String::new(), String::new(), Vec::new());
        for part in marked.split('«') {
            let (token, rest) = part.split_once('»').unwrap_or(("", part));
            if !token.is_empty() {
                places.push(LineIndex::of(&before).place(before.len()));
                let quote = token.chars().next().filter(|first| matches!(first, '"' | '\''));
                let quote = quote.map(String::from).unwrap_or_default();
                let new = if token.contains("origins") { "allowed_origins" } else { NEW };
                after += &format!("{quote}{new}{quote}");
            }
            before += &format!("{token}{rest}");
            after += rest;
        }
        let Repair { text, replacements, .. } = repair(&before);
        assert_eq!(text, after, "{before}");
        let got: Vec<_> = replacements.iter().map(|r| (r.at.line, r.at.column)).collect();
        assert_eq!(got, places, "{before}");
        assert!(repair(&after).replacements.is_empty(), "a second run changes nothing: {after}");
    }
}

#[test]
fn a_key_is_replaced_and_nothing_around_it() {
    assert_replaced(&[
        // How the key is written.
        "instance:\n  «cookieless_dev»: true\n",
        "instance:\n  «'cookieless_dev'»: true\n",
        "instance:\n  «\"cookieless_dev\"»: true\n",
        "instance:\n  «\"cookieless\\x5fdev\"»: true\n",
        "instance:\n  «\"\\u0063ookieless_dev\"» : true\n",
        "instance:\n  «cookieless_dev»   :   true   \n",
        "instance:\n  «cookieless_dev»:\ttrue\t# tab\t\n",
        "instance:\n  ? «cookieless_dev»\n  : true\n",
        "instance:\n  ? «'cookieless_dev'» # why\n  # because\n  : true\n",
        "instance:\n  ? «cookieless_dev»\n  hibp: true\n",
        "instance:\n  ? «\"cookieless\\\n    _dev\"»\n  : true\n",
        "instance:\n  &k «cookieless_dev»: true\n",
        "instance:\n  !!str «cookieless_dev»: true\n",
        "instance:\n  ! «cookieless_dev»: true\n",
        "instance:\n  &k !!str «\"cookieless_dev\"»: true\n",
        "instance:\n  !!str   &k  «cookieless_dev» : true\n",
        "%TAG !y! tag:yaml.org,2002:\n---\ninstance:\n  !y!str «cookieless_dev»: true\n",
        "--- !!map\ninstance: &i !!map\n  «cookieless_dev»: !!bool true\n",
        // Between brackets, as JSON, with or without a value.
        "instance: {«cookieless_dev»: true}\n",
        "instance: { hibp: true , «cookieless_dev» : true, }\n",
        "instance: {«\"cookieless_dev\"»:true}",
        "instance: {«cookieless_dev»}\n",
        "instance: {? «cookieless_dev» : true}\n",
        "instance: {\n  hibp: true, # a\n  «cookieless_dev»: # b\n    true }\n",
        "{\"instance\":{\"hibp\":true,«\"cookieless_dev\"»:false}}",
        "{\n\t\"instance\": {\n\t\t«\"cookieless_dev\"»: true\n\t}\n}\n",
        "instance:\n  «cookieless_dev»:\n",
        "instance:\n  «cookieless_dev»: ~\n",
        // Lines, and where the file begins and ends.
        "instance:\r\n  hibp: true\r\n  «cookieless_dev»: true # é\r\n",
        "instance:\n  hibp: true\r\n  «cookieless_dev»: true\n  test_mode: true\r\n",
        "instance:\n  «cookieless_dev»: true",
        "\n\n\ninstance:\n\n  «cookieless_dev»: true\n\n\n",
        "--- # é\ninstance:\n  «cookieless_dev»: true\n...\n# after\n",
        "%YAML 1.2\n---\ninstance: {«cookieless_dev»: true}\n...\n",
        "--- {instance: {«cookieless_dev»: true}}\n",
        // Letters of several bytes before it.
        "instance: {support_email: é漢😀@ü.de, «cookieless_dev»: true} # 漢\n",
        "{instance: {\"漢é\": 😀, «\"cookieless_dev\"»: 漢}}\n",
        "instance: {support_email: \"a\u{85}b\u{2028}c\u{feff}\", «cookieless_dev»: true}\n",
        "instance: {support_email: \"a\n  b\r\n  c\", «cookieless_dev»: true}\n",
        // A value of the wrong type, and other mistakes, are the same afterward.
        "instance:\n  «cookieless_dev»: sure\n  hib: 1\nrestrictionz: {}\nenvironments: [a]\n",
    ]);
}

#[test]
fn a_list_keeps_its_layout() {
    assert_replaced(&[
        "instance:\n  «experimental_allowed_origins»:\n  - http://a # first\n\n  # second\n  - 'http://b'\n",
        "instance:\n  «experimental_allowed_origins»:\n      -   http://a\n      -   \"http://b\"\n",
        "instance:\n  «experimental_allowed_origins»: [\n    http://a, # first\n    \"http://b\",\n  ]\n",
        "instance:\n  «experimental_allowed_origins»: &o [http://a]\n  «cookieless_dev»: true\n",
        "instance: {«cookieless_dev»: true, «experimental_allowed_origins»: []}\n",
    ]);
}

#[test]
fn what_merely_mentions_a_name_stays() {
    assert_replaced(&[
        "# cookieless_dev: true\ninstance: # cookieless_dev\n  # cookieless_dev: false\n  «cookieless_dev»: true # not cookieless_dev\n",
        "instance:\n  support_email: |\n    cookieless_dev: true\n  «cookieless_dev»: true\n",
        "instance:\n  support_email: >-\n    instance:\n      cookieless_dev: true\n\n  «cookieless_dev»: true\n",
        "instance:\n  support_email: cookieless_dev\n  clerk_js_version: 'cookieless_dev: 1'\n  «cookieless_dev»: true\n",
        "instance:\n  support_email: \"a\n    cookieless_dev: b\"\n  «cookieless_dev»: true\n",
        "cookieless_dev: 1\nrestrictions:\n  cookieless_dev: true\ninstance:\n  «cookieless_dev»: true\ntarget:\n  cookieless_dev: a\n",
        "instance:\n  allowed_origins: [cookieless_dev]\n  «cookieless_dev»: &cookieless_dev true\n  hibp: *cookieless_dev\n",
        "environments:\n  cookieless_dev:\n    instance: {«cookieless_dev»: true}\n",
        "instance:\n  hibp: true\n",
        "# nothing but cookieless_dev\n",
        "cookieless_dev\n",
        "",
    ]);
}

#[test]
fn every_layer_and_what_it_shares_gets_the_new_name() {
    assert_replaced(&[
        "instance:\n  «cookieless_dev»: true\nenvironments:\n  a:\n    instance: {«cookieless_dev»: false}\n  b:\n    instance:\n      «\"cookieless_dev\"»: true\n  c: {instance: {hibp: true}}\n",
        "instance: &i\n  «cookieless_dev»: true\nenvironments:\n  a:\n    instance: *i\n  b: {instance: *i}\n",
        "environments:\n  a: &a\n    instance:\n      «cookieless_dev»: true\n  b: *a\n",
        "environments:\n  a:\n    instance: &i {«cookieless_dev»: true}\n  b:\n    instance:\n      <<: *i\n      hibp: true\n",
        "environments:\n  a:\n    instance: &i {«cookieless_dev»: true}\n  b:\n    instance:\n      <<: *i\n      «cookieless_dev»: false\n",
        "environments:\n  a:\n    instance: &i {«cookieless_dev»: true}\n  b:\n    instance: &j {«'cookieless_dev'»: false, hibp: true}\n  c:\n    instance: {<<: [*i, *j]}\n  d:\n    instance: {<<: [*j, *i], test_mode: true}\n",
        "instance:\n  <<: {«cookieless_dev»: true}\n",
        "instance: &i {«cookieless_dev»: true}\nrestrictions: *i\n",
        "instance: {&k «cookieless_dev»: true}\nenvironments:\n  a:\n    instance: {*k : false}\n",
        "shared: &s\n  «cookieless_dev»: true\ninstance:\n  <<: *s\n",
        "instance: &i\n  «cookieless_dev»: &v true\n  hibp: *v\nenvironments: {a: *i}\n",
    ]);
}

/// Asserts of each text what is told in place of a repair.
#[track_caller]
fn assert_refused(table: &[(&str, &str)]) {
    for (text, expected) in table {
        let findings = fix(&source(text)).expect_err(text);
        let told: Vec<String> = findings
            .iter()
            .map(|f| format!("{}:{} {} {}", f.span.line, f.span.column, f.code, f.path))
            .collect();
        assert_eq!(told.join("\n").trim_end(), *expected, "{text}");
        assert!(findings.iter().all(|f| f.severity == Severity::Error && f.help.is_some()));
        assert!(findings.iter().all(|f| f.file == "clerk.yaml"));
    }
}

#[test]
fn what_cannot_be_replaced_safely_is_told_with_its_place() {
    assert_refused(&[
        // The successor is set too.
        (
            "instance:\n  cookieless_dev: true\n  url_based_session_syncing: true\n",
            "2:3 conflicting-fields /instance/cookieless_dev",
        ),
        (
            "instance: {url_based_session_syncing: 1, cookieless_dev: x}\n",
            "1:42 conflicting-fields /instance/cookieless_dev",
        ),
        (
            "instance:\n  cookieless_dev: true\nenvironments:\n  a:\n    instance: {url_based_session_syncing: true}\n",
            "2:3 conflicting-fields /instance/cookieless_dev",
        ),
        (
            "instance:\n  url_based_session_syncing: true\nenvironments:\n  a: {}\n  b:\n    instance: {cookieless_dev: true}\n",
            "6:16 conflicting-fields /environments/b/instance/cookieless_dev",
        ),
        (
            "instance: &i {url_based_session_syncing: 1}\nenvironments:\n  a:\n    instance: {<<: *i, cookieless_dev: 1}\n",
            "4:24 conflicting-fields /environments/a/instance/cookieless_dev",
        ),
        // Another meaning would change with it.
        (
            "instance:\n  &k cookieless_dev: true\n  support_email: *k\n",
            "3:18 deprecated-field /instance/support_email",
        ),
        (
            "instance:\n  &k cookieless_dev: true\nrestrictions:\n  *k : true\n",
            "4:3 deprecated-field /restrictions/cookieless_dev",
        ),
        (
            "instance:\n  support_email: &k cookieless_dev\n  *k : true\n",
            "3:3 deprecated-field /instance/cookieless_dev",
        ),
        (
            "shared: &s {cookieless_dev: true}\ninstance: {<<: *s, cookieless_dev: false}\n",
            "1:13 deprecated-field /instance",
        ),
        (
            "instance:\n  hibp: true\n  <<: {cookieless_dev: true}\n  cookieless_dev: false\n",
            "3:8 deprecated-field /instance",
        ),
        (
            "instance: {cookieless_dev: true, <<: {'cookieless_dev': false}}\n",
            "1:39 deprecated-field /instance",
        ),
        (
            "instance: &i {cookieless_dev: {instance: {}}}\nenvironments: *i\n",
            "1:15 deprecated-field /environments/cookieless_dev",
        ),
    ]);
}

#[test]
fn what_cannot_be_read_is_told_as_ever() {
    assert_refused(&[
        (
            "instance:\n  cookieless_dev: true\n  cookieless_dev: false\n",
            "3:3 duplicate-key /instance/cookieless_dev",
        ),
        ("instance:\n  cookieless_dev: true\nrestrictions: [\n", "3:15 yaml-syntax"),
        ("instance: {cookieless_dev: true}\n---\ninstance: {}\n", "2:1 yaml-syntax"),
        ("instance: {cookieless_dev: *a}\n", "1:28 yaml-syntax"),
        ("instance: {cookieless_dev: !wrong true}\n", "1:28 yaml-syntax"),
        ("instance: {!!int cookieless_dev: true}\n", "1:12 yaml-syntax"),
    ]);
}

#[test]
fn what_has_no_successor_stays_and_is_told_once() {
    let text = "instance_settings: &s\n  progressive_sign_up: true\nenvironments:\n  \
                a: {instance_settings: *s, instance: {cookieless_dev: true}}\n";
    let Repair { text: after, replacements, kept } = repair(text);
    assert_eq!(after, text.replace(OLD, NEW));
    assert_eq!(replacements.len(), 1);
    let [kept] = kept[..] else { panic!("{kept:?}") };
    assert_eq!((kept.at.line, kept.at.column), (2, 3));
    assert_eq!((kept.section.name, kept.field.name), ("instance_settings", "progressive_sign_up"));
}

#[test]
fn every_conflict_is_told() {
    let text = "instance: {cookieless_dev: 1, url_based_session_syncing: 1}\nenvironments:\n  a:\n    \
                instance: {experimental_allowed_origins: [], allowed_origins: []}\n";
    assert_eq!(fix(&source(text)).unwrap_err().len(), 2);
}

#[test]
fn a_file_that_would_outgrow_the_limit_is_refused() {
    let head = "instance: {cookieless_dev: true}\n";
    let fits = |length: usize| fix(&source(&format!("{head}{}", "#".repeat(length))));
    let room = LARGEST - head.len();
    assert!(fits(room - (NEW.len() - OLD.len())).is_ok());
    let findings = fits(room).unwrap_err();
    assert_eq!((findings[0].span.line, findings[0].span.column), (1, 12));
}

/// What a value becomes under the new names, by another reader's tree.
fn with_new_names(value: Value, layer: bool) -> Value {
    let Value::Mapping(layers) = value else { return value };
    let entry = |(name, value): (Value, Value)| {
        let section = SECTIONS.iter().find(|section| name == section.name);
        let value = match (section, value) {
            (Some(section), Value::Mapping(fields)) => {
                let field = |(key, value): (Value, Value)| {
                    let field = key.as_str().and_then(|key| section.field(key));
                    (field.and_then(Field::successor).map_or(key, Value::from), value)
                };
                Value::Mapping(fields.into_iter().map(field).collect())
            }
            (None, Value::Mapping(overlays)) if layer && name == "environments" => {
                let overlay = |(name, value)| (name, with_new_names(value, false));
                Value::Mapping(overlays.into_iter().map(overlay).collect())
            }
            (_, value) => value,
        };
        (name, value)
    };
    Value::Mapping(layers.into_iter().map(entry).collect())
}

/// The same with the new names in whatever mapping: what an alias shares is renamed as one.
fn with_new_names_everywhere(value: Value) -> Value {
    match value {
        Value::Sequence(items) => items.into_iter().map(with_new_names_everywhere).collect(),
        Value::Mapping(entries) => {
            let fields = SECTIONS.iter().flat_map(|section| section.fields);
            let entry = |(key, value): (Value, Value)| {
                let field = fields.clone().find(|field| key == field.name);
                let key = field.and_then(Field::successor).map_or(key, Value::from);
                (key, with_new_names_everywhere(value))
            };
            Value::Mapping(entries.into_iter().map(entry).collect())
        }
        value => value,
    }
}

fn read(text: &str) -> Option<Value> {
    let mut value: Value = serde_yaml::from_str(text).ok()?;
    value.apply_merge().ok()?;
    Some(value)
}

/// What the aliases of a random file stand for: `k` for a text, `m` for a mapping.
const ANCHORS: [&str; 5] = [
    "instance: &m\n  &k cookieless_dev: true\n",
    "instance: &m {\"cookieless\\x5fdev\": &k cookieless_dev}\r\n",
    "instance: &m\n  experimental_allowed_origins: [&k hibp]\n",
    "shared: &m {cookieless_dev: true, hibp: &k cookieless_dev}\n",
    "instance_settings: &m\n  x: &k url_based_session_syncing\n",
];
const KEYS: [&str; 10] = [
    "cookieless_dev",
    "'cookieless_dev'",
    "\"cookieless\\x5fdev\"",
    "? cookieless_dev\n  ",
    "experimental_allowed_origins",
    "!!str cookieless_dev",
    "hibp",
    "*k ",
    "<<",
    "x",
];
const VALUES: [&str; 9] = [
    "true",
    "",
    "*k",
    "*m",
    "[a, *k]",
    "{cookieless_dev: 1}",
    "\"cookieless_dev: é\"",
    "# cookieless_dev",
    "|\n    cookieless_dev: 3",
];
const ENDS: [&str; 5] = ["\n", "\r\n", "\n\n# cookieless_dev: 1\n", " # é\n", "\t\n"];

fn any_section(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let value = (prop::sample::select(&VALUES[..]), prop::sample::select(&ENDS[..]))
        .prop_map(|(value, end)| [value, end].concat());
    let entries = (prop::sample::subsequence(&KEYS[..], 1..3), prop::collection::vec(value, 2));
    (prop::sample::select(names), entries).prop_map(|(name, (keys, values))| {
        let entries = keys.iter().zip(values).map(|(key, value)| match *key {
            "<<" => "  <<: *m\n".to_owned(),
            key => format!("  {key}: {value}"),
        });
        format!("{name}:\n{}", entries.collect::<String>())
    })
}

fn indented(text: &str) -> String {
    text.split_inclusive('\n').flat_map(|line| ["    ", line]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_reader_sees_the_same_values_under_the_new_names(
        anchors in prop::sample::select(&ANCHORS[..]),
        base in prop::option::of(any_section(&["restrictions", "protect"])),
        overlays in prop::collection::vec(any_section(&["instance", "shared"]), 0..3),
    ) {
        let mut text = format!("{anchors}{}", base.unwrap_or_default());
        if !overlays.is_empty() {
            text += "environments:\n";
        }
        for (number, overlay) in overlays.iter().enumerate() {
            text += &format!("  e{number}:\n{}", indented(overlay));
        }
        let (Ok(repair), Some(before)) = (fix(&source(&text)), read(&text)) else { return Ok(()) };
        let after = read(&repair.text).unwrap();
        if text.contains('*') {
            prop_assert_eq!(with_new_names_everywhere(before), with_new_names_everywhere(after), "{}", text);
        } else {
            prop_assert_eq!(with_new_names(before, true), after, "{}", text);
        }
        prop_assert!(fix(&source(&repair.text)).is_ok_and(|again| again.replacements.is_empty()));
    }
}
