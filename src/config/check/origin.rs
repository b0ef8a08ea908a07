//! The form of an origin: a scheme and a host, spelled as browsers do in the header
//! `Origin`, since the service compares letter by letter.

use url::{Host, Url};

use super::blank::{BLANK, is_blank};

/// Why a text is not an origin as browsers send it.
pub(super) fn problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    if text.contains(is_blank) {
        return Some(BLANK);
    }
    let Some((scheme, rest)) = text.split_once("://") else { return Some("has no scheme") };
    if !is_scheme(scheme) {
        return Some("has an invalid scheme");
    }
    if rest.contains('?') || rest.contains('#') {
        return Some("has a query or fragment, which an origin cannot have");
    }
    if let Some((_, path)) = rest.split_once('/') {
        return Some(if path.is_empty() {
            "ends with a slash, which an origin does not"
        } else {
            "has a path, which an origin cannot have"
        });
    }
    if rest.contains('@') {
        return Some("contains a user name, which an origin cannot have");
    }
    host(rest).or_else(|| spelling(scheme, text))
}

/// Whether browsers write the origin otherwise: they have scheme and host in ASCII and small
/// letters, numbers of addresses in their short form, and no port that is the scheme's own. What
/// they do with the host of an application's own scheme is that application's business.
fn spelling(scheme: &str, text: &str) -> Option<&'static str> {
    if !text.is_ascii() && !is_web(scheme) {
        return Some("has a letter outside ASCII, which no browser sends");
    }
    match browsers(text) {
        None if is_web(scheme) => Some("has an invalid host"),
        Some(sent) if sent != text => Some("is not written the way browsers send it"),
        _ => None,
    }
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}

/// The origin as browsers send it.
fn browsers(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if !is_web(scheme) {
        return Some(format!("{}://{rest}", scheme.to_ascii_lowercase()));
    }
    let origin = Url::parse(text).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn host(text: &str) -> Option<&'static str> {
    let end = text.find(']').filter(|_| text.starts_with('[')).map(|bracket| bracket + 1);
    let (host, port) = match end.map(|end| text.split_at(end)) {
        Some((address, rest)) => {
            if Host::parse(address).is_err() {
                return Some("has a host that is not an IPv6 address");
            }
            match rest.strip_prefix(':') {
                Some(port) => ("", Some(port)),
                None if rest.is_empty() => return None,
                None => return Some("has an invalid host"),
            }
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let is_host_letter = |c: char| {
        c.is_ascii_alphanumeric()
            || !c.is_ascii()
            || matches!(c, '-' | '.' | '_' | '~' | '%' | '!' | '$')
    };
    let is_bracketed = text.starts_with('[');
    if host.is_empty() && !is_bracketed {
        return Some("has no host");
    }
    if host.contains('*') {
        return Some("contains a wildcard, but an origin names exactly one host");
    }
    let has_gap = host.starts_with('.') || host.contains("..");
    if has_gap || !host.chars().all(is_host_letter) {
        return Some("has an invalid host");
    }
    let is_port = |port: &str| {
        !port.is_empty()
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    port.filter(|port| !is_port(port)).map(|_| "has an invalid port")
}

/// The origin that was probably meant.
pub(super) fn corrected(given: &str) -> Option<String> {
    let text = given.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some(parts) => parts,
        None if text.starts_with("localhost") => ("http", text),
        None => ("https", text.trim_start_matches('/')),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let guess = format!("{scheme}://{host}");
    let guess = browsers(&guess).unwrap_or(guess);
    let is_guessable = host.contains('.') || host.starts_with("localhost") || text.contains("://");
    (is_guessable && guess != given && problem(&guess).is_none()).then_some(guess)
}

#[cfg(test)]
mod tests {
    use crate::catalog::Shape;
    use crate::config::check::shape;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for text in [
            "https://example.com",
            "http://localhost:3000",
            "chrome-extension://abcdefghijklmnop",
            "capacitor://localhost",
            "my-app://renderer",
            "http://[::1]:3000",
            "http://[::1]",
            "https://127.0.0.1:65535",
            "https://xn--exmple-cua.de",
            "https://example.com.",
            "https://example.com:80",
            "http://example.com:443",
            "moz-extension://1b2c-3d",
            "ionic://localhost",
            "tauri://localhost",
            "com.example.app+x://Main_Window:443",
            "https://a_b.example.com",
        ] {
            assert!(shape::problem(Shape::Origin, text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused_with_what_it_does_send() {
        for (text, correction) in [
            ("", None),
            ("https://example.com/", Some("https://example.com")),
            ("https://example.com/path", Some("https://example.com")),
            ("https://example.com?x=1", Some("https://example.com")),
            ("https://example.com#x", Some("https://example.com")),
            ("https://user@example.com", Some("https://example.com")),
            ("example.com", Some("https://example.com")),
            ("localhost:3000", Some("http://localhost:3000")),
            (" https://example.com", Some("https://example.com")),
            ("HTTPS://App.Example.com", Some("https://app.example.com")),
            ("https://app.example.com:443", Some("https://app.example.com")),
            ("http://localhost:80", Some("http://localhost")),
            ("http://localhost:03000", Some("http://localhost:3000")),
            ("https://exämple.de", Some("https://xn--exmple-cua.de")),
            ("https://exa\u{308}mple.de:8443", Some("https://xn--exmple-cua.de:8443")),
            ("https://ex%C3%A4mple.de", Some("https://xn--exmple-cua.de")),
            ("http://[0:0::1]:3000", Some("http://[::1]:3000")),
            ("http://127.1", Some("http://127.0.0.1")),
            ("HTTPS://Example.com:443/", Some("https://example.com")),
            ("Capacitor://localhost", Some("capacitor://localhost")),
            ("my-app://exämple", None),
            ("https://xn--a", None),
            ("https://", None),
            ("://example.com", None),
            ("https://:80", None),
            ("https://*.example.com", None),
            ("https://example.com:", Some("https://example.com")),
            ("https://example.com:0", None),
            ("https://example.com:65536", None),
            ("https://example.com:+80", None),
            ("https://exa mple.com", None),
            ("https://a..de", None),
            ("https://.de", None),
            ("1x://a", None),
            ("*", None),
            ("null", None),
            ("https://[::1", None),
            ("https://[x]", None),
            ("https://[::1]x", None),
        ] {
            let problem = shape::problem(Shape::Origin, text).expect(text);
            match correction {
                Some(origin) => assert_eq!(problem.help, format!("write `{origin}`"), "{text}"),
                None => assert!(problem.help.starts_with("an origin is"), "{text}"),
            }
        }
    }
}
