//! An answer of the service, whatever it is: a status in a line of its own, and a body. No key
//! comes out of it, what is told of it is short, and what it shows can be recorded and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use stages::api::{Answer, Body, KeyRing, Refusal, Reply, SecretKey, read};
use stages::catalog::{SECTIONS, Section};
use stages::state::{InstanceRef, Settlement, Shown, State, compare, verified};

const KEY: &str = "sk_test_madeUpForTheseTests";

/// Longer than any text that is told, and its mark of what was left out.
const LONGEST: usize = 600;

fuzz_target!(|bytes: &[u8]| {
    let keys = KeyRing::default().sending(&SecretKey::parse(KEY).expect("this is a key"));
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (status, body) = bytes.split_at(end);
    let status = std::str::from_utf8(status).ok().and_then(|text| text.parse().ok());
    let body = body.get(1..).unwrap_or_default().to_vec();
    let status = status.unwrap_or(200);
    let ray = Some(String::from_utf8_lossy(&body).into_owned());
    let reply = Reply { status, retry_after: None, ray, body: Body::Whole(body) };
    let answer = read(&keys, &reply);
    assert!(!holds_key(&format!("{answer:?}")), "{answer:?}");
    assert_eq!(matches!(answer, Answer::Accepted { .. }), reply.is_success());
    match answer {
        Answer::Refused(refusal) => assert_is_short(&refusal),
        Answer::Accepted { echo } => {
            for section in SECTIONS {
                assert_can_be_recorded(section, echo.as_ref());
            }
        }
    }
});

/// Whether a text holds the key in any letter case.
fn holds_key(text: &str) -> bool {
    text.to_ascii_lowercase().contains(&KEY.to_ascii_lowercase())
}

fn assert_is_short(refusal: &Refusal) {
    let Refusal { status: _, code, message, help: _, params, trace_id } = refusal;
    let code = code.to_string();
    assert!(!code.is_empty() && !message.is_empty(), "{refusal:?}");
    let texts = [&code, message].into_iter().chain(params).chain(trace_id);
    for text in texts {
        assert!(text.chars().count() <= LONGEST, "{refusal:?}");
    }
    assert!(refusal.fields().all(|field| !field.is_empty()), "{refusal:?}");
    assert_eq!(refusal.param().is_some(), !params.is_empty(), "{refusal:?}");
}

/// What was sent is what the catalogue has as examples.
fn assert_can_be_recorded(section: &Section, echo: Option<&Map<String, Value>>) {
    let sent: Map<String, Value> = section
        .fields
        .iter()
        .map(|field| {
            let value = serde_json::from_str(field.example).expect("an example is JSON");
            (field.name.to_owned(), value)
        })
        .collect();
    let shown = compare(section, &sent, echo);
    assert_eq!(shown.len(), sent.len());
    let is_otherwise = |shown: &Shown| matches!(shown, Shown::Otherwise(_));
    assert_eq!(verified(&shown) == Some(false), shown.values().any(is_otherwise));
    let otherwise = shown.values().filter(|shown| is_otherwise(shown)).count();
    let state = State::fresh("l".to_owned(), None, InstanceRef::default())
        .settle(section.name, &sent, &Settlement::Accepted(shown))
        .end();
    assert_eq!(state.unreflected.get(section.name).map_or(0, |fields| fields.len()), otherwise);
    let bytes = state.to_bytes();
    assert!(!holds_key(&String::from_utf8_lossy(&bytes)));
    assert_eq!(State::parse(&bytes).expect("what was recorded can be read"), state);
}
