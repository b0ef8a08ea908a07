//! Comments are read as GitHub and GitLab read them, and must be what was meant.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::*;
use crate::render::samples::{self, is_quiet};

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
/// the views write: HTML of data, a link, a heading, a table, or a reference in prose.
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
        NodeValue::List(_) => format!("list of {}", node.children().count()),
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
        NodeValue::Item(_)
        | NodeValue::Paragraph
        | NodeValue::Strong
        | NodeValue::Code(_)
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
        let mut target = samples::target();
        target.config = config.to_owned();
        target.environment = environment.map(str::to_owned);
        assert_eq!(marker(target.info()), format!("<!-- clerkform: {expected} -->"));
    }
}
