//! Where the service lives: the address from `--api-url`, checked before a key is sent to it.

use std::fmt;

use url::Url;

use crate::network::is_loopback;

/// An address that a secret key may be sent to. Holds no credentials, and no final `/v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
}

/// Why an address is refused. Never repeats it: it may hold a password, or be a key that was put
/// into the wrong variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It is no URL with a host, or has another scheme.
    #[error(
        "this is not a valid API URL: it must start with `https://` and name a host, as in \
         `https://api.clerk.com`"
    )]
    NotUnderstood,
    /// Plain http would show the key to everyone on the way.
    #[error(
        "plain `http://` to another machine would send the secret key unencrypted: use `https://` \
         (`http://` is allowed for `localhost`, `127.0.0.1` and `[::1]` only)"
    )]
    PlainHttp,
    /// A user or a password stands in it.
    #[error(
        "the API URL contains a user name or password: remove everything between `://` and the \
         host (the secret key is the only credential that is sent)"
    )]
    Credentials,
    /// A path is appended to it, so nothing may follow its own.
    #[error(
        "the API URL contains a query or fragment: remove everything from `?` or `#` on, since \
         paths such as `/v1/instance` are appended to it"
    )]
    QueryOrFragment,
}

impl BaseUrl {
    /// Reads an address, with or without a final `/v1` and slashes.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let mut url = Url::parse(text.trim()).map_err(|_| BaseUrlError::NotUnderstood)?;
        if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
            return Err(BaseUrlError::NotUnderstood);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::QueryOrFragment);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(BaseUrlError::PlainHttp);
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path).trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url })
    }

    /// Whether requests stay on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether requests travel without TLS.
    pub fn is_plain_http(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// The host, with the port where it is not the scheme's own.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The whole URL of a path such as `/v1/instance`.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_v1_and_slashes_make_no_difference() {
        for text in [
            "https://api.clerk.com",
            "https://api.clerk.com/",
            "https://api.clerk.com/v1",
            "https://api.clerk.com/v1/",
            "https://api.clerk.com//v1//",
            " HTTPS://API.clerk.com:443/v1\n",
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert_eq!(base.to_string(), "https://api.clerk.com", "{text:?}");
            let joined = base.join("/v1/instance");
            assert_eq!(joined.as_str(), "https://api.clerk.com/v1/instance", "{text:?}");
        }
    }

    #[test]
    fn a_path_before_v1_is_kept() {
        let base = BaseUrl::parse("https://gateway.example.com:8443/clerk/v1").unwrap();
        assert_eq!(base.host(), "gateway.example.com:8443");
        let joined = base.join("/v1/instance");
        assert_eq!(joined.as_str(), "https://gateway.example.com:8443/clerk/v1/instance");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for text in [
            "http://localhost:8080",
            "http://127.0.0.1:1/v1",
            "http://127.8.9.10",
            "http://[::1]:5000",
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert!(base.is_loopback() && base.is_plain_http(), "{text}");
        }
        for text in [
            "http://api.clerk.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert_eq!(BaseUrl::parse(text), Err(BaseUrlError::PlainHttp), "{text}");
        }
        assert!(BaseUrl::parse("https://localhost").unwrap().is_loopback());
        assert!(!BaseUrl::parse("https://api.clerk.com").unwrap().is_loopback());
    }

    #[test]
    fn what_is_no_address_for_a_key_is_refused() {
        let table = [
            ("", BaseUrlError::NotUnderstood),
            ("api.clerk.com", BaseUrlError::NotUnderstood),
            ("localhost:8080", BaseUrlError::NotUnderstood),
            ("ftp://api.clerk.com", BaseUrlError::NotUnderstood),
            ("unix:/run/clerk", BaseUrlError::NotUnderstood),
            ("https://", BaseUrlError::NotUnderstood),
            ("https://user@api.clerk.com", BaseUrlError::Credentials),
            ("https://:word@api.clerk.com", BaseUrlError::Credentials),
            ("https://localhost@evil.example", BaseUrlError::Credentials),
            ("https://api.clerk.com/v1?x=1", BaseUrlError::QueryOrFragment),
            ("https://api.clerk.com/?", BaseUrlError::QueryOrFragment),
            ("https://api.clerk.com/#v1", BaseUrlError::QueryOrFragment),
        ];
        for (text, error) in table {
            assert_eq!(BaseUrl::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn an_error_does_not_repeat_what_was_given() {
        for text in ["sk_live_abc123", "https://bob:sk_live_abc123@api.clerk.com"] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("abc123"), "{error}");
        }
    }
}
