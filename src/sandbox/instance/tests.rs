//! What one instance does with what it is sent.

use super::*;
use crate::catalog::{Read, section};
use EnvironmentType::{Development, Production};

fn patch(instance: &mut Instance, name: &str, body: &Value) -> Response {
    let section = crate::catalog::section(name).unwrap();
    instance.answer("PATCH", section, body.to_string().as_bytes(), Plan::Paid)
}

fn get(instance: &mut Instance, name: &str) -> Response {
    let section = crate::catalog::section(name).unwrap();
    instance.answer("GET", section, b"", Plan::Paid)
}

fn value(instance: &Instance, name: &str, field: &str) -> Value {
    let section = crate::catalog::section(name).unwrap();
    instance.value(section, section.field(field).unwrap())
}

fn params(response: &Response) -> Vec<&str> {
    let errors = response.body.as_ref().unwrap()["errors"].as_array().unwrap();
    errors.iter().map(|error| error["meta"]["param_name"].as_str().unwrap()).collect()
}

#[test]
fn a_fresh_instance_has_the_defaults_of_its_environment() {
    let table = [
        ("instance", "test_mode", json!(true), json!(false)),
        ("instance", "hibp", json!(true), json!(true)),
        ("instance", "support_email", json!(null), json!(null)),
        ("instance", "allowed_origins", json!([]), json!([])),
        ("restrictions", "allowlist", json!(false), json!(false)),
        ("organization_settings", "max_allowed_memberships", json!(5), json!(5)),
    ];
    for (section, field, development, production) in table {
        for (environment, expected) in [(Development, development), (Production, production)] {
            let instance = Instance::fresh("a", environment);
            assert_eq!(value(&instance, section, field), expected, "{field}");
        }
    }
}

#[test]
fn an_id_follows_from_its_seed() {
    let id = |seed| Instance::fresh(seed, Development).id;
    assert_eq!(id("a"), id("a"));
    assert_ne!(id("a"), id("b"));
    assert!(id("a").starts_with("ins_") && id("a").len() == 28);
}

#[test]
fn the_instance_itself_accepts_without_a_body_and_shows_its_origins() {
    let mut instance = Instance::fresh("a", Production);
    let body = json!({"hibp": false, "allowed_origins": ["b://x", "a://x", "b://x"]});
    let response = patch(&mut instance, "instance", &body);
    assert_eq!(response, Response { written: true, ..Response::no_content() });
    assert_eq!(value(&instance, "instance", "hibp"), false);
    let shown = json!({
        "object": "instance",
        "id": instance.id,
        "environment_type": "production",
        "allowed_origins": ["a://x", "b://x"],
        "workspace_id": null,
    });
    assert_eq!(get(&mut instance, "instance"), Response::object(shown));
}

#[test]
fn the_other_sections_echo_the_whole_object() {
    let mut instance = Instance::fresh("a", Production);
    for (name, body) in [
        ("restrictions", json!({"allowlist": true})),
        ("organization_settings", json!({"enabled": true, "max_allowed_memberships": 0})),
    ] {
        let of = section(name).unwrap();
        let response = patch(&mut instance, name, &body);
        let echo = response.body.unwrap();
        assert_eq!(echo["object"], of.echo.unwrap());
        for field in of.fields.iter().filter(|field| field.read == Read::Shown) {
            let sent = body.get(field.name);
            assert!(sent.is_none_or(|sent| *sent == echo[field.name]), "{}", field.name);
            assert!(echo.get(field.name).is_some(), "{}", field.name);
        }
        let nothing = patch(&mut instance, name, &json!({}));
        assert_eq!(nothing, Response::object(echo.clone()));
        if of.has_get {
            assert_eq!(get(&mut instance, name), Response::object(echo));
        }
    }
}

#[test]
fn a_read_that_the_service_lacks_is_not_allowed() {
    let mut instance = Instance::fresh("a", Production);
    assert_eq!(get(&mut instance, "restrictions").status, 405);
    for method in ["HEAD", "POST", "PUT", "DELETE"] {
        let response = instance.answer(method, SECTIONS[0], b"{}", Plan::Paid);
        assert_eq!(response.status, 405, "{method}");
    }
}

#[test]
fn unknown_fields_are_dropped_without_a_word() {
    let mut instance = Instance::fresh("a", Production);
    let before = instance.clone();
    let response = patch(&mut instance, "instance", &json!({"hipb": true, "object": "user"}));
    assert_eq!(response, Response::no_content());
    assert_eq!(instance, before);
}

#[test]
fn one_bad_value_and_nothing_is_applied() {
    let mut instance = Instance::fresh("a", Production);
    let before = instance.clone();
    let body = json!({"test_mode": true, "hibp": 1, "support_email": "help"});
    let response = patch(&mut instance, "instance", &body);
    assert_eq!(response.status, 422);
    assert_eq!(params(&response), ["hibp", "support_email"]);
    assert!(!response.written);
    assert_eq!(instance, before);
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    let mut instance = Instance::fresh("a", Production);
    for (body, status) in [("", 400), ("{", 400), ("[]", 422), ("null", 422), ("7", 422)] {
        let response = instance.answer("PATCH", SECTIONS[0], body.as_bytes(), Plan::Paid);
        assert_eq!(response.status, status, "{body}");
    }
}

#[test]
fn null_resets_and_an_empty_text_clears() {
    let mut instance = Instance::fresh("a", Production);
    let set = json!({"hibp": false, "support_email": "a@b.de", "clerk_js_version": "5"});
    patch(&mut instance, "instance", &set);
    let unset = json!({"hibp": null, "support_email": "", "clerk_js_version": null});
    patch(&mut instance, "instance", &unset);
    assert_eq!(value(&instance, "instance", "hibp"), true);
    assert_eq!(value(&instance, "instance", "support_email"), Value::Null);
    assert_eq!(value(&instance, "instance", "clerk_js_version"), Value::Null);
}

#[test]
fn an_empty_list_of_origins_is_accepted_and_ignored() {
    let mut instance = Instance::fresh("a", Production);
    for field in ["allowed_origins", "experimental_allowed_origins"] {
        patch(&mut instance, "instance", &json!({"allowed_origins": ["a://x"]}));
        let response = patch(&mut instance, "instance", &json!({ (field): [] }));
        assert_eq!(response.status, 204);
        assert_eq!(value(&instance, "instance", "allowed_origins"), json!(["a://x"]), "{field}");
    }
}

#[test]
fn a_deprecated_field_sets_its_successor_which_wins_over_it() {
    let mut instance = Instance::fresh("a", Development);
    patch(&mut instance, "instance", &json!({"cookieless_dev": true}));
    assert_eq!(value(&instance, "instance", "url_based_session_syncing"), true);
    let both = json!({"cookieless_dev": true, "url_based_session_syncing": false});
    patch(&mut instance, "instance", &both);
    assert_eq!(value(&instance, "instance", "url_based_session_syncing"), false);
}

#[test]
fn a_field_of_the_other_environment_has_no_effect() {
    for (environment, kept) in [(Development, true), (Production, false)] {
        let mut instance = Instance::fresh("a", environment);
        let body = json!({"development_origin": "http://localhost:3000"});
        assert_eq!(patch(&mut instance, "instance", &body).status, 204);
        let value = value(&instance, "instance", "development_origin");
        assert_eq!(!value.is_null(), kept, "{environment}");
    }
}

#[test]
fn restrictions_are_not_in_the_free_plan() {
    let mut instance = Instance::fresh("a", Production);
    let section = crate::catalog::section("restrictions").unwrap();
    let mut send = |body: &str| instance.answer("PATCH", section, body.as_bytes(), Plan::Free);
    let response = send(r#"{"allowlist": true, "blocklist": false}"#);
    assert_eq!(response.status, 402);
    let error = &response.body.as_ref().unwrap()["errors"][0];
    assert_eq!(error["code"], "unsupported_subscription_plan_features");
    assert_eq!(error["meta"]["unsupported_features"], json!(["allowlist", "blocklist"]));
    assert_eq!(send("{}").status, 200);
    assert_eq!(instance, Instance::fresh("a", Production));
}
