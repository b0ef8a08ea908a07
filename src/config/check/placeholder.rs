//! Placeholders that a template or a pipeline should have replaced by a value. Only forms that
//! no value of a setting has.

use crate::config::quote::quote;

/// The signs that open and close a placeholder, longer ones first.
const BRACKETS: [(&str, &str); 7] = [
    ("${{", "}}"),
    ("{{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("#{", "}"),
    ("{%", "%}"),
    ("<%", "%>"),
];

/// The first placeholder in a text.
pub(super) fn find(text: &str) -> Option<&str> {
    // Nearly every text has none of these.
    if !text.contains(['$', '{', '<', '#', '%', '@', '_']) {
        return None;
    }
    bracketed(text).or_else(|| angled(text)).or_else(|| between_signs(text)).or_else(|| shell(text))
}

/// The remedy.
pub(super) fn help(placeholder: &str) -> String {
    format!(
        "replace {} with the value: nothing is substituted when a file is read",
        quote(placeholder)
    )
}

fn bracketed(text: &str) -> Option<&str> {
    BRACKETS.iter().find_map(|(open, close)| {
        let start = text.find(open)?;
        let inner = start + open.len();
        let end = inner + text[inner..].find(close)?;
        Some(&text[start..end + close.len()])
    })
}

/// `<your-id>`, but not the address in `Help <help@example.com>`.
fn angled(text: &str) -> Option<&str> {
    let start = text.find('<')?;
    let end = start + text[start..].find('>')?;
    let name = &text[start + 1..end];
    let is_name = name.starts_with(|first: char| first.is_alphabetic())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.'));
    is_name.then(|| &text[start..=end])
}

/// `##NAME##` and `%NAME%` anywhere, `@NAME@` and `__NAME__` where they are the whole text. Between
/// percent signs a short name could be the letters of an encoded character.
fn between_signs(text: &str) -> Option<&str> {
    let inside = |sign: &str, least: usize| {
        let mut from = 0;
        while let Some(at) = text[from..].find(sign) {
            let start = from + at;
            let inner = start + sign.len();
            let length = text[inner..].find(sign)?;
            if length >= least && is_variable(&text[inner..inner + length]) {
                return Some(&text[start..inner + length + sign.len()]);
            }
            from = inner;
        }
        None
    };
    let whole = |sign: &str| {
        let name = text.strip_prefix(sign)?.strip_suffix(sign)?;
        (is_variable(name) && !name.contains(|c: char| c.is_ascii_lowercase())).then_some(text)
    };
    let percent = text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    inside("##", 1)
        .or_else(|| percent.filter(|name| is_variable(name)).map(|_| text))
        .or_else(|| inside("%", 3).filter(|found| !found.contains(|c: char| c.is_lowercase())))
        .or_else(|| whole("@"))
        .or_else(|| whole("__"))
}

/// `$NAME`: as the whole text, or in capitals where a part of it begins.
fn shell(text: &str) -> Option<&str> {
    if text.strip_prefix('$').is_some_and(is_variable) {
        return Some(text);
    }
    text.match_indices('$').find_map(|(at, _)| {
        let is_start = !text[..at].ends_with(|before: char| before.is_alphanumeric());
        let rest = &text[at + 1..];
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let is_whole = !rest[length..].starts_with(|next: char| next.is_alphanumeric());
        let is_name = length > 1 && is_variable(&rest[..length]);
        (is_start && is_name && is_whole).then(|| &text[at..=at + length])
    })
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_should_have_replaced_is_found() {
        for (text, found) in [
            ("${X}", "${X}"),
            ("a-${X:-b}-c", "${X:-b}"),
            ("${{ vars.X }}", "${{ vars.X }}"),
            ("{{x}}", "{{x}}"),
            ("{{ .Values.origin }}/", "{{ .Values.origin }}"),
            ("https://{% x %}", "{% x %}"),
            ("$(X)", "$(X)"),
            ("#{X}#", "#{X}"),
            ("<%= x %>", "<%= x %>"),
            ("<your-id>", "<your-id>"),
            ("https://<app>.example.com", "<app>"),
            ("##X##", "##X##"),
            ("help@##DOMAIN##", "##DOMAIN##"),
            ("%X%", "%X%"),
            ("https://%APP_HOST%:3000", "%APP_HOST%"),
            ("@VERSION@", "@VERSION@"),
            ("__VERSION__", "__VERSION__"),
            ("$x", "$x"),
            ("https://$HOST:3000", "$HOST"),
            ("help@$DOMAIN", "$DOMAIN"),
        ] {
            assert_eq!(find(text), Some(found), "{text}");
        }
    }

    #[test]
    fn a_value_is_no_placeholder() {
        for text in [
            "",
            "5",
            "5.102.0",
            "canary",
            "snapshot_v2",
            "help@example.com",
            "a%b@example.com",
            "a$bc@example.com",
            "a$BC@example.com",
            "{a}@example.com",
            "#a#@example.com",
            "Help <help@example.com>",
            "https://app.example.com",
            "app://ex%C3%A4mple",
            "app://%41%42%43",
            "chrome-extension://abcdefghijklmnop",
            "role_2abc",
            "__x__",
            "profile",
            "user:read",
            "https://scopes.example.com/a_b#c",
            "1 < 2 > 1",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
