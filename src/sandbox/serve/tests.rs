//! The served sandbox, over real HTTP on loopback.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;
use crate::api::{
    Answer, BaseUrl, Body, Connections, HttpService, Lookup, Request, RetryBudget, SecretKey,
    Service, Stop, look_up, read,
};

/// A sandbox that runs beside the test.
struct Running {
    address: SocketAddr,
    end: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeError>>,
}

impl Running {
    async fn start(options: ServeOptions) -> Self {
        let (ready, address) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let serving = tokio::spawn(serve(options, |address| ready.send(address).unwrap(), async {
            ended.await.unwrap_or_default();
        }));
        Self { address: address.await.unwrap(), end, serving }
    }

    fn service(&self, key: &str) -> HttpService {
        let base = BaseUrl::parse(&format!("http://{}", self.address)).unwrap();
        HttpService::new(Arc::new(Connections::new(base)), SecretKey::parse(key).unwrap())
    }

    async fn stop(self) {
        self.end.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }
}

fn patch(path: &'static str, body: &Value) -> Request {
    Request::Patch { path, body: body.as_object().unwrap().clone() }
}

async fn ask(service: &HttpService, request: &Request) -> (u16, Answer) {
    let reply = service.send(request).await.unwrap();
    (reply.status, read(&service.key().clone().into(), &reply))
}

async fn identify(service: &HttpService) -> Lookup {
    look_up(service, &service.key().clone().into(), &RetryBudget::default(), &Stop::never()).await
}

#[tokio::test]
async fn a_client_reads_changes_and_is_refused() {
    let sandbox = Running::start(ServeOptions::default()).await;
    let service = sandbox.service("sk_live_hush");
    let known = identify(&service).await;
    let Lookup::Known { environment_type, .. } = known else { panic!("{known:?}") };
    assert_eq!(environment_type, Some("production".to_owned()));

    let request = patch("/v1/instance", &json!({"hibp": false}));
    let reply = service.send(&request).await.unwrap();
    assert_eq!((reply.status, reply.body), (204, Body::Whole(Vec::new())));

    let request = patch("/v1/instance/restrictions", &json!({"allowlist": true}));
    let (status, answer) = ask(&service, &request).await;
    let Answer::Accepted { echo: Some(echo) } = answer else { panic!("{answer:?}") };
    assert_eq!((status, &echo["allowlist"]), (200, &json!(true)));

    let request = patch("/v1/instance", &json!({"support_email": "nobody"}));
    let (_, answer) = ask(&service, &request).await;
    let Answer::Refused(refusal) = answer else { panic!("{answer:?}") };
    assert_eq!((refusal.status, refusal.fields().next()), (422, Some("support_email")));
    assert!(refusal.trace_id.is_some());
    sandbox.stop().await;
}

/// What a `GET` without a key, or with the header that is given, is answered.
async fn get_without_key(address: SocketAddr, path: &str, header: &str) -> (String, Value) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{header}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn the_environment_is_public_at_the_url_that_the_domains_tell() {
    let sandbox = Running::start(ServeOptions::default()).await;
    for (key, allowlist) in [("sk_test_a", true), ("sk_live_b", false)] {
        let service = sandbox.service(key);
        let request = patch("/v1/instance/restrictions", &json!({"allowlist": allowlist}));
        ask(&service, &request).await;
        let (_, answer) = ask(&service, &Request::Get { path: "/v1/domains" }).await;
        let Answer::Accepted { echo: Some(domains) } = answer else { panic!("{answer:?}") };
        let url = domains["data"][0]["frontend_api_url"].as_str().unwrap();
        let path = url.strip_prefix(&format!("http://{}", sandbox.address)).unwrap();
        let path = format!("{path}/v1/environment");

        let (status, shown) = get_without_key(sandbox.address, &path, "").await;
        assert_eq!(status, "HTTP/1.1 200 OK");
        let restrictions = &shown["user_settings"]["restrictions"];
        assert_eq!(restrictions["allowlist"]["enabled"], allowlist, "{shown}");

        let header = format!("Authorization: Bearer {key}\r\n");
        let (status, refused) = get_without_key(sandbox.address, &path, &header).await;
        assert_eq!(status, "HTTP/1.1 400 Bad Request", "{refused}");
    }
    let (status, _) = get_without_key(sandbox.address, "/v1/environment", "").await;
    assert_eq!(status, "HTTP/1.1 404 Not Found");
    let (status, _) = get_without_key(sandbox.address, "/v1/domains", "").await;
    assert_eq!(status, "HTTP/1.1 401 Unauthorized");
    sandbox.stop().await;
}

#[tokio::test]
async fn a_file_of_an_earlier_sandbox_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.json");
    let instance = json!({
        "id": "ins_2abc",
        "environment_type": "development",
        "settings": {"instance": {"test_mode": false}, "restrictions": {"blocklist": true}},
    });
    let file = json!({
        "format_version": 1,
        "instances": {
            (crate::text::fingerprint("key sk_test_a")): instance,
        },
    });
    std::fs::write(&path, file.to_string()).unwrap();
    let options = ServeOptions { data: Some(path), ..ServeOptions::default() };
    let sandbox = Running::start(options).await;
    let service = sandbox.service("sk_test_a");
    let known = identify(&service).await;
    assert!(matches!(known, Lookup::Known { ref id, .. } if id == "ins_2abc"), "{known:?}");
    let request = patch("/v1/instance/restrictions", &json!({}));
    let (_, answer) = ask(&service, &request).await;
    let Answer::Accepted { echo: Some(echo) } = answer else { panic!("{answer:?}") };
    assert_eq!((&echo["allowlist"], &echo["blocklist"]), (&json!(false), &json!(true)));
    let (_, shown) = get_without_key(sandbox.address, "/v1/environment", "").await;
    assert_eq!(shown["auth_config"]["test_mode"], false);
    sandbox.stop().await;
}

#[tokio::test]
async fn instances_outlive_the_sandbox_in_its_file_and_keys_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.json");
    let options = ServeOptions { data: Some(path.clone()), ..ServeOptions::default() };
    let settings = "/v1/instance/organization_settings";

    let sandbox = Running::start(options.clone()).await;
    let service = sandbox.service("sk_test_hush");
    let before = identify(&service).await;
    assert!(!path.exists());
    ask(&service, &patch(settings, &json!({"enabled": true}))).await;
    sandbox.stop().await;
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.contains("enabled") && !kept.contains("hush"), "{kept}");

    let sandbox = Running::start(options.clone()).await;
    let service = sandbox.service("sk_test_hush");
    assert_eq!(identify(&service).await, before);
    let (_, answer) = ask(&service, &Request::Get { path: settings }).await;
    let Answer::Accepted { echo: Some(echo) } = answer else { panic!("{answer:?}") };
    assert_eq!(echo["enabled"], true);
    sandbox.stop().await;

    std::fs::write(&path, "damaged").unwrap();
    let error = serve(options, |_| (), std::future::ready(())).await.unwrap_err();
    assert!(error.to_string().contains("data.json"), "{error}");
}

#[tokio::test]
async fn a_limit_is_told_with_the_time_to_wait() {
    let rate_limit = Some("1/60".parse().unwrap());
    let sandbox = Running::start(ServeOptions { rate_limit, ..ServeOptions::default() }).await;
    let service = sandbox.service("sk_test_a");
    let request = Request::Get { path: "/v1/instance" };
    assert_eq!(service.send(&request).await.unwrap().status, 200);
    let reply = service.send(&request).await.unwrap();
    assert_eq!(reply.status, 429);
    let wait = reply.retry_after.unwrap().as_secs();
    assert!((1..=60).contains(&wait), "{wait}");
    sandbox.stop().await;
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_too_large() {
    let sandbox = Running::start(ServeOptions::default()).await;
    let request = patch("/v1/instance", &json!({"support_email": "x".repeat(BODY_LIMIT)}));
    let (status, answer) = ask(&sandbox.service("sk_test_a"), &request).await;
    let Answer::Refused(refusal) = answer else { panic!("{answer:?}") };
    assert_eq!(status, 413);
    assert!(refusal.trace_id.is_some(), "{refusal:?}");
    sandbox.stop().await;
}

#[tokio::test]
async fn a_request_that_is_being_answered_at_the_end_is_answered() {
    let sandbox = Running::start(ServeOptions::default()).await;
    let mut stream = TcpStream::connect(sandbox.address).await.unwrap();
    let head = "PATCH /v1/instance/restrictions HTTP/1.1\r\nHost: localhost\r\n\
                Authorization: Bearer sk_test_a\r\nContent-Length: 2\r\n\
                Expect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // Sent once the request is in hand, so the end comes in the middle of it.
    let mut interim = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut interim).await.unwrap();
    let answering = async {
        stream.write_all(b"{}").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (answer, ()) = futures_util::future::join(answering, sandbox.stop()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn an_answer_takes_as_long_as_it_is_told_to() {
    let latency = Duration::from_millis(20);
    let sandbox = Running::start(ServeOptions { latency, ..ServeOptions::default() }).await;
    let began = Instant::now();
    identify(&sandbox.service("sk_test_a")).await;
    assert!(began.elapsed() >= latency);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_port_in_use_is_said_in_plain_words() {
    let sandbox = Running::start(ServeOptions::default()).await;
    let port = sandbox.address.port();
    let options = ServeOptions { port, ..ServeOptions::default() };
    let error = serve(options, |_| (), std::future::pending()).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("port {port} is in use")), "{error}");
    sandbox.stop().await;
}
