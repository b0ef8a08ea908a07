//! Which instance a key opens: the one read that comes before every change.

use serde_json::{Map, Value};

use super::answer::shorten;
use super::{Answer, Attempts, KeyRing, Refusal, Request, RetryBudget, Service, Stop, call, read};

/// Where an instance is read and changed.
pub const INSTANCE: &str = "/v1/instance";

/// The longest id that is believed. The service's own have 31 characters.
const LONGEST_ID: usize = 200;

/// The result of `GET /v1/instance`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The service says which instance it is.
    Known {
        /// Its id.
        id: String,
        /// Its environment, as the service says it; `None` where it does not say.
        environment_type: Option<String>,
        /// The whole answer, which is the section's that lives at this path as well.
        shown: Map<String, Value>,
    },
    /// The service has no such `GET`: it answered 404 or 405.
    NotOffered,
    /// The service refused.
    Refused(Refusal),
    /// No answer came. The text says why.
    NoReply(String),
    /// A success that cannot be understood. The text says what is wrong with it.
    NotAnInstance(&'static str),
}

/// Asks which instance it is, with retries.
pub async fn look_up(
    service: &dyn Service,
    keys: &KeyRing,
    patience: &RetryBudget<'_>,
    stop: &Stop,
) -> Lookup {
    let request = Request::Get { path: INSTANCE };
    let called = call(service, &request, patience, stop).await;
    understand(keys, &called)
}

fn understand(keys: &KeyRing, called: &Attempts) -> Lookup {
    let giving_up = called.giving_up().map_or_else(String::new, |why| format!(" ({why})"));
    let reply = match &called.last {
        Ok(reply) => reply,
        Err(no_reply) => return Lookup::NoReply(format!("{no_reply}{giving_up}")),
    };
    match read(keys, reply) {
        Answer::Accepted { echo: Some(instance) } => identify(instance),
        Answer::Accepted { echo: None } => Lookup::NotAnInstance("it is not a JSON object"),
        Answer::Refused(refusal) if matches!(refusal.status, 404 | 405) => Lookup::NotOffered,
        Answer::Refused(mut refusal) => {
            refusal.message.push_str(&giving_up);
            Lookup::Refused(refusal)
        }
    }
}

fn identify(instance: Map<String, Value>) -> Lookup {
    if instance.get("object").is_some_and(|object| object != "instance") {
        return Lookup::NotAnInstance("its `object` is not `instance`");
    }
    let id = match instance.get("id") {
        Some(Value::String(id)) if is_id(id) => id.clone(),
        Some(_) => return Lookup::NotAnInstance("its `id` is not valid"),
        None => return Lookup::NotAnInstance("it has no `id`"),
    };
    let environment_type = instance.get("environment_type").and_then(Value::as_str).map(shorten);
    Lookup::Known { id, environment_type, shown: instance }
}

/// It ends up in states and plans, so nothing is believed that could not stand there.
fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Body, Ceased, Reply, SecretKey};
    use crate::network::NoReply;

    fn called(last: Result<Reply, NoReply>) -> Attempts {
        Attempts {
            attempts: 1,
            last,
            accepted: false,
            may_have_taken_effect: false,
            open: None,
            ceased: Ceased::Settled,
        }
    }

    fn understood(status: u16, body: &str) -> Lookup {
        let body = Body::Whole(body.as_bytes().to_vec());
        understand(
            &KeyRing::default(),
            &called(Ok(Reply { status, retry_after: None, ray: None, body })),
        )
    }

    #[test]
    fn an_instance_says_its_id_and_environment() {
        let table = [
            ("\"environment_type\":\"production\"", Some("production")),
            ("\"environment_type\":\"development\"", Some("development")),
            ("\"environment_type\":\"staging\"", Some("staging")),
            ("\"environment_type\":7", None),
            ("\"object\":\"instance\"", None),
        ];
        for (member, environment_type) in table {
            let body = format!("{{\"id\":\"ins_2abc\",{member}}}");
            let known = Lookup::Known {
                id: "ins_2abc".to_owned(),
                environment_type: environment_type.map(str::to_owned),
                shown: serde_json::from_str(&body).unwrap(),
            };
            assert_eq!(understood(200, &body), known, "{body}");
        }
    }

    #[test]
    fn a_success_that_is_no_instance_is_told_apart() {
        for body in [
            "",
            "garbage",
            "[]",
            "{}",
            r#"{"id":null}"#,
            r#"{"id":""}"#,
            r#"{"id":7}"#,
            r#"{"id":"a b"}"#,
            r#"{"id":"ins_\u202e"}"#,
            r#"{"object":"user","id":"user_1"}"#,
        ] {
            let lookup = understood(200, body);
            assert!(matches!(lookup, Lookup::NotAnInstance(_)), "{body}: {lookup:?}");
        }
        let reply = Reply { status: 200, retry_after: None, ray: None, body: Body::Broken };
        let lookup = understand(&KeyRing::default(), &called(Ok(reply)));
        assert!(matches!(lookup, Lookup::NotAnInstance(_)), "{lookup:?}");
    }

    #[test]
    fn a_service_without_the_read_is_no_refusal() {
        assert_eq!(understood(404, "page not found"), Lookup::NotOffered);
        assert_eq!(understood(405, ""), Lookup::NotOffered);
        for status in [302, 401, 403, 429, 500] {
            let lookup = understood(status, "");
            let Lookup::Refused(refusal) = lookup else { panic!("{lookup:?}") };
            assert_eq!(refusal.status, status);
        }
    }

    #[test]
    fn silence_says_how_long_it_was_waited_for() {
        let mut called = called(Err(NoReply::Lost("cut".to_owned())));
        called.attempts = 6;
        called.ceased = Ceased::Tries;
        let lookup = understand(&KeyRing::default(), &called);
        assert_eq!(lookup, Lookup::NoReply("cut (gave up after 6 tries)".to_owned()));
    }

    #[test]
    fn an_id_never_holds_the_key() {
        let keys = KeyRing::from(SecretKey::parse("sk_test_hush").unwrap());
        let body = Body::Whole(br#"{"id":"sk_test_\u0068ush"}"#.to_vec());
        let called = called(Ok(Reply { status: 200, retry_after: None, ray: None, body }));
        let lookup = understand(&keys, &called);
        assert!(matches!(lookup, Lookup::NotAnInstance(_)), "{lookup:?}");
    }
}
