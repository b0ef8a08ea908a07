//! A value as YAML that every reader takes for the same: our own, and those of YAML 1.1 and 1.2.
//! It has no line break in it, whatever the value holds.

use serde_json::Value;

use super::words::add;
use crate::config::is_plainly_text;
use crate::text::is_hidden;

/// A value in one line.
pub(crate) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline_entry).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members = members.iter();
            let members: Vec<String> = members
                .map(|(name, value)| format!("{}: {}", quoted(name), inline_entry(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A value inside of brackets, where more letters mean something.
fn inline_entry(value: &Value) -> String {
    match value {
        Value::String(text) if !is_plain_in_brackets(text) => quoted(text),
        value => inline(value),
    }
}

fn is_plain_in_brackets(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:+@".contains(c))
}

/// A text, without quotes where nobody could take it for anything else.
fn scalar(text: &str) -> String {
    let is_plain = is_plainly_text(text)
        && !text.contains(is_hidden)
        && serde_yaml::to_string(text).is_ok_and(|written| written.trim_end() == text);
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes. As JSON has them, save for letters beyond its four digits.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' | '\r' | '\t' => out.extend(c.escape_default()),
            _ if !is_hidden(c) => out.push(c),
            _ if c <= '\u{ffff}' => add(&mut out, format_args!("\\u{:04x}", u32::from(c))),
            _ => add(&mut out, format_args!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_stands_without_quotes_only_where_nobody_takes_it_for_anything_else() {
        for (text, expected) in [
            ("help@example.com", "help@example.com"),
            ("two words", "two words"),
            ("capacitor://localhost:1", "capacitor://localhost:1"),
            ("a,b", "a,b"),
            ("", "\"\""),
            ("yes", "\"yes\""),
            ("NO", "\"NO\""),
            ("null", "\"null\""),
            ("true", "\"true\""),
            ("5", "\"5\""),
            ("5.0", "\"5.0\""),
            ("010", "\"010\""),
            ("1_000", "\"1_000\""),
            ("12:30", "\"12:30\""),
            ("2024-01-01", "\"2024-01-01\""),
            ("a #b", "\"a #b\""),
            ("a: b", "\"a: b\""),
            ("- a", "\"- a\""),
            ("*a", "\"*a\""),
            (" a", "\" a\""),
            ("a ", "\"a \""),
            ("it's \"so\"", "it's \"so\""),
            ("\"so\"", "\"\\\"so\\\"\""),
            ("a\nb: c", "\"a\\nb: c\""),
            ("a\u{85}b\u{2028}", "\"a\\u0085b\\u2028\""),
            ("\u{e0041}\u{feff}", "\"\\U000e0041\\ufeff\""),
        ] {
            assert_eq!(inline(&json!(text)), expected);
        }
        assert_eq!(inline(&json!(["a,b", "?x", "no", "ok"])), "[\"a,b\", \"?x\", \"no\", ok]");
        assert_eq!(inline(&json!({"a\n": [1, null, true]})), "{\"a\\n\": [1, null, true]}");
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[ \n\t:\\-{}\\[\\],&*!|>'\"%@#a-c0-2<~?=._\\\\]{0,12}",
            "[0-9a-fxobeEinY_.:+-]{1,8}",
            prop::sample::select(vec![
                "yes", "Off", "~", "=", "<<", "---", "...", ".inf", "y", "0x1"
            ])
            .prop_map(str::to_owned),
        ]
    }

    /// What a file sets its text and its list to that may hold anything.
    fn read(text: &str) -> Vec<Value> {
        let document = crate::config::tests::document(text);
        let value = |section: &str, field: &str| document[section][field].clone();
        vec![
            value("instance", "clerk_js_version"),
            value("oauth_application_settings", "default_scopes"),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_reads_back_the_same(texts in prop::collection::btree_set(any_text(), 1..4)) {
            let (one, list) = (json!(texts.first()), json!(texts));
            let entries: Vec<String> =
                texts.iter().map(|text| format!("    - {}\n", inline(&json!(text)))).collect();
            let entries = entries.concat();
            let head = format!("instance:\n  clerk_js_version: {}\n", inline(&one));
            for list_text in [format!(" {}\n", inline(&list)), format!("\n{entries}")] {
                let text = format!("{head}oauth_application_settings:\n  default_scopes:{list_text}");
                let set = read(&text);
                prop_assert_eq!(&set, &vec![one.clone(), list.clone()], "{}", &text);
                let theirs: Value = serde_yaml::from_str(&text).unwrap();
                prop_assert_eq!(&theirs["instance"]["clerk_js_version"], &one);
                prop_assert_eq!(&theirs["oauth_application_settings"]["default_scopes"], &list);
            }
        }
    }
}
