//! One object of a store that answers by script.

use std::sync::Arc;

use object_store::StaticCredentialProvider;
use object_store::aws::{AmazonS3Builder, Checksum};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};

use super::*;
use crate::network::fake::{Act, Fake, answer};
use crate::store::object_url::ObjectUrl;
use exchange::Exchange;

/// The heads of an answer about an object.
const OBJECT: &str = "Date: Thu, 01 Jan 1970 00:16:40 GMT\r\nETag: \"a1\"\r\n\
                      Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\n";

/// What a store says that was not to write.
const NOT_WRITTEN: &str = "<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>";

/// What a store says that has no such object.
const NO_STATE: &str = "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>";

fn register(fake: &Fake, host: StoreHost) -> ObjectRegister {
    let store = AmazonS3Builder::new()
        .with_bucket_name("bucket")
        .with_endpoint(fake.url())
        .with_access_key_id("AKIATEST")
        .with_secret_access_key("hush")
        .with_token("hushtoken")
        .with_retry(environment::once())
        .with_checksum_algorithm(Checksum::SHA256)
        .with_http_connector(Exchange::default());
    over(Platform::S3, Box::new(store.build().unwrap()), host)
}

fn over(platform: Platform, store: Box<dyn ObjectStore>, host: StoreHost) -> ObjectRegister {
    let url = ObjectUrl::parse(platform, "bucket/p/").unwrap();
    let opened = OpenBucket { store, source: "a test".to_owned(), host };
    ObjectRegister::new(Rc::new(Bucket::ready(url, opened)), "a b/c.json", "s3://bucket/p/a")
}

fn says(status: &str, body: &str) -> Act {
    Act::Answer(answer(status, OBJECT, body))
}

#[tokio::test]
async fn a_state_is_read_with_its_version_and_the_clock_of_the_store() {
    let fake = Fake::start([says("200 OK", "{}"), says("404 Not Found", NO_STATE)]);
    let register = register(&fake, StoreHost::Platform);
    let snapshot = register.read().await.unwrap();
    let kept = KeptBytes { bytes: b"{}".to_vec(), version: Version("\"a1\"".to_owned()) };
    assert_eq!(snapshot.kept, Some(kept));
    let now = snapshot.clock.now();
    assert!(now.earliest >= 1000 && now.latest > now.earliest && now.latest < 1040, "{now:?}");
    let missing = register.read().await.unwrap();
    assert!(missing.kept.is_none() && missing.clock.now().earliest >= 1000);

    let requests = fake.requests();
    assert!(requests[0].starts_with("GET /bucket/p/a%20b/c.json HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[0].contains("AWS4-HMAC-SHA256 Credential=AKIATEST/"), "{requests:?}");
}

#[tokio::test]
async fn what_must_not_be_read_is_not_missing_and_an_answer_repeats_no_secret() {
    let echo = "<Error><Code>AccessDenied</Code><Message>hushtoken may not</Message></Error>";
    let fake = Fake::start([says("403 Forbidden", echo)]);
    let error = register(&fake, StoreHost::Platform).read().await.unwrap_err();
    let StoreError::Object { fault: ObjectFault::Unreadable, .. } = error else {
        panic!("{error:?}")
    };
    assert!(error.to_string().ends_with(": status 403: AccessDenied: *** may not"), "{error}");
}

#[tokio::test]
async fn an_answer_of_something_else_is_neither_a_state_nor_none() {
    for body in ["", "Not Found", r#"{"error": "not found"}"#, "<html>no</html>"] {
        let fake = Fake::start([says("404 Not Found", body)]);
        let error = register(&fake, StoreHost::Custom).read().await.unwrap_err();
        let StoreError::Object { fault: ObjectFault::Unexpected, .. } = error else {
            panic!("{body}: {error:?}")
        };
    }
    // One that breaks off says nothing yet.
    let head = "HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\n<Error><Code>NoSu";
    let fake = Fake::start([Act::AnswerAndClose(head.to_owned()), says("200 OK", "{}")]);
    assert!(register(&fake, StoreHost::Platform).read().await.unwrap().kept.is_some());
    assert_eq!(fake.requests().len(), 2);
}

#[test]
fn nothing_shows_what_requests_are_signed_with() {
    let fake = Fake::start([]);
    let shown = format!("{:?}", register(&fake, StoreHost::Platform));
    assert!(shown.contains("source: \"a test\"") && !shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn an_object_that_is_larger_than_any_state_is_not_read() {
    let head = "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 16777217\r\n\r\n";
    for act in [Act::AnswerAndClose(head.to_owned()), Act::Flood(64 * 1024 * 1024)] {
        let fake = Fake::start([act]);
        let error = register(&fake, StoreHost::Platform).read().await.unwrap_err();
        assert!(matches!(error, StoreError::TooLarge { .. }), "{error:?}");
        assert!(*fake.taken.lock().unwrap() < 32 * 1024 * 1024);
    }
}

#[tokio::test]
async fn a_read_that_failed_is_tried_again_and_one_that_was_refused_is_not() {
    let fake = Fake::start([Act::CutRead, says("503 Slow Down", ""), says("200 OK", "{}")]);
    assert!(register(&fake, StoreHost::Platform).read().await.unwrap().kept.is_some());
    assert_eq!(fake.requests().len(), 3);
}

#[tokio::test]
async fn a_write_depends_on_what_was_read() {
    let fake = Fake::start([says("200 OK", ""), says("200 OK", "")]);
    let register = register(&fake, StoreHost::Platform);
    let first = register.write(b"{}", None).await.unwrap();
    assert_eq!(first, Version("\"a1\"".to_owned()));
    register.write(b"{}", Some(&first)).await.unwrap();
    let requests: Vec<String> = fake.requests().iter().map(|it| it.to_lowercase()).collect();
    assert!(requests[0].starts_with("put /bucket/p/a%20b/c.json http/1.1\r\n"), "{requests:?}");
    assert!(requests[0].contains("\r\nif-none-match: *\r\n"), "{requests:?}");
    assert!(requests[1].contains("\r\nif-match: \"a1\"\r\n"), "{requests:?}");
    for request in requests {
        assert!(request.contains("\r\nx-amz-checksum-sha256: "), "{request}");
        assert!(request.contains("\r\ncontent-type: application/json\r\n"), "{request}");
    }
}

#[tokio::test]
async fn google_counts_generations_and_azure_compares_tags() {
    let generation = format!("{OBJECT}x-goog-generation: 17\r\n");
    let told = || Act::Answer(answer("200 OK", &generation, "{}"));
    let fake = Fake::start([told(), told(), told()]);
    let bearer = GcpCredential { bearer: "hushbearer".to_owned() };
    let store = GoogleCloudStorageBuilder::new()
        .with_bucket_name("bucket")
        .with_base_url(&fake.url())
        .with_credentials(Arc::new(StaticCredentialProvider::new(bearer)))
        .with_retry(environment::once())
        .with_http_connector(Exchange::default());
    let store = Box::new(store.build().unwrap());
    let google = over(Platform::Google, store, StoreHost::Platform);
    let version = google.read().await.unwrap().kept.unwrap().version;
    assert_eq!(version, Version("17".to_owned()));
    google.write(b"{}", None).await.unwrap();
    google.write(b"{}", Some(&version)).await.unwrap();
    let requests = fake.requests();
    assert!(requests[1].contains("x-goog-if-generation-match: 0\r\n"), "{requests:?}");
    assert!(requests[2].contains("x-goog-if-generation-match: 17\r\n"), "{requests:?}");

    let fake = Fake::start([says("201 Created", ""), says("201 Created", "")]);
    let store = MicrosoftAzureBuilder::new()
        .with_container_name("bucket")
        .with_account("acme")
        .with_endpoint(format!("{}/acme", fake.url()))
        .with_access_key("aHVzaA==")
        .with_retry(environment::once())
        .with_http_connector(Exchange::default());
    let store = Box::new(store.build().unwrap());
    let azure = over(Platform::Azure, store, StoreHost::Platform);
    let version = azure.write(b"{}", None).await.unwrap();
    azure.write(b"{}", Some(&version)).await.unwrap();
    let requests: Vec<String> = fake.requests().iter().map(|it| it.to_lowercase()).collect();
    assert!(requests[0].starts_with("put /acme/bucket/p/a%20b/c.json http/1.1"), "{requests:?}");
    assert!(requests[0].contains("\r\nif-none-match: *\r\n"), "{requests:?}");
    assert!(requests[1].contains("\r\nif-match: \"a1\"\r\n"), "{requests:?}");
}

#[tokio::test]
async fn a_write_that_may_have_been_done_is_told_apart_from_one_that_was_refused() {
    for (act, is_unclear) in [
        (Act::CutRead, true),
        (says("412 Precondition Failed", NOT_WRITTEN), true),
        (says("409 Conflict", ""), true),
        (says("500 Internal Server Error", ""), true),
        (says("408 Request Timeout", ""), true),
        (Act::Answer(answer("200 OK", "", "")), true),
        (says("403 Forbidden", ""), false),
        (says("400 Bad Request", ""), false),
    ] {
        let fake = Fake::start([act]);
        let problem = register(&fake, StoreHost::Platform).write(b"{}", None).await.unwrap_err();
        assert_eq!(matches!(problem, WriteProblem::Unclear(_)), is_unclear, "{problem:?}");
        assert_eq!(fake.requests().len(), 1, "{problem:?}");
    }
}

#[tokio::test]
async fn what_was_made_in_vain_is_written_over_whatever_is_there() {
    let fake = Fake::start([says("200 OK", "")]);
    register(&fake, StoreHost::Platform).disown(b"{}").await;
    let requests: Vec<String> = fake.requests().iter().map(|it| it.to_lowercase()).collect();
    assert!(requests[0].starts_with("put ") && !requests[0].contains("\r\nif-"), "{requests:?}");
}

#[tokio::test]
async fn a_store_is_trusted_once_it_has_refused_both_writes_that_it_must() {
    let no = || says("412 Precondition Failed", NOT_WRITTEN);
    let version = Version("1".to_owned());
    let first = Written { bytes: b"{}", version: &version, is_first: true };
    let fake = Fake::start([no(), no()]);
    let register_ = register(&fake, StoreHost::Custom);
    register_.prove(first).await.unwrap();
    let later = Written { is_first: false, ..first };
    register_.prove(later).await.unwrap();
    let requests: Vec<String> = fake.requests().iter().map(|it| it.to_lowercase()).collect();
    assert_eq!(requests.len(), 2);
    assert!(requests[0].contains("if-none-match: *"), "{requests:?}");
    assert!(requests[1].contains("if-match: \"0000"), "{requests:?}");

    // The platform's own stores are asked only when there was nothing before.
    let fake = Fake::start([no(), no()]);
    let register_ = register(&fake, StoreHost::Platform);
    register_.prove(later).await.unwrap();
    assert_eq!(fake.requests().len(), 0);
    register_.prove(first).await.unwrap();
    assert_eq!(fake.requests().len(), 2);

    for acts in [vec![says("200 OK", "")], vec![no(), says("200 OK", "")]] {
        let fake = Fake::start(acts);
        let error = register(&fake, StoreHost::Custom).prove(later).await.unwrap_err();
        let StoreError::Object { fault: ObjectFault::Unconditional, .. } = error else {
            panic!("{error:?}")
        };
    }
}
