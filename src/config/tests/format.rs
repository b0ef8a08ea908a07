//! Files that are laid out: what moves, what stays, and what is left alone.

use proptest::prelude::*;

use crate::config::{SourceFile, Unformatted, check, format};

fn formatted(text: &str) -> String {
    let source = SourceFile { name: "clerk.yaml".to_owned(), text: text.to_owned() };
    let first = format(&source).unwrap();
    let again = SourceFile { text: first.clone(), ..source };
    assert_eq!(format(&again).unwrap(), first, "not stable: {text:?}");
    first
}

#[test]
fn entries_go_into_the_order_of_the_catalogue_with_their_comments() {
    for (before, after) in [
        ("", ""),
        ("# only a remark\n", "# only a remark\n"),
        (
            "{\"restrictions\": {\"allowlist\": true}}",
            "{\"restrictions\": {\"allowlist\": true}}\n",
        ),
        (
            "restrictions: {allowlist: true}\ninstance:\n    # mine\n    hibp: true\n",
            "instance:\n  # mine\n  hibp: true\nrestrictions: {allowlist: true}\n",
        ),
        (
            "# yaml-language-server: $schema=a.json\n# about restrictions\nrestrictions:\n  \
             allowlist: true # yes\n  # blocklist: true\n\n\n# about the instance\ninstance:\n  \
             hibp: true\ntarget: {environment_type: production}\n",
            "# yaml-language-server: $schema=a.json\ntarget: {environment_type: production}\n\n# \
             about the instance\ninstance:\n  hibp: true\n\n# about restrictions\nrestrictions:\n  \
             allowlist: true # yes\n  # blocklist: true\n",
        ),
        (
            "# The file.\n\nrestrictions: {}\n\n# the end\n",
            "# The file.\n\nrestrictions: {}\n\n# the end\n",
        ),
        (
            "environments:\n    dev:\n        restrictions: {allowlist: true}\n        instance:\n            \
             test_mode: true\ninstance:\n  hibp: true",
            "instance:\n  hibp: true\nenvironments:\n  dev:\n    instance:\n      test_mode: true\n    \
             restrictions: {allowlist: true}\n",
        ),
        (
            "instance:\n   allowed_origins:\n   - my-app://a\n   # - my-app://b\n   hibp: true\n",
            "instance:\n  # - my-app://b\n  hibp: true\n  allowed_origins:\n    - my-app://a\n",
        ),
        ("restrictions: {}\r\ninstance: {}\r\n", "instance: {}\r\nrestrictions: {}\r\n"),
        ("---\nrestrictions: {}\ninstance: {}\n", "---\ninstance: {}\nrestrictions: {}\n"),
    ] {
        let got = formatted(before);
        if before.contains("allowed_origins") {
            // The order is the catalogue's, whatever that is.
            assert_eq!(sorted_lines(&got), sorted_lines(after));
        } else {
            assert_eq!(got, after, "{before}");
        }
    }
}

fn sorted_lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn an_anchor_stays_before_what_names_it() {
    let kept = "restrictions: &r {allowlist: true}\nenvironments:\n  dev:\n    restrictions: *r\n";
    assert_eq!(formatted(kept), kept);
    let needed = "restrictions:\n  allowlist: &yes true\ninstance:\n    hibp: *yes\n";
    assert_eq!(
        formatted(needed),
        "restrictions:\n  allowlist: &yes true\ninstance:\n  hibp: *yes\n"
    );
    let merged = "environments:\n  a: &a\n      instance: {hibp: true}\n  b:\n      <<: *a\n      \
                  restrictions: {}\n";
    assert_eq!(
        formatted(merged),
        "environments:\n  a: &a\n    instance: {hibp: true}\n  b:\n    <<: *a\n    restrictions: {}\n"
    );
}

#[test]
fn a_text_of_many_lines_keeps_every_character() {
    for text in [
        "instance:\n    support_email: |-\n        a\n          b\n        # c\n    hibp: true\n",
        "instance:\n    support_email: >2\n       a\n      b\n",
        "instance:\n    support_email: |+\n        a\n\n\nrestrictions: {}\n",
        "restrictions: {}\ninstance:\n  support_email: |\n    a",
        "instance:\n    support_email: \"a\n      b\\\n        c\"\n    hibp: true\n",
        "instance:\n    support_email: a\n      b\n    hibp: true\n",
        "instance:\n    allowed_origins: [\n        a, # one\n        b\n    ]\n",
        "? instance\n: hibp: true\n",
        "instance: &a\n  hibp: true\n!!str restrictions: {}\n",
    ] {
        // What comes out was compared with what went in.
        formatted(text);
    }
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for text in ["instance: [\n", "instance: {}\ninstance: {}\n", "a: 1\n---\nb: 1\n"] {
        let source = SourceFile { name: "clerk.yaml".to_owned(), text: text.to_owned() };
        assert!(matches!(format(&source), Err(Unformatted::Findings(_))), "{text}");
    }
}

const FIELDS: [(&str, &[&str]); 4] = [
    ("restrictions", &["blocklist", "allowlist", "ignore_dots_for_gmail_addresses"]),
    ("instance", &["hibp", "test_mode", "enhanced_email_deliverability"]),
    ("organization_settings", &["domains_enabled", "enabled"]),
    ("protect", &["rules_enabled"]),
];

/// What may stand between two lines.
fn decoration() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => Just(String::new()),
        2 => Just("\n".to_owned()),
        2 => (0usize..6, 0u8..20).prop_map(|(indent, it)| format!("{:indent$}# {it}\n", "")),
    ];
    proptest::collection::vec(line, 0..4).prop_map(|lines| lines.concat())
}

fn file() -> impl Strategy<Value = String> {
    let values = prop_oneof![
        Just("true"),
        Just("false # why"),
        Just("{}"),
        Just("|\n        a\n\n        # b"),
        Just(""),
        Just("\n          - a\n          - b"),
        Just("[a,\n   b]"),
    ];
    let fields = proptest::collection::vec((0usize..3, values, decoration()), 1..4);
    let sections = proptest::collection::vec((0usize..4, 1usize..5, fields, decoration()), 1..5);
    (sections, decoration()).prop_map(|(sections, end)| {
        let (mut text, mut seen) = (String::new(), Vec::new());
        for (section, indent, fields, above) in sections {
            let (name, names) = FIELDS[section];
            if seen.contains(&section) {
                continue;
            }
            seen.push(section);
            text += &format!("{above}{name}:\n");
            let mut known = Vec::new();
            for (field, value, above) in fields {
                let field = names[field % names.len()];
                if !known.contains(&field) {
                    known.push(field);
                    text += &format!("{above}{:indent$}{field}: {value}\n", "");
                }
            }
        }
        text + &end
    })
}

proptest! {
    #[test]
    fn formatting_is_stable_and_changes_no_value(text in file()) {
        let source = SourceFile { name: "clerk.yaml".to_owned(), text: text.clone() };
        if let Ok(first) = format(&source) {
            let again = SourceFile { text: first.clone(), ..source.clone() };
            let values = |source: &SourceFile| {
                let mut codes: Vec<_> =
                    check(source).findings.into_iter().map(|it| (it.path, it.code)).collect();
                codes.sort();
                codes
            };
            prop_assert_eq!(values(&source), values(&again));
            prop_assert_eq!(format(&again).unwrap(), first, "{}", text);
        }
    }
}
