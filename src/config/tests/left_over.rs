//! What a template, an editor or another program left behind in a file.

use super::{assert_told, checked, help, told};

#[test]
fn a_placeholder_that_nobody_replaced_is_refused_wherever_it_stands() {
    for (text, place) in [
        (
            "instance: {clerk_js_version: \"${X}\"}",
            "1:30-1:36 invalid-value /instance/clerk_js_version",
        ),
        (
            "instance:\n  clerk_js_version: ${{ vars.X }}\n",
            "2:21-2:34 invalid-value /instance/clerk_js_version",
        ),
        ("instance:\n  clerk_js_version: {{ x }}\n", "2:22-2:27 invalid-value"),
        (
            "instance:\n  support_email: help@{{ domain }}\n",
            "2:18-2:35 invalid-value /instance/support_email",
        ),
        (
            "instance:\n  development_origin: https://<app>.example.com\n",
            "2:23-2:48 invalid-value /instance/development_origin",
        ),
        (
            "organization_settings: {creator_role_id: \"%ROLE%\"}",
            "1:42-1:50 invalid-value /organization_settings/creator_role_id",
        ),
        (
            "oauth_application_settings: {default_scopes: [\"##SCOPE##\"]}",
            "1:47-1:58 invalid-value /oauth_application_settings/default_scopes/0",
        ),
        (
            "communication: {blocked_country_codes: [\"$(C)\"]}",
            "1:41-1:47 invalid-value /communication/blocked_country_codes/0",
        ),
        ("target: {instance_id: \"__ID__\"}", "1:23-1:31 invalid-value /target/instance_id"),
        (
            "environments: {a: {target: {instance_id: \"$ID\"}}}",
            "1:42-1:47 invalid-value /environments/a/target/instance_id",
        ),
        (
            "target: {environment_type: \"<type>\"}",
            "1:28-1:36 invalid-value /target/environment_type",
        ),
        ("environments: {\"${ENV}\": {}}", "1:16-1:24 invalid-value /environments/${ENV}"),
        ("instance: {allowed_origins: [http://${HOST}]}", "1:38-1:39 yaml-syntax"),
        ("instance:\n  hibp: ${X}\n", "2:9-2:13 wrong-type /instance/hibp"),
    ] {
        assert_eq!(told(text), [place], "{text}");
        let help = help(text);
        assert!(
            help.contains("with the value") && help.contains("nothing is substituted"),
            "{help}"
        );
    }
}

#[test]
fn an_id_a_version_or_a_scope_is_one_word_that_is_seen() {
    let scopes = |scope: &str| format!("oauth_application_settings: {{default_scopes: [{scope}]}}");
    let version = |version: &str| format!("instance:\n  clerk_js_version: {version}\n");
    for (text, expected) in [
        (
            version("|\n    5"),
            "write `5`: text after `|` or `>` ends with a line break, unless it is `|-` or `>-`",
        ),
        (
            version(">\n    5"),
            "write `5`: text after `|` or `>` ends with a line break, unless it is `|-` or `>-`",
        ),
        (version("\"5 \""), "write `5`"),
        (version("\"5\\0\""), "write `5`"),
        (version("\"5\u{200b}\""), "write `5`"),
        (version("\"5\u{a0}\""), "write `5`"),
        (version("5\u{2800}"), "write `5`"),
        (version("5 beta"), "it must be one word, without spaces or line breaks"),
        (scopes("\"\\tprofile\""), "write `profile`"),
        (scopes("profile email"), "it must be one word, without spaces or line breaks"),
        (scopes("\"\""), "it must be one word, without spaces or line breaks"),
        (
            "organization_settings: {domains_default_role_id: \"role_\\u20631\"}".to_owned(),
            "write `role_1`",
        ),
        (
            "instance:\n  support_email: |\n    a@b.de\n".to_owned(),
            "write `a@b.de`: text after `|` or `>` ends with a line break, unless it is `|-` or \
             `>-`",
        ),
    ] {
        assert_eq!(help(&text), expected, "{text}");
        assert!(told(&text)[0].contains("invalid-value"), "{text}");
    }
    for text in
        [version("|-\n    5"), version("\"\""), version("5.1.0-beta.2+x"), scopes("user:read")]
    {
        assert!(told(&text).is_empty(), "{text}: {:?}", told(&text));
    }
}

#[test]
fn a_null_that_nobody_wrote_is_told_and_one_that_somebody_did_is_not() {
    assert_told(&[
        (
            "instance:\n  support_email: ##X##\n",
            &["2:3-2:16 unwritten-null /instance/support_email"],
        ),
        (
            "instance:\n  hibp:\n  test_mode: # later\n",
            &[
                "2:3-2:7 unwritten-null /instance/hibp",
                "3:3-3:12 unwritten-null /instance/test_mode",
            ],
        ),
        (
            "{instance: {hibp, test_mode: }}",
            &[
                "1:13-1:17 unwritten-null /instance/hibp",
                "1:19-1:28 unwritten-null /instance/test_mode",
            ],
        ),
        (
            "environments:\n  a:\n    instance:\n      hibp:\n",
            &["4:7-4:11 unwritten-null /environments/a/instance/hibp"],
        ),
        (
            "instance: {hibp: null, test_mode: ~, support_email: !!null , clerk_js_version: Null}",
            &[],
        ),
        ("instance:\n  clerk_js_version: !!str\n", &[]),
    ]);
    let checked = checked("instance:\n  hibp:\n");
    let desired = checked.configuration.unwrap().desired(None).unwrap();
    let warned = crate::config::warnings(&desired, None);
    assert_eq!(warned, checked.findings);
}

#[test]
fn a_file_with_none_of_our_keys_is_told_to_be_none_of_ours() {
    for (text, expected) in [
        ("name: CI\non: [push]\njobs: {}\n", true),
        ("apiVersion: batch/v1\nkind: CronJob\nmetadata: {}\nspec: {}\n", true),
        ("name: CI\ninstance: {hibp: true}\n", false),
        ("restriction: {}\nname: x\n", false),
        ("hibp: true\n", false),
    ] {
        let findings = checked(text).findings;
        let is_told =
            |finding: &&crate::finding::Finding| finding.message.contains("does not look like");
        assert_eq!(findings.iter().filter(is_told).count(), usize::from(expected), "{text}");
        assert!(
            findings.iter().all(|finding| finding.code == crate::finding::Code::UnknownSection),
            "{text}"
        );
    }
}
