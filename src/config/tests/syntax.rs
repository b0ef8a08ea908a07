//! Mistakes in the syntax, and what is still told after one.

use super::{assert_told, checked};
use crate::finding::Code;

#[test]
fn a_mistake_does_not_hide_the_problems_of_other_parts() {
    assert_told(&[
        // A quote that is never closed.
        (
            "instance:\n  support_email: \"help@example.com\nrestrictions:\n  allowlist: 1\n",
            &["2:18-2:19 yaml-syntax", "4:14-4:15 wrong-type /restrictions/allowlist"],
        ),
        // Two that are never closed.
        (
            "instance: [\nrestrictions: [\norganization_settings: {enabled: 1}\n",
            &[
                "1:11-1:12 yaml-syntax",
                "2:15-2:16 yaml-syntax",
                "3:34-3:35 wrong-type /organization_settings/enabled",
            ],
        ),
        // One that the next quote closes.
        (
            "instance:\n  support_email: \"a@b.de\nrestrictions:\n  allowlist: \"yes\"\n",
            &["2:18-2:19 yaml-syntax", "4:14-4:19 wrong-type /restrictions/allowlist"],
        ),
        (
            "instance: {hibp: 1, test_mode: true\nrestrictions: {allowlist: 1}\n",
            &[
                "1:11-1:12 yaml-syntax",
                "1:18-1:19 wrong-type /instance/hibp",
                "2:27-2:28 wrong-type /restrictions/allowlist",
            ],
        ),
        (
            "instance:\n  hibp: 1\n test_mode: true\nunknown: 1\n",
            &[
                "2:9-2:10 wrong-type /instance/hibp",
                "3:2-3:3 yaml-syntax",
                "4:1-4:8 unknown-section /unknown",
            ],
        ),
        (
            "instance: @x\nrestrictions: `y`\norganization_settings: {enabled: 1}\n",
            &[
                "1:11-1:12 yaml-syntax",
                "2:15-2:16 yaml-syntax",
                "3:34-3:35 wrong-type /organization_settings/enabled",
            ],
        ),
        (
            "target\ninstance: {hibp: 1}\n",
            &["2:9-2:10 yaml-syntax", "2:18-2:19 wrong-type /instance/hibp"],
        ),
    ]);
}

#[test]
fn a_tab_that_indents_is_told_where_it_stands() {
    assert_told(&[
        ("\tinstance:\n\t  hibp: true\n", &["1:1-1:2 yaml-syntax", "2:1-2:2 yaml-syntax"]),
        ("instance:\n \thibp: true\n", &["2:2-2:3 yaml-syntax"]),
        ("instance:\n  hibp: true\n \ttest_mode: true\n", &["3:2-3:3 yaml-syntax"]),
        ("instance:\n \t&a hibp: true\n", &["2:2-2:3 yaml-syntax"]),
        ("instance:\n \t? hibp\n  : true\n", &["2:2-2:3 yaml-syntax"]),
        ("instance:\n  allowed_origins:\n   \t- http://a\n", &["3:4-3:5 yaml-syntax"]),
        ("instance:\n  allowed_origins:\n  - http://a\n \t- http://b\n", &["4:2-4:3 yaml-syntax"]),
        ("instance:\n  allowed_origins:\n  -\t- http://a\n", &["3:4-3:5 yaml-syntax"]),
        ("instance:\n  hibp: true\n\n  \ttest_mode: true\n", &["4:3-4:4 yaml-syntax"]),
        ("instance:\n  hibp:\n\ttrue\n", &["3:1-3:2 yaml-syntax"]),
        ("instance:\n  support_email: |-\n    a@b.de\n \thibp: true\n", &["4:2-4:3 yaml-syntax"]),
        ("instance: |\n  a\n\tb: 1\n", &["3:1-3:2 yaml-syntax"]),
    ]);
    // Where others accept an overlay after a tab, it would stand elsewhere.
    let told = checked("environments:\n \t dev:\n  x: 1\n").findings;
    assert!(told[0].message.starts_with("a tab is used") && told[0].span.line == 2, "{told:?}");
}

#[test]
fn a_tab_that_only_separates_is_nobodys_mistake() {
    for text in [
        "{\n\t\"instance\": {\n\t\t\"hibp\":\ttrue\n\t}\n}\n",
        "instance:\n  hibp:\ttrue\t# why\n\t# a remark\n\t\n  test_mode\t: true\n",
        "instance:\n  allowed_origins:\n  -\thttp://a\n  - \thttp://b\n",
        "instance:\n  allowed_origins: [\n   \thttp://a,\n  \t\"http://b\"\t]\n",
        "instance:\n  hibp:\n   \ttrue\n",
        "instance:\n  ?\thibp\n  :\ttrue\n",
        "instance:\n  hibp: &a\ttrue\n  test_mode: !!bool\ttrue\n",
        "---\t# first\ninstance: {hibp:\ttrue}\t\n...\t\n",
    ] {
        assert!(checked(text).findings.is_empty(), "{text:?}: {:?}", checked(text).findings);
    }
}

#[test]
fn an_entry_that_is_missing_before_a_comma_is_told_at_the_comma() {
    for (text, column) in [
        ("communication: {blocked_country_codes: [FR,,DE]}", 44),
        ("communication: {blocked_country_codes: [,]}", 41),
        ("communication: {blocked_country_codes: [, FR]}", 41),
        ("instance: {hibp: true,, test_mode: true}", 23),
        ("instance: {,}", 12),
        ("{\"instance\":{\"hibp\":true},,}", 27),
        ("{\"instance\":{\"hibp\":true} , ,\"protect\":{}}", 29),
    ] {
        let findings = checked(text).findings;
        let first = &findings[0];
        assert_eq!(first.message, "an entry is missing before this comma", "{text}");
        assert_eq!((findings.len(), first.span.column), (1, column), "{text}");
    }
    for text in ["instance: {hibp: true,}", "instance: {allowed_origins: [\"http://a\",],}"] {
        assert!(checked(text).findings.is_empty(), "{text}");
    }
}

#[test]
fn what_a_mistake_cuts_short_is_not_judged_as_a_whole() {
    assert_told(&[
        ("instance: [", &["1:11-1:12 yaml-syntax"]),
        ("instance: {hibp: [\n", &["1:18-1:19 yaml-syntax"]),
        ("target:\n  environment_type: [\"x\n", &["2:22-2:23 yaml-syntax"]),
        ("instance:\n  allowed_origins: [a\n  hibp: 3\n", &["3:7-3:8 yaml-syntax"]),
        ("instance: {allowed_origins: [a, [", &["1:33-1:34 yaml-syntax"]),
        ("organization_settings: {max_allowed_memberships: {a: 1\n", &["1:50-1:51 yaml-syntax"]),
    ]);
}

#[test]
fn a_mistake_hides_nothing_that_is_certain_without_it() {
    assert_told(&[
        (
            "instance: {}\nx: [\ninstance: {hibp: 3}\n",
            &[
                "2:1-2:2 unknown-section /x",
                "2:4-2:5 yaml-syntax",
                "3:1-3:9 duplicate-key /instance",
                "3:18-3:19 wrong-type /instance/hibp",
            ],
        ),
        (
            "instance: {hibp: false}\nrestrictions: @\ntarget: {environment_type: production}\n",
            &["1:18-1:23 weakens-security /instance/hibp", "2:15-2:16 yaml-syntax"],
        ),
        // An overlay that cannot be read may make up for what the base says.
        (
            "instance: {hibp: false}\ntarget: {environment_type: production}\nenvironments: @\n",
            &["3:15-3:16 yaml-syntax"],
        ),
        (
            "instance: {cookieless_dev: true, url_based_session_syncing: true}\nenvironments: @\n",
            &[
                "1:12-1:26 conflicting-fields /instance/cookieless_dev",
                "1:12-1:26 deprecated-field /instance/cookieless_dev",
                "2:15-2:16 yaml-syntax",
            ],
        ),
    ]);
}

#[test]
fn reading_on_invents_no_problems() {
    assert_told(&[
        // The anchor is in the part that was not read.
        (
            "instance: {hibp: &on true, x\nrestrictions: {allowlist: *on}\n",
            &["1:11-1:12 yaml-syntax"],
        ),
        // Lines of a text that look like keys.
        (
            "instance:\n  support_email: \"a\nsee: b\n  c\" d\nrestrictions: {allowlist: true}\n",
            &["4:6-4:7 yaml-syntax"],
        ),
        // JSON, in which nothing starts a part of its own.
        (
            "{\n\"instance\": {\"hibp\": true,,},\n\"restrictions\": {}\n}\n",
            &["2:27-2:28 yaml-syntax"],
        ),
        // The last value before a mistake may have swallowed what follows.
        ("instance:\n  hibp: true\n    test_mode: true\n", &["3:14-3:15 yaml-syntax"]),
        // What an environment is cannot be told without its target.
        (
            "environments:\n  a:\n    instance: {test_mode: true}\n    target: @x\ntarget: {environment_type: production}\n",
            &["4:13-4:14 yaml-syntax"],
        ),
    ]);
}

#[test]
fn a_configuration_with_a_mistake_is_none() {
    assert!(checked("instance: {hibp: true}\nrestrictions: @\n").configuration.is_none());
}

#[test]
fn a_repeated_key_is_told_at_its_second_place() {
    assert_told(&[
        (
            "instance: {hibp: true}\ninstance: {test_mode: 1}\n",
            &["2:1-2:9 duplicate-key /instance", "2:23-2:24 wrong-type /instance/test_mode"],
        ),
        (
            "instance:\n  hibp: true\n  'hibp': false\n  hibp: true\n",
            &["3:3-3:9 duplicate-key /instance/hibp", "4:3-4:7 duplicate-key /instance/hibp"],
        ),
        ("{\"a\": 1, a: 2}", &["1:2-1:5 unknown-section /a", "1:10-1:11 duplicate-key /a"]),
    ]);
}

#[test]
fn merge_keys_merge_as_people_expect() {
    let text = "\
instance: &base
  hibp: true
  test_mode: false
environments:
  a:
    instance:
      <<: *base
      hibp: false
  b:
    instance:
      hibp: null
      <<: [{test_mode: true}, *base]
";
    let configuration = checked(text).configuration.unwrap();
    let value = |environment: &str, field: &str| {
        let desired = configuration.desired(Some(environment)).unwrap();
        let setting = desired.settings.iter().find(|setting| setting.field.name == field);
        serde_json::Value::clone(&setting.unwrap().value)
    };
    assert_eq!(value("a", "hibp"), false);
    assert_eq!(value("a", "test_mode"), false);
    assert_eq!(value("b", "hibp"), serde_json::Value::Null);
    assert_eq!(value("b", "test_mode"), true);
}

#[test]
fn merge_keys_that_cannot_merge_are_told() {
    assert_told(&[
        ("instance:\n  <<: 5\n", &["2:7-2:8 wrong-type"]),
        ("instance:\n  <<:\n", &["2:3-2:5 wrong-type"]),
        ("instance:\n  <<: [{}, x]\n", &["2:12-2:13 wrong-type"]),
        ("instance:\n  <<: {}\n  <<: {}\n", &["3:3-3:5 duplicate-key /instance/<<"]),
        ("instance:\n  \"<<\": {}\n", &["2:3-2:7 unknown-field /instance/<<"]),
    ]);
}

#[test]
fn a_problem_in_what_aliases_share_is_told_once() {
    assert_told(&[(
        "environments:\n  a: &a {instance: {hibp: 1, nope: 2}}\n  b: *a\n  c:\n    <<: *a\n",
        &[
            "2:27-2:28 wrong-type /environments/a/instance/hibp",
            "2:30-2:34 unknown-field /environments/a/instance/nope",
        ],
    )]);
}

#[test]
fn a_value_stands_where_it_begins_behind_anchor_and_tag() {
    assert_told(&[
        (
            "instance: {hibp: &x 1, test_mode: *x}",
            &["1:21-1:22 wrong-type /instance/hibp", "1:35-1:37 wrong-type /instance/test_mode"],
        ),
        ("instance: {hibp: !!int 1}", &["1:24-1:25 wrong-type /instance/hibp"]),
        (
            "instance:\n  hibp: |\n    one\n    two\n\n  test_mode: >-\n    x\n",
            &["2:9-4:8 wrong-type /instance/hibp", "6:14-7:6 wrong-type /instance/test_mode"],
        ),
        (
            "instance:\n  hibp: \"a\n    b\"\n  test_mode: c\n    d\n",
            &["2:9-3:7 wrong-type /instance/hibp", "4:14-5:6 wrong-type /instance/test_mode"],
        ),
        (
            "instance:\n  hibp:\n    - a\n    - b\n\n  test_mode: true\n",
            &["3:5-4:8 wrong-type /instance/hibp"],
        ),
    ]);
}

#[test]
fn every_syntax_finding_says_what_to_do() {
    for text in
        ["a: [", "a: {", "a: \"", "a: b: c", "a: ]", "a: @", "a:\n\tb: 1", "a: \"\\q\"", "a: 'x' y"]
    {
        let findings = checked(text).findings;
        let finding = findings.iter().find(|finding| finding.code == Code::YamlSyntax).expect(text);
        assert!(finding.help.is_some(), "{text}");
        assert!(!finding.message.ends_with('.'), "{text}");
    }
}
