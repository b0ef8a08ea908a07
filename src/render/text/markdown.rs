//! Puts data into Markdown so that it stays data: inside a fence, a code span or escaped prose it
//! can neither end its surroundings nor start HTML, a link or a mention. Written for what GitHub
//! and GitLab add to `CommonMark`.

use super::escape::{name, printable};

/// Characters at which GitHub or GitLab look for a reference (`@team`, `#12`, `!12`, `:tada:`,
/// `https://…`) after the Markdown was read, so that a backslash does not keep them from it. A
/// zero-width space behind them does, and so it does in what could be the start of a commit's name
/// (`4f2ab19`) or an issue's (`GH-12`).
const REFERENCE_SIGNS: &[char] = &['@', '#', '!', '$', '%', '&', '~', '^', ':'];
/// The name of a commit is linked from one more hexadecimal digit on.
const HEXADECIMAL: usize = 6;

/// A text as prose within a line.
pub fn inline(text: &str) -> String {
    let visible = printable(text);
    let mut out = String::with_capacity(visible.len() + 16);
    let mut rest = visible.chars().peekable();
    let mut digits = 0;
    while let Some(c) = rest.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            ',' | ';' | '\'' | '"' | '?' => out.push(c),
            _ if c.is_ascii_punctuation() => out.extend(['\\', c]),
            _ => out.push(c),
        }
        digits = if c.is_ascii_hexdigit() { digits + 1 } else { 0 };
        let is_sign = rest.peek().is_some_and(|next| match c {
            '-' => next.is_ascii_digit(),
            _ => *next != ' ' && REFERENCE_SIGNS.contains(&c),
        });
        if is_sign || digits == HEXADECIMAL {
            digits = 0;
            out.push_str("&#8203;");
        }
    }
    out
}

/// A name within a line: as it is where every reader takes it for nothing but text.
pub fn label(text: &str) -> String {
    let escaped = inline(text);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "./- ".contains(c);
    let is_text = text.chars().all(is_plain) && escaped.replace('\\', "") == text;
    if is_text && !text.contains("www.") { text.to_owned() } else { escaped }
}

/// A sentence as prose within a line; what it holds in backticks is code there too.
pub fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return inline(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (number, part) in parts.into_iter().enumerate() {
        match number % 2 {
            0 => out.push_str(&inline(part)),
            _ if part.is_empty() => out.push_str(&inline("``")),
            _ => out.push_str(&code(part)),
        }
    }
    out
}

/// A text as code within a line.
pub fn code(text: &str) -> String {
    let visible = printable(text);
    if visible.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let ticks = "`".repeat(longest_run(&visible) + 1);
    let edge = |c: char| c == '`' || c == ' ';
    let pad = if visible.starts_with(edge) || visible.ends_with(edge) { " " } else { "" };
    format!("{ticks}{pad}{visible}{pad}{ticks}")
}

/// The same within a cell of a table, which no character of it ends. What looks like an escaped `|`
/// is read in one way here and in another there, so that it is no code span but HTML.
pub fn code_cell(text: &str) -> String {
    if printable(text).contains("\\|") {
        return format!("<code>{}</code>", inline(text));
    }
    code(text).replace('|', "\\|")
}

/// A name or path as code within a line, shortened where it is very long.
pub fn named(text: &str) -> String {
    code(&name(text))
}

/// A text as HTML, for the one line of a foldable block that Markdown does not reach.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in printable(text).chars() {
        match c {
            '<' | '>' | '&' | '"' | '\'' | '@' | '`' => {
                out.push_str("&#");
                out.push_str(&u32::from(c).to_string());
                out.push(';');
            }
            _ => out.push(c),
        }
    }
    out
}

/// Lines in a fence that none of them can end, whatever they hold.
pub fn fence<T: AsRef<str>>(language: &str, lines: &[T]) -> String {
    let visible: Vec<_> = lines.iter().map(|line| printable(line.as_ref())).collect();
    let longest = visible.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let ticks = "`".repeat(longest.max(2) + 1);
    format!("{ticks}{language}\n{}\n{ticks}\n", visible.join("\n"))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_starts_no_html_link_mention_table_or_fence() {
        for (text, expected) in [
            ("hello, world", "hello, world"),
            ("<script>", "&lt;script&gt;"),
            ("&lt;", "&amp;&#8203;lt;"),
            ("@team", "\\@&#8203;team"),
            ("[a](b)", "\\[a\\]\\(b\\)"),
            ("https://e.x", "https\\:&#8203;\\/\\/e\\.x"),
            ("www.e.x", "www\\.e\\.x"),
            ("a|b", "a\\|b"),
            ("```", "\\`\\`\\`"),
            ("#12 !3", "\\#&#8203;12 \\!&#8203;3"),
            ("a: b", "a\\: b"),
            ("x\n# y", "x\\\\n\\# y"),
            ("\\", "\\\\"),
            ("GH-1", "GH\\-&#8203;1"),
            ("4f2ab19c", "4f2ab1&#8203;9c"),
        ] {
            assert_eq!(inline(text), expected);
        }
    }

    #[test]
    fn a_name_stays_as_it_is_where_it_is_nothing_else() {
        for (text, expected) in [
            ("apps/clerk.yaml", "apps/clerk.yaml"),
            ("a_b", "a\\_b"),
            ("www.e.x", "www\\.e\\.x"),
            ("GH-1", "GH\\-&#8203;1"),
            ("4f2ab19c", "4f2ab1&#8203;9c"),
        ] {
            assert_eq!(label(text), expected);
        }
    }

    #[test]
    fn what_a_sentence_holds_in_backticks_is_code() {
        for (text, expected) in [
            ("`a_b: 1` is <b>", "`a_b: 1` is &lt;b&gt;"),
            ("use `a` or `b`", "use `a` or `b`"),
            ("one ` alone", "one \\` alone"),
            ("``", "\\`\\`"),
            ("`@team` @team", "`@team` \\@&#8203;team"),
        ] {
            assert_eq!(prose(text), expected);
        }
    }

    #[test]
    fn a_code_span_is_wider_than_any_run_of_backticks_in_it() {
        for (text, expected) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("`a``", "``` `a`` ```"),
            (" a", "`  a `"),
            ("", "(empty)"),
            ("a\nb", "`a\\nb`"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn no_code_ends_the_cell_that_it_stands_in() {
        for (text, expected) in
            [("a", "`a`"), ("a|b", "`a\\|b`"), ("a\\|b", "<code>a\\\\\\|b</code>"), ("", "(empty)")]
        {
            assert_eq!(code_cell(text), expected);
        }
    }

    #[test]
    fn html_holds_no_tag_quote_or_mention() {
        assert_eq!(html("<b a=\"'\">&@`\n"), "&#60;b a=&#34;&#39;&#34;&#62;&#38;&#64;&#96;\\n");
    }

    #[test]
    fn a_fence_is_longer_than_any_run_of_backticks_in_it() {
        assert_eq!(fence("diff", &["+ a"]), "```diff\n+ a\n```\n");
        assert_eq!(fence("", &["````", "b"]), "`````\n````\nb\n`````\n");
        assert_eq!(fence("", &["a\n```"]), "````\na\\n```\n````\n");
    }
}
