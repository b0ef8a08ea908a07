//! Why there is no answer, in words: what happened, to which host, and whether the request can
//! have arrived. A client's own error chain says it in the wrong order and names the URL.

use std::error::Error;
use std::io;

use super::timeout::{CONNECT_TIMEOUT, TRY_TIMEOUT};
use super::{proxy, roots};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// No request can leave this machine for the service, and trying again would not help: no root
    /// certificates, or a certificate that is not trusted.
    #[error("{0}")]
    Impossible(String),
    /// The request cannot have reached the service: name not found, connection refused.
    #[error("{0}")]
    NotSent(String),
    /// It may have: the connection broke, or time ran out.
    #[error("{0}")]
    Lost(String),
}

/// The message of the client about a proxy that answers 407. The error's type is not public.
const PROXY_AUTHORIZATION: &str = "proxy authorization required";

/// The meaning of a failed try of a request to `host`. `proxy` is the variable whose proxy was used.
pub fn no_reply(error: &reqwest::Error, host: &str, proxy: Option<&'static str>) -> NoReply {
    let root = root(error);
    if let Some(variable) = proxy.filter(|_| root.ends_with(PROXY_AUTHORIZATION)) {
        return NoReply::Impossible(format!(
            "the proxy in `{variable}` requires a user name and password, or refused the ones it \
             was given (407): put them in its URL, as in \
             `http://user:password@proxy.example.com:8080`"
        ));
    }
    // Names the variable, not its value: that may hold a password.
    let proxy = proxy.map_or_else(String::new, |name| format!(" (`{name}` names a proxy)"));
    if let Some(tls) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        if matches!(tls, rustls::Error::InvalidCertificate(_)) {
            let what = roots::trouble().unwrap_or_else(|| {
                "if a private certificate authority signed it, set `SSL_CERT_FILE` to that \
                 authority's certificate file"
                    .to_owned()
            });
            return NoReply::Impossible(format!(
                "the TLS certificate of {host} is not trusted: {root}{proxy}; {what}"
            ));
        }
        if error.is_connect() {
            return NoReply::NotSent(format!(
                "cannot establish a TLS connection to {host}: \
                {root}{proxy}"
            ));
        }
    }
    if error.is_connect() {
        return NoReply::NotSent(if error.is_timeout() {
            let seconds = CONNECT_TIMEOUT.as_secs();
            format!("cannot connect to {host}: timed out after {seconds} seconds{proxy}")
        } else if error.is_dns() {
            format!("cannot resolve the host {host}: {root}{proxy}")
        } else {
            format!("cannot connect to {host}: {root}{proxy}")
        });
    }
    NoReply::Lost(if error.is_timeout() {
        format!("no answer from {host} within {} seconds", TRY_TIMEOUT.as_secs())
    } else {
        format!("the connection to {host} was lost before it answered: {root}")
    })
}

/// What it means that not even a client can be made, such as for want of root certificates.
pub(super) fn unbuildable(error: &reqwest::Error) -> NoReply {
    let why = roots::trouble().unwrap_or_else(|| {
        format!(
            "{}; install its root certificates (the package is often called `ca-certificates`) or \
             name a file of them in `SSL_CERT_FILE`",
            root(error)
        )
    });
    NoReply::Impossible(format!("this machine cannot make TLS connections: {why}"))
}

/// The variable whose proxy is used for an https URL.
///
/// # Errors
///
/// [`NoReply::Impossible`] where that proxy cannot be used.
pub fn proxy_for(url: &str) -> Result<Option<&'static str>, NoReply> {
    proxy::variable(url).map_err(NoReply::Impossible)
}

impl NoReply {
    /// The same in other words, such as without secrets.
    #[must_use]
    pub fn reworded(self, words: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Impossible(why) => Self::Impossible(words(&why)),
            Self::NotSent(why) => Self::NotSent(words(&why)),
            Self::Lost(why) => Self::Lost(words(&why)),
        }
    }
}

/// The innermost cause: the only one that says more than "error sending request".
fn root(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "unknown cause".to_owned(), ToString::to_string)
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        // `source` of an I/O error skips the error that it wraps, which is TLS's.
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => cause.source(),
        }
    })
}
