//! Why there is no answer, in words: what happened, to which host, and whether the request can
//! have arrived. A client's own error chain says it in the wrong order and names the URL.

use std::error::Error;
use std::io;

use super::timeout::{CONNECT_TIMEOUT, TRY_TIMEOUT};
use super::{BaseUrl, KeyRing, NoReply, proxy, roots};

/// The message of the client about a proxy that answers 407. The error's type is not public.
const PROXY_AUTHORIZATION: &str = "proxy authorization required";

/// The meaning of a failed try.
pub(super) fn no_reply(error: &reqwest::Error, base: &BaseUrl, keys: &KeyRing) -> NoReply {
    let (host, root) = (base.host(), root(error));
    let (host, root) = (keys.scrub(&host), keys.scrub(&root));
    let proxy = proxy_of(base).unwrap_or_default();
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

/// The variable whose proxy stands before the service.
pub(super) fn proxy_of(base: &BaseUrl) -> Result<Option<&'static str>, NoReply> {
    if base.is_loopback() {
        return Ok(None);
    }
    proxy::variable(base.join("/").as_str()).map_err(NoReply::Impossible)
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
