//! Which proxy stands between this machine and a host, as the client takes it from the environment,
//! and why one that is named cannot be used. The client silently leaves such a one out, and
//! would try a direct connection. The value of a variable may hold a password and is never shown.

use std::ffi::OsString;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;

/// The variables that name a proxy, in the order in which they are looked at. Of a pair the first
/// that is set counts, even to nothing.
const PROXIES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

/// The variables that name the hosts without a proxy.
const EXCLUDED: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What a web server sets for the programs that it starts. A proxy's variable could then come from
/// a request's header, so the client heeds none.
const GATEWAY: &str = "REQUEST_METHOD";

/// The variable whose proxy is used for an https URL.
///
/// # Errors
///
/// A proxy that cannot be used.
pub(super) fn variable(url: &str) -> Result<Option<&'static str>, String> {
    chosen(url, |name| std::env::var_os(name))
}

fn chosen(
    url: &str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<&'static str>, String> {
    let Some(url) = url.parse::<Uri>().ok().filter(|_| variable(GATEWAY).is_none()) else {
        return Ok(None);
    };
    let first = |names: [&'static str; 2]| {
        let mut set = names.into_iter().filter_map(|name| Some((name, variable(name)?)));
        set.next()
    };
    let mut named = PROXIES.into_iter().filter_map(first).filter(|(_, value)| !value.is_empty());
    let Some((name, value)) = named.next() else { return Ok(None) };
    let excluded = first(EXCLUDED).and_then(|(_, value)| value.into_string().ok());
    let any = Matcher::builder().all("http://proxy.example").no(excluded.unwrap_or_default());
    if any.build().intercept(&url).is_none() {
        return Ok(None);
    }
    let proxy = value.into_string().ok().filter(|proxy| is_plain(proxy));
    let used = proxy.and_then(|proxy| Matcher::builder().all(proxy).build().intercept(&url));
    match used.as_ref().and_then(|used| used.uri().scheme_str()) {
        Some("http" | "https") => Ok(Some(name)),
        Some(scheme) => Err(format!(
            "the proxy in `{name}` uses `{scheme}`, which is not supported: use one whose URL \
             starts with `http://` or `https://`"
        )),
        None => Err(format!(
            "the proxy URL in `{name}` is not valid: it should look like \
             `http://proxy.example.com:8080`; in a user name or password write `#`, `/`, `?`, `@` \
             and spaces as `%23`, `%2F`, `%3F`, `%40` and `%20`"
        )),
    }
}

/// Whether a URL has no `@` but the one before its host: another one is a part of a password that
/// ends the host too early, or begins it.
fn is_plain(proxy: &str) -> bool {
    let rest = proxy.split_once("://").map_or(proxy, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    authority.matches('@').count() <= 1 && !rest[authority.len()..].contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Option<&'static str>, String> {
        chosen("https://api.clerk.com/", |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_variable_is_named_whose_proxy_is_used() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", "http://a:1")], Some("HTTPS_PROXY")),
            (&[("https_proxy", "a:1"), ("ALL_PROXY", "http://b")], Some("https_proxy")),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "http://a")], None),
            (&[("HTTPS_PROXY", ""), ("all_proxy", "https://u:p%40@b/")], Some("all_proxy")),
            (&[("HTTP_PROXY", "http://a"), ("http_proxy", "http://a")], None),
            (&[("HTTPS_PROXY", "http://a"), ("NO_PROXY", "clerk.com")], None),
            (&[("HTTPS_PROXY", "http://a"), ("no_proxy", "x.de, .api.clerk.com")], None),
            (&[("HTTPS_PROXY", "http://a"), ("NO_PROXY", "*")], None),
            (&[("HTTPS_PROXY", "http://a"), ("NO_PROXY", "example.com")], Some("HTTPS_PROXY")),
            (&[("HTTPS_PROXY", "http://a"), ("REQUEST_METHOD", "GET")], None),
            (&[("ALL_PROXY", "socks5://a"), ("NO_PROXY", "*")], None),
            (&[("HTTPS_PROXY", "http://u:p#q@a"), ("NO_PROXY", "*")], None),
        ] {
            assert_eq!(with(variables), Ok(expected), "{variables:?}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_without_its_password() {
        for (proxy, said) in [
            ("http://user:hu#sh@proxy:8080", "is not valid"),
            ("http://user:hu/sh@proxy:8080", "is not valid"),
            ("http://user:12/hush@proxy:8080", "is not valid"),
            ("http://user:hu?sh@proxy:8080", "is not valid"),
            ("http://user:hu sh@proxy:8080", "is not valid"),
            ("http://user:hu@sh@proxy:8080", "is not valid"),
            ("user:hu/sh@proxy:8080", "is not valid"),
            (" http://proxy:8080", "is not valid"),
            ("http://", "is not valid"),
            ("ftp://hush@proxy", "is not valid"),
            ("socks5://user:hush@proxy:1080", "uses `socks5`"),
            ("socks5h://proxy", "uses `socks5h`"),
            ("socks4://proxy", "uses `socks4`"),
        ] {
            let error = with(&[("HTTPS_PROXY", proxy)]).unwrap_err();
            assert!(error.contains(said) && error.contains("`HTTPS_PROXY`"), "{proxy}: {error}");
            assert!(!error.contains("hu"), "{error}");
        }
    }
}
