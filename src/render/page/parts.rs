//! Parts that pages are put together from.

use maud::{Markup, html};

use super::text::shown;

/// Up to this many characters of a command are unfolded at first.
const LONG_COMMAND: usize = 480;
/// Up to this many boxes are shown before the rest is folded.
const FIRST_BOXES: usize = 3;

/// What a box tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxKind {
    /// Something to know.
    Note,
    /// Something that may go wrong.
    Warning,
    /// Something that went wrong.
    Bad,
}

impl BoxKind {
    /// Its class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// A colored box that is no entry of the filter's.
pub fn boxed(kind: BoxKind, content: &Markup) -> Markup {
    html! { div.box.(kind.class()) { (content) } }
}

/// Several boxes: the first ones are shown, and the others unfolded by `more`, which names them.
pub fn unfolding(boxes: &[Markup], more: impl Fn(usize) -> String) -> Markup {
    let (first, rest) = boxes.split_at(boxes.len().min(FIRST_BOXES));
    html! {
        @for each in first { (each) }
        @if !rest.is_empty() {
            details.more data-group {
                summary { (more(rest.len())) }
                @for each in rest { (each) }
            }
        }
    }
}

/// A command to copy, folded where it is very long.
pub fn command(told: &str, command: &str) -> Markup {
    let text = html! { pre.command tabindex="0" { (shown(command)) } };
    html! {
        p { (told) }
        @if command.len() > LONG_COMMAND {
            details { summary { "The command" } (text) }
        } @else {
            (text)
        }
    }
}

/// The head of a table.
pub fn heads(titles: &[&str]) -> Markup {
    html! { thead { tr { @for title in titles { th scope="col" { (title) } } } } }
}

/// The form that shows some entries only, with how many there are of each kind, for a page about so
/// many of `noun`. A kind has a word for links and one for people. It is hidden until the script is there that makes it work, and left out where there
/// is nothing to filter.
pub fn filter(kinds: &[(&str, &str, usize)], [one, many]: [&str; 2]) -> Markup {
    if kinds.iter().all(|(_, _, number)| *number == 0) {
        return html! {};
    }
    html! {
        form.filter role="search" hidden {
            label { "Filter " input type="search" autocomplete="off" spellcheck="false"; }
            fieldset {
                legend { "Kinds" }
                @for (kind, label, number) in kinds.iter().filter(|(_, _, number)| *number > 0) {
                    label {
                        input type="checkbox" value=(kind) checked;
                        " " (label) " " span.soft { (number) }
                    }
                }
            }
            output.soft role="status" data-one=(one) data-many=(many) {}
        }
    }
}
