//! What is read, what is refused and in which words, and the exact bytes that are written.

use serde_json::json;

use super::*;

/// The contract's example, with an intent.
fn full() -> Value {
    json!({
        "format_version": 1,
        "lineage": "6f0a3c1e-2b1d-4c53-9b0e-5a2c7d1e8f90",
        "serial": 3,
        "environment": null,
        "instance": {"id": "ins_2abc", "environment_type": "production"},
        "applied": {"instance": {"hibp": true}, "restrictions": {"allowlist": true}},
        "uncertain": {"restrictions": ["allowlist"]},
        "unreflected": {"communication": {"blocked_country_codes": ["FR", "ZZ"]}},
        "in_flight": {
            "run": "b7", "by": "12 on here", "lease_until": null,
            "calls": [{"section": "instance", "body": {"support_email": null}}],
        },
    })
}

fn parse(document: &Value) -> Result<State, StateError> {
    State::parse(document.to_string().as_bytes())
}

fn what(bytes: &[u8]) -> (usize, usize, String) {
    match State::parse(bytes) {
        Err(StateError::Damaged { line, column, what }) => (line, column, what),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_state_is_written_with_sorted_keys_two_spaces_and_a_final_newline() {
    let mut document = full();
    document["in_flight"] = Value::Null;
    let written = String::from_utf8(parse(&document).unwrap().to_bytes()).unwrap();
    let expected = r#"{
  "applied": {
    "instance": {
      "hibp": true
    },
    "restrictions": {
      "allowlist": true
    }
  },
  "environment": null,
  "format_version": 1,
  "in_flight": null,
  "instance": {
    "environment_type": "production",
    "id": "ins_2abc"
  },
  "lineage": "6f0a3c1e-2b1d-4c53-9b0e-5a2c7d1e8f90",
  "serial": 3,
  "uncertain": {
    "restrictions": [
      "allowlist"
    ]
  },
  "unreflected": {
    "communication": {
      "blocked_country_codes": [
        "FR",
        "ZZ"
      ]
    }
  }
}
"#;
    assert_eq!(written, expected);
}

#[test]
fn what_is_written_is_read_again_and_is_what_serde_would_write() {
    let state = parse(&full()).unwrap();
    assert_eq!(State::parse(&state.to_bytes()).unwrap(), state);
    assert_eq!(state.document(), serde_json::to_value(&state).unwrap());
    assert_eq!(state.document(), full());
}

#[test]
fn sections_without_fields_are_left_out() {
    let mut document = full();
    document["applied"]["organization_settings"] = json!({});
    document["uncertain"]["instance"] = json!([]);
    document["unreflected"]["instance"] = json!({});
    assert_eq!(parse(&document).unwrap(), parse(&full()).unwrap());

    let mut state = parse(&full()).unwrap();
    let bytes = state.to_bytes();
    state.applied.entry("x".to_owned()).or_default();
    state.uncertain.entry("x".to_owned()).or_default();
    state.unreflected.entry("x".to_owned()).or_default();
    assert_eq!(state.to_bytes(), bytes);
}

#[test]
fn every_member_has_to_be_there() {
    let removed = |pointer: &str, member: &str| {
        let mut document = full();
        document.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(member);
        what(document.to_string().as_bytes()).2
    };
    let top = full();
    let members = top.as_object().unwrap().keys().map(|member| ("", member.as_str()));
    let inner = [
        ("/instance", "id"),
        ("/instance", "environment_type"),
        ("/in_flight", "run"),
        ("/in_flight", "by"),
        ("/in_flight", "lease_until"),
        ("/in_flight", "calls"),
        ("/in_flight/calls/0", "section"),
        ("/in_flight/calls/0", "body"),
    ];
    for (pointer, member) in members.chain(inner) {
        assert_eq!(removed(pointer, member), format!("missing member `{member}`"));
    }
}

#[test]
fn a_member_that_no_state_has_is_refused_at_every_level() {
    for pointer in ["", "/instance", "/in_flight", "/in_flight/calls/0"] {
        let mut document = full();
        document.pointer_mut(pointer).unwrap()["extra"] = json!(1);
        let (_, _, what) = what(document.to_string().as_bytes());
        assert!(what.starts_with("unknown member `extra`"), "{what}");
    }
}

#[test]
fn a_member_of_another_type_is_refused() {
    for (pointer, wrong) in [
        ("/format_version", json!("1")),
        ("/format_version", json!(0)),
        ("/format_version", json!(-1)),
        ("/lineage", json!(null)),
        ("/serial", json!(-1)),
        ("/serial", json!(1.5)),
        ("/environment", json!(1)),
        ("/instance", json!(null)),
        ("/instance", json!(["ins_2abc", "production"])),
        ("/instance/environment_type", json!("staging")),
        ("/applied", json!([])),
        ("/applied/instance", json!(["hibp"])),
        ("/uncertain/restrictions", json!({"allowlist": true})),
        ("/uncertain/restrictions", json!([1])),
        ("/unreflected", json!(null)),
        ("/in_flight", json!([])),
        ("/in_flight", json!(["b7", "me", null, []])),
        ("/in_flight/calls/0", json!(["instance", {}])),
        ("/in_flight/calls/0/body", json!([])),
    ] {
        let mut document = full();
        *document.pointer_mut(pointer).unwrap() = wrong.clone();
        let error = parse(&document).unwrap_err();
        assert_eq!(error.code().as_str(), "state-damaged", "{pointer} {wrong}");
    }
    for document in [json!(null), json!([]), json!(1), json!("state"), json!({})] {
        assert_eq!(parse(&document).unwrap_err().code().as_str(), "state-damaged", "{document}");
    }
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    for (bytes, expected) in [
        (&b""[..], (1, 1, "the file is empty")),
        (b" \n\n", (3, 1, "the file is empty")),
        (b"{\n  \"serial\": ", (2, 12, "the file ends in the middle")),
        (b"{\n  \"a\": 1,\n  oops\n}", (3, 3, "key must be a string")),
        ("{\"é\": é}".as_bytes(), (1, 7, "expected value")),
        (b"{\"a\": 1, \"b\": {\"x\": 1,\n\"x\": 2}}", (2, 3, "`x` appears twice in one object")),
        (b"{\"a\": 1e999}", (1, 11, "number out of range")),
        (
            b"{\n<<<<<<< HEAD\n  \"serial\": 2\n",
            (2, 1, "git left the markers of an unresolved merge here"),
        ),
    ] {
        let (line, column, what) = what(bytes);
        assert_eq!((line, column, what.as_str()), expected);
    }
    for bytes in [&b"\xff\xfe"[..], b"\0\0\0\0", b"{\"a\": \"\xff\"}", b"{} {}"] {
        assert_eq!(State::parse(bytes).unwrap_err().code().as_str(), "state-damaged");
    }
}

#[test]
fn a_repeated_member_is_refused_wherever_it_stands() {
    let text = full().to_string();
    for (member, twice) in [
        (r#""serial":3"#, r#""serial":3,"serial":4"#),
        (r#""hibp":true"#, r#""hibp":true,"hibp":false"#),
        (r#""support_email":null"#, r#""support_email":null,"support_email":"a@b.c""#),
        (r#""format_version":1"#, r#""format_version":1,"format_version":2"#),
    ] {
        assert!(text.contains(member));
        let (_, _, what) = what(text.replace(member, twice).as_bytes());
        assert!(what.ends_with("appears twice in one object"), "{what}");
    }
}

#[test]
fn a_newer_format_is_told_apart_whatever_else_it_holds() {
    let error = State::parse(br#"{"format_version": 2, "lineage": 7, "more": {}}"#).unwrap_err();
    assert_eq!(error, StateError::Newer { version: 2 });
    assert!(error.to_string().contains("version 2 of the format"));
    assert!(error.help().contains("upgrade clerkform"));
}

#[test]
fn nesting_without_bound_is_refused_and_does_no_harm() {
    let bomb = format!(r#"{{"applied": {{"instance": {{"hibp": {}"#, "[".repeat(200_000));
    assert_eq!(what(bomb.as_bytes()).2, "the file is nested too deeply");
}

#[test]
fn a_message_shows_little_of_the_file_and_nothing_that_acts_on_a_terminal() {
    let mut document = full();
    document["serial"] = json!(format!("\u{1b}[2J\u{202e}{}", "x".repeat(10_000)));
    let (_, _, what) = what(document.to_string().as_bytes());
    assert!(what.chars().count() <= LONGEST_QUOTE + 1, "{what}");
    assert!(!what.contains(['\u{1b}', '\u{202e}']), "{what}");
}

#[test]
fn a_state_that_was_cut_or_scribbled_on_is_refused_or_still_a_state() {
    let bytes = parse(&full()).unwrap().to_bytes();
    let end = bytes.len() - 1;
    for cut in 0..end {
        assert_eq!(
            State::parse(&bytes[..cut]).unwrap_err().code().as_str(),
            "state-damaged",
            "{cut}"
        );
    }
    for place in 0..end {
        for scribble in [b'\0', b'"', b'{', b']', b'9', b'\n', 0xFF] {
            let mut bytes = bytes.clone();
            bytes[place] = scribble;
            if let Ok(state) = State::parse(&bytes) {
                assert_eq!(State::parse(&state.to_bytes()).unwrap(), state);
            }
        }
    }
}

#[test]
fn an_array_is_no_object() {
    let error = State::parse(b"[]").unwrap_err();
    assert!(error.to_string().contains("expected an object"), "{error}");
}
