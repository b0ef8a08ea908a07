//! One request to an object store and its answer, sent with this program's own client. What an
//! answer says in its head, and why there was none, gets lost further up: who asks hears it here.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use http_body_util::BodyExt;
use hyper::header::{CONTENT_LENGTH, DATE, HeaderMap};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use reqwest::{Client, Response};
use tokio::time::Instant;
use url::{Host, Url};

use crate::network::{NoReply, Roots, Transport, client, is_loopback, no_reply, proxy_for};
use crate::state::ClockReading;
use crate::store::{LARGEST_STATE, StoreClock, date};

/// How much is read of an answer that is no success.
const LONGEST_COMPLAINT: u64 = 64 * 1024;

/// What the metadata of a machine of AWS answers with a bare word. The library puts that into its next
/// request as it is.
const BARE: [&str; 2] = ["/latest/api/token", "/latest/meta-data/iam/security-credentials/"];

/// The heads that hold what nobody else may learn.
const SECRET_HEADS: [&str; 4] =
    ["authorization", "x-amz-security-token", "x-aws-ec2-metadata-token", "x-identity-header"];

/// Where the answer to one request is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Listener(Arc<Mutex<Option<Heard>>>);

/// What became of a request.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// It was answered.
    Answer(AnswerHead),
    /// It was not.
    Nothing(NoReply),
    /// The answer is larger than any state.
    TooLarge,
}

/// The head of an answer, and the body of one that is no success.
#[derive(Clone, Debug)]
pub(super) struct AnswerHead {
    /// The HTTP status.
    pub status: u16,
    /// The clock of whoever answered.
    pub clock: StoreClock,
    /// All the heads.
    pub heads: HeaderMap,
    /// What it says went wrong; empty for a success. Holds nothing that was secret in the request.
    pub complaint: String,
}

impl Listener {
    /// What became of the request; `None` where none was sent.
    pub(super) fn heard(&self) -> Option<Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same, which is forgotten.
    fn take(&self) -> Option<Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn hear(&self, heard: Heard) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
    }
}

/// The clients for one store and for whoever hands out its credentials. None is made before the
/// first request that needs it.
#[derive(Clone, Debug, Default)]
pub(super) struct Exchange(Arc<Clients>);

#[derive(Debug, Default)]
struct Clients {
    plain: OnceLock<Result<Client, NoReply>>,
    here: OnceLock<Result<Client, NoReply>>,
    encrypted: OnceLock<Result<Client, NoReply>>,
    /// The file of the certificates to trust, and the variable that names it.
    bundle: Option<(PathBuf, &'static str)>,
    /// Hears of the requests that have no listener of their own: those for credentials.
    aside: Listener,
}

impl Exchange {
    /// Clients that trust the certificates of a file, where there is one: named by a variable.
    pub(super) fn trusting(bundle: Option<(PathBuf, &'static str)>) -> Self {
        Self(Arc::new(Clients { bundle, ..Clients::default() }))
    }

    /// What became of the last request for credentials since this was asked before.
    pub(super) fn aside(&self) -> Option<Heard> {
        self.0.aside.take()
    }

    fn client(&self, transport: Transport) -> Result<&Client, NoReply> {
        let Clients { plain, here, encrypted, bundle, .. } = &*self.0;
        let made = match transport {
            Transport::PlainText => plain,
            Transport::EncryptedHere => here,
            Transport::Encrypted => encrypted,
        };
        let roots = match bundle {
            Some((path, variable)) => Roots::File { path, variable },
            None => Roots::System,
        };
        made.get_or_init(|| client(transport, roots)).as_ref().map_err(Clone::clone)
    }

    /// Sends a request once. Whoever listens hears what became of it.
    pub(super) async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let listener = request.extensions().get::<Listener>().unwrap_or(&self.0.aside).clone();
        let secrets = secrets(&request);
        match self.send(request).await {
            Ok((head, body)) => {
                let is_success = (200..300).contains(&head.status);
                let complaint = if is_success { String::new() } else { readable(&body, &secrets) };
                let response = response(&head, body);
                listener.hear(Heard::Answer(AnswerHead { complaint, ..head }));
                Ok(response)
            }
            Err(heard) => {
                let why = match &heard {
                    Heard::Nothing(no_reply) => no_reply.to_string(),
                    Heard::TooLarge | Heard::Answer(_) => "too large".to_owned(),
                };
                listener.hear(heard);
                // Of a kind that is not tried again further up.
                Err(HttpError::new(HttpErrorKind::Unknown, std::io::Error::other(why)))
            }
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<(AnswerHead, Vec<u8>), Heard> {
        let (parts, body) = request.into_parts();
        let lost = |why: &str| Heard::Nothing(NoReply::Lost(why.to_owned()));
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|error| Heard::Nothing(NoReply::Impossible(error.to_string())))?;
        let (host, transport) = (host(&url), transport(&url));
        if transport == Transport::PlainText && !is_near(&url) {
            let told = format!("`http://{host}` is not encrypted and leads to another machine");
            return Err(Heard::Nothing(NoReply::Impossible(told)));
        }
        let proxy = match transport {
            Transport::Encrypted => proxy_for(url.as_str()).map_err(Heard::Nothing)?,
            Transport::PlainText | Transport::EncryptedHere => None,
        };
        let client = self.client(transport).map_err(Heard::Nothing)?;
        let is_bare = BARE.iter().any(|path| url.path().ends_with(path));
        let body = body.collect().await.map_err(|_| lost("the request has no body"))?.to_bytes();
        let mut sending = reqwest::Request::new(parts.method, url);
        *sending.headers_mut() = parts.headers;
        *sending.body_mut() = Some(body.into());
        let sent = Instant::now();
        let response = client.execute(sending).await;
        let response = response.map_err(|error| Heard::Nothing(no_reply(&error, &host, proxy)))?;
        let status = response.status().as_u16();
        let heads = response.headers().clone();
        let date = heads.get(DATE).and_then(|date| date::seconds(date.to_str().ok()?));
        let clock = date.map_or_else(StoreClock::of_this_machine, |date| {
            // The clock is carried on from now.
            let passed = sent.elapsed();
            let passed = passed.as_secs() + u64::from(passed.subsec_nanos() > 0);
            let ClockReading { earliest, latest } = date::reading(date, passed);
            StoreClock::showing(ClockReading { earliest, latest })
        });
        let is_success = response.status().is_success();
        let most = if is_success { LARGEST_STATE } else { LONGEST_COMPLAINT };
        let body = match bytes(response, most).await {
            Ok(body) if is_success && is_bare && !is_bare_word(&body) => {
                let told = format!("what answers at {host} is not the metadata of a machine");
                return Err(Heard::Nothing(NoReply::Impossible(told)));
            }
            Ok(body) => body,
            Err(Unread::TooLarge) if !is_success => Vec::new(),
            Err(Unread::TooLarge) => return Err(Heard::TooLarge),
            Err(Unread::Broken) => {
                return Err(lost(&format!("the connection to {host} was lost in its answer")));
            }
        };
        Ok((AnswerHead { status, clock, heads, complaint: String::new() }, body))
    }
}

/// Why a body is not whole.
enum Unread {
    TooLarge,
    Broken,
}

/// Reads a body to its end, unless it is too long.
async fn bytes(mut response: Response, most: u64) -> Result<Vec<u8>, Unread> {
    if response.content_length().is_some_and(|length| length > most) {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if (bytes.len() + chunk.len()) as u64 > most => {
                return Err(Unread::TooLarge);
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(_) => return Err(Unread::Broken),
        }
    }
}

/// Whether a body can stand in the path and in the head of a request.
fn is_bare_word(body: &[u8]) -> bool {
    !body.is_empty()
        && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(byte))
}

fn response(head: &AnswerHead, body: Vec<u8>) -> HttpResponse {
    let length = body.len();
    let mut response = HttpResponse::new(body.into());
    *response.status_mut() = head.status.try_into().unwrap_or_default();
    *response.headers_mut() = head.heads.clone();
    // It is not there where the body came in chunks.
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn transport(url: &Url) -> Transport {
    match url.scheme() {
        "http" => Transport::PlainText,
        _ if is_loopback(url) => Transport::EncryptedHere,
        _ => Transport::Encrypted,
    }
}

/// Whether a URL leads to this machine, or to an address at which only the cloud that it runs in can
/// be reached.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        Some(Host::Domain(name)) => name == "metadata.google.internal" || is_loopback(url),
        None => false,
    }
}

/// What of a request must not come back in an answer that is shown.
fn secrets(request: &HttpRequest) -> Vec<String> {
    let heads = SECRET_HEADS.iter().filter_map(|name| request.headers().get(*name)?.to_str().ok());
    // Also what follows the scheme, and each part of a signature.
    let words = heads.flat_map(|head| {
        let parts = head.split([' ', ',', '=']).filter(|part| part.len() >= SHORTEST_SECRET);
        std::iter::once(head).chain(parts).map(str::to_owned)
    });
    let query = request.uri().query().unwrap_or_default();
    let body = request.body().as_bytes().map(|body| &**body).unwrap_or_default();
    let fields = [query.as_bytes(), body].into_iter().flat_map(|pairs| {
        url::form_urlencoded::parse(pairs)
            .filter(|(name, value)| is_secret(name) && value.len() >= SHORTEST_SECRET)
            .map(|(_, value)| value.into_owned())
    });
    words.chain(fields).filter(|secret| !PUBLIC.contains(&&**secret)).collect()
}

/// No secret is shorter.
const SHORTEST_SECRET: usize = 8;

/// What stands beside a signature and is known to everybody.
const PUBLIC: [&str; 4] = ["AWS4-HMAC-SHA256", "SignedHeaders", "Signature", "Credential"];

/// Whether a field of a query or a form holds what nobody else may learn.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["sig", "token", "secret", "assertion"].iter().any(|part| name.contains(part))
}

/// An answer as text, without what was secret in the request.
fn readable(body: &[u8], secrets: &[String]) -> String {
    let text = String::from_utf8_lossy(body).into_owned();
    secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), "***"))
}

impl HttpService for Exchange {
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(self.answer(request))
    }
}

impl HttpConnector for Exchange {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}
