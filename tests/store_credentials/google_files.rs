//! Files of credentials that lead to a token of Google by way of somebody else: a program, another
//! identity, or an account that acts as another.

use std::fs;

use serde_json::{Value, json};

use super::{GOOGLE, Machine, text};
use crate::support::fake::{Answer, Asked};
use crate::support::program::Ran;

const FILE: &str = "GOOGLE_APPLICATION_CREDENTIALS";
const ALLOWED: (&str, &str) = ("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1");
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const SAML: &str = "urn:ietf:params:oauth:token-type:saml2";
const ACT: &str = "POST /v1/serviceAccounts/robot@acme.example:generateAccessToken";

/// A machine on which every exchange succeeds.
pub(super) fn machine() -> Machine {
    machine_with(&[])
}

/// The same with further answers.
pub(super) fn machine_with(answers: &[(&str, Answer)]) -> Machine {
    let acting = r#"{"accessToken": "hushacting", "expireTime": "2099-01-01T00:00:00Z"}"#;
    let usual = [
        ("POST /token", text(r#"{"access_token": "hushexchanged", "expires_in": 3600}"#)),
        (ACT, text(acting)),
    ];
    Machine::new(&[&usual[..], answers].concat())
}

fn act(machine: &Machine) -> String {
    format!("{}{}", machine.fake.url, ACT.trim_start_matches("POST "))
}

/// A file of workload identity federation.
pub(super) fn federation(machine: &Machine, source: &Value) -> Value {
    json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/pool",
        "subject_token_type": ID_TOKEN,
        "token_url": format!("{}/token", machine.fake.url),
        "service_account_impersonation_url": null,
        "credential_source": source,
    })
}

/// The words of a program that prints something and says what it was told and that it was run.
fn program(machine: &Machine, prints: &Value, ends: i32) -> String {
    let log = machine.path("log").display().to_string();
    let prefix = "GOOGLE_EXTERNAL_ACCOUNT_";
    let told = ["AUDIENCE", "TOKEN_TYPE", "INTERACTIVE", "IMPERSONATED_EMAIL", "OUTPUT_FILE"];
    let told = told.map(|name| format!("${prefix}{name}")).join("|");
    let script = format!("echo \"$*|{told}\" >> '{log}'\necho '{prints}'\nexit {ends}");
    machine.tool("hand-out", &script);
    format!("{} --for  states", machine.path("bin/hand-out").display())
}

/// What the program was told, a line a run.
fn runs(machine: &Machine) -> Vec<String> {
    let log = fs::read_to_string(machine.path("log")).unwrap_or_default();
    log.lines().map(str::to_owned).collect()
}

pub(super) fn plan(machine: &Machine, content: &Value, variables: &[(&str, &str)]) -> Ran {
    let file = machine.write("credentials.json", &content.to_string());
    let ran = machine.run(GOOGLE, &[&[(FILE, &*file)], variables].concat());
    assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
    ran
}

/// The requests of a run that has found no state.
pub(super) fn asked(machine: &Machine, content: &Value, variables: &[(&str, &str)]) -> Vec<Asked> {
    let before = machine.fake.asked().len();
    let ran = plan(machine, content, variables);
    assert!(ran.exit == 0 && ran.stdout.contains("no state at gs://states/p/"), "{ran:?}");
    let told = content["type"].as_str().unwrap().replace('_', " ");
    assert!(ran.stderr.contains(&format!("state: credentials from {told} in `")), "{ran:?}");
    machine.fake.asked().split_off(before)
}

#[test]
fn a_program_hands_out_the_token_of_another_identity() {
    let machine = machine();
    let prints = json!({"version": 1, "success": true, "token_type": ID_TOKEN,
                        "id_token": "hush.of.program"});
    let command = program(&machine, &prints, 0);
    let content = federation(&machine, &json!({"executable": {"command": command}}));
    let requests = asked(&machine, &content, &[ALLOWED]);
    assert!(requests[0].body.contains("subject_token=hush.of.program"), "{requests:?}");
    assert_eq!(requests[1].headers["authorization"], "Bearer hushexchanged");
    let told = format!("--for states|//iam.googleapis.com/pool|{ID_TOKEN}|0||");
    assert_eq!(runs(&machine), [&*told]);

    // As an account, and by another kind of token.
    let prints = json!({"version": 1, "success": true, "token_type": SAML,
                        "saml_response": "hush+of/program="});
    let command = program(&machine, &prints, 0);
    let mut content = federation(&machine, &json!({"executable": {"command": command}}));
    content["service_account_impersonation_url"] = act(&machine).into();
    content["service_account_impersonation"] = json!({"token_lifetime_seconds": 600});
    content["subject_token_type"] = SAML.into();
    let requests = asked(&machine, &content, &[ALLOWED]);
    assert!(requests[0].body.contains("&subject_token=hush%2Bof%2Fprogram%3D"), "{requests:?}");
    assert_eq!(requests[1].headers["authorization"], "Bearer hushexchanged");
    assert!(requests[1].body.contains(r#""lifetime":"600s""#), "{requests:?}");
    assert_eq!(requests[2].headers["authorization"], "Bearer hushacting");
    let told = format!("--for states|//iam.googleapis.com/pool|{SAML}|0|robot@acme.example|");
    assert_eq!(runs(&machine)[1], told);
}

#[test]
fn a_program_is_not_run_while_what_it_has_kept_is_valid() {
    let machine = machine();
    let handed = |token: &str, until: u64| {
        json!({"version": 1, "success": true, "token_type": ID_TOKEN, "id_token": token,
               "expiration_time": until})
    };
    let command = program(&machine, &handed("hush.new", 4_070_908_800), 0);
    let file = machine.path("kept.json").display().to_string();
    let executable = json!({"command": command, "output_file": file, "timeout_millis": 5000});
    let content = federation(&machine, &json!({"executable": executable}));
    for (kept, sent) in [
        (String::new(), "hush.new"),
        (handed("hush.kept", 4_070_908_800).to_string(), "hush.kept"),
        (handed("hush.kept", 1_767_322_800).to_string(), "hush.new"),
        (
            json!({"version": 1, "success": false, "code": "1", "message": "2"}).to_string(),
            "hush.new",
        ),
        ("half of wh".to_owned(), "hush.new"),
    ] {
        machine.write("kept.json", &kept);
        let before = runs(&machine).len();
        let requests = asked(&machine, &content, &[ALLOWED]);
        assert!(requests[0].body.contains(&format!("subject_token={sent}")), "{kept} {requests:?}");
        let further = runs(&machine).split_off(before);
        assert_eq!(further.len(), usize::from(sent == "hush.new"), "{kept}");
        assert!(further.iter().all(|told| told.ends_with(&format!("|0||{file}"))), "{further:?}");
    }
}

#[test]
fn a_program_that_hands_out_nothing_is_told_in_its_own_words() {
    let handed = json!({"version": 1, "success": true, "token_type": ID_TOKEN, "id_token": "hush"});
    let with = |name: &str, value: Value| {
        let mut handed = handed.clone();
        handed[name] = value;
        handed
    };
    let refused =
        json!({"version": 1, "success": false, "code": "401", "message": "Sign in first."});
    for (prints, ends, told) in [
        (refused.clone(), 0, "hand-out` says 401: Sign in first."),
        (refused, 1, "hand-out` says 401: Sign in first."),
        (json!("hush"), 0, "hand-out` printed no usable `version`"),
        (with("version", 2.into()), 0, "hand-out` printed no usable `version`"),
        (with("success", "yes".into()), 0, "hand-out` printed no usable `success`"),
        (with("token_type", "hush".into()), 0, "hand-out` printed no usable `token_type`"),
        (with("token_type", SAML.into()), 0, "hand-out` printed no usable `saml_response`"),
        (with("expiration_time", 9.into()), 0, "hand-out` printed a token that has expired"),
        (handed.clone(), 3, "hand-out` failed: "),
    ] {
        let machine = machine();
        let command = program(&machine, &prints, ends);
        let content = federation(&machine, &json!({"executable": {"command": command}}));
        let ran = plan(&machine, &content, &[ALLOWED]);
        let code = "error[state-denied]: gs://states/p/clerk.state.json";
        assert!(ran.exit == 1 && ran.stderr.contains(code), "{told} {ran:?}");
        assert!(ran.stderr.contains(told) && !ran.stderr.contains("--for"), "{told} {ran:?}");
        assert!(ran.stderr.contains("\n  help: "), "{ran:?}");
        assert_eq!(machine.fake.asked(), [], "{told}");
        assert_eq!(runs(&machine).len(), 1, "{told}");
    }
}

#[test]
fn what_a_file_cannot_be_used_for_is_told_and_nothing_is_run_or_asked() {
    let machine = machine();
    let command = program(&machine, &json!({}), 0);
    let executable =
        |time: Value| json!({"executable": {"command": command, "timeout_millis": time}});
    let url = act(&machine);
    let acting = |source: Value, url: &str| {
        json!({"type": "impersonated_service_account", "service_account_impersonation_url": url,
               "source_credentials": source})
    };
    let user = json!({"type": "authorized_user", "client_id": "c", "refresh_token": "hush"});
    for (content, variables, told) in [
        (
            federation(&machine, &executable(5000.into())),
            &[][..],
            "its token, which needs `GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1`",
        ),
        (
            federation(&machine, &executable(4999.into())),
            &[ALLOWED],
            "has to be between 5000 and 120000",
        ),
        (
            federation(&machine, &executable("9000".into())),
            &[ALLOWED],
            "has to be between 5000 and 120000",
        ),
        (
            federation(&machine, &json!({"executable": {"command": " "}})),
            &[ALLOWED],
            "no usable `credential_source.executable.command`",
        ),
        (federation(&machine, &json!({})), &[], "names no file, URL or program"),
        (
            federation(&machine, &json!({"url": "http://metadata.example.com/"})),
            &[],
            "no usable `url`",
        ),
        (acting(user, &url), &[], "no usable `client_secret` (in `source_credentials`)"),
        (acting(json!({}), &url), &[], "credentials of this type cannot be used (in `source_"),
        (acting(json!({}), "http://example.com/"), &[], "no usable `service_account_impersonation"),
        (json!({"type": "gdch_service_account"}), &[], "credentials of this type cannot be used"),
    ] {
        let ran = plan(&machine, &content, variables);
        assert!(ran.exit == 1 && ran.stderr.contains(told), "{told} {ran:?}");
        assert!(ran.stderr.contains("error[state-no-store]: "), "{ran:?}");
        assert!(ran.stderr.contains(&format!("credentials.json` (`{FILE}`): ")), "{ran:?}");
    }
    assert_eq!((machine.fake.asked(), runs(&machine)), (vec![], vec![]));
}

#[test]
fn an_account_acts_as_another_by_way_of_delegates() {
    let machine = machine();
    let token = machine.write("token", "hushidentity");
    let content = json!({
        "type": "impersonated_service_account",
        "service_account_impersonation_url": act(&machine),
        "delegates": ["projects/-/serviceAccounts/first@acme.example"],
        "source_credentials": federation(&machine, &json!({"file": token})),
    });
    let requests = asked(&machine, &content, &[]);
    assert_eq!(requests[1].what, ACT);
    assert_eq!(requests[1].headers["authorization"], "Bearer hushexchanged");
    let body: Value = serde_json::from_str(&requests[1].body).unwrap();
    let scope = "https://www.googleapis.com/auth/cloud-platform";
    let expected = json!({"scope": [scope], "lifetime": "3600s",
                          "delegates": ["projects/-/serviceAccounts/first@acme.example"]});
    assert_eq!(body, expected);
    assert_eq!(requests[2].headers["authorization"], "Bearer hushacting");
}
