//! Data as the text of a page.

use maud::{Markup, Render, html};

use crate::render::text::escape::printable;

/// A text of a file or of the service, in one line.
#[derive(Clone, Copy, Debug)]
pub struct ShownText<'a>(&'a str);

impl Render for ShownText<'_> {
    fn render_to(&self, buffer: &mut String) {
        printable(self.0).as_ref().render_to(buffer);
    }
}

/// A text of a file or of the service, in one line: what cannot be seen is an escape.
pub fn shown(text: &str) -> ShownText<'_> {
    ShownText(text)
}

/// A sentence; what it holds in backticks is code.
pub fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html! { (shown(text)) };
    }
    html! {
        @for (number, part) in parts.into_iter().enumerate() {
            @if number % 2 == 0 { (shown(part)) }
            @else if part.is_empty() { "``" }
            @else { code { (shown(part)) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sentence_holds_in_backticks_is_code() {
        for (text, expected) in [
            ("`<b>` is <b>", "<code>&lt;b&gt;</code> is &lt;b&gt;"),
            ("one ` alone", "one ` alone"),
            ("``", "``"),
            ("`a\u{202e}`", "<code>a\\u{202e}</code>"),
        ] {
            assert_eq!(prose(text).into_string(), expected);
        }
    }

    #[test]
    fn data_is_one_line_of_text() {
        let shown = html! { p title=(shown("\"\u{200b}")) { (shown("<b a='\"'>&\n\u{202e}")) } };
        assert_eq!(
            shown.into_string(),
            "<p title=\"&quot;\\u{200b}\">&lt;b a='&quot;'&gt;&amp;\\n\\u{202e}</p>"
        );
    }
}
