//! Files that are not a configuration at all, or try to be too much.

use super::{assert_told, checked, told};
use crate::finding::{Code, Severity};

/// Some pieces of text, one after another.
fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn a_file_that_asks_for_nothing_is_fine() {
    for text in
        ["", "\n\n", "# only a comment\n", "---\n", "{}", "%YAML 1.2\n---\n", "environments: {}"]
    {
        let checked = checked(text);
        assert!(checked.findings.is_empty(), "{text:?}: {:?}", checked.findings);
        let desired = checked.configuration.unwrap().desired(None).unwrap();
        assert!(desired.settings.is_empty());
    }
}

#[test]
fn a_top_level_that_is_no_mapping_is_told_once() {
    assert_told(&[
        ("[1]", &["1:1-1:4 wrong-type"]),
        ("- a\n- b\n", &["1:1-2:4 wrong-type"]),
        ("hello\n", &["1:1-1:6 wrong-type"]),
        ("null", &["1:1-1:5 wrong-type"]),
        ("5.0", &["1:1-1:4 wrong-type"]),
        (".inf", &["1:1-1:5 wrong-type"]),
    ]);
}

#[test]
fn several_documents_are_refused_at_the_second() {
    assert_told(&[
        ("instance: {hibp: true}\n---\na: 1\n", &["2:1-2:4 yaml-syntax"]),
        ("---\n---\n", &["2:1-2:4 yaml-syntax"]),
        (
            "instance: {hibp: 1}\n...\n---\n",
            &["1:18-1:19 wrong-type /instance/hibp", "3:1-3:4 yaml-syntax"],
        ),
    ]);
}

#[test]
fn aliases_must_name_something_before_them() {
    assert_told(&[
        ("instance: *nope\n", &["1:11-1:16 yaml-syntax"]),
        ("instance: &a {hibp: *a}\n", &["1:21-1:23 yaml-syntax"]),
        ("instance: &a\n  <<: *a\n  hibp: true\n", &["2:7-2:9 yaml-syntax"]),
        ("instance: {hibp: &t true, test_mode: *t}\n", &[]),
    ]);
}

#[test]
fn tags_of_the_core_schema_are_read_and_others_refused() {
    assert_told(&[
        ("instance: {hibp: !!bool true, clerk_js_version: !!str 5}", &[]),
        ("instance: !!map {clerk_js_version: ! 5}", &[]),
        ("organization_settings: {max_allowed_memberships: !!int \"5\"}", &[]),
        ("instance: {hibp: !secret x}", &["1:18-1:25 yaml-syntax"]),
        ("instance: !!set {hibp: true}", &["1:11-1:16 yaml-syntax"]),
        ("instance: {hibp: !!bool yes}", &["1:18-1:24 yaml-syntax"]),
        ("instance: !!str {hibp: true}", &["1:11-1:16 yaml-syntax"]),
    ]);
}

#[test]
fn keys_are_texts() {
    assert_told(&[(
        "1: a\ntrue: b\nnull: c\n? [a]\n: d\n? {a: b}\n: e\n1.5: f\n",
        &[
            "1:1-1:2 wrong-type",
            "2:1-2:5 wrong-type",
            "3:1-3:5 wrong-type",
            "4:3-4:6 wrong-type",
            "6:3-6:9 wrong-type",
            "8:1-8:4 wrong-type",
        ],
    )]);
    let finding = &checked("1: a").findings[0];
    assert_eq!(finding.help.as_deref(), Some("put it in quotes if it is a name: `\"1\"`"));
}

#[test]
fn nesting_over_64_levels_is_refused_whatever_its_style() {
    let nested = |flow: usize, block: usize| {
        format!("{}{}x{}", "- ".repeat(block), "[".repeat(flow), "]".repeat(flow))
    };
    for (flow, block) in [(64, 0), (0, 64), (32, 32)] {
        let codes: Vec<Code> =
            checked(&nested(flow, block)).findings.iter().map(|f| f.code).collect();
        assert_eq!(codes, [Code::WrongType], "{flow} {block}");
    }
    for (flow, block) in [(65, 0), (0, 65), (33, 32), (100_000, 0), (0, 100_000)] {
        let findings = checked(&nested(flow, block)).findings;
        assert!(findings.iter().any(|f| f.code == Code::YamlSyntax), "{flow} {block}");
    }
    let aliases = "x: &a [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n\
                   y: &b [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n";
    assert!(checked(aliases).findings.iter().any(|f| f.code == Code::YamlSyntax));
}

#[test]
fn aliases_that_expand_without_bound_are_told_once() {
    use std::fmt::Write;
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", [alias.as_str(); 10].join(", ")).unwrap();
    }
    let syntax = checked(&text).findings.into_iter().filter(|f| f.code == Code::YamlSyntax);
    assert_eq!(syntax.count(), 1);
}

#[test]
fn numbers_that_json_has_not_are_never_null() {
    assert_told(&[
        (
            "organization_settings: {max_allowed_memberships: .inf}",
            &["1:50-1:54 wrong-type /organization_settings/max_allowed_memberships"],
        ),
        (
            "instance: {hibp: .nan, support_email: -.inf}",
            &[
                "1:18-1:22 wrong-type /instance/hibp",
                "1:39-1:44 wrong-type /instance/support_email",
            ],
        ),
        (
            "organization_settings: {max_allowed_memberships: 9223372036854775808}",
            &["1:50-1:69 invalid-value /organization_settings/max_allowed_memberships"],
        ),
        (
            "organization_settings: {max_allowed_memberships: 5.0}",
            &["1:50-1:53 wrong-type /organization_settings/max_allowed_memberships"],
        ),
        ("instance: {hibp: 99999999999999999999}", &["1:18-1:38 wrong-type /instance/hibp"]),
        (
            "organization_settings: {max_allowed_memberships: 010}",
            &["1:50-1:53 invalid-value /organization_settings/max_allowed_memberships"],
        ),
    ]);
}

#[test]
fn line_ends_tabs_and_wide_characters_leave_places_exact() {
    assert_told(&[
        ("instance:\r\n  hibp: 1\r\n", &["2:9-2:10 wrong-type /instance/hibp"]),
        ("instance: {hibp:\t\t1}", &["1:19-1:20 wrong-type /instance/hibp"]),
        (
            "instance: {\"ä😀\": 1, hibp: 1}",
            &["1:12-1:16 unknown-field /instance/ä😀", "1:27-1:28 wrong-type /instance/hibp"],
        ),
        ("instance:\n\thibp: true\n", &["2:1-2:2 yaml-syntax"]),
    ]);
}

#[test]
fn a_carriage_return_by_itself_is_refused_before_anything_can_hide_behind_it() {
    assert_told(&[
        ("instance:\r  hibp: 1\r", &["1:10-1:11 yaml-syntax"]),
        ("# ü\r\n# x\rinstance: {hibp: false}\r\n", &["2:4-2:5 yaml-syntax"]),
        ("a: \"b\rc\"\n# sk_live_abc123\n", &["1:6-1:7 yaml-syntax", "2:3-2:17 secret-in-config"]),
        ("instance: {hibp: true}\r", &["1:23-1:24 yaml-syntax"]),
        ("instance: {hibp: true}\r\r\n", &["1:23-1:24 yaml-syntax"]),
    ]);
}

#[test]
fn a_merge_that_was_not_finished_is_told_as_one() {
    assert_told(&[
        (
            "instance:\n<<<<<<< HEAD\n  hibp: true\n=======\n  hibp: false\n>>>>>>> b\n",
            &["2:1-2:13 yaml-syntax"],
        ),
        ("{\n<<<<<<< HEAD\r\n\"a\": 1,\n=======\n\"a\": 2}\n", &["2:1-2:13 yaml-syntax"]),
        ("instance: {hibp: true}\n||||||| base\n", &["2:1-2:13 yaml-syntax"]),
        ("instance: {hibp: true}\n=======\n", &["2:1-2:8 yaml-syntax"]),
        ("instance: {hibp: true}\n>>>>>>>", &["2:1-2:8 yaml-syntax"]),
        ("# <<<<<<< HEAD\n# =======\ninstance: {hibp: true} # >>>>>>> b\n", &[]),
        ("instance:\n  support_email: >-\n    a@b.de\n# ======== =======\n", &[]),
    ]);
    let message = &checked("<<<<<<< HEAD\n").findings[0].message;
    assert!(message.starts_with("a merge was not finished"), "{message}");
}

#[test]
fn binary_is_no_yaml() {
    assert_told(&[("a: x\0y", &["1:5-1:6 yaml-syntax"])]);
    assert_eq!(told("\u{7f}ELF\u{1}\u{2}").len(), 1);
}

#[test]
fn a_file_of_nothing_but_problems_is_cut_short_and_says_so() {
    let text = numbered(5000, |number| format!("key{number}: 1\n"));
    let findings = checked(&text).findings;
    assert_eq!(findings.len(), 1001);
    assert!(findings[1000].message.starts_with("more than 1000 problems"));
    assert_eq!(findings[1000].severity, Severity::Error);
}

#[test]
fn hostile_files_are_answered() {
    // A sixteenth of the largest file: enough to show what grows faster than the file does.
    let mib = 1 << 16;
    for text in [
        "hibp: 1\n".repeat(mib / 8),
        format!("instance: {{{}}}", "hibp: 1,".repeat(mib / 9)),
        format!("instance: {{allowed_origins: [{}]}}", "1,".repeat(mib / 2 - 50)),
        format!("instance: {{allowed_origins: [{}]}}", "a,".repeat(mib / 2 - 50)),
        "{".repeat(mib),
        "? ".repeat(mib / 2),
        "a: \"\n".repeat(mib / 5),
        "instance: [\n".repeat(mib / 12),
        "instance: \"\n".repeat(mib / 12),
        "&a ".repeat(mib / 3),
        "sk_live_a ".repeat(mib / 10),
        "'".repeat(mib),
        "\\x".repeat(mib / 2),
        format!("environments: {{{}}}", numbered(6000, |number| format!("!{number}: {{}},"))),
    ] {
        assert!(!checked(&text).findings.is_empty());
    }
}
