//! Files of `NAME=VALUE` lines, read as `node --env-file` reads them.

/// The value that a text gives a variable: the last one, where it does so more than once.
pub fn value(text: &str, variable: &str) -> Option<String> {
    let mut found = None;
    let mut rest = text.trim_start_matches('\u{feff}');
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let Some(name) = assigned(line) else {
            rest = after;
            continue;
        };
        let start = line.find('=').map_or(line.len(), |at| at + 1);
        let (value, length) = read(&rest[start..]);
        if name == variable {
            found = Some(value);
        }
        rest = rest[start + length..].split_once('\n').map_or("", |(_, next)| next);
    }
    found
}

/// The name before the `=`.
fn assigned(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    (!name.starts_with('#')).then_some(name)
}

/// A value at the start of a text, and how many bytes it takes. In quotes it may go over lines.
fn read(text: &str) -> (String, usize) {
    let line = text.split('\n').next().unwrap_or_default();
    let blanks = line.len() - line.trim_start().len();
    let quote = line.trim_start().chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    if let Some(quote) = quote {
        let inner = &text[blanks + 1..];
        if let Some(end) = inner.find(quote) {
            let value = &inner[..end];
            let value = if quote == '"' { value.replace("\\n", "\n") } else { value.to_owned() };
            return (value, blanks + end + 2);
        }
    }
    let value = line.split('#').next().unwrap_or_default().trim();
    (value.to_owned(), line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_found_as_node_finds_it() {
        for (text, expected) in [
            ("", None),
            ("A=1", Some("1")),
            ("\u{feff}A = 1 # one\r\nB=2\n", Some("1")),
            ("export A=1\n", Some("1")),
            ("# A=1\n", None),
            ("A=1\nA=2\n", Some("2")),
            ("B=\"\nA=1\"\n", None),
            ("A='#1' # one\n", Some("#1")),
            ("A=\"1\\n2\"\n", Some("1\n2")),
            ("A=\"1\n", Some("\"1")),
            ("AB=1\nnonsense\n", None),
            ("A=\n", Some("")),
        ] {
            assert_eq!(value(text, "A").as_deref(), expected, "{text:?}");
        }
    }
}
