//! What is made of answers, good, bad and absurd.

use serde_json::json;

use super::*;
use crate::api::SecretKey;

fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, retry_after: None, ray: None, body: Body::Whole(body.into()) }
}

fn refused(status: u16, body: &Value) -> Refusal {
    refused_raw(&reply(status, body.to_string()))
}

fn refused_raw(reply: &Reply) -> Refusal {
    match read(&KeyRing::default(), reply) {
        Answer::Refused(refusal) => refusal,
        other @ Answer::Accepted { .. } => panic!("{other:?}"),
    }
}

#[test]
fn an_error_of_the_service_is_told_in_its_own_words() {
    let refusal = refused(
        422,
        &json!({
            "errors": [{
                "message": "is invalid",
                "long_message": "Support email must be an address.",
                "code": "form_param_format_invalid",
                "meta": {"param_name": "instance[support_email]"},
            }],
            "clerk_trace_id": "abc123",
        }),
    );
    let expected = Refusal {
        status: 422,
        code: CallCode::Service("form_param_format_invalid".to_owned()),
        message: "Support email must be an address".to_owned(),
        help: None,
        params: vec!["instance[support_email]".to_owned()],
        trace_id: Some("abc123".to_owned()),
    };
    assert_eq!(refusal, expected);
    assert_eq!(refusal.fields().collect::<Vec<_>>(), ["support_email"]);
}

#[test]
fn a_parameter_is_a_field_however_it_is_written() {
    let table = [
        ("support_email", Some("support_email")),
        ("instance[support_email]", Some("support_email")),
        ("/support_email", Some("support_email")),
        ("instance.support_email", Some("support_email")),
        ("allowed_origins[0]", Some("allowed_origins")),
        ("allowed_origins[]", Some("allowed_origins")),
        ("/allowed_origins/12", Some("allowed_origins")),
        ("0", None),
        ("[]", None),
    ];
    for (param, field) in table {
        let body = json!({"errors": [{"code": "x", "meta": {"param_name": param}}]});
        assert_eq!(refused(422, &body).fields().next(), field, "{param}");
    }
}

#[test]
fn several_errors_are_joined_and_the_first_with_a_parameter_names_it() {
    let body = json!({"errors": [
        {"message": "first", "code": "one"},
        "garbage",
        {"message": "second", "code": "two", "meta": {"param_name": "hibp"}},
        {"message": "first", "code": "three", "meta": {"param_name": "test_mode"}},
    ]});
    let refusal = refused(422, &body);
    assert_eq!(refusal.message, "first; second");
    assert_eq!(refusal.code.to_string(), "one");
    assert_eq!(refusal.params, ["hibp"]);

    let many: Vec<Value> = (0..1000).map(|n| json!({"message": format!("no {n}")})).collect();
    let refusal = refused(422, &json!({ "errors": many }));
    assert_eq!(refusal.message, "no 0; no 1; no 2; no 3; no 4; and 995 more");
    assert_eq!(refusal.code.to_string(), "http-422");
}

#[test]
fn a_missing_plan_names_what_is_not_in_it() {
    let body = json!({"errors": [{
        "message": "unsupported plan features",
        "code": "unsupported_subscription_plan_features",
        "meta": {"unsupported_features": ["allowlist", 7, "blocklist"]},
    }]});
    let refusal = refused(402, &body);
    let message = "unsupported plan features (not in the plan: allowlist, blocklist)";
    assert_eq!(refusal.message, message);
    assert!(refusal.help.is_some());
}

#[test]
fn several_parameters_of_one_error_are_all_named() {
    let body = |names: Value| json!({"errors": [{"code": "x", "meta": {"param_names": names}}]});
    let refusal = refused(422, &body(json!(["instance[hibp]", " ", 7, "test_mode"])));
    assert_eq!(refusal.params, ["instance[hibp]", "test_mode"]);
    assert_eq!(refusal.fields().collect::<Vec<_>>(), ["hibp", "test_mode"]);
    assert_eq!(refusal.param().as_deref(), Some("instance[hibp], test_mode"));
    assert_eq!(refused(422, &body(json!("hibp"))).params, ["hibp"]);
    for none in [json!([]), json!(null), json!({"hibp": 1}), json!("")] {
        let refusal = refused(422, &body(none));
        assert_eq!((refusal.param(), refusal.fields().next()), (None, None));
    }
    let both = json!({"param_name": "hibp", "param_names": ["test_mode"]});
    let refusal = refused(422, &json!({"errors": [{"code": "x", "meta": both}]}));
    assert_eq!(refusal.params, ["hibp"]);
}

#[test]
fn a_code_that_is_about_one_field_says_which_and_what_to_do() {
    for (code, meta, field, help) in [
        (
            "sign_up_mode_restricted_invalid_value",
            json!({}),
            "allowlist",
            "set the sign-up mode to public in the Dashboard",
        ),
        (
            "disabled_instance_restriction",
            json!(null),
            "allowlist_blocklist_disabled_on_sign_in",
            "to true, or remove it from the file",
        ),
        (
            "sms_country_removal_restricted",
            json!({"whatever": ["KP", "no country", 7], "more": ["IR"], "param_name": "CU"}),
            "blocked_country_codes",
            "ask Clerk support to remove them (IR, KP)",
        ),
        (
            "sms_country_removal_restricted",
            json!({"whatever": "KP"}),
            "blocked_country_codes",
            "ask Clerk support to remove them",
        ),
    ] {
        let refusal =
            refused(422, &json!({"errors": [{"message": "no", "code": code, "meta": meta}]}));
        assert_eq!(refusal.fields().last(), Some(field), "{code}");
        let told = refusal.help.unwrap();
        assert!(told.contains(help), "{told}");
    }
}

#[test]
fn a_conflict_that_passes_says_to_try_later_and_no_other_does() {
    for (status, code, passes) in [
        (409, "resource_locked", true),
        (409, "conflict", true),
        (409, "form_identifier_exists", false),
        (422, "conflict", false),
    ] {
        let body = json!({"errors": [{"message": "no", "code": code}]});
        assert_eq!(is_passing_conflict(&reply(status, body.to_string())), passes, "{code}");
        assert_eq!(refused(status, &body).help.is_some(), passes, "{code}");
    }
    for body in ["", "conflict", "[]", r#"{"errors":"conflict"}"#, r#"{"errors":[{"code":[]}]}"#] {
        assert!(!is_passing_conflict(&reply(409, body)), "{body}");
    }
}

#[test]
fn the_number_of_the_network_serves_where_the_body_names_no_trace() {
    let of = |ray: Option<&str>, body: &str| {
        let reply = Reply { ray: ray.map(str::to_owned), ..reply(502, body) };
        refused_raw(&reply).trace_id
    };
    let told = r#"{"errors":[{"code":"x"}],"clerk_trace_id":"abc"}"#;
    assert_eq!(of(Some("8a1b-FRA"), told).as_deref(), Some("abc"));
    assert_eq!(of(Some("8a1b-FRA"), "<html>").as_deref(), Some("8a1b-FRA"));
    assert_eq!(of(Some("8a1b-FRA"), r#"{"clerk_trace_id":""}"#).as_deref(), Some("8a1b-FRA"));
    assert_eq!(of(Some(" "), "<html>"), None);
    assert_eq!(of(None, "<html>"), None);

    let keys = KeyRing::from(SecretKey::parse("sk_test_hush").unwrap());
    let ray = Some(format!("sk_test_hush{}", "x".repeat(9999)));
    let Answer::Refused(refusal) = read(&keys, &Reply { ray, ..reply(502, "") }) else {
        panic!("accepted")
    };
    let trace = refusal.trace_id.unwrap();
    assert!(trace.starts_with("[secret key]x") && trace.ends_with('…'), "{trace}");
}

#[test]
fn an_answer_that_explains_nothing_is_described() {
    let table: &[(u16, &[u8], &str, &str)] = &[
        (502, b"<html>Bad gateway</html>", "http-502", "a web page"),
        (500, b"", "http-500", "an empty body"),
        (404, b"404 page not found", "http-404", "18 bytes"),
        (500, b"\xff\xfe\x00", "http-500", "3 bytes"),
        (403, b"[]", "http-403", "2 bytes"),
        (422, b"null", "http-422", "4 bytes"),
        (422, br#"{"errors":"no"}"#, "http-422", "15 bytes"),
        (422, br#"{"errors":[]}"#, "http-422", "13 bytes"),
        (422, br#"{"errors":[{"code":7,"message":["x"]}]}"#, "http-422", "39 bytes"),
        (422, br#"{"errors":[{"code":"odd"}]}"#, "odd", "without saying why"),
        (422, br#"{"errors":[{"code":"odd","message":" . "}]}"#, "odd", "without saying why"),
        (301, b"<html>moved</html>", "redirected", "301, a redirect, which was not followed"),
        (304, b"", "redirected", "304, a redirect"),
        (101, b"", "http-101", "an empty body"),
        (999, b"", "http-999", "an empty body"),
    ];
    for (status, body, code, part) in table {
        let refusal = refused_raw(&reply(*status, *body));
        assert_eq!((refusal.status, refusal.code.to_string()), (*status, (*code).to_owned()));
        assert!(refusal.message.contains(part), "{}", refusal.message);
        assert!(refusal.message.contains(&status.to_string()) || *code == "odd");
    }
    for (body, part) in [(Body::Broken, "broke off"), (Body::TooLarge, "1 MiB")] {
        let refusal = refused_raw(&Reply { status: 503, retry_after: None, ray: None, body });
        assert_eq!(refusal.code.to_string(), "http-503");
        assert!(refusal.message.contains(part), "{}", refusal.message);
    }
}

#[test]
fn nesting_without_end_is_garbage_like_any_other() {
    let deep = "[".repeat(100_000);
    assert_eq!(refused_raw(&reply(422, deep.clone())).code.to_string(), "http-422");
    assert_eq!(read(&KeyRing::default(), &reply(200, deep)), Answer::Accepted { echo: None });
}

#[test]
fn a_success_is_one_whatever_its_body() {
    let echo = json!({"object": "instance_restrictions", "allowlist": true});
    let Answer::Accepted { echo: Some(members) } =
        read(&KeyRing::default(), &reply(200, echo.to_string()))
    else {
        panic!("not understood")
    };
    assert_eq!(Value::Object(members), echo);
    for body in ["", "garbage", "[1]", "null", "{\"a\":"] {
        assert_eq!(
            read(&KeyRing::default(), &reply(200, body)),
            Answer::Accepted { echo: None },
            "{body}"
        );
    }
    for body in [Body::Broken, Body::TooLarge] {
        let reply = Reply { status: 200, retry_after: None, ray: None, body };
        assert_eq!(read(&KeyRing::default(), &reply), Answer::Accepted { echo: None });
    }
}

#[test]
fn the_key_is_in_nothing_that_comes_out() {
    let keys = KeyRing::from(SecretKey::parse("sk_test_hush").unwrap());
    // As it is, and with letters that JSON has escaped.
    for text in ["sk_test_hush", r"sk_test_\u0068ush", r"\u0073k_test_hus\u0068"] {
        let error = format!(
            r#"{{"errors":[{{"message":"bad {text}","code":"{text}",
                "meta":{{"param_name":"{text}","unsupported_features":["{text}"]}}}}],
                "clerk_trace_id":"{text}"}}"#
        );
        let refusal = read(&keys, &reply(401, error));
        let accepted = read(&keys, &reply(200, format!(r#"{{"{text}":["{text}"]}}"#)));
        let garbage = read(&keys, &reply(502, format!("<p>{text}</p> {text}")));
        let shown = format!("{refusal:?} {accepted:?} {garbage:?}");
        assert!(!shown.contains("hush") && !shown.contains("u0068"), "{shown}");
        assert!(shown.contains("bad [secret key]"), "{shown}");
    }
}

#[test]
fn long_texts_are_shortened_without_cutting_the_key_in_two() {
    let keys = KeyRing::from(SecretKey::parse("sk_test_hush").unwrap());
    let long = format!("{}sk_test_hush{}", "ä".repeat(LONGEST_TEXT - 3), "x".repeat(9999));
    let body = json!({
        "errors": [{"message": long, "code": long, "meta": {"param_name": long}}],
        "clerk_trace_id": long,
    });
    let Answer::Refused(refusal) = read(&keys, &reply(422, body.to_string())) else {
        panic!("accepted")
    };
    let param = refusal.params[0].clone();
    let Refusal { code, message, trace_id, .. } = refusal;
    for text in [code.to_string(), message, param, trace_id.unwrap()] {
        assert_eq!(text.chars().count(), LONGEST_TEXT + 1);
        assert!(text.ends_with("[se…"), "{text}");
    }
}
