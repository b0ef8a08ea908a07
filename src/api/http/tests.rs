//! The client against a service that misbehaves.

use std::net::Ipv4Addr;

use serde_json::json;

use super::*;
use crate::network::fake::{Act, Fake, answer};

const PATH: &str = "/v1/instance";

fn service(url: &str) -> HttpService {
    let connections = Connections::new(BaseUrl::parse(url).unwrap());
    HttpService::new(Arc::new(connections), SecretKey::parse("sk_test_hush").unwrap())
}

fn get() -> Request {
    Request::Get { path: PATH }
}

fn patch() -> Request {
    let body = json!({"hibp": true, "support_email": "ä@example.com"});
    Request::Patch { path: PATH, body: body.as_object().unwrap().clone() }
}

async fn first_reply(act: Act) -> Result<Reply, NoReply> {
    let fake = Fake::start([act]);
    service(&fake.url()).send(&patch()).await
}

#[tokio::test]
async fn a_request_says_what_it_must_and_no_more() {
    let fake = Fake::start([
        Act::Answer("HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
        Act::Answer(answer("200 OK", "", "{}")),
    ]);
    let service = service(&format!("{}/v1/", fake.url()));
    let accepted = service.send(&patch()).await.unwrap();
    assert_eq!(
        accepted,
        Reply { status: 204, retry_after: None, ray: None, body: Body::Whole(Vec::new()) }
    );
    let read = service.send(&get()).await.unwrap();
    assert_eq!(read.body, Body::Whole(b"{}".to_vec()));

    let requests = fake.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("PATCH /v1/instance HTTP/1.1\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    for line in [
        "authorization: bearer sk_test_hush",
        "content-type: application/json",
        concat!("user-agent: clerkform/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(head.lines().any(|found| found == line), "{line} is not in {head}");
    }
    assert_eq!(body, r#"{"hibp":true,"support_email":"ä@example.com"}"#);
    assert!(requests[1].starts_with("GET /v1/instance HTTP/1.1\r\n"));
    assert!(!requests[1].to_ascii_lowercase().contains("content-type"));
}

#[tokio::test]
async fn retry_after_is_whole_seconds() {
    let table = [
        ("7", Some(7)),
        ("0", Some(0)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("+7", None),
        ("-1", None),
        ("1.5", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ];
    for (text, seconds) in table {
        let head = format!("Retry-After: {text}\r\n");
        let act = Act::AnswerAndClose(answer("429 Too Many Requests", &head, ""));
        let reply = first_reply(act).await.unwrap();
        assert_eq!(reply.retry_after, seconds.map(Duration::from_secs), "{text}");
    }
}

#[tokio::test]
async fn the_number_of_the_network_comes_with_the_answer() {
    let act = |head: &str| Act::AnswerAndClose(answer("502 Bad Gateway", head, ""));
    let reply = first_reply(act("CF-Ray: 8a1b-FRA\r\n")).await.unwrap();
    assert_eq!(reply.ray.as_deref(), Some("8a1b-FRA"));
    assert_eq!(first_reply(act("")).await.unwrap().ray, None);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let fake = Fake::start([
        Act::Answer(answer("307 Temporary Redirect", "Location: /v1/elsewhere\r\n", "")),
        Act::Answer(answer("200 OK", "", "")),
    ]);
    let reply = service(&fake.url()).send(&get()).await.unwrap();
    assert_eq!(reply.status, 307);
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_cut_connection_may_have_carried_the_request() {
    for act in [
        Act::CutUnread,
        Act::CutRead,
        Act::AnswerAndClose("HTTP/1.1 200".to_owned()),
        Act::AnswerAndClose("\u{1}\u{2}garbage\r\n\r\n".to_owned()),
    ] {
        let reply = first_reply(act).await;
        let Err(NoReply::Lost(message)) = reply else { panic!("{reply:?}") };
        assert!(message.starts_with("the connection to 127.0.0.1:"), "{message}");
        assert!(!message.contains("http://") && !message.contains("hush"), "{message}");
    }
}

#[tokio::test]
async fn nobody_listens_so_nothing_was_sent() {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let reply = service(&url).send(&patch()).await;
    let Err(NoReply::NotSent(message)) = reply else { panic!("{reply:?}") };
    assert!(message.contains("refused"), "{message}");
}

#[tokio::test]
async fn a_host_that_speaks_no_tls_gets_no_request() {
    let fake = Fake::start([Act::CutUnread]);
    let reply = service(&fake.url().replace("http://", "https://")).send(&patch()).await;
    // A machine without root certificates cannot even begin.
    assert!(matches!(reply, Err(NoReply::NotSent(_) | NoReply::Impossible(_))), "{reply:?}");
}

#[tokio::test]
async fn half_a_body_is_a_broken_one() {
    for bytes in [
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"object\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"obj",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    ] {
        let reply = first_reply(Act::AnswerAndClose(bytes.to_owned())).await.unwrap();
        assert_eq!((reply.status, reply.body), (200, Body::Broken), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_left_after_a_mebibyte() {
    let fake = Fake::start([Act::Flood(60_000_000)]);
    let reply = service(&fake.url()).send(&get()).await.unwrap();
    assert_eq!((reply.status, reply.body), (200, Body::TooLarge));
    assert!(*fake.taken.lock().unwrap() < 30_000_000);
}

#[tokio::test]
async fn a_body_that_promises_to_be_huge_is_not_read() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n".to_owned();
    let reply = first_reply(Act::Answer(head)).await.unwrap();
    assert_eq!(reply.body, Body::TooLarge);
}

#[tokio::test]
async fn a_body_of_exactly_a_mebibyte_is_read() {
    let body = "x".repeat(BODY_LIMIT);
    let reply = first_reply(Act::Answer(answer("200 OK", "", &body))).await.unwrap();
    assert_eq!(reply.body, Body::Whole(body.into_bytes()));
}

#[tokio::test]
async fn a_packed_body_is_not_unpacked() {
    let head = "Content-Encoding: gzip\r\n";
    let reply = first_reply(Act::Answer(answer("200 OK", head, "bomb"))).await.unwrap();
    assert_eq!(reply.body, Body::Whole(b"bomb".to_vec()));
}

#[tokio::test]
async fn a_service_that_never_answers_is_given_up() {
    let fake = Fake::start([Act::Silence]);
    let service = service(&fake.url());
    let request = patch();
    let mut sending = service.send(&request);
    tokio::select! {
        reply = &mut sending => panic!("{reply:?}"),
        () = fake.has_read.notified() => tokio::time::pause(),
    }
    let reply = sending.await;
    let Err(NoReply::Lost(message)) = reply else { panic!("{reply:?}") };
    assert!(message.ends_with("within 30 seconds"), "{message}");
}

#[tokio::test]
async fn a_connection_that_the_service_closed_meanwhile_is_replaced() {
    let fake = Fake::start([
        Act::AnswerAndClose(answer("200 OK", "", "1")),
        Act::AnswerAndClose(answer("200 OK", "", "2")),
    ]);
    let service = service(&fake.url());
    assert_eq!(service.send(&get()).await.unwrap().body, Body::Whole(b"1".to_vec()));
    // Whether the close was noticed in time or not, it costs at most one lost try.
    let second = match service.send(&get()).await {
        Err(NoReply::Lost(_)) => service.send(&get()).await,
        other => other,
    };
    assert_eq!(second.unwrap().body, Body::Whole(b"2".to_vec()));
}

#[tokio::test]
async fn targets_share_their_connections() {
    let fake = Fake::start([
        Act::Answer(answer("200 OK", "", "1")),
        Act::Answer(answer("200 OK", "", "2")),
    ]);
    let connections = Arc::new(Connections::new(BaseUrl::parse(&fake.url()).unwrap()));
    // The fake serves one connection at a time, so a second one would wait for ever.
    for (key, body) in [("sk_test_a", "1"), ("sk_live_b", "2")] {
        let key = SecretKey::parse(key).unwrap();
        let service = HttpService::new(Arc::clone(&connections), key);
        assert_eq!(service.send(&get()).await.unwrap().body, Body::Whole(body.into()));
    }
}

#[test]
fn debugging_output_does_not_show_the_key() {
    assert!(!format!("{:?}", service("https://api.clerk.com")).contains("hush"));
}
