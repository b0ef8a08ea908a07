//! The real service: one try of one request over HTTP. Retries are not its job.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response};

use super::version::HEADER as API_VERSION_HEADER;
use super::{ApiVersion, BaseUrl, Body, KeyRing, Reply, Request, SecretKey, Service, failure};
use crate::network::{NoReply, Roots, Transport, client};

/// How much of an answer's body is read. The service's own are a few hundred bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// The number that the service's network gives each answer.
const RAY: &str = "cf-ray";

/// The connections to one address, shared by every target of a run. Costs nothing until the first
/// request: only then are root certificates read.
#[derive(Debug)]
pub struct Connections {
    base: BaseUrl,
    version: ApiVersion,
    keys: KeyRing,
    client: OnceLock<Result<Client, NoReply>>,
}

impl Connections {
    /// Connections to `base`, none of them open yet.
    pub fn new(base: BaseUrl) -> Self {
        let (version, keys) = (ApiVersion::default(), KeyRing::default());
        Self { base, version, keys, client: OnceLock::new() }
    }

    /// The same, asking for another version of the API.
    #[must_use]
    pub fn version(self, version: ApiVersion) -> Self {
        Self { version, ..self }
    }

    /// The same, telling nobody of these keys.
    #[must_use]
    pub fn hiding(self, keys: KeyRing) -> Self {
        Self { keys, ..self }
    }

    /// Where they lead to.
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn client(&self) -> Result<&Client, NoReply> {
        self.client.get_or_init(|| build(&self.base)).as_ref().map_err(Clone::clone)
    }
}

fn build(base: &BaseUrl) -> Result<Client, NoReply> {
    failure::proxy_of(base)?;
    let transport = match base {
        _ if base.is_plain_http() => Transport::PlainText,
        _ if base.is_loopback() => Transport::EncryptedHere,
        _ => Transport::Encrypted,
    };
    client(transport, Roots::System)
}

/// The service as one secret key sees it.
#[derive(Debug)]
pub struct HttpService {
    connections: Arc<Connections>,
    key: SecretKey,
}

impl HttpService {
    /// The instance that `key` opens. Sends nothing yet.
    pub const fn new(connections: Arc<Connections>, key: SecretKey) -> Self {
        Self { connections, key }
    }

    /// The key that it sends.
    pub const fn key(&self) -> &SecretKey {
        &self.key
    }
}

/// Whether a secret key goes with a request.
#[derive(Clone, Copy)]
pub(super) enum Sent<'a> {
    /// With this one.
    WithKey(&'a SecretKey),
    /// With none, and with nothing else that the service alone has to know.
    Openly,
}

/// One try of one request.
pub(super) async fn send(
    connections: &Connections,
    request: &Request,
    sent: Sent<'_>,
) -> Result<Reply, NoReply> {
    let client = connections.client()?;
    let url = connections.base.join(request.path());
    let mut sending = match request {
        Request::Get { .. } => client.get(url),
        Request::Patch { body, .. } => client
            .patch(url)
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::Value::Object(body.clone()).to_string()),
    };
    if let Sent::WithKey(key) = sent {
        sending = sending
            .header(AUTHORIZATION, authorization(key)?)
            .header(API_VERSION_HEADER, connections.version.header());
    }
    let Connections { base, keys, .. } = connections;
    let response = sending.send().await.map_err(|error| failure::no_reply(&error, base, keys))?;
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let ray = response.headers().get(RAY).and_then(|ray| ray.to_str().ok()).map(str::to_owned);
    Ok(Reply { status, retry_after, ray, body: read_body(response).await })
}

fn authorization(key: &SecretKey) -> Result<HeaderValue, NoReply> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
        .map_err(|_| NoReply::Impossible("the secret key cannot be sent in a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

impl Service for HttpService {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>> {
        Box::pin(send(&self.connections, request, Sent::WithKey(&self.key)))
    }
}

/// Whole seconds only: the service never sends the header's other form, a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than fit mean a wait without end all the same.
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

/// Reads until the end or the limit. What is left unread goes with its connection.
async fn read_body(mut response: Response) -> Body {
    let limit = u64::try_from(BODY_LIMIT).unwrap_or(u64::MAX);
    if response.content_length().is_some_and(|length| length > limit) {
        return Body::TooLarge;
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > BODY_LIMIT => return Body::TooLarge,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(bytes),
            Err(_) => return Body::Broken,
        }
    }
}

#[cfg(test)]
mod tests;
