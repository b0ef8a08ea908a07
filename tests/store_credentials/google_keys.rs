//! The keys of Google's users and service accounts, with the names of Google's own servers.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{MISSING, Machine, text};
use crate::support::fake::Answer;
use crate::support::google_tls::{AUTHORITY, GoogleProxy, SERVICE_ACCOUNT, signature};
use crate::support::program::{KEY, Ran};

/// The platform's own place.
const STATE: &str = "gs://states/p/";

/// Where `gcloud` keeps what it was signed in with.
const SIGNED_IN: &str = ".config/gcloud/application_default_credentials.json";

const TOKENS: &str = "POST /o/oauth2/token";
const OBJECT: &str = "GET /states/p%2Fclerk%2Estate%2Ejson";
const ACCOUNT: &str = "robot@acme.iam.gserviceaccount.com";

fn answer(status: u16, text: &str) -> Answer {
    Answer { status, text: Some(text.to_owned()), ..Answer::default() }
}

fn user() -> String {
    json!({"type": "authorized_user", "client_id": "client", "client_secret": "hushclient",
           "refresh_token": "1//hushrefresh", "universe_domain": "googleapis.com"})
    .to_string()
}

fn service_account() -> String {
    json!({"type": "service_account", "private_key_id": "kid", "private_key": SERVICE_ACCOUNT,
           "client_email": ACCOUNT, "token_uri": "https://oauth2.googleapis.com/token"})
    .to_string()
}

/// What a command says that is led to the machine's fake in the place of Google.
fn led(machine: &Machine, words: &[&str], further: &[(&str, &str)]) -> (Ran, Vec<String>) {
    let proxy = GoogleProxy::to(&machine.fake.url);
    let variables = [
        ("HTTPS_PROXY", proxy.url.as_str()),
        ("SSL_CERT_FILE", AUTHORITY),
        ("CLERK_API_URL", "URL"),
    ];
    let ran = machine.does(words, STATE, &[&variables[..], further].concat());
    let shown = format!("{ran:?}");
    assert!(!shown.contains("hush") && !shown.contains("PRIVATE KEY"), "{shown}");
    (ran, proxy.led())
}

#[test]
fn the_sign_in_of_a_user_is_exchanged_for_a_token_that_the_store_takes() {
    let granted = json!({"access_token": "hushgranted", "expires_in": 3599, "scope": "openid",
                         "token_type": "Bearer"});
    let machine = Machine::new(&[
        (TOKENS, text(&granted.to_string())),
        (OBJECT, answer(401, "who?")),
        (&format!("hushgranted {OBJECT}"), answer(404, MISSING)),
    ]);
    let file = machine.write(SIGNED_IN, &user());
    let (ran, led_to) = led(&machine, &["plan"], &[]);
    assert!(ran.exit == 0 && ran.stdout.contains("no state at gs://states/p/"), "{ran:?}");
    let told = format!("authorized user in `{file}` (`gcloud auth application-default login`)");
    assert!(ran.stderr.contains(&format!("state: credentials from {told}\n")), "{ran:?}");
    assert_eq!(led_to, ["accounts.google.com:443", "storage.googleapis.com:443"]);
    let asked = machine.fake.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    let form = "grant_type=refresh_token&client_id=client&client_secret=hushclient&\
                refresh_token=1%2F%2Fhushrefresh";
    assert_eq!((asked[0].what.as_str(), asked[0].body.as_str()), (TOKENS, form));
    assert_eq!(asked[1].headers["authorization"], "Bearer hushgranted");
}

#[test]
fn a_service_account_signs_for_itself_and_asks_nobody_for_a_token() {
    let machine = Machine::new(&[(OBJECT, answer(404, MISSING))]);
    let file = machine.write("key.json", &service_account());
    let (ran, led_to) = led(&machine, &["plan"], &[("GOOGLE_APPLICATION_CREDENTIALS", &file)]);
    assert!(ran.exit == 0 && ran.stdout.contains("no state at gs://states/p/"), "{ran:?}");
    let told = format!("service account in `{file}` (`GOOGLE_APPLICATION_CREDENTIALS`)");
    assert!(ran.stderr.contains(&format!("state: credentials from {told}\n")), "{ran:?}");
    assert_eq!(led_to, ["storage.googleapis.com:443"]);

    let asked = machine.fake.asked().pop().unwrap();
    let token = asked.headers["authorization"].strip_prefix("Bearer ").unwrap();
    let (signed, by) = token.rsplit_once('.').unwrap();
    assert_eq!(by, BASE64_URL_SAFE_NO_PAD.encode(signature(signed)), "{token}");
    let (head, claims) = signed.split_once('.').unwrap();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(read(head), json!({"alg": "RS256", "typ": "JWT", "kid": "kid"}));
    let mut claims = read(claims);
    let issued = claims["iat"].as_u64().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(issued) < 60, "{issued}");
    claims["iat"] = 0.into();
    claims["exp"] = (claims["exp"].as_u64().unwrap() - issued).into();
    let scope = "https://www.googleapis.com/auth/cloud-platform";
    let expected = json!({"iss": ACCOUNT, "sub": ACCOUNT, "scope": scope, "iat": 0, "exp": 3600});
    assert_eq!(claims, expected);
}

#[test]
fn a_user_and_a_service_account_act_as_another_account() {
    let act = "POST /act";
    let machine = Machine::new(&[
        (TOKENS, text(r#"{"access_token": "hushgranted", "expires_in": 3599}"#)),
        (act, text(r#"{"accessToken": "hushacting", "expireTime": "2099-01-01T00:00:00Z"}"#)),
        (OBJECT, answer(401, "who?")),
        (&format!("hushacting {OBJECT}"), answer(404, MISSING)),
    ]);
    for (source, by) in [(user(), "Bearer hushgranted"), (service_account(), "Bearer ey")] {
        let source: Value = serde_json::from_str(&source).unwrap();
        let content = json!({
            "type": "impersonated_service_account", "source_credentials": source, "delegates": [],
            "service_account_impersonation_url": format!("{}/act", machine.fake.url),
        });
        let file = machine.write("acting.json", &content.to_string());
        let (ran, _) = led(&machine, &["plan"], &[("GOOGLE_APPLICATION_CREDENTIALS", &file)]);
        assert!(ran.exit == 0 && ran.stdout.contains("no state at gs://states/p/"), "{ran:?}");
        let asked = machine.fake.asked();
        let acting = asked.iter().rfind(|asked| asked.what == act).unwrap();
        assert!(acting.headers["authorization"].starts_with(by), "{acting:?}");
        assert!(!acting.body.contains("delegates"), "{acting:?}");
    }
}

#[test]
fn a_sign_in_that_is_not_taken_is_told_with_the_way_out_and_no_call_is_made() {
    let revoked = r#"{"error": "invalid_grant",
                      "error_description": "Token has been expired or revoked."}"#;
    let unknown = r#"{"error": "invalid_client",
                      "error_description": "The OAuth client was not found."}"#;
    let again = "gcloud auth application-default login";
    for (status, body, code, said, help, times) in [
        (400, revoked, "state-denied", "the credentials have expired", again, 1),
        (401, unknown, "state-denied", "status 401: invalid_client: The OAuth client", again, 1),
        (503, "<html>hush</html>", "state-unreachable", "at the moment", "try again later", 3),
        (200, "<html>hush</html>", "state-denied", "accounts.google.com is not JSON", again, 1),
        (200, r#"{"token": "hushother"}"#, "state-denied", "`access_token` is missing", again, 1),
    ] {
        let machine = Machine::new(&[(TOKENS, answer(status, body))]);
        machine.write(SIGNED_IN, &user());
        let key = [("CLERK_SECRET_KEY", KEY)];
        let (ran, led_to) = led(&machine, &["apply", "--yes"], &key);
        assert_eq!(ran.exit, 1, "{status} {ran:?}");
        let first = format!("error[{code}]: gs://states/p/clerk.state.json: ");
        assert!(ran.stderr.contains(&first), "{status} {ran:?}");
        assert!(ran.stderr.contains(said) && ran.stderr.contains(help), "{status} {ran:?}");
        // Neither the store nor Clerk was asked for anything, so no lease is left either.
        assert_eq!(led_to, vec!["accounts.google.com:443"; times], "{status}");
        assert!(machine.fake.asked().iter().all(|asked| asked.what == TOKENS), "{status}");
    }
}

#[test]
fn a_key_that_is_not_taken_is_told_by_what_is_wrong_with_it() {
    let hour_off = Answer {
        headers: [("date".to_owned(), "Fri, 02 Jan 2026 03:04:05 GMT".to_owned())].into(),
        ..answer(401, "Invalid Credentials")
    };
    let refused = answer(401, "Invalid Credentials");
    let whole: Value = serde_json::from_str(&service_account()).unwrap();
    let with = |name: &str, value: &str| {
        let mut content = whole.clone();
        content[name] = value.into();
        content.to_string()
    };
    let without = |name: &str| {
        let mut content = whole.clone();
        content.as_object_mut().unwrap().remove(name);
        content.to_string()
    };
    for (content, answered, said) in [
        (whole.to_string(), &refused, "the store does not accept these credentials: status 401"),
        (
            whole.to_string(),
            &hour_off,
            "the clock of this machine is too far from that of the store",
        ),
        (with("private_key", "hush"), &refused, "has no usable `private_key`"),
        (without("private_key"), &refused, "has no usable `private_key`"),
        (without("client_email"), &refused, "has no usable `client_email`"),
        (without("private_key_id"), &refused, "has no usable `private_key_id`"),
    ] {
        let machine = Machine::new(&[(OBJECT, answered.clone())]);
        let file = machine.write("key.json", &content);
        let (ran, _) = led(&machine, &["plan"], &[("GOOGLE_APPLICATION_CREDENTIALS", &file)]);
        assert!(ran.exit == 1 && ran.stderr.contains(said), "{said} {ran:?}");
        assert!(ran.stderr.contains("\n  help: "), "{ran:?}");
    }
}
