//! The values that a field may hold, in words.

use crate::catalog::{Field, Kind, Shape};

/// The values that a field may hold, `null` included.
pub(crate) fn accepted(field: &Field) -> String {
    let kind = match field.kind {
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer { minimum } => format!("a whole number, at least {minimum}"),
        Kind::Text(shape) => one(shape),
        Kind::Set(shape) => match field.most {
            Some(most) => format!("a list of at most {most} {}", many(shape)),
            None => format!("a list of {}", many(shape)),
        },
    };
    match (field.kind, field.nullable) {
        (_, false) => kind,
        (Kind::Boolean, true) => "true, false or null".to_owned(),
        (_, true) => format!("{kind}, or null"),
    }
}

fn one(shape: Shape) -> String {
    match shape {
        Shape::Any => "a string".to_owned(),
        Shape::Email => "an email address".to_owned(),
        Shape::Origin => "an origin".to_owned(),
        Shape::OneOf(words) => format!("one of {}", quoted(words)),
        Shape::Alphanumeric => "letters and digits".to_owned(),
        Shape::Country => "a country code".to_owned(),
        Shape::Subdomain => "a host or wildcard".to_owned(),
    }
}

fn many(shape: Shape) -> String {
    match shape {
        Shape::Any => "strings".to_owned(),
        Shape::Email => "email addresses".to_owned(),
        Shape::Origin => "origins".to_owned(),
        Shape::OneOf(words) => format!("any of {}", quoted(words)),
        Shape::Alphanumeric => "words of letters and digits".to_owned(),
        Shape::Country => "countries' codes".to_owned(),
        Shape::Subdomain => "hosts and wildcards".to_owned(),
    }
}

/// The empty text among them can be told.
fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
