//! Why there is no answer, in words: what happened, to which host, and whether the request can
//! have arrived. A client's own error chain says it in the wrong order and names the URL.

use std::error::Error;
use std::io;

use super::http::{CONNECT_TIMEOUT, TRY_TIMEOUT};
use super::{BaseUrl, KeyRing, NoReply};

/// The variables that put a proxy between this machine and the service.
const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// What a failed try means.
pub(super) fn no_reply(error: &reqwest::Error, base: &BaseUrl, keys: &KeyRing) -> NoReply {
    let (host, root) = (base.host(), root(error));
    let (host, root) = (keys.scrub(&host), keys.scrub(&root));
    let proxy = if base.is_loopback() { String::new() } else { proxy_remark() };
    if let Some(tls) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        if matches!(tls, rustls::Error::InvalidCertificate(_)) {
            return NoReply::Impossible(format!(
                "the TLS certificate of {host} is not trusted: {root}{proxy}; where a company's \
                 own authority signs it, name that authority's file in `SSL_CERT_FILE`"
            ));
        }
        if error.is_connect() {
            return NoReply::NotSent(format!("no TLS connection to {host}: {root}{proxy}"));
        }
    }
    if error.is_connect() {
        return NoReply::NotSent(if error.is_timeout() {
            let seconds = CONNECT_TIMEOUT.as_secs();
            format!("no connection to {host} within {seconds} seconds{proxy}")
        } else if error.is_dns() {
            format!("the host {host} cannot be found: {root}{proxy}")
        } else {
            format!("no connection to {host}: {root}{proxy}")
        });
    }
    NoReply::Lost(if error.is_timeout() {
        format!("no answer from {host} within {} seconds", TRY_TIMEOUT.as_secs())
    } else {
        format!("the connection to {host} broke before an answer came: {root}")
    })
}

/// What it means that not even a client can be made, such as for want of root certificates.
pub(super) fn unbuildable(error: &reqwest::Error) -> NoReply {
    NoReply::Impossible(format!(
        "this machine cannot make TLS connections: {}; install its root certificates (the package \
         is often called `ca-certificates`) or name a file of them in `SSL_CERT_FILE`",
        root(error)
    ))
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

/// Names the variable, not its value: that may hold a password.
fn proxy_remark() -> String {
    PROXY_VARIABLES
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        .map_or_else(String::new, |name| format!(" (`{name}` names a proxy)"))
}
