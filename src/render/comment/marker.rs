//! The hidden line by which a program finds a target in a comment.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::render::text::words::add;
use crate::text::fingerprint;

/// A marker with more characters than this has a checksum for the name.
const LONG_NAME: usize = 160;

/// The marker of a target: its file, and its environment behind a `#`.
pub fn marker(config: &str, environment: Option<&str>) -> String {
    let mut name = percent(config);
    if let Some(environment) = environment {
        add(&mut name, format_args!("#{}", percent(environment)));
    }
    if name.len() > LONG_NAME {
        name = fingerprint(&name);
    }
    format!("<!-- clerkform: {name} -->")
}

/// The signs that a marker shows as they are, beside letters and digits.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'/');

/// A text in which nothing can end a comment: what is no letter, digit, `.`, `_`, `/` or single
/// `-` is written as in a URL.
fn percent(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string().replace("--", "-%2D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_the_same_on_every_run_and_nothing_ends_it() {
        let long = "a/".repeat(200);
        for (config, environment, expected) in [
            ("clerk.yaml", None, "clerk.yaml"),
            ("a/my-clerk.yaml", Some("prod_eu-1"), "a/my-clerk.yaml#prod_eu-1"),
            ("-->", None, "-%2D%3E"),
            ("a---b", None, "a-%2D-b"),
            ("é #%\n", None, "%C3%A9%20%23%25%0A"),
            (long.as_str(), None, fingerprint(&long).as_str()),
        ] {
            assert_eq!(marker(config, environment), format!("<!-- clerkform: {expected} -->"));
        }
    }
}
