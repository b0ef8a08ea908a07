//! The forms of texts: an email address, an origin, one of a few words.

use super::blank::{BLANK, is_blank};
use super::near::nearest;
use super::{origin, placeholder};
use crate::catalog::{Field, Shape, country_named, subdomain_named};
use crate::config::quote::quote;
use crate::text::is_hidden;

/// Why a text does not have its shape.
pub(super) struct ShapeProblem {
    /// The end of a sentence that begins with the text.
    pub message: &'static str,
    pub help: String,
}

/// The problem of a text that a template should have changed.
pub(super) const UNREPLACED: &str = "is a placeholder that was never replaced";

/// Why a text does not have a shape; `None` where it does, and where the schema says it.
pub(super) fn problem(shape: Shape, text: &str) -> Option<ShapeProblem> {
    let (rule, example): (fn(&str) -> Option<&'static str>, _) = match shape {
        Shape::OneOf(_) | Shape::Alphanumeric | Shape::Country | Shape::Subdomain => {
            return None;
        }
        Shape::Any => (word, "it must be one word, without spaces or line breaks"),
        Shape::Email => (email, "an address looks like `help@example.com`"),
        Shape::Origin => (
            origin::problem,
            "an origin is a scheme and a host, as in `https://example.com`, \
             `http://localhost:3000` or `chrome-extension://abc`",
        ),
    };
    if let Some(found) = placeholder::find(text) {
        let message = if found == text {
            UNREPLACED
        } else {
            "contains a placeholder that was never replaced"
        };
        return Some(ShapeProblem { message, help: placeholder::help(found) });
    }
    let message = rule(text)?;
    let meant = match shape {
        Shape::Origin => origin::corrected(text),
        _ => seen(text).filter(|meant| meant != text && rule(meant).is_none()),
    };
    let help = match meant {
        Some(meant) if text.ends_with('\n') && meant == text.trim_end() => format!(
            "write {}: text after `|` or `>` ends with a line break, unless it is `|-` or `>-`",
            quote(&meant)
        ),
        Some(meant) => format!("write {}", quote(&meant)),
        None => example.to_owned(),
    };
    Some(ShapeProblem { message, help })
}

/// The text that one sees, where it is one word.
fn seen(text: &str) -> Option<String> {
    let seen: String = text.trim().chars().filter(|letter| !is_hidden(*letter)).collect();
    (!seen.is_empty()).then_some(seen)
}

/// An id, a version, a scope: none of them has blanks.
fn word(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    text.contains(is_blank).then_some(BLANK)
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
                    Some("it is always on and never sent: remove it".to_owned())
                }
                None => None,
            };
            let words: Vec<String> = words.iter().map(|word| in_backticks(word)).collect();
            (format!("takes {}", words.join(", ")), help)
        }
        Shape::Country => (
            "takes two-letter ISO 3166-1 codes in capitals".to_owned(),
            country_named(text).map(|code| format!("write `{code}`")),
        ),
        Shape::Alphanumeric => (
            "takes ASCII letters and digits only".to_owned(),
            text.contains('@').then(|| "set only the part before the `@`".to_owned()),
        ),
        Shape::Subdomain => (
            "takes lowercase hosts, such as `app.example.com`, and wildcards, such as \
             `*.example.com`"
                .to_owned(),
            Some(match subdomain_named(text) {
                Some(entry) => format!("write `{entry}`"),
                None => "an entry is a domain without scheme or port; write non-ASCII letters as \
                    `xn--…`"
                    .to_owned(),
            }),
        ),
        Shape::Any | Shape::Email | Shape::Origin => ("does not accept this".to_owned(), None),
    }
}

fn in_backticks(word: &str) -> String {
    if word.is_empty() { "`\"\"`".to_owned() } else { format!("`{word}`") }
}

fn email(text: &str) -> Option<&'static str> {
    if text.contains(is_blank) {
        return Some(BLANK);
    }
    let Some((local, domain)) = text.split_once('@') else { return Some("has no `@`") };
    if domain.contains('@') {
        return Some("has more than one `@`");
    }
    if local.is_empty() || local.len() > 64 {
        return Some("has no valid name before the `@`");
    }
    let strange = |letter: char| {
        matches!(letter, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\' | '"')
    };
    if text.contains(strange) || is_dotted_badly(local) {
        return Some("is not an email address");
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
    (!domain.split('.').all(is_label)).then_some("has an invalid domain")
}

fn is_dotted_badly(local: &str) -> bool {
    local.starts_with('.') || local.ends_with('.') || local.contains("..")
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
}
