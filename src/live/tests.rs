mod front;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::api::{Body, Front, FrontError, KeyRing, Reply, Request, SecretKey, Service};
use crate::catalog::{EnvironmentType, SECTIONS, section};
use crate::network::NoReply;

type Answers = BTreeMap<String, Vec<(u16, Value)>>;

/// Answers by a script; the last answer to a kind of request is repeated.
struct ScriptedInstance {
    answers: RefCell<Answers>,
    asked: Rc<RefCell<Vec<String>>>,
}

impl Service for ScriptedInstance {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>> {
        let what = format!("{} {}", request.method(), request.path());
        if let Request::Patch { body, .. } = request {
            assert!(body.is_empty(), "a read changes nothing");
        }
        self.asked.borrow_mut().push(what.clone());
        let mut answers = self.answers.borrow_mut();
        let script = answers.entry(what).or_insert_with(|| vec![(404, json!({}))]);
        let (status, body) = if script.len() > 1 { script.remove(0) } else { script[0].clone() };
        let body = Body::Whole(body.to_string().into_bytes());
        Box::pin(std::future::ready(Ok(Reply { status, retry_after: None, ray: None, body })))
    }
}

struct FrontEnd {
    answers: Answers,
    asked: Rc<RefCell<Vec<String>>>,
}

impl Front for FrontEnd {
    fn at(&self, url: &str) -> Result<Box<dyn Service + '_>, FrontError> {
        if !url.starts_with("https://") {
            return Err(FrontError::NotHttps);
        }
        self.asked.borrow_mut().push(url.to_owned());
        let (answers, asked) = (RefCell::new(self.answers.clone()), Rc::clone(&self.asked));
        Ok(Box::new(ScriptedInstance { answers, asked }))
    }
}

struct ReadResult {
    live: Result<Live, LiveError>,
    asked: Vec<String>,
    seconds: u64,
}

impl ReadResult {
    /// Each field that was wanted: its value with its source, or why there is none.
    fn told(&self) -> BTreeMap<String, String> {
        let live = self.live.as_ref().unwrap();
        let all = SECTIONS.into_iter().flat_map(|of| of.fields.iter().map(move |it| (of, it)));
        all.filter_map(|(of, field)| {
            let told = match (live.seen(of, field), live.unread(of, field)) {
                (Some(seen), _) => format!("{} {}", seen.source.as_str(), seen.value),
                (None, why) => why?.to_owned(),
            };
            Some((format!("{}.{}", of.name, field.name), told))
        })
        .collect()
    }
}

/// Reads fields, given as `section.field`, each with what is expected of it.
async fn read_with(
    answers: &Value,
    front: &Value,
    wanted: &[(&str, Option<Value>)],
    frontend: FrontendUse,
) -> ReadResult {
    let asked = Rc::default();
    let script = |value: &Value| -> Answers { serde_json::from_value(value.clone()).unwrap() };
    let mut script_of_service = script(answers);
    script_of_service.entry("GET /v1/instance".to_owned()).or_insert_with(|| vec![instance()]);
    let access = Access {
        service: Box::new(ScriptedInstance {
            answers: RefCell::new(script_of_service),
            asked: Rc::clone(&asked),
        }),
        front: Box::new(FrontEnd { answers: script(front), asked: Rc::clone(&asked) }),
        key: Some(SecretKey::parse("sk_test_hush").unwrap()),
        keys: SecretKey::parse("sk_test_hush").unwrap().into(),
        environment_type: EnvironmentType::Development,
    };
    let target = Target::default();
    let fields = wanted.iter().map(|(name, value)| {
        let (of, name) = name.split_once('.').unwrap();
        let of = section(of).unwrap();
        ExpectedField { section: of, field: of.field(name).unwrap(), value: value.as_ref() }
    });
    let wanted = Wanted {
        title: "clerk.yaml".to_owned(),
        target: &target,
        recorded: None,
        fields: fields.collect(),
        frontend,
    };
    let began = Instant::now();
    let live = read(&access, &wanted, &RetryBudget::default(), &Stop::never()).await;
    let asked = asked.borrow().clone();
    ReadResult { live, asked, seconds: began.elapsed().as_secs() }
}

async fn read_of(answers: &Value, wanted: &[(&str, Option<Value>)]) -> ReadResult {
    read_with(answers, &json!({}), wanted, FrontendUse::Leave).await
}

fn instance() -> (u16, Value) {
    let origins = json!(["a://b"]);
    let kind = "development";
    (
        200,
        json!({"object": "instance", "id": "ins_2abc", "environment_type": kind, "allowed_origins": origins}),
    )
}

fn refused(status: u16) -> (u16, Value) {
    (status, json!({"errors": [{"code": "no", "message": "Not in your plan."}]}))
}

const ORGANIZATIONS: &str = "/v1/instance/organization_settings";
const RESTRICTIONS: &str = "/v1/instance/restrictions";

#[tokio::test(start_paused = true)]
async fn a_section_is_read_by_its_get_or_by_an_empty_patch() {
    let answers = json!({
        format!("GET {ORGANIZATIONS}"): [(200, json!({"object": "organization_settings", "enabled": true}))],
        format!("PATCH {RESTRICTIONS}"): [(200, json!({"object": "instance_restrictions", "allowlist": false}))],
    });
    let read = read_of(
        &answers,
        &[
            ("instance.allowed_origins", Some(json!(["a://b"]))),
            ("instance.hibp", Some(json!(true))),
            ("restrictions.allowlist", Some(json!(true))),
            ("organization_settings.enabled", Some(json!(true))),
            ("organization_settings.slug_disabled", Some(json!(true))),
            ("organization_settings.creator_role_id", None),
        ],
    )
    .await;
    let told = [
        ("instance.allowed_origins", r#"get ["a://b"]"#),
        ("instance.hibp", "Clerk does not show it; `drift --frontend` reads a hint"),
        ("organization_settings.creator_role_id", "Clerk shows it in a different form"),
        ("organization_settings.enabled", "get true"),
        ("organization_settings.slug_disabled", "the answer does not contain it"),
        ("restrictions.allowlist", "echo false"),
    ];
    assert_eq!(read.told(), told.map(|(field, told)| (field.to_owned(), told.to_owned())).into());
    // What an echo shows is certain, however it differs.
    let asked = [
        "GET /v1/instance",
        "PATCH /v1/instance/restrictions",
        "GET /v1/instance/organization_settings",
    ];
    assert_eq!((read.asked, read.seconds), (asked.map(str::to_owned).to_vec(), 0));
}

#[tokio::test(start_paused = true)]
async fn a_get_that_is_refused_gives_way_to_an_empty_patch() {
    let enabled = &[("organization_settings.enabled", Some(json!(true)))];
    let shown = json!({"object": "organization_settings", "enabled": false});
    for status in [402, 403, 404, 405, 422] {
        let answers = json!({
            format!("GET {ORGANIZATIONS}"): [refused(status)],
            format!("PATCH {ORGANIZATIONS}"): [(200, &shown)],
        });
        let read = read_of(&answers, enabled).await;
        assert_eq!(read.told()["organization_settings.enabled"], "echo false", "{status}");

        let answers = json!({
            format!("GET {ORGANIZATIONS}"): [refused(404)],
            format!("PATCH {ORGANIZATIONS}"): [refused(status)],
        });
        let read = read_of(&answers, enabled).await;
        let why = match status {
            404 => "GET and an empty PATCH answered 404: Not in your plan".to_owned(),
            other => format!(
                "GET answered 404: Not in your plan, an empty PATCH answered {other}: Not in your plan"
            ),
        };
        assert_eq!(read.told()["organization_settings.enabled"], why);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_of_something_else_is_not_read() {
    for body in [json!([]), json!({"object": "user", "enabled": true}), json!("x")] {
        let answers = json!({
            format!("GET {ORGANIZATIONS}"): [(200, &body)],
            format!("PATCH {ORGANIZATIONS}"): [(200, &body)],
        });
        let read = read_of(&answers, &[("organization_settings.enabled", None)]).await;
        let told = &read.told()["organization_settings.enabled"];
        assert!(told.contains("answered 200 with an unexpected body"), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_concerns_the_whole_service_is_a_refusal() {
    for status in [301, 401, 429, 500, 503] {
        let answers = json!({ format!("PATCH {RESTRICTIONS}"): [refused(status)] });
        let read = read_of(&answers, &[("restrictions.allowlist", None)]).await;
        let refusal = read.live.unwrap_err();
        assert_eq!(refusal.code().as_str(), "preflight-failed");
        assert!(refusal.to_string().contains("`PATCH /v1/instance/restrictions`"), "{refusal}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_get_that_may_be_stale_is_looked_at_again_after_3_seconds() {
    let shown = |value: bool| (200, json!({"object": "organization_settings", "enabled": value}));
    for (expected, gets, told, seconds) in [
        (Some(true), vec![shown(true), shown(false)], "get true", 0),
        (Some(true), vec![shown(false), shown(true)], "get true", 3),
        (Some(true), vec![shown(false), shown(false)], "get false", 3),
        // Where nothing is known, the first read is as good as none.
        (None, vec![shown(false), shown(true)], "get true", 3),
    ] {
        let answers = json!({ format!("GET {ORGANIZATIONS}"): gets });
        let wanted = [("organization_settings.enabled", expected.map(Value::from))];
        let read = read_of(&answers, &wanted).await;
        assert_eq!(read.told()["organization_settings.enabled"], told);
        assert_eq!(read.seconds, seconds, "{expected:?} {told}");
    }
    let stale = (200, json!({"object": "instance", "id": "ins_2abc", "allowed_origins": null}));
    let answers = json!({ "GET /v1/instance": [stale, instance()] });
    let read = read_of(&answers, &[("instance.allowed_origins", Some(json!(["a://b"])))]).await;
    assert_eq!(read.told()["instance.allowed_origins"], r#"get ["a://b"]"#);
    assert_eq!((read.asked.len(), read.seconds), (2, 3));
}

#[tokio::test]
async fn another_instance_than_the_one_that_is_meant_is_not_read() {
    let target = Target { instance_id: Some("ins_other".to_owned()), ..Target::default() };
    let production =
        Target { environment_type: Some(EnvironmentType::Production), ..Target::default() };
    for (target, code, asks) in
        [(target, "instance-mismatch", 1), (production, "key-environment", 0)]
    {
        let asked = Rc::default();
        let answers = BTreeMap::from([("GET /v1/instance".to_owned(), vec![instance()])]);
        let service = ScriptedInstance { answers: RefCell::new(answers), asked: Rc::clone(&asked) };
        let access = Access {
            service: Box::new(service),
            front: Box::new(FrontEnd { answers: Answers::new(), asked: Rc::clone(&asked) }),
            key: None,
            keys: KeyRing::default(),
            environment_type: EnvironmentType::Development,
        };
        let wanted = Wanted {
            title: "clerk.yaml".to_owned(),
            target: &target,
            recorded: None,
            fields: Vec::new(),
            frontend: FrontendUse::Leave,
        };
        let live = read(&access, &wanted, &RetryBudget::default(), &Stop::never()).await;
        assert_eq!((live.unwrap_err().code().as_str(), asked.borrow().len()), (code, asks));
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_without_the_get_of_the_instance_shows_none_of_its_fields() {
    let answers = json!({ "GET /v1/instance": [refused(404)] });
    let read = read_of(&answers, &[("instance.allowed_origins", None)]).await;
    assert_eq!(read.told()["instance.allowed_origins"], "the service has no GET for it");
    assert_eq!((read.asked.len(), read.seconds), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_a_setting_cannot_have_is_not_read() {
    for (field, value, is_read) in [
        ("enabled", json!(null), true),
        ("enabled", json!("true"), false),
        ("enabled", json!({"a": [1]}), false),
        ("max_allowed_memberships", json!(5.0), true),
        ("max_allowed_memberships", json!(5.5), false),
        ("max_allowed_memberships", json!(1e300), false),
        ("max_allowed_memberships", json!("5"), false),
        ("domains_enrollment_modes", json!(["manual_invitation"]), true),
        ("domains_enrollment_modes", json!([1, null]), false),
        ("domains_enrollment_modes", json!(["sk_test_hush"]), false),
        ("domains_enrollment_modes", json!(["x".repeat(100_000)]), false),
    ] {
        let answers = json!({ format!("GET {ORGANIZATIONS}"): [(200, json!({ field: value }))] });
        let name = format!("organization_settings.{field}");
        let read = read_of(&answers, &[(&name, None)]).await;
        assert_eq!(read.told()[&name].starts_with("get "), is_read, "{field} {value}");
    }
}
