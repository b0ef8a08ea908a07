//! The entries of a list of subdomains: hosts, and wildcards for what lies below a host.

/// The form of an entry, as the service stores it `[s+]`: in small letters, without a final dot.
/// Labels may hold `_`, as browsers have it. The last one begins with a letter, so no address of
/// IPv4 is among them.
pub(super) const PATTERN: &str = "^(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+\
                                  [a-z]([a-z0-9-]{0,61}[a-z0-9])?$";

/// The longest name that DNS has, in characters.
pub(super) const LONGEST: usize = 253;

/// The prefix of a host that stands for every host below it.
const WILDCARD: &str = "*.";

/// Whether an entry is a host with a domain, or a wildcard before one, as the service stores it.
pub fn is_subdomain(entry: &str) -> bool {
    let host = entry.strip_prefix(WILDCARD).unwrap_or(entry);
    let mut labels = host.rsplit('.');
    let has_top = labels.next().is_some_and(|top| {
        is_label(top)
            && !top.contains('_')
            && top.starts_with(|first: char| first.is_ascii_lowercase())
    });
    let mut below = labels.peekable();
    entry.len() <= LONGEST && has_top && below.peek().is_some() && below.all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_letter =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=63).contains(&label.len())
        && label.bytes().all(is_letter)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An entry as the service stores it `[s+]`.
pub fn as_stored(entry: &str) -> String {
    entry.strip_suffix('.').unwrap_or(entry).to_ascii_lowercase()
}

/// The entry that a text probably means: one in capital letters, one with a final dot, or a URL.
pub fn subdomain_named(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    Some(as_stored(host)).filter(|named| is_subdomain(named))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_in_pattern(entry: &str) -> bool {
        let schema = json!({"pattern": PATTERN, "maxLength": LONGEST});
        jsonschema::draft7::is_valid(&schema, &json!(entry))
    }

    #[test]
    fn an_entry_is_a_host_or_a_wildcard_before_one() {
        let longest = format!("{0}.{0}.{0}.{1}.example", "a".repeat(63), "a".repeat(53));
        assert_eq!(longest.len(), LONGEST);
        for entry in [
            "app.example.com",
            "example.com",
            "*.preview.example.com",
            "xn--bcher-kva.example",
            "a_b.example.com",
            "1.example.com",
            "a--b.example.com",
            &format!("{}.example", "a".repeat(63)),
            &longest,
        ] {
            assert!(is_subdomain(entry) && is_in_pattern(entry), "{entry}");
        }
        for entry in [
            "",
            "*",
            "*.",
            "*.com",
            "localhost",
            "App.example.com",
            "app.example.com.",
            ".example.com",
            "app..example.com",
            "app.*.example.com",
            "a*.example.com",
            "*.*.example.com",
            "-a.example.com",
            "a-.example.com",
            "app.example.com:443",
            "https://app.example.com",
            "app.example.com/",
            "app example.com",
            "app.example.com\n",
            "127.0.0.1",
            "[::1]",
            "exämple.com",
            "${HOST}.example.com",
            &format!("{}.example", "a".repeat(64)),
            &format!("b.{longest}"),
        ] {
            assert!(!is_subdomain(entry) && !is_in_pattern(entry), "{entry}");
        }
    }

    #[test]
    fn an_entry_in_another_form_means_one() {
        for (text, expected) in [
            ("App.Example.COM", Some("app.example.com")),
            ("app.example.com.", Some("app.example.com")),
            ("*.Preview.example.com.", Some("*.preview.example.com")),
            ("https://app.example.com/path?x#y", Some("app.example.com")),
            ("https://user@app.example.com:8443", Some("app.example.com")),
            ("app.example.com:443", Some("app.example.com")),
            (" app.example.com ", Some("app.example.com")),
            (".example.com", None),
            ("localhost", None),
            ("*", None),
            ("", None),
            ("exämple.com", None),
            ("app example.com", None),
        ] {
            assert_eq!(subdomain_named(text).as_deref(), expected, "{text}");
        }
    }
}
