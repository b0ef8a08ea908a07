//! What keeps a state from being read or written: told with the place and a way out, and no call made.

use crate::address;
use crate::place::Stored;
use crate::support::object_servers::Kind;
use crate::support::proxy::{Fault, Proxy, Reply, Request};

/// A store that writes whatever the conditions are cannot keep two runs apart.
pub fn unsafe_store() {
    let stored = Stored::new(Kind::Unsafe);
    let ran = stored.run(&["apply", "--yes", "--output-format", "json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stdout.contains("ignores the conditions of a write"), "{ran:?}");
    assert!(ran.stdout.contains("\"code\": \"state-unsafe\""), "{ran:?}");
    assert_eq!(
        stored.place.fake.asked().iter().filter(|it| it.what.starts_with("PATCH")).count(),
        0
    );
    // What was written is nothing false, and holds nobody up.
    if let Some(state) = stored.parsed() {
        assert!(state.applied.is_empty() && state.in_flight.is_none(), "{state:?}");
    }
    // Nor does a state move there, however often that is tried: what the first try has left is the same.
    let stored = Stored::new(Kind::Unsafe);
    let beside = stored.place.path("clerk.state.json");
    stored.succeeds(&["state", "adopt", "--state", "clerk.state.json"]);
    for _ in 0..2 {
        let ran = stored.run(&["state", "move", "beside", &stored.state]);
        assert!(ran.exit == 1 && ran.stderr.starts_with("error[state-unsafe]: "), "{ran:?}");
        assert!(beside.exists() && stored.document().is_some(), "{ran:?}");
    }
}

/// One that does not say which version of an object it has cannot either. It is found out by the first
/// write, which holds nobody up; not even where the store is mended later.
pub fn store_without_versions() {
    fn without_tags(
        request: &Request,
        direct: &dyn Fn(&Request) -> Option<Reply>,
    ) -> Option<Reply> {
        let mut reply = direct(request)?;
        reply.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("etag"));
        Some(reply)
    }
    let stored = Stored::new(Kind::S3);
    let proxy = Proxy::start(&address(Kind::S3), Some(without_tags));
    let state = stored.state.replace(&stored.proxy.url, &proxy.url);
    let stored = Stored { proxy, state, ..stored };
    let ran = stored.run(&["apply", "--yes"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stdout.contains("the store does not tell versions of an object apart"), "{ran:?}");
    let left = stored.parsed().unwrap();
    assert!(left.applied.is_empty() && left.in_flight.is_none(), "{left:?}");
    // One that is there already is refused when it is read.
    for words in [&["plan"][..], &["apply", "--yes"], &["state", "adopt"]] {
        let ran = stored.run(words);
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(ran.stderr.starts_with("error[state-unsafe]: "), "{ran:?}");
    }
    assert_eq!(sent(&stored), 0);
}

/// A hold by a clock of the store that was set back since.
pub fn clock_set_back() {
    let stored = Stored::new(Kind::S3);
    stored.succeeds(&["state", "adopt"]);
    let mut held = stored.document().unwrap();
    held["in_flight"] = serde_json::json!({
        "run": "r", "by": "7 on another.host", "lease_until": "9999-12-31T23:59:59Z",
        "calls": [{"section": "restrictions", "body": {"blocklist": true}}],
    });
    stored.raw.put(&stored.key, held.to_string().as_bytes());
    for words in [&["apply", "--yes"][..], &["state", "unlock"]] {
        let ran = stored.run(words);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(said.contains("the store's clock is ") && said.contains(" days behind"), "{ran:?}");
        assert!(said.contains("`clerkform state unlock --yes`"), "{ran:?}");
    }
    stored.succeeds(&["state", "unlock", "--yes"]);
    let left = stored.parsed().unwrap();
    assert!(left.in_flight.is_none() && left.uncertain.contains_key("restrictions"), "{left:?}");
    assert_eq!(sent(&stored), 0);

    // A run that may be alive is left alone.
    let until = clerkform::state::time_of(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() + 100,
    );
    held["in_flight"]["lease_until"] = until.into();
    stored.raw.put(&stored.key, held.to_string().as_bytes());
    assert_eq!(stored.run(&["state", "unlock", "--yes"]).exit, 75);
}

/// A fault of each read or write, and what is said of it.
type Refusal = (usize, Fault, &'static str, &'static str);

/// What other programs say of a page that they do not have.
const NOT_OF_A_STORE: [&str; 4] =
    ["", "Not Found\n", r#"{"error": "not found"}"#, r#"{"message": "no such route"}"#];

pub fn told(kind: Kind) {
    let denied = match kind {
        Kind::Azure => "AuthorizationPermissionMismatch",
        _ => "AccessDenied",
    };
    let expired = match kind {
        Kind::Azure => (403, "AuthenticationFailed"),
        Kind::Google => (401, "AuthenticationRequired"),
        _ => (400, "ExpiredToken"),
    };
    let bucket = match kind {
        Kind::Azure => "ContainerNotFound",
        _ => "NoSuchBucket",
    };
    let mut cases: Vec<Refusal> = vec![
        (1, Fault::Refused(403, denied), "state-denied", "may not read"),
        (2, Fault::Refused(403, denied), "state-denied", "may not write"),
        (1, Fault::Refused(expired.0, expired.1), "state-denied", "credentials"),
        (1, Fault::Refused(404, bucket), "state-no-store", "there is no such"),
    ];
    // What is not there only the store itself says.
    cases.extend(NOT_OF_A_STORE.map(|words| {
        (1, Fault::Misled(words), "state-unreachable", "answer is not understood: status 404")
    }));
    if kind == Kind::S3 {
        cases.extend([
            (1, Fault::Refused(301, "PermanentRedirect"), "state-no-store", "another region"),
            (
                1,
                Fault::Refused(400, "AuthorizationHeaderMalformed"),
                "state-no-store",
                "another region",
            ),
            (1, Fault::Refused(403, "RequestTimeTooSkewed"), "state-denied", "clock"),
            (2, Fault::Refused(403, "RequestTimeTooSkewed"), "state-denied", "clock"),
        ]);
    }
    for (nth, fault, code, words) in cases {
        let stored = Stored::new(kind);
        stored.proxy.fail_request(nth, fault);
        let ran = stored.run(&["apply", "--yes"]);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.exit, 1, "{fault:?} {ran:?}");
        assert!(said.contains(words) && said.contains(&stored.key), "{fault:?} {ran:?}");
        assert!(nth > 1 || ran.stderr.starts_with(&format!("error[{code}]")), "{fault:?} {ran:?}");
        assert!(nth > 1 || ran.stderr.contains("\n  help: "), "{fault:?} {ran:?}");
        assert_eq!(sent(&stored), 0, "{fault:?} {ran:?}");
        assert_eq!(stored.raw.get(&stored.key), None, "{fault:?}");
    }
}

/// What is not there, or not to be reached: nothing made up.
pub fn missing(kind: Kind) {
    for code in ["state-no-store", "state-unreachable"] {
        let stored = Stored::new(kind);
        let state = match code {
            "state-no-store" => stored.state.replace("://states/", "://missing/"),
            _ => stored.state.replace(&stored.proxy.url, "http://127.0.0.1:1"),
        };
        for words in [&["plan"][..], &["apply", "--yes"]] {
            let ran = stored.run(&[words, &["--state", &state]].concat());
            assert_eq!(ran.exit, 1, "{ran:?}");
            assert!(ran.stderr.starts_with(&format!("error[{code}]: ")), "{ran:?}");
            assert!(ran.stderr.contains("\n  help: "), "{ran:?}");
        }
        assert_eq!(sent(&stored), 0);
    }
}

fn sent(stored: &Stored) -> usize {
    stored.place.fake.asked().iter().filter(|it| it.what.starts_with("PATCH")).count()
}

pub fn foreign_state() {
    let stored = Stored::new(Kind::S3);
    stored.succeeds(&["apply", "--yes"]);
    stored.succeeds(&["state", "forget", "restrictions"]);
    let before = sent(&stored);
    let mut other = stored.document().unwrap();
    other["environment"] = "staging".into();
    let large = vec![b' '; 17 * 1024 * 1024];
    for (bytes, code) in [
        (&large[..], "state-too-large"),
        (b"a diary\n", "state-damaged"),
        (b"{\"format_version\": 9}", "state-newer"),
        (other.to_string().as_bytes(), "state-mismatch"),
    ] {
        stored.raw.put(&stored.key, bytes);
        for words in [&["plan"][..], &["apply", "--yes"], &["state", "adopt"]] {
            let ran = stored.run(words);
            assert_eq!(ran.exit, 1, "{ran:?}");
            assert!(ran.stderr.starts_with(&format!("error[{code}]: ")), "{ran:?}");
            assert!(ran.stderr.contains(&stored.key), "{ran:?}");
        }
        assert!(stored.raw.get(&stored.key).as_deref() == Some(bytes), "{code}");
    }
    assert_eq!(sent(&stored), before);

    // Credentials in the clear, to another machine, are never sent.
    let state = "s3://states/?endpoint=http://store.example.com";
    let ran = stored.run(&["apply", "--yes", "--state", state]);
    assert!(ran.exit == 1 && ran.stderr.starts_with("error[state-location]"), "{ran:?}");
}
