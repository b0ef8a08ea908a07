//! What an instance comes to as a file, whatever it is set to.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::*;
use crate::catalog::{
    EnvironmentType::Development, EnvironmentType::Production, Kind, Shape, section,
};
use crate::config::Desired;
use crate::plan;
use crate::render::samples::{HOSTILE, is_quiet};
use crate::state::{InstanceRef, Seen, Source as From, State};

const FRAME: Frame<'_> =
    Frame { schema: Some("s.json"), environment: None, environment_type: Development, base: None };
const OVERLAID: Frame<'_> = Frame { environment: Some("no"), ..FRAME };

fn instance(kind: EnvironmentType) -> InstanceRef {
    InstanceRef { id: Some("ins_2abc".to_owned()), environment_type: Some(kind) }
}

/// An instance of which these were read.
fn live(values: &[(&str, Value)]) -> Live {
    let mut live = Live::of(instance(Development));
    for (name, value) in values {
        let (of, field) = name.split_once('.').unwrap();
        let of = section(of).unwrap();
        let seen = Seen { value: value.clone(), source: From::Get };
        live.show(of, of.field(field).unwrap(), seen);
    }
    live
}

/// What the file comes to; nothing may be wrong with it, not even a warning.
#[track_caller]
fn desired(imported: &Imported, frame: &Frame<'_>) -> Desired {
    let source = SourceFile { name: "clerk.yaml".to_owned(), text: imported.text.clone() };
    let checked = config::check(&source);
    assert_eq!(checked.findings, [], "{}", imported.text);
    checked.configuration.unwrap().desired(frame.environment).unwrap()
}

/// Asserts that a state with what was imported leaves nothing to do.
#[track_caller]
fn assert_settled(imported: &Imported, frame: &Frame<'_>) {
    let desired = desired(imported, frame);
    let environment = frame.environment.map(str::to_owned);
    let state = State::fresh("l".to_owned(), environment, instance(frame.environment_type));
    let state = state.adopt(imported.values.clone());
    let plan = plan::between(&desired, state.as_ref(), None, "clerk.state.json");
    assert!(plan.is_empty() && plan.advisories.is_empty(), "{plan:?}");
    assert_eq!(desired.target.environment_type, Some(frame.environment_type));
    let settings: Vec<Value> = desired.settings.iter().map(|it| Value::clone(&it.value)).collect();
    assert_eq!(settings.len(), imported.settings());
}

#[track_caller]
fn reason<'a>(imported: &'a Imported, name: &str) -> &'a str {
    let is_it = |it: &&CommentedField| format!("{}.{}", it.section, it.field) == name;
    imported.comments.iter().find(is_it).map_or("", |it| it.reason.as_str())
}

/// Values that a field may have and hardly ever has.
fn unusual(field: &Field) -> Vec<Value> {
    let texts = |shape| match shape {
        Shape::Any => vec!["yes", "*a:#c,", "010", "2024-01-01", "\u{1f600}\"'"],
        Shape::Email => vec!["o'hara+x@example.co.uk"],
        Shape::Origin => vec![
            "chrome-extension://0123",
            "http://[::1]:3000",
            "my-app://renderer",
            "capacitor://localhost",
            "http://localhost:3000",
        ],
        Shape::OneOf(words) => words.to_vec(),
        Shape::Alphanumeric => vec!["0e0", "off", "010", "007x"],
        Shape::Country => vec!["NO", "FR", "AQ", "ZW", "GB"],
        Shape::Subdomain => vec!["app.example.com", "*.xn--bcher-kva.example", "1.a_b.example"],
    };
    match field.kind {
        Kind::Boolean => vec![json!(true), json!(false)],
        Kind::Integer { minimum } => vec![json!(minimum), json!(i64::MAX)],
        Kind::Text(shape) => texts(shape).into_iter().map(Value::from).collect(),
        Kind::Set(shape) => {
            let texts = texts(shape);
            (1..=texts.len()).map(|many| json!(texts[..many])).collect()
        }
    }
}

#[test]
fn every_readable_field_at_an_unusual_value_leaves_nothing_to_do() {
    for round in 0..5 {
        let mut values = Vec::new();
        for of in SECTIONS {
            for field in of.fields.iter().filter(|it| it.read == Read::Shown && !it.is_deprecated())
            {
                let unusual = unusual(field);
                let value = unusual[round % unusual.len()].clone();
                values.push((format!("{}.{}", of.name, field.name), value, field.only_in));
            }
        }
        for frame in [
            FRAME,
            OVERLAID,
            Frame { environment_type: Production, ..FRAME },
            Frame { environment_type: Production, ..OVERLAID },
        ] {
            // What has no effect there is a comment.
            let works = |only: &Option<_>| only.is_none_or(|only| only == frame.environment_type);
            let named: Vec<_> = values
                .iter()
                .filter(|(.., only)| works(only))
                .map(|(name, value, _)| (name.as_str(), value.clone()))
                .collect();
            let imported = imported(&live(&named), &frame);
            assert_settled(&imported, &frame);
            let desired = desired(&imported, &frame);
            for (name, value) in &named {
                let (of, field) = name.split_once('.').unwrap();
                assert_eq!(desired.value(of, field), Some(value), "{}", imported.text);
                assert_eq!(imported.values[of][field], *value);
            }
            assert_eq!(desired.settings.len(), named.len());
        }
    }
}

#[test]
fn what_was_not_read_is_a_comment_with_the_reason() {
    let mut live = live(&[("organization_settings.slug_disabled", Value::Null)]);
    let restrictions = section("restrictions").unwrap();
    for field in restrictions.fields {
        live.hide(restrictions, field, "Clerk answered 402: not in\n## your plan".to_owned());
    }
    let imported = imported(&live, &FRAME);
    assert!(imported.values.is_empty());
    assert_settled(&imported, &FRAME);
    for (name, expected) in [
        ("instance.hibp", "Clerk does not show this value"),
        (
            "restrictions.allowlist",
            "it could not be read (Clerk answered 402: not in\n## your plan)",
        ),
        ("organization_settings.slug_disabled", "it is null now"),
        ("communication.blocked_country_codes", "it was not read"),
    ] {
        assert_eq!(reason(&imported, name), expected);
    }
    let text = &imported.text;
    assert!(text.contains("402: not in\\n## your"), "{text}");
    for line in [
        "## Not set here",
        "\n# restrictions:\n",
        "\n##   Not set here: Clerk does not show this value.\n#   hibp: true\n",
    ] {
        assert!(text.contains(line) || line == "## Not set here", "{text}");
    }
}

#[test]
fn what_a_check_minds_is_a_comment_with_its_reason() {
    let strange = json!(["FR", "ZZ"]);
    for (name, value, expected) in [
        ("instance.allowed_subdomains", json!([]), "#   allowed_subdomains: []\n"),
        ("instance.allowed_origins", json!(["http://a/b"]), "#   allowed_origins: [http://a/b]\n"),
        ("communication.blocked_country_codes", strange, "#   blocked_country_codes: [FR, ZZ]\n"),
        (
            "organization_settings.max_allowed_memberships",
            json!(5.5),
            "#   max_allowed_memberships: 5.5\n",
        ),
        (
            "organization_settings.max_allowed_memberships",
            json!(-1),
            "#   max_allowed_memberships: -1\n",
        ),
        ("organization_settings.enabled", json!({"a\nb": [HOSTILE]}), "#   enabled: {\"a\\nb\": ["),
        ("organization_settings.enabled", json!("yes"), "#   enabled: \"yes\"\n"),
    ] {
        for (frame, indent) in [(FRAME, ""), (OVERLAID, "    ")] {
            let imported = imported(&live(&[(name, value.clone())]), &frame);
            assert!(imported.values.is_empty(), "{}", imported.text);
            assert_settled(&imported, &frame);
            assert!(!reason(&imported, name).is_empty());
            let expected = expected.replacen("# ", &format!("# {indent}"), 1);
            assert!(imported.text.contains(&expected), "{expected}: {}", imported.text);
        }
    }
}

#[test]
fn a_value_is_written_as_the_file_would_have_it() {
    for (name, shown, kept) in [
        ("oauth_application_settings.default_scopes", json!(["a", "b", "a"]), json!(["a", "b"])),
        ("organization_settings.max_allowed_memberships", json!(7.0), json!(7)),
        ("organization_settings.max_allowed_memberships", json!(0), json!(0)),
    ] {
        let imported = imported(&live(&[(name, shown)]), &FRAME);
        assert_settled(&imported, &FRAME);
        let (section, field) = name.split_once('.').unwrap();
        assert_eq!(imported.values[section][field], kept);
    }
}

#[test]
fn what_the_service_adds_to_a_list_is_not_asked_for() {
    for (shown, kept) in [
        (json!(["manual_invitation"]), json!([])),
        (json!(["automatic_invitation", "manual_invitation"]), json!(["automatic_invitation"])),
    ] {
        let imported =
            imported(&live(&[("organization_settings.domains_enrollment_modes", shown)]), &FRAME);
        assert_settled(&imported, &FRAME);
        assert_eq!(imported.values["organization_settings"]["domains_enrollment_modes"], kept);
    }
}

#[test]
fn a_secret_is_repeated_nowhere() {
    let key = concat!("sk_", "live_0123456789abcdef");
    let pem = "-----BEGIN PRIVATE KEY-----\nq1w2e3\n-----END PRIVATE KEY-----";
    for secret in [key, pem, "x://u:hunter2@h"] {
        let mut live = live(&[
            ("oauth_application_settings.default_scopes", json!(["ok", secret])),
            ("instance.allowed_origins", json!([secret])),
        ]);
        let protect = section("protect").unwrap();
        live.hide(protect, &protect.fields[0], format!("no: {secret}"));
        live.instance.id = Some(secret.to_owned());
        let imported = imported(&live, &FRAME);
        assert!(imported.values.is_empty());
        assert_settled(&imported, &FRAME);
        for part in ["0123456789abcdef", "q1w2e3", "hunter2"] {
            assert!(!imported.text.contains(part), "{}", imported.text);
            assert!(imported.comments.iter().all(|it| !it.reason.contains(part)));
        }
        assert_eq!(desired(&imported, &FRAME).target.instance_id, None);
    }
}

#[test]
fn no_value_breaks_out_of_its_place() {
    for text in [
        HOSTILE,
        "a\n#   hibp: false\ninstance:\n  hibp: false",
        "\u{2028}  hibp: false",
        "\u{85}hibp: false",
        "\r\rhibp: false",
        "x # y",
        "]\n",
        "-----BEGIN PRIVATE KEY",
    ] {
        let mut live = live(&[
            ("oauth_application_settings.default_scopes", json!([text])),
            ("instance.allowed_origins", json!([text])),
            ("communication.blocked_country_codes", json!([text, text])),
            ("instance_settings.from_email_address", json!(text)),
        ]);
        let protect = section("protect").unwrap();
        live.hide(protect, &protect.fields[0], text.to_owned());
        live.instance.id = Some(text.to_owned());
        for frame in [FRAME, OVERLAID] {
            let imported = imported(&live, &frame);
            assert_settled(&imported, &frame);
            let of = |of: &str| imported.values.get(of).map_or(0, BTreeMap::len);
            assert_eq!((of("instance"), of("communication"), of("instance_settings")), (0, 0, 0));
            assert!(is_quiet(&imported.text), "{}", imported.text);
            let lines: Vec<&str> = imported.text.lines().collect();
            let hibp =
                lines.iter().filter(|line| line.trim_start_matches("# ").trim() == "hibp: false");
            assert_eq!(hibp.count(), 0, "{}", imported.text);
        }
    }
}

#[test]
fn a_file_that_would_be_too_large_does_without_the_longest_value() {
    let long: Vec<String> = (0..60_000).map(|number| format!("{number:020}")).collect();
    let imported = imported(
        &live(&[
            ("oauth_application_settings.default_scopes", json!(long)),
            ("instance.allowed_origins", json!(["http://a"])),
        ]),
        &FRAME,
    );
    assert_settled(&imported, &FRAME);
    assert_eq!(imported.values.len(), 1);
    assert!(imported.text.len() < 20_000);
}

#[test]
fn a_long_list_has_a_line_for_each_entry() {
    let codes = json!(["FR", "NO", "GB", "AQ", "BV"]);
    let text = imported(&live(&[("communication.blocked_country_codes", codes)]), &FRAME).text;
    assert!(text.contains("\n  blocked_country_codes:\n    - FR\n    - \"NO\"\n"), "{text}");
}

/// Whatever a service may show, often nearly right.
fn any_value() -> impl Strategy<Value = Value> {
    let pieces = [
        "a",
        "FR",
        "ZZ",
        "NO",
        "yes",
        "010",
        "http://a",
        "app://b",
        "/",
        " ",
        "#",
        ": ",
        "\n",
        "\"",
        "'",
        "\\",
        "]",
        "{",
        "&",
        "*",
        "!",
        "%",
        "sk_",
        "live_9",
        "://u:p@",
        "-----BEGIN ",
        "PRIVATE KEY",
        "-----",
        "\u{85}",
        "\u{feff}",
        "\u{e0041}",
        "automatic_invitation",
        "manual_invitation",
        "\u{fffe}",
    ];
    let text = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..5)
        .prop_map(|pieces| Value::from(pieces.concat()));
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        3 => any::<bool>().prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        9 => text,
    ];
    leaf.prop_recursive(2, 8, 6, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 0..7).prop_map(Value::from),
            1 => prop::collection::btree_map("[a-z\n: ]{0,3}", inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_shown_the_file_is_sound_and_leaves_nothing_to_do(
        values in prop::collection::vec(any_value(), 40),
        id in prop::option::of(any_value().prop_map(|value| value.to_string())),
        is_overlaid in any::<bool>(),
        environment_type in prop::sample::select(EnvironmentType::ALL.to_vec()),
    ) {
        let frame = Frame { environment_type, ..if is_overlaid { OVERLAID } else { FRAME } };
        let mut live = Live::of(InstanceRef { id, environment_type: Some(environment_type) });
        let mut values = values.into_iter();
        for of in SECTIONS {
            for field in of.fields.iter().filter(|field| field.read == Read::Shown) {
                match values.next().unwrap() {
                    Value::Object(why) => live.hide(of, field, json!(why).to_string()),
                    value => live.show(of, field, Seen { value, source: From::Echo }),
                }
            }
        }
        let imported = imported(&live, &frame);
        assert_settled(&imported, &frame);
        assert!(is_quiet(&imported.text));
        let fields = SECTIONS.iter().flat_map(|of| of.fields).filter(|it| !it.is_deprecated());
        assert_eq!(imported.settings() + imported.comments.len(), fields.count());
    }
}
