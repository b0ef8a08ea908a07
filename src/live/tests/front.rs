//! The public front end: what it is asked for, and when it is believed.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_front_end_is_asked_only_for_what_nothing_else_shows() {
    let url = "https://clerk.example.com";
    let domains = json!({"data": [
        {"is_satellite": true, "frontend_api_url": "https://satellite.example.com"},
        {"is_satellite": false, "frontend_api_url": url},
    ]});
    let answers = json!({
        "GET /v1/domains": [(200, &domains)],
        format!("PATCH {RESTRICTIONS}"): [(200, json!({"allowlist": false}))],
    });
    let environment = json!({
        "display_config": {"instance_environment_type": "development", "support_email": null},
        "auth_config": {"test_mode": "yes"},
        "user_settings": {
            "password_settings": {"disable_hibp": true},
            "restrictions": {"allowlist": {"enabled": false}},
        },
    });
    let front = json!({"GET /v1/environment": [(200, &environment)]});
    let wanted = [
        ("instance.hibp", Some(json!(true))),
        ("instance.support_email", None),
        ("instance.test_mode", None),
        ("instance.development_origin", None),
        ("restrictions.allowlist", None),
    ];
    let read = read_with(&answers, &front, &wanted, FrontendUse::Ask).await;
    let told = [
        ("instance.development_origin", "Clerk does not show it"),
        ("instance.hibp", "frontend false"),
        ("instance.support_email", "frontend null"),
        ("instance.test_mode", "the front end does not show it"),
        ("restrictions.allowlist", "echo false"),
    ];
    assert_eq!(read.told(), told.map(|(field, told)| (field.to_owned(), told.to_owned())).into());
    assert_eq!(read.asked[2..], ["GET /v1/domains", url, "GET /v1/environment"]);

    let read = read_with(&answers, &front, &wanted[4..], FrontendUse::Ask).await;
    assert!(!read.asked.contains(&"GET /v1/domains".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_front_end_that_cannot_be_used_leaves_its_fields_unread() {
    let domains = |url: Value| json!([(200, json!({"data": [{"frontend_api_url": url}]}))]);
    let good = domains(json!("https://clerk.example.com"));
    let production = json!({"display_config": {"instance_environment_type": "production"}});
    let test_mode = json!({"auth_config": {"test_mode": true}});
    for (domains, environment, why) in [
        (
            json!([refused(403)]),
            json!([]),
            "the front end: `GET /v1/domains` answered 403: Not in your plan",
        ),
        (
            json!([(200, json!([]))]),
            json!([]),
            "the front end: `GET /v1/domains` gave an unexpected answer",
        ),
        (json!([(200, json!({"data": 1}))]), json!([]), "the front end: the service names no host"),
        (domains(json!(7)), json!([]), "the front end: the service names no host"),
        (
            domains(json!("http://clerk.example.com")),
            json!([]),
            "the front end: the front-end URL is not https",
        ),
        (good.clone(), json!([(200, "garbage")]), "the front end: its answer is not a JSON object"),
        (
            good.clone(),
            json!([(302, json!({}))]),
            "the front end: it answered 302, a redirect, which was not followed",
        ),
        (
            good.clone(),
            json!([(200, &production)]),
            "the front end: it shows an instance that is not for development",
        ),
        (
            good,
            json!([(200, &test_mode)]),
            "the front end: the answer does not describe an instance",
        ),
    ] {
        let answers = json!({ "GET /v1/domains": domains });
        let front = json!({ "GET /v1/environment": environment });
        let wanted = [("instance.test_mode", None)];
        let read = read_with(&answers, &front, &wanted, FrontendUse::Ask).await;
        assert_eq!(read.told()["instance.test_mode"], why);
    }
}

#[tokio::test(start_paused = true)]
async fn a_front_end_that_contradicts_the_service_is_not_believed() {
    let answers = json!({
        "GET /v1/domains": [(200, json!({"data": [{"frontend_api_url": "https://a.example"}]}))],
        format!("PATCH {RESTRICTIONS}"): [(200, json!({"allowlist": false}))],
    });
    let environment = |allowlist: bool| {
        json!({"GET /v1/environment": [(200, json!({
            "display_config": {"instance_environment_type": "development"},
            "auth_config": {"test_mode": true},
            "user_settings": {"restrictions": {"allowlist": {"enabled": allowlist}}},
        }))]})
    };
    let wanted = [("instance.test_mode", None), ("restrictions.allowlist", None)];
    let read = read_with(&answers, &environment(true), &wanted, FrontendUse::Ask).await;
    assert_eq!(
        read.told()["instance.test_mode"],
        "the front end: it shows a different `restrictions.allowlist` than the service does, so it \
         is outdated or belongs to another instance"
    );
    let read = read_with(&answers, &environment(false), &wanted, FrontendUse::Ask).await;
    assert_eq!(read.told()["instance.test_mode"], "frontend true");
}

#[tokio::test(start_paused = true)]
async fn a_value_of_a_front_end_that_holds_the_key_is_not_read() {
    let domains = json!({"data": [{"frontend_api_url": "https://a.example"}]});
    let answers = json!({ "GET /v1/domains": [(200, domains)] });
    let display = json!({"instance_environment_type": "development",
                         "support_email": "sk_test_hush@example.com", "clerk_js_version": "5"});
    let front = json!({ "GET /v1/environment": [(200, json!({"display_config": display}))] });
    let wanted = [("instance.support_email", None), ("instance.clerk_js_version", None)];
    let told = read_with(&answers, &front, &wanted, FrontendUse::Ask).await.told();
    assert_eq!(told["instance.support_email"], "the front end does not show it");
    assert_eq!(told["instance.clerk_js_version"], r#"frontend "5""#);
}

#[tokio::test(start_paused = true)]
async fn a_front_end_whose_url_holds_the_key_is_not_asked() {
    for url in [
        "https://sk_test_hush.example",
        "https://sk%5Ftest%5Fhush.example",
        "https://SK_TEST_HUSH.example",
        "https://sk_test_\thush.example",
        "https://a.example/sk%5ftest_hush",
        "https://a.example?x=sk_test_hush",
    ] {
        let domains = json!({"data": [{"frontend_api_url": url}]});
        let answers = json!({ "GET /v1/domains": [(200, domains)] });
        let wanted = [("instance.test_mode", None)];
        let read = read_with(&answers, &json!({}), &wanted, FrontendUse::Ask).await;
        let told = &read.told()["instance.test_mode"];
        assert!(!told.to_lowercase().contains("hush"), "{told}");
        assert_eq!(read.asked, ["GET /v1/instance", "GET /v1/domains"], "{url}");
    }
}
