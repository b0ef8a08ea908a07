//! What leaves the machine, and where to: the key in one header of one host, the version of the API
//! beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use support::fake::{Answer, Asked, Fake, Fault, Script};
use support::place::Place;
use support::program::{KEY, Ran, run};

#[test]
fn the_key_travels_in_one_header_and_nowhere_else() {
    let place = Place::new(Script::new());
    let ran = place.run(&["apply", "--yes", "-v"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    for asked in place.fake.asked() {
        assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
        assert!(!asked.what.contains(KEY) && !asked.body.contains(KEY));
    }
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY));
    for file in fs::read_dir(place.folder.path()).unwrap() {
        let path = file.unwrap().path();
        assert!(!fs::read_to_string(&path).unwrap().contains(KEY), "{}", path.display());
    }
}

#[test]
fn every_request_names_the_version_of_the_api_that_the_program_knows_or_is_told() {
    let version = |words: &[&str]| {
        let place = Place::new(Script::new());
        // In the vendor's own libraries this variable is the version in the path.
        let ran = run(place.command(words).env("CLERK_API_VERSION", "v1"));
        assert_eq!(ran.exit, 0, "{ran:?}");
        let asked = place.fake.asked();
        assert_eq!(asked.len(), 4);
        let versions = asked.iter().map(|asked| asked.headers["clerk-api-version"].clone());
        let mut versions: Vec<String> = versions.collect();
        versions.dedup();
        versions
    };
    assert_eq!(version(&["apply", "--yes"]), [clerkform::catalog::API_VERSION]);
    assert_eq!(version(&["apply", "--yes", "--api-version", "2025-11-10"]), ["2025-11-10"]);

    let place = Place::new(Script::new());
    let ran = place.run(&["apply", "--yes", "--api-version", "v1 x"]);
    assert_eq!(ran.exit, 64, "{ran:?}");
    assert!(place.fake.asked().is_empty());
}

/// What `drift --frontend` says with a front end that answers like this, and what reached it.
fn drift_with_a_front_end(answer: Answer) -> (Ran, Vec<Asked>) {
    let front = Fake::start(Script::from([("GET /v1/environment".to_owned(), vec![answer])]));
    let domains = json!({"data": [{"is_satellite": false, "frontend_api_url": front.url}]});
    let service = |body: Value| vec![Answer { status: 200, body: Some(body), ..Answer::default() }];
    let place = Place::new(Script::from([
        ("GET /v1/domains".to_owned(), service(domains)),
        (
            "PATCH /v1/instance/restrictions".to_owned(),
            service(json!({"object": "instance_restrictions", "blocklist": true})),
        ),
    ]));
    let file = "instance: {hibp: true}\nrestrictions: {blocklist: true}\n";
    fs::write(place.folder.path().join("clerk.yaml"), file).unwrap();
    let ran = place.run(&["drift", "--frontend", "-v"]);
    (ran, front.asked())
}

#[test]
fn a_front_end_is_told_nothing_that_is_secret_and_is_believed_as_a_hint() {
    let body = json!({
        "display_config": {"instance_environment_type": "development"},
        "user_settings": {"password_settings": {"disable_hibp": true}},
    });
    let (ran, asked) =
        drift_with_a_front_end(Answer { status: 200, body: Some(body), ..Answer::default() });
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.stdout.contains("hibp: live false, file true"), "{}", ran.stdout);
    assert!(ran.stdout.contains("hint"), "{}", ran.stdout);
    assert_eq!(asked.len(), 1);
    assert!(!format!("{asked:?}").contains(KEY));
    assert!(!asked[0].headers.contains_key("authorization"), "{asked:?}");
    assert!(!asked[0].headers.contains_key("clerk-api-version"), "{asked:?}");
}

#[test]
fn a_hostile_front_end_gets_no_key_and_changes_nothing_that_is_known() {
    let elsewhere = Fake::start(Script::new());
    let to = format!("{}/v1/environment", elsewhere.url);
    let redirect = |status| Answer {
        status,
        headers: [("location".to_owned(), to.clone())].into(),
        ..Answer::default()
    };
    let text =
        |text: &str| Answer { status: 200, text: Some(text.to_owned()), ..Answer::default() };
    let fault = |fault| Answer { fault: Some(fault), ..text(r#"{"display_config": {}}"#) };
    let production = r#"{"display_config":{"instance_environment_type":"production"}}"#;
    for (answer, why) in [
        (redirect(302), "a redirect, which was not followed"),
        (redirect(307), "a redirect, which was not followed"),
        (text("garbage"), "its answer is not a JSON object"),
        (text(""), "its answer is not a JSON object"),
        (text("[1]"), "its answer is not a JSON object"),
        (text("{}"), "the answer does not describe an instance"),
        (text(production), "it shows an instance that is not for development"),
        (fault(Fault::HugeBody), "its answer is larger than 1 MiB"),
        (fault(Fault::CutAfter), "was lost before it answered"),
        (fault(Fault::HalfBody), "its answer was cut off"),
    ] {
        let (ran, asked) = drift_with_a_front_end(answer);
        assert_eq!(ran.exit, 0, "{why}: {ran:?}");
        assert!(ran.stdout.contains(why), "{why}: {}", ran.stdout);
        assert!(ran.stdout.contains("instance.hibp"), "{why}: {}", ran.stdout);
        assert!(!format!("{asked:?} {ran:?}").contains(KEY), "{asked:?}");
        assert_eq!(asked.len(), 1, "a hint is asked for once");
    }
    assert!(elsewhere.asked().is_empty());
}

/// The certificate of an authority that signs nothing.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/root.pem");

/// An address that is no name of this machine, leads nowhere else, and has nobody listening.
const NOBODY: &str = "https://0.0.0.0:9";

/// A proxy that asks for a password, and how often it was asked.
fn proxy() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
            let _ = stream.write_all(answer);
        }
    });
    (port, asked)
}

/// The program, to apply to a service at a URL with this environment and no other network's.
fn to(place: &Place, url: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = place.command(&["apply", "--yes"]);
    for name in ["HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR", "REQUEST_METHOD"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env("CLERK_API_URL", url).env("SSL_CERT_FILE", ROOT).envs(variables.iter().copied());
    command
}

#[test]
fn a_proxy_that_asks_for_a_password_is_asked_once() {
    let (port, asked) = proxy();
    let place = Place::new(Script::new());
    let url = format!("http://user:hush@127.0.0.1:{port}");
    let ran = run(&mut to(&place, "https://clerk.invalid", &[("HTTPS_PROXY", &url)]));
    assert_eq!((ran.exit, asked.load(Ordering::SeqCst)), (1, 1), "{ran:?}");
    assert!(ran.stderr.contains("`HTTPS_PROXY`") && ran.stderr.contains("407"), "{ran:?}");
    assert!(!format!("{ran:?}").contains("hush"), "{ran:?}");
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_and_nothing_is_tried_without_it() {
    for (url, said) in [
        ("http://user:hu#sh@127.0.0.1:PORT", "is not valid"),
        ("http://user:12/hush@127.0.0.1:PORT", "is not valid"),
        ("http://user:hu?sh@127.0.0.1:PORT", "is not valid"),
        ("http://user:hu sh@127.0.0.1:PORT", "is not valid"),
        ("socks5://user:hush@127.0.0.1:PORT", "`socks5`"),
    ] {
        let (port, asked) = proxy();
        let place = Place::new(Script::new());
        let url = url.replace("PORT", &port.to_string());
        let ran = run(&mut to(&place, "https://clerk.invalid", &[("ALL_PROXY", &url)]));
        assert_eq!((ran.exit, asked.load(Ordering::SeqCst)), (1, 0), "{ran:?}");
        assert!(ran.stderr.contains("`ALL_PROXY`") && ran.stderr.contains(said), "{ran:?}");
        assert!(!format!("{ran:?}").contains("hu"), "{ran:?}");
    }
}

#[test]
fn a_proxy_that_is_not_used_is_not_named() {
    let place = Place::new(Script::new());
    for variables in [
        &[("HTTPS_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "0.0.0.0")][..],
        &[("HTTPS_PROXY", "http://u:a#b@127.0.0.1:9"), ("no_proxy", "0.0.0.0/8")],
        &[("HTTP_PROXY", "http://127.0.0.1:9")],
    ] {
        let mut command = to(&place, NOBODY, variables);
        let ran = run(command.args(["--retry-timeout", "0"]));
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(ran.stderr.contains("cannot connect to 0.0.0.0:9"), "{ran:?}");
        assert!(!ran.stderr.contains("PROXY"), "{ran:?}");
    }
    let mut command = to(&place, NOBODY, &[("HTTPS_PROXY", "http://127.0.0.1:9")]);
    let ran = run(command.args(["--retry-timeout", "0"]));
    assert!(ran.stderr.contains("(`HTTPS_PROXY` names a proxy)"), "{ran:?}");
}

#[test]
fn certificates_that_cannot_be_read_are_named() {
    let place = Place::new(Script::new());
    fs::write(place.path("der.crt"), b"\x30\x82\x01\x00").unwrap();
    for (file, said) in [
        ("gone.pem", "`SSL_CERT_FILE` names `gone.pem`, which cannot be read"),
        ("der.crt", "`SSL_CERT_FILE` names `der.crt`, which is in DER form"),
        (".", "`SSL_CERT_FILE` names `.`, which is a folder"),
        ("", "`SSL_CERT_FILE` is set to nothing"),
    ] {
        let ran = run(&mut to(&place, NOBODY, &[("SSL_CERT_FILE", file)]));
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {ran:?}");
        assert!(!ran.stderr.contains("ca-certificates"), "{ran:?}");
    }
}
