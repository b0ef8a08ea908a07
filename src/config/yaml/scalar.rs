//! The meaning of a scalar: YAML 1.2's core schema, and what its readers do not agree on.

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Typed {
    Null,
    Boolean(bool),
    Integer(i64),
    /// An integer beyond 64 bits.
    Huge,
    /// A number that is no integer, or is written as if it were none.
    Float,
    Text,
    /// Readers of YAML 1.1 and 1.2 take it for different things: `yes`, `010`, `2024-01-01`.
    Ambiguous,
}

/// A tag of YAML's core schema that a scalar may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScalarTag {
    Null,
    Boolean,
    Integer,
    Float,
    Text,
}

/// The type of a scalar without quotes and tag.
pub(super) fn plain(text: &str) -> Typed {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Typed::Null,
        "true" | "True" | "TRUE" => Typed::Boolean(true),
        "false" | "False" | "FALSE" => Typed::Boolean(false),
        _ if differs_in_yaml_1_1(text) => Typed::Ambiguous,
        _ => integer(text).unwrap_or(if is_float(text) { Typed::Float } else { Typed::Text }),
    }
}

/// Whether a text that stands without quotes is a text to every reader of YAML, as far as its type
/// goes. Whether its letters may stand there is another question.
pub fn is_plainly_text(text: &str) -> bool {
    plain(text) == Typed::Text
}

/// The type of a scalar with a tag; `None` where the text does not fit the tag.
pub(super) fn tagged(text: &str, tag: ScalarTag) -> Option<Typed> {
    match (tag, plain(text)) {
        (ScalarTag::Text, _) => Some(Typed::Text),
        (ScalarTag::Null, Typed::Null) => Some(Typed::Null),
        (ScalarTag::Boolean, typed @ Typed::Boolean(_))
        | (ScalarTag::Integer, typed @ (Typed::Integer(_) | Typed::Huge)) => Some(typed),
        (ScalarTag::Integer, Typed::Ambiguous) if integer(text).is_some() => Some(Typed::Ambiguous),
        (ScalarTag::Float, Typed::Float | Typed::Integer(_) | Typed::Huge) => Some(Typed::Float),
        _ => None,
    }
}

/// The value of an integer of the core schema: decimal, `0o` octal or `0x` hexadecimal.
pub(crate) fn integer(text: &str) -> Option<Typed> {
    let (digits, radix) = match text.get(..2) {
        Some("0o") => (&text[2..], 8),
        Some("0x") => (&text[2..], 16),
        _ => (text, 10),
    };
    let unsigned = match radix {
        10 => digits.strip_prefix(['-', '+']).unwrap_or(digits),
        _ => digits,
    };
    if unsigned.is_empty() || !unsigned.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    Some(i64::from_str_radix(digits, radix).map_or(Typed::Huge, Typed::Integer))
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        None => (unsigned, None),
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}

/// Whether readers of YAML 1.1, still the most common kind, take the text for something else than
/// readers of YAML 1.2. Octal `0o17` is left out: 1.2 is clear about it, and 1.1 has no such form.
fn differs_in_yaml_1_1(text: &str) -> bool {
    const WORDS: [&str; 12] =
        ["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"];
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if WORDS.contains(&text) {
        return true;
    }
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return false;
    }
    let bytes = unsigned.as_bytes();
    let of = |set: fn(u8) -> bool| move |text: &str| !text.is_empty() && text.bytes().all(set);
    let digits = of(|byte| byte.is_ascii_digit());
    let spaced = of(|byte| byte.is_ascii_digit() || byte == b'_');
    let old_octal = bytes.len() > 1 && bytes[0] == b'0' && spaced(unsigned);
    let binary =
        unsigned.strip_prefix("0b").is_some_and(of(|byte| matches!(byte, b'0' | b'1' | b'_')));
    let hexadecimal = unsigned
        .strip_prefix("0x")
        .is_some_and(of(|byte| byte.is_ascii_hexdigit() || byte == b'_'))
        && (unsigned.contains('_') || unsigned.len() < text.len());
    let underscores = unsigned.contains('_')
        && unsigned.split('.').count() <= 2
        && of(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))(unsigned);
    let base_60 = unsigned.contains(':')
        && unsigned
            .split(':')
            .all(|part| part.split('.').all(|part| part.is_empty() || spaced(part)));
    let date = unsigned.len() == text.len()
        && text.get(..10).is_some_and(|date| {
            let parts: Vec<&str> = date.split('-').collect();
            matches!(parts[..], [year, month, day]
                if year.len() == 4 && month.len() == 2 && [year, month, day].into_iter().all(digits))
        });
    old_octal || binary || hexadecimal || underscores || base_60 || date
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_scalar_has_the_type_of_the_core_schema() {
        for (text, typed) in [
            ("", Typed::Null),
            ("~", Typed::Null),
            ("NULL", Typed::Null),
            ("nULL", Typed::Text),
            ("true", Typed::Boolean(true)),
            ("False", Typed::Boolean(false)),
            ("tRUE", Typed::Text),
            ("0", Typed::Integer(0)),
            ("-0", Typed::Integer(0)),
            ("+12", Typed::Integer(12)),
            ("-5", Typed::Integer(-5)),
            ("0o17", Typed::Integer(15)),
            ("0o18", Typed::Text),
            ("0x1F", Typed::Integer(31)),
            ("0x", Typed::Text),
            ("0o-7", Typed::Text),
            ("0x+7", Typed::Text),
            ("9223372036854775807", Typed::Integer(i64::MAX)),
            ("-9223372036854775808", Typed::Integer(i64::MIN)),
            ("9223372036854775808", Typed::Huge),
            ("0xFFFFFFFFFFFFFFFFF", Typed::Huge),
            ("5.0", Typed::Float),
            ("1e3", Typed::Float),
            ("5.", Typed::Float),
            (".5", Typed::Float),
            ("-.inf", Typed::Float),
            (".NaN", Typed::Float),
            ("-.nan", Typed::Text),
            (".", Typed::Text),
            ("1e", Typed::Text),
            ("e3", Typed::Text),
            ("5.10.1", Typed::Text),
            ("latest", Typed::Text),
            ("y", Typed::Text),
            ("_", Typed::Text),
            ("ä", Typed::Text),
            ("0ä", Typed::Text),
        ] {
            assert_eq!(plain(text), typed, "{text:?}");
        }
    }

    #[test]
    fn what_old_and_new_readers_take_differently_is_ambiguous() {
        for text in [
            "yes",
            "No",
            "ON",
            "off",
            "010",
            "-010",
            "0b11",
            "1_000",
            "1_0.5",
            "12:30",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            "-0x1F",
            "0x1_F",
            "190:20:30.15",
        ] {
            assert_eq!(plain(text), Typed::Ambiguous, "{text:?}");
        }
    }

    #[test]
    fn a_tag_overrules_the_form_and_must_fit() {
        for (text, tag, typed) in [
            ("5", ScalarTag::Text, Some(Typed::Text)),
            ("yes", ScalarTag::Text, Some(Typed::Text)),
            ("5", ScalarTag::Integer, Some(Typed::Integer(5))),
            ("five", ScalarTag::Integer, None),
            ("5", ScalarTag::Float, Some(Typed::Float)),
            ("true", ScalarTag::Boolean, Some(Typed::Boolean(true))),
            ("yes", ScalarTag::Boolean, None),
            ("", ScalarTag::Null, Some(Typed::Null)),
            ("x", ScalarTag::Null, None),
        ] {
            assert_eq!(tagged(text, tag), typed, "{text:?} {tag:?}");
        }
    }
}
