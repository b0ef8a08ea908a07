//! Comments are read as GitHub and GitLab read them, and must be what was meant.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::*;
use crate::render::samples::is_quiet;

/// What the links of a comment begin with.
pub const FILES: &str = "https://forge.example/acme/settings/blob/c0ffee1/";

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.alerts = true;
    options.extension.front_matter_delimiter = Some("---".to_owned());
    options
}

/// What a reader sees: a line for each part of a comment. Panics where it holds anything but what
/// the views write: HTML of data, a link to elsewhere, or a reference in prose.
pub fn outline(markdown: &str) -> Vec<String> {
    assert!(is_quiet(markdown), "{markdown}");
    assert!(length(markdown) <= LIMIT, "{}", length(markdown));
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    root.children().map(part).collect()
}

fn part<'a>(node: &'a AstNode<'a>) -> String {
    let seen = match &node.data.borrow().value {
        NodeValue::HtmlBlock(html) => own_html(&html.literal),
        NodeValue::Paragraph => "prose".to_owned(),
        NodeValue::Heading(heading) if heading.level == 3 => "heading".to_owned(),
        NodeValue::Alert(_) => {
            format!("alert of {}", node.children().map(part).collect::<Vec<_>>().join(", "))
        }
        NodeValue::List(_) => format!("list of {}", node.children().count()),
        NodeValue::Table(table) => {
            let rows = node.children().count() - 1;
            format!("table of {rows} by {}", table.num_columns)
        }
        NodeValue::CodeBlock(code) => {
            assert!(code.fenced && code.closed);
            format!("{} of {}", code.info, code.literal.lines().count())
        }
        other => panic!("nobody meant {other:?}"),
    };
    node.children().for_each(assert_prose);
    seen
}

/// HTML of which the tags are known and the rest is escaped.
fn own_html(html: &str) -> String {
    let mut rest = html.to_owned();
    for tag in [
        "<details>",
        "<details open>",
        "</details>",
        "<summary>",
        "</summary>",
        "<code>",
        "</code>",
    ] {
        rest = rest.replace(tag, "");
    }
    for line in html.lines().filter(|line| line.starts_with("<!--")) {
        assert_eq!(line.find("-->"), Some(line.len() - 3), "{line}");
        rest = rest.replace(line, "");
    }
    assert!(!rest.contains(['<', '>', '@']), "{html}");
    html.split_whitespace().take(2).collect::<Vec<_>>().join(" ").replace("<summary>", " summary")
}

fn assert_prose<'a>(node: &'a AstNode<'a>) {
    match &node.data.borrow().value {
        NodeValue::Text(text) => assert_no_reference(text),
        NodeValue::HtmlInline(tag) => {
            assert!(["<code>", "</code>"].contains(&tag.as_str()), "{tag}");
        }
        NodeValue::Link(link) => {
            assert!(link.url.starts_with(FILES) && link.title.is_empty(), "{link:?}");
        }
        NodeValue::Item(_)
        | NodeValue::List(_)
        | NodeValue::Paragraph
        | NodeValue::Strong
        | NodeValue::Code(_)
        | NodeValue::TableRow(_)
        | NodeValue::TableCell
        | NodeValue::LineBreak => {}
        other => panic!("nobody meant {other:?}"),
    }
    node.children().for_each(assert_prose);
}

/// What GitHub and GitLab would make a link or a picture of after the Markdown was read.
fn assert_no_reference(text: &str) {
    let letters: Vec<char> = text.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let before = if at == 0 { ' ' } else { letters[at - 1] };
        let is_sign = match letter {
            '@' | '#' | '!' | '$' | '%' | '&' | '~' | '^' => next.is_ascii_alphanumeric(),
            ':' => next.is_ascii_alphanumeric() || next == '/',
            '-' => before.is_ascii_uppercase() && next.is_ascii_digit(),
            _ => false,
        };
        assert!(!is_sign, "{text}");
    }
    let hexadecimal = text.split(|letter: char| !letter.is_ascii_hexdigit());
    assert!(hexadecimal.map(str::len).max().unwrap_or(0) < 7, "{text}");
    assert!(!text.contains("www."), "{text}");
}
