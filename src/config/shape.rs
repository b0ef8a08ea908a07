//! What a text has to look like: an e-mail address, an origin, one of a few words.

// Parsing an address needs no network.
use core::net::Ipv6Addr;

use super::near::nearest;
use super::quote::{is_unseen, quote};
use crate::catalog::{Field, Shape, country_named, subdomain_named};

/// Why a text does not have its shape.
pub(super) struct Problem {
    /// The end of a sentence that begins with the text.
    pub message: &'static str,
    pub help: String,
}

/// Why a text does not have a shape; `None` where it does, and where the schema says it.
pub(super) fn problem(shape: Shape, text: &str) -> Option<Problem> {
    match shape {
        Shape::Any | Shape::OneOf(_) | Shape::Alphanumeric | Shape::Country | Shape::Subdomain => {
            None
        }
        Shape::Email => email(text).map(|message| Problem {
            message,
            help: "an address looks like `help@example.com`".to_owned(),
        }),
        Shape::Origin => origin(text).map(|message| Problem {
            message,
            help: match corrected(text) {
                Some(origin) => format!("write {}", quote(&origin)),
                None => "an origin is a scheme and a host, as in `https://example.com`, \
                         `http://localhost:3000` or `chrome-extension://abc`"
                    .to_owned(),
            },
        }),
    }
}

/// What a shape that the schema checks takes, as the end of a sentence that begins with the field,
/// and what was probably meant.
pub(super) fn rule(field: &Field, shape: Shape, text: &str) -> (String, Option<String>) {
    match shape {
        Shape::OneOf(words) => {
            let near = nearest(text, words.iter().copied().filter(|word| !word.is_empty()));
            let help = match near {
                Some(near) => Some(format!("did you mean `{near}`?")),
                None if field.echo_adds.contains(&text) => {
                    Some("it is always on and never sent: leave it out".to_owned())
                }
                None => None,
            };
            let words: Vec<String> = words.iter().map(|word| in_backticks(word)).collect();
            (format!("takes {}", words.join(", ")), help)
        }
        Shape::Country => (
            "takes codes of two capital letters, as ISO 3166-1 has them".to_owned(),
            country_named(text).map(|code| format!("write `{code}`")),
        ),
        Shape::Alphanumeric => (
            "takes ASCII letters and digits only".to_owned(),
            text.contains('@').then(|| "only what stands before the `@` is set here".to_owned()),
        ),
        Shape::Subdomain => (
            "takes hosts in small letters, such as `app.example.com`, and wildcards, such as \
             `*.example.com`"
                .to_owned(),
            Some(match subdomain_named(text) {
                Some(entry) => format!("write `{entry}`"),
                None => "an entry has a domain, and neither a scheme nor a port; letters outside \
                         ASCII stand as `xn--…`"
                    .to_owned(),
            }),
        ),
        Shape::Any | Shape::Email | Shape::Origin => ("does not take this".to_owned(), None),
    }
}

fn in_backticks(word: &str) -> String {
    if word.is_empty() { "`\"\"`".to_owned() } else { format!("`{word}`") }
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || is_unseen(letter)
}

fn email(text: &str) -> Option<&'static str> {
    if text.contains(is_blank) {
        return Some("has a space or a character that is not seen");
    }
    let Some((local, domain)) = text.split_once('@') else { return Some("has no `@`") };
    if domain.contains('@') {
        return Some("has more than one `@`");
    }
    if local.is_empty() || local.len() > 64 {
        return Some("has nothing before the `@` that can be an address");
    }
    let strange = |letter: char| {
        matches!(letter, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\' | '"')
    };
    if text.contains(strange) || is_dotted_badly(local) {
        return Some("is not an e-mail address");
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii())
    };
    if !domain.contains('.') {
        return Some("has no full domain after the `@`");
    }
    (!domain.split('.').all(is_label)).then_some("has a domain that cannot be")
}

fn is_dotted_badly(local: &str) -> bool {
    local.starts_with('.') || local.ends_with('.') || local.contains("..")
}

fn origin(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    if text.contains(is_blank) {
        return Some("has a space or a character that is not seen");
    }
    let Some((scheme, rest)) = text.split_once("://") else { return Some("has no scheme") };
    if !is_scheme(scheme) {
        return Some("has a scheme that cannot be");
    }
    if rest.contains('?') || rest.contains('#') {
        return Some("has a query or a fragment, and an origin has none");
    }
    if let Some((_, path)) = rest.split_once('/') {
        return Some(if path.is_empty() {
            "ends in a slash, and an origin does not"
        } else {
            "has a path, and an origin has none"
        });
    }
    if rest.contains('@') {
        return Some("names a user, and an origin does not");
    }
    host(rest)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn host(text: &str) -> Option<&'static str> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            if address.parse::<Ipv6Addr>().is_err() {
                return Some("has a host that is not an IPv6 address");
            }
            match rest.strip_prefix(':') {
                Some(port) => ("", Some(port)),
                None if rest.is_empty() => return None,
                None => return Some("has a host that cannot be"),
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
        return Some("has a wildcard, and an origin names one host");
    }
    let has_gap = host.starts_with('.') || host.contains("..");
    if has_gap || !host.chars().all(is_host_letter) {
        return Some("has a host that cannot be");
    }
    let is_port = |port: &str| {
        !port.is_empty()
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    port.filter(|port| !is_port(port)).map(|_| "has a port that cannot be")
}

/// The origin that was probably meant.
fn corrected(given: &str) -> Option<String> {
    let text = given.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some(parts) => parts,
        None if text.starts_with("localhost") => ("http", text),
        None => ("https", text.trim_start_matches('/')),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let guess = format!("{scheme}://{host}");
    let is_guessable = host.contains('.') || host.starts_with("localhost") || text.contains("://");
    (is_guessable && guess != given && origin(&guess).is_none()).then_some(guess)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_has_a_name_and_a_full_domain() {
        for text in
            ["help@example.com", "a.b+c@x-y.co.uk", "é@exämple.de", "a@हिन्दी.भारत", "a@1.io"]
        {
            assert!(problem(Shape::Email, text).is_none(), "{text}");
        }
        for text in [
            "help",
            "@example.com",
            "help@",
            "help@example",
            "a@b@c.de",
            "a b@c.de",
            "a@c .de",
            "a@c..de",
            "a@.de",
            "a@c.",
            "a@-c.de",
            "a\n@c.de",
            "a@c.de\n",
            "<a@c.de>",
            "a,b@c.de",
            ".a@c.de",
            "a..b@c.de",
            "a\u{200b}@c.de",
            "a@c_d.de",
            "mailto:a@c.de",
        ] {
            assert!(problem(Shape::Email, text).is_some(), "{text}");
        }
    }

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
            "https://exämple.de",
            "https://exa\u{308}mple.de",
            "https://a_b.example.com",
        ] {
            assert!(problem(Shape::Origin, text).is_none(), "{text}");
        }
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
            ("https://", None),
            ("://example.com", None),
            ("https://:80", None),
            ("https://*.example.com", None),
            ("https://example.com:", None),
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
            let problem = problem(Shape::Origin, text).expect(text);
            match correction {
                Some(origin) => assert_eq!(problem.help, format!("write `{origin}`"), "{text}"),
                None => assert!(problem.help.starts_with("an origin is"), "{text}"),
            }
        }
    }
}
