//! What one instance does with what it is sent.

use super::*;
use crate::catalog::{Read, SECTIONS};
use EnvironmentType::{Development, Production};

fn patch(instance: &mut Instance, name: &str, body: &Value) -> Response {
    let section = crate::catalog::section(name).unwrap();
    instance.answer("PATCH", section, body.to_string().as_bytes(), Subscription::Paid)
}

fn get(instance: &mut Instance, name: &str) -> Response {
    let section = crate::catalog::section(name).unwrap();
    instance.answer("GET", section, b"", Subscription::Paid)
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
        "allowed_subdomains": [],
        "subdomain_allowlist_enabled": false,
        "workspace_id": null,
    });
    assert_eq!(get(&mut instance, "instance"), Response::object(shown));
}

/// A value for every field that is no former name, as the catalogue's examples have them.
fn examples(section: &Section) -> Value {
    let fields = section.fields.iter().filter(|field| field.successor().is_none());
    fields.map(|field| (field.name.to_owned(), parse_catalogue(field.example).unwrap())).collect()
}

#[test]
fn the_other_sections_echo_the_whole_object_as_it_was_sent() {
    for section in SECTIONS.into_iter().filter(|section| section.echo.is_some()) {
        let mut instance = Instance::fresh("a", Production);
        let body = examples(section);
        let response = patch(&mut instance, section.name, &body);
        assert!(response.written, "{response:?}");
        let echo = response.body.unwrap();
        assert_eq!(echo["object"], section.echo.unwrap());
        for field in section.fields.iter().filter(|field| field.read == Read::Shown) {
            let shown = echo.get(field.name);
            let is_as_sent = shown.is_some_and(|shown| field.same(&body[field.name], shown));
            assert!(is_as_sent || !field.echo_adds.is_empty(), "{}: {shown:?}", field.name);
        }
        for (name, _) in section.also_shows {
            assert!(echo.get(*name).is_some(), "{name}");
        }
        let nothing = patch(&mut instance, section.name, &json!({}));
        assert_eq!(nothing, Response::object(echo.clone()));
        if section.has_get {
            assert_eq!(get(&mut instance, section.name), Response::object(echo));
        }
    }
}

#[test]
fn no_setting_of_a_fresh_instance_is_shown_as_null_save_one_that_resets() {
    let mut instance = Instance::fresh("a", Development);
    for section in SECTIONS.into_iter().filter(|section| section.echo.is_some()) {
        let echo = patch(&mut instance, section.name, &json!({})).body.unwrap();
        for field in section.fields.iter().filter(|field| field.read == Read::Shown) {
            let resets = field.empty == Empty::Resets;
            assert_eq!(echo[field.name].is_null(), resets, "{}", field.name);
        }
    }
}

#[test]
fn the_default_scopes_come_back_as_null_once_they_are_reset() {
    let name = "default_scopes";
    for reset in [json!([]), json!(null)] {
        let mut instance = Instance::fresh("a", Production);
        for (sent, shown) in
            [(json!(["profile", "email"]), json!(["email", "profile"])), (reset, json!(null))]
        {
            let echo = patch(&mut instance, "oauth_application_settings", &json!({ (name): sent }));
            assert_eq!(echo.body.unwrap()[name], shown);
            let get = get(&mut instance, "oauth_application_settings");
            assert_eq!(get.body.unwrap()[name], shown);
        }
    }
}

#[test]
fn subdomains_are_stored_in_small_letters_and_on_production_only() {
    let body = json!({
        "allowed_subdomains": ["*.Preview.example.com", "app.example.com.", "APP.example.com"],
        "subdomain_allowlist_enabled": true,
    });
    for (environment, list, on) in [
        (Production, json!(["*.preview.example.com", "app.example.com"]), true),
        (Development, json!([]), false),
    ] {
        let mut instance = Instance::fresh("a", environment);
        assert_eq!(patch(&mut instance, "instance", &body).status, 204);
        let shown = get(&mut instance, "instance").body.unwrap();
        assert_eq!(shown["allowed_subdomains"], list, "{environment}");
        assert_eq!(shown["subdomain_allowlist_enabled"], on, "{environment}");
    }
}

#[test]
fn the_beta_settings_show_which_instance_they_are_of() {
    let mut instance = Instance::fresh("a", Production);
    let echo = patch(&mut instance, "instance_settings", &json!({})).body.unwrap();
    assert_eq!(echo["id"], instance.id);
    assert!(echo.get("environment_type").is_none());
}

#[test]
fn a_setting_of_two_sections_has_one_value() {
    let mut instance = Instance::fresh("a", Development);
    for (section, on) in [("instance_settings", false), ("instance", true)] {
        patch(&mut instance, section, &json!({"test_mode": on}));
        for section in ["instance", "instance_settings"] {
            assert_eq!(value(&instance, section, "test_mode"), on, "{section}");
        }
    }
}

#[test]
fn countries_that_are_none_are_dropped_without_a_word() {
    let mut instance = Instance::fresh("a", Development);
    for (sent, kept) in [
        (json!(["FR", "ZZ", "DE"]), json!(["DE", "FR"])),
        (json!(["ZZ"]), json!([])),
        (json!(["US"]), json!(["US"])),
        (json!(null), json!([])),
    ] {
        let body = json!({ "blocked_country_codes": sent });
        let response = patch(&mut instance, "communication", &body);
        assert_eq!(response.body.unwrap()["blocked_country_codes"], kept, "{sent}");
    }
}

#[test]
fn inviting_by_hand_is_always_possible() {
    let mut instance = Instance::fresh("a", Development);
    let name = "domains_enrollment_modes";
    let by_hand = json!(["manual_invitation"]);
    assert_eq!(value(&instance, "organization_settings", name), by_hand);
    for (sent, shown) in [
        (json!(["automatic_suggestion"]), json!(["automatic_suggestion", "manual_invitation"])),
        (by_hand.clone(), by_hand.clone()),
        (json!([]), by_hand),
    ] {
        let response = patch(&mut instance, "organization_settings", &json!({ (name): sent }));
        assert_eq!(response.body.unwrap()[name], shown, "{sent}");
    }
}

#[test]
fn a_role_is_shown_by_its_key_and_not_by_the_id_that_was_sent() {
    let mut instance = Instance::fresh("a", Development);
    let body = json!({"creator_role_id": "role_2abc", "domains_default_role_id": "role_2def"});
    let echo = patch(&mut instance, "organization_settings", &body).body.unwrap();
    assert_eq!(
        (&echo["creator_role"], &echo["domains_default_role"]),
        (&json!("org:admin"), &json!("org:member"))
    );
    assert!(echo.get("creator_role_id").is_none());
}

#[test]
fn a_read_that_the_service_lacks_is_not_allowed() {
    let mut instance = Instance::fresh("a", Production);
    assert_eq!(get(&mut instance, "restrictions").status, 405);
    for method in ["HEAD", "POST", "PUT", "DELETE"] {
        let response = instance.answer(method, SECTIONS[0], b"{}", Subscription::Paid);
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
    for body in ["", "{", "[]", "null", "7"] {
        let response = instance.answer("PATCH", SECTIONS[0], body.as_bytes(), Subscription::Paid);
        assert_eq!(response.status, 422, "{body}");
        let error = &response.body.as_ref().unwrap()["errors"][0];
        assert_eq!(error["code"], "form_param_value_invalid");
        assert!(error.get("meta").is_none());
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
fn an_empty_list_of_origins_or_subdomains_removes_all_and_null_leaves_it_alone() {
    let mut instance = Instance::fresh("a", Production);
    for (field, sent, shown, entry) in [
        ("allowed_origins", json!(null), "allowed_origins", "a://x"),
        ("allowed_origins", json!([]), "allowed_origins", "a://x"),
        ("experimental_allowed_origins", json!([]), "allowed_origins", "a://x"),
        ("allowed_subdomains", json!(null), "allowed_subdomains", "a.example.com"),
        ("allowed_subdomains", json!([]), "allowed_subdomains", "a.example.com"),
    ] {
        patch(&mut instance, "instance", &json!({ (shown): [entry] }));
        let response = patch(&mut instance, "instance", &json!({ (field): sent }));
        assert_eq!(response.status, 204);
        let left = if sent.is_null() { json!([entry]) } else { json!([]) };
        assert_eq!(value(&instance, "instance", shown), left, "{field}: {sent}");
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
    let mut send =
        |body: &str| instance.answer("PATCH", section, body.as_bytes(), Subscription::Free);
    let response = send(r#"{"allowlist": true, "blocklist": false}"#);
    assert_eq!(response.status, 402);
    let error = &response.body.as_ref().unwrap()["errors"][0];
    assert_eq!(error["code"], "unsupported_subscription_plan_features");
    assert_eq!(error["meta"]["unsupported_features"], json!(["allowlist", "blocklist"]));
    assert_eq!(send("{}").status, 200);
    assert_eq!(instance, Instance::fresh("a", Production));
}
