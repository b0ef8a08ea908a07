//! Names, types, values, and what a target makes of them.

use super::{assert_told, checked, help, told};

#[test]
fn unknown_names_are_told_at_the_key() {
    assert_told(&[
        ("instanse: {}\n", &["1:1-1:9 unknown-section /instanse"]),
        ("instance: {hipb: {x: 1}}\n", &["1:12-1:16 unknown-field /instance/hipb"]),
        ("target: {id: x}\n", &["1:10-1:12 unknown-field /target/id"]),
        (
            "environments: {a: {instanse: {}, instance: {b: 1}}}\n",
            &[
                "1:20-1:28 unknown-section /environments/a/instanse",
                "1:45-1:46 unknown-field /environments/a/instance/b",
            ],
        ),
        (
            "environments: {00: 1, '01': {instance: {b: 1}}, a~b/c: {d: 1}}\n",
            &[
                "1:16-1:18 wrong-type",
                "1:41-1:42 unknown-field /environments/01/instance/b",
                "1:49-1:54 invalid-value /environments/a~0b~1c",
                "1:57-1:58 unknown-section /environments/a~0b~1c/d",
            ],
        ),
        ("a/b~c: 1", &["1:1-1:6 unknown-section /a~1b~0c"]),
    ]);
}

#[test]
fn the_help_for_an_unknown_name_says_what_was_meant() {
    for (text, expected) in [
        ("instanse: {}", "did you mean `instance`?"),
        ("organizationSettings: {}", "did you mean `organization_settings`?"),
        ("instance: {hipb: true}", "did you mean `hibp`?"),
        ("instance: {allowlist: true}", "`allowlist` is a field of `restrictions`"),
        ("hibp: true", "`hibp` is a field of `instance`"),
        ("restrictions: {allowlists: true}", "did you mean `allowlist`?"),
        ("instance: {target: {}}", "`target` belongs at the top level, without indentation"),
        (
            "environments: {a: {environments: {}}}",
            "overlays do not nest: give each environment its own entry under `environments`",
        ),
        ("protect: {zzz: 1}", "known here: `rules_enabled`, `specter_enabled`"),
        ("target: {environment_typ: production}", "did you mean `environment_type`?"),
    ] {
        assert_eq!(help(text), expected, "{text}");
    }
    assert!(help("$schema: x").contains("# yaml-language-server: $schema="));
    assert!(help("api_url: https://x").contains("--api-url"));
    assert!(help("target: {secret_key: x}").contains("CLERK_SECRET_KEY"));
}

#[test]
fn wrong_types_are_told_at_the_value_with_the_way_out() {
    for (text, place, expected) in [
        (
            "instance: {hibp: yes}",
            "1:18-1:21",
            "write `true`: a bare `yes` is a string in YAML 1.2",
        ),
        ("instance: {hibp: 'off'}", "1:18-1:23", "write `false`, without quotes"),
        ("instance: {hibp: 1}", "1:18-1:19", "write `true`"),
        ("instance: {clerk_js_version: 5}", "1:30-1:31", "write `\"5\"`"),
        (
            "instance: {clerk_js_version: no}",
            "1:30-1:32",
            "YAML readers disagree about it; put it in quotes to make it a string: `\"no\"`",
        ),
        (
            "organization_settings: {max_allowed_memberships: '5'}",
            "1:50-1:53",
            "write `5`, without quotes or a fraction",
        ),
        (
            "organization_settings: {max_allowed_memberships: 5.0}",
            "1:50-1:53",
            "write `5`, without quotes or a fraction",
        ),
        (
            "organization_settings: {max_allowed_memberships: 5.5}",
            "1:50-1:53",
            "write a whole number",
        ),
        (
            "instance: {experimental_allowed_origins: null}",
            "1:42-1:46",
            "remove the field to leave it unmanaged",
        ),
        (
            "instance: {allowed_origins: 'http://a'}",
            "1:29-1:39",
            "write a list in brackets: `[\"http://a\"]`",
        ),
        ("instance:\n", "1:1-1:9", "add fields, indented below it, or comment it out with `#`"),
        ("environments: {a: }", "1:16-1:17", "write `{}` if nothing is different in it"),
        ("target: []", "1:9-1:11", "write `name: value` lines, without dashes"),
    ] {
        let lines = told(text);
        assert_eq!(lines.len(), 1, "{text}: {lines:?}");
        assert!(lines[0].starts_with(&format!("{place} wrong-type")), "{text}: {lines:?}");
        assert_eq!(help(text), expected, "{text}");
    }
    let finding = &checked("instance: {hibp: yes}").findings[0];
    assert_eq!(finding.message, "`hibp` takes `true`, `false` or `null`, not a bare `yes`");
}

#[test]
fn values_that_cannot_be_are_told_at_the_value() {
    assert_told(&[
        (
            "organization_settings: {max_allowed_memberships: -1}",
            &["1:50-1:52 invalid-value /organization_settings/max_allowed_memberships"],
        ),
        ("target: {environment_type: prod}", &["1:28-1:32 invalid-value /target/environment_type"]),
        ("target: {instance_id: ''}", &["1:23-1:25 invalid-value /target/instance_id"]),
        ("target: {instance_id: \"ins_a\\n\"}", &["1:23-1:32 invalid-value /target/instance_id"]),
        ("target: {secret_key_env: A-B}", &["1:26-1:29 invalid-value /target/secret_key_env"]),
        ("target: {secret_key_env: \"A\\n\"}", &["1:26-1:31 invalid-value /target/secret_key_env"]),
        ("instance: {support_email: help}", &["1:27-1:31 invalid-value /instance/support_email"]),
        ("instance: {support_email: '', development_origin: ''}", &[]),
        (
            "instance: {development_origin: 'http://localhost:3000/'}",
            &["1:32-1:56 invalid-value /instance/development_origin"],
        ),
        (
            "instance: {allowed_origins: ['https://a.b', '', x]}",
            &[
                "1:45-1:47 invalid-value /instance/allowed_origins/1",
                "1:49-1:50 invalid-value /instance/allowed_origins/2",
            ],
        ),
        (
            "instance: {allowed_origins: ['http://a', 'http://b', 'http://a', 'http://a']}",
            &[
                "1:54-1:64 duplicate-entry /instance/allowed_origins/2",
                "1:66-1:76 duplicate-entry /instance/allowed_origins/3",
            ],
        ),
        (
            "environments: {sandbox: {}, '-a': {}, ok_1: {}, \"a\\n\": {}}",
            &[
                "1:16-1:23 invalid-value /environments/sandbox",
                "1:29-1:33 invalid-value /environments/-a",
                "1:49-1:54 invalid-value /environments/a",
            ],
        ),
    ]);
}

#[test]
fn an_entry_that_the_service_would_store_otherwise_or_refuse_is_told_with_what_to_write() {
    for (text, place, message, expected) in [
        (
            "instance: {allowed_subdomains: [a.example.com, App.example.com]}",
            "1:48-1:63 invalid-value /instance/allowed_subdomains/1",
            "`allowed_subdomains` takes lowercase hosts",
            "write `app.example.com`",
        ),
        (
            "instance: {allowed_subdomains: ['*.preview.example.com.']}",
            "1:33-1:57 invalid-value /instance/allowed_subdomains/0",
            "`allowed_subdomains` takes lowercase hosts",
            "write `*.preview.example.com`",
        ),
        (
            "instance: {allowed_subdomains: ['https://app.example.com/']}",
            "1:33-1:59 invalid-value /instance/allowed_subdomains/0",
            "not `https://app.example.com/`",
            "write `app.example.com`",
        ),
        (
            "instance: {allowed_subdomains: ['*']}",
            "1:33-1:36 invalid-value /instance/allowed_subdomains/0",
            "not `*`",
            "an entry is a domain without scheme or port; write non-ASCII letters as `xn--…`",
        ),
        (
            "oauth_application_settings: {default_scopes: [email, offline_access]}",
            "1:54-1:68 invalid-value /oauth_application_settings/default_scopes/1",
            "`default_scopes` cannot hold `offline_access`",
            "remove it: Clerk would reject the whole request",
        ),
    ] {
        let findings = checked(text).findings;
        assert_eq!(told(text), [place], "{text}");
        assert!(findings[0].message.contains(message), "{}", findings[0].message);
        assert_eq!(help(text), expected, "{text}");
    }
    assert_told(&[
        ("instance: {allowed_subdomains: ['*.example.com', example.com, xn--a.example.com]}", &[]),
        ("instance: {allowed_subdomains: null, subdomain_allowlist_enabled: null}", &[]),
        (
            "oauth_application_settings: {default_scopes: [email, email]}",
            &["1:54-1:59 duplicate-entry /oauth_application_settings/default_scopes/1"],
        ),
        ("oauth_application_settings: {default_scopes: []}", &[]),
    ]);
}

#[test]
fn fields_that_work_otherwise_than_they_look_are_warned_about() {
    assert_told(&[
        (
            "instance: {cookieless_dev: true}",
            &["1:12-1:26 deprecated-field /instance/cookieless_dev"],
        ),
        ("instance: {allowed_origins: []}", &[]),
        ("instance: {allowed_origins: null}", &[]),
        (
            "target: {environment_type: development}\ninstance: {allowed_subdomains: [], subdomain_allowlist_enabled: false}",
            &[
                "2:12-2:30 environment-mismatch /instance/allowed_subdomains",
                "2:36-2:63 environment-mismatch /instance/subdomain_allowlist_enabled",
            ],
        ),
        (
            "target: {environment_type: production}\ninstance: {test_mode: true, hibp: false, development_origin: ''}",
            &[
                "2:23-2:27 weakens-security /instance/test_mode",
                "2:35-2:40 weakens-security /instance/hibp",
                "2:42-2:60 environment-mismatch /instance/development_origin",
            ],
        ),
        (
            "target: {environment_type: development}\ninstance: {test_mode: true, enhanced_email_deliverability: true}",
            &[
                "2:29-2:58 ignored-by-api /instance/enhanced_email_deliverability",
                "2:29-2:58 environment-mismatch /instance/enhanced_email_deliverability",
            ],
        ),
        (
            "instance: {experimental_allowed_origins: ['a://b']}",
            &[
                "1:12-1:40 deprecated-field /instance/experimental_allowed_origins",
                "1:12-1:40 ignored-by-api /instance/experimental_allowed_origins",
            ],
        ),
        (
            "communication: {blocked_country_codes: [FR, ZZ, 'UK']}",
            &[
                "1:45-1:47 ignored-by-api /communication/blocked_country_codes/1",
                "1:49-1:53 ignored-by-api /communication/blocked_country_codes/2",
            ],
        ),
        (
            "instance_settings: {progressive_sign_up: true}",
            &["1:21-1:40 deprecated-field /instance_settings/progressive_sign_up"],
        ),
        (
            "target: {environment_type: production}\ninstance_settings: {test_mode: true}",
            &["2:32-2:36 weakens-security /instance_settings/test_mode"],
        ),
        ("instance: {test_mode: true, hibp: false, development_origin: ''}", &[]),
    ]);
    let checked = checked("instance: {cookieless_dev: true}");
    assert!(checked.configuration.is_some());
    assert_eq!(
        checked.findings[0].help.as_deref(),
        Some("use `url_based_session_syncing` instead; `clerkform fix` replaces it")
    );
}

#[test]
fn a_deprecated_field_beside_its_successor_is_an_error() {
    assert_told(&[
        (
            "instance: {cookieless_dev: true, url_based_session_syncing: true}",
            &[
                "1:12-1:26 conflicting-fields /instance/cookieless_dev",
                "1:12-1:26 deprecated-field /instance/cookieless_dev",
            ],
        ),
        (
            "instance: {cookieless_dev: true}\nenvironments:\n  a: {instance: {url_based_session_syncing: true}}\n  b: {instance: {url_based_session_syncing: false}}\n  c: {}\n",
            &[
                "1:12-1:26 conflicting-fields /instance/cookieless_dev",
                "1:12-1:26 deprecated-field /instance/cookieless_dev",
            ],
        ),
    ]);
}

#[test]
fn one_setting_in_two_sections_has_one_value() {
    let conflict = "conflicting-fields /instance_settings/test_mode";
    assert_told(&[
        (
            "instance: {test_mode: true}\ninstance_settings: {test_mode: false}",
            &[&format!("2:21-2:30 {conflict}")],
        ),
        (
            "instance: {test_mode: true}\nenvironments: {a: {instance_settings: {test_mode: null}}}",
            &["2:40-2:49 conflicting-fields /environments/a/instance_settings/test_mode"],
        ),
        (
            "instance: {test_mode: true}\ninstance_settings: {test_mode: false}\n\
             environments: {a: {instance: {test_mode: false}}}",
            &[],
        ),
        ("instance: {test_mode: true}\ninstance_settings: {test_mode: true}", &[]),
        ("instance_settings: {test_mode: true}", &[]),
    ]);
}

#[test]
fn a_text_that_is_none_of_the_possible_ones_is_told_with_what_was_meant() {
    let modes = "organization_settings: {domains_enrollment_modes: [";
    for (text, place, expected) in [
        (
            "instance: {preferred_sign_in_strategy_when_password_required: pasword}".to_owned(),
            "1:63-1:70 invalid-value",
            "did you mean `password`?",
        ),
        (format!("{modes}automatic]}}"), "1:52-1:61 invalid-value", ""),
        (
            format!("{modes}automatic_invitations]}}"),
            "1:52-1:73 invalid-value",
            "did you mean `automatic_invitation`?",
        ),
        (
            format!("{modes}manual_invitation]}}"),
            "1:52-1:69 invalid-value",
            "it is always on and never sent: remove it",
        ),
        (
            "communication: {blocked_country_codes: [fr]}".to_owned(),
            "1:41-1:43 invalid-value",
            "write `FR`",
        ),
        (
            "communication: {blocked_country_codes: [FRA]}".to_owned(),
            "1:41-1:44 invalid-value",
            "write `FR`",
        ),
        (
            "instance_settings: {from_email_address: no-reply@example.com}".to_owned(),
            "1:41-1:61 invalid-value",
            "set only the part before the `@`",
        ),
        ("instance_settings: {from_email_address: ''}".to_owned(), "1:41-1:43 invalid-value", ""),
    ] {
        let told = told(&text);
        assert!(told.len() == 1 && told[0].starts_with(place), "{text}: {told:?}");
        let help = checked(&text).findings[0].help.clone().unwrap_or_default();
        assert_eq!(help, expected, "{text}");
    }
    let many = vec!["FR"; 251].join(", ");
    let told = told(&format!("communication: {{blocked_country_codes: [{many}]}}"));
    assert!(told.iter().any(|told| told.contains("invalid-value")), "{told:?}");
}

#[test]
fn a_finding_of_the_base_is_told_once_however_many_overlays_there_are() {
    assert_told(&[(
        "instance: {test_mode: true}\ntarget: {environment_type: production}\nenvironments: {a: {}, b: {}, c: {target: {environment_type: development}}}\n",
        &["1:23-1:27 weakens-security /instance/test_mode"],
    )]);
    assert_told(&[(
        "instance: {test_mode: true}\nenvironments: {a: {target: {environment_type: production}, instance: {test_mode: false}}}\n",
        &[],
    )]);
}

#[test]
fn a_secret_is_told_at_its_place_and_never_repeated() {
    assert_told(&[
        (
            "# key: sk_live_abc123\ninstance: {hibp: true} # sk_test_x9\n",
            &["1:8-1:22 secret-in-config", "2:26-2:36 secret-in-config"],
        ),
        (
            "target: {secret_key_env: sk_live_abc123}",
            &["1:26-1:40 secret-in-config /target/secret_key_env"],
        ),
        (
            "instance: {clerk_js_version: \"v-sk\\u005flive_abc\"}",
            &["1:33-1:49 secret-in-config /instance/clerk_js_version"],
        ),
    ]);
    for text in [
        "sk_live_abc123: 1\n",
        "instance: {sk_live_abc123: 1, hibp: sk_live_abc123}\n",
        "instance: {allowed_origins: [sk_live_abc123, sk_live_abc123]}\n",
        "environments: {\"sk_live_abc123\": {instance: {nope: 1}}, \"sk_live_abc123 \": 5}\n",
        "target: {environment_type: sk_live_abc123, instance_id: \"sk\\x5flive_abc123 \"}\n",
        "instance: !sk_live_abc123 5\n",
        "instance: *sk_live_abc123\n",
        "a: {sk_live_abc123: 1, sk_live_abc123: 2}\n",
        "instance: {support_email: 'http://a:sk_live_abc123@b'}\n",
        "instance: {development_origin: 'sk_live_abc123://b/'}\n",
        "instance: {hibp: \"sk_live_\\\n  abc123\"}\n",
    ] {
        let checked = checked(text);
        assert!(checked.configuration.is_none());
        assert!(told(text).iter().any(|line| line.contains("secret-in-config")), "{text}");
        assert!(!format!("{:?}", checked.findings).contains("abc123"), "{text}");
    }
}
