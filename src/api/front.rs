//! The instance's front-end host: public, and named by an answer of the service. It is asked once,
//! without the secret key and without a redirect, and what it says is a hint.

use std::pin::Pin;

use super::http::{Sent, send};
use super::{BaseUrl, BaseUrlError, Connections, KeyRing, Reply, Request, Service};
use crate::network::NoReply;

/// A front end over HTTP. There is no key in it.
#[derive(Debug)]
pub struct HttpFront {
    connections: Connections,
}

/// Why the front end is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontError {
    /// What the service names is not such a URL, or not of a host that may be asked.
    #[error("the service reports no usable front-end URL")]
    NotUnderstood,
    /// Anybody on the way could answer in its place.
    #[error("the front-end URL is not https")]
    NotHttps,
}

impl HttpFront {
    /// The front end at `url`, as the service at `api` names it. Plain http is for an API on this
    /// machine alone, whose front end is on it as well.
    pub fn new(url: &str, api: &BaseUrl, keys: KeyRing) -> Result<Self, FrontError> {
        let url = BaseUrl::parse(url).map_err(|error| match error {
            BaseUrlError::PlainHttp => FrontError::NotHttps,
            BaseUrlError::NotUnderstood
            | BaseUrlError::Credentials
            | BaseUrlError::QueryOrFragment => FrontError::NotUnderstood,
        })?;
        if url.is_plain_http() && !api.is_loopback() {
            return Err(FrontError::NotHttps);
        }
        Ok(Self { connections: Connections::new(url).hiding(keys) })
    }
}

impl Service for HttpFront {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>> {
        Box::pin(send(&self.connections, request, Sent::Openly))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_end_is_asked_over_https_or_on_this_machine() {
        let clerk = BaseUrl::parse("https://api.clerk.com").unwrap();
        let here = BaseUrl::parse("http://127.0.0.1:4000").unwrap();
        for (url, api, expected) in [
            ("https://clerk.example.com", &clerk, Ok(())),
            ("https://clerk.example.com", &here, Ok(())),
            ("http://127.0.0.1:4000/frontend/ins_2abc", &here, Ok(())),
            ("http://127.0.0.1:4000", &clerk, Err(FrontError::NotHttps)),
            ("http://localhost", &clerk, Err(FrontError::NotHttps)),
            ("http://clerk.example.com", &clerk, Err(FrontError::NotHttps)),
            ("http://clerk.example.com", &here, Err(FrontError::NotHttps)),
            ("clerk.example.com", &clerk, Err(FrontError::NotUnderstood)),
            ("https://a:b@clerk.example.com", &clerk, Err(FrontError::NotUnderstood)),
            ("https://clerk.example.com?x", &clerk, Err(FrontError::NotUnderstood)),
            ("file:///etc/passwd", &clerk, Err(FrontError::NotUnderstood)),
            ("", &clerk, Err(FrontError::NotUnderstood)),
        ] {
            assert_eq!(
                HttpFront::new(url, api, KeyRing::default()).map(|_| ()),
                expected,
                "{url} {api}"
            );
        }
    }
}
