//! Both sides of a change as HTML, whole: of a set every entry, marked where one side alone has it.

use std::collections::HashSet;

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::words::{PageTopic, Words};
use crate::plan::{Change, sides};
use crate::render::page::shown;
use crate::render::plan::change::{ShownChange, counts, shown as form};
use crate::render::text::escape::full_value;
use crate::render::text::words::count;

/// A value with more characters than this has a box of its own that scrolls.
const LONG: usize = 400;
/// So has a list with more entries than this.
const MANY: usize = 24;
/// A value with more characters than this is too long for a cell between others.
const SHORT: usize = 80;

/// Both sides of a change, and how the two differ where that is to be counted.
pub(super) struct HtmlSides {
    /// Nothing where nothing is recorded.
    pub before: Option<Markup>,
    pub after: Markup,
    /// Text.
    pub difference: Option<String>,
}

/// Both sides of a change.
pub(super) fn both(words: &Words, change: &Change) -> HtmlSides {
    let before = change.before.as_ref();
    let ShownChange::Entries { removed, added, .. } = form(change) else {
        let before = before.map(|before| whole(before, words.before));
        return HtmlSides { before, after: whole(&change.after, words.after), difference: None };
    };
    HtmlSides {
        before: before.map(|all| entries(all, &removed, Mark::Deleted, words.before)),
        after: entries(&change.after, &added, Mark::Inserted, words.after),
        difference: difference(words, change),
    }
}

/// How many entries of a set come, go and stay.
fn difference(words: &Words, change: &Change) -> Option<String> {
    let ShownChange::Entries { removed, added, kept } = form(change) else { return None };
    let count = match words.topic {
        PageTopic::Plan => counts,
        PageTopic::Drift => sides,
    };
    Some(count(removed.len(), added.len(), kept))
}

/// A change in a line, with a link to the entry that has it whole where it is too long for one.
pub(super) fn brief(words: &Words, change: &Change, entry: &str) -> Markup {
    if let Some(difference) = difference(words, change) {
        return html! { a href={ "#" (entry) } { (difference) } };
    }
    let short = |value: &Value| {
        let text = full_value(value);
        let length = text.chars().count();
        if length > SHORT {
            html! { a href={ "#" (entry) } { (count(length, "character")) } }
        } else {
            html! { (shown(&text)) }
        }
    };
    html! {
        @if let Some(before) = change.before.as_ref() {
            span.before { (short(before)) } " → "
        }
        b { (short(&change.after)) }
    }
}

/// A value, in a box where it is long.
pub(super) fn whole(value: &Value, side: &str) -> Markup {
    let text = full_value(value);
    let length = text.chars().count();
    let whole = html! { (shown(&text)) };
    if length > LONG { scrolled(&whole, side, &count(length, "character")) } else { whole }
}

/// How an entry is marked that one side alone has.
#[derive(Clone, Copy)]
enum Mark {
    Deleted,
    Inserted,
}

fn entries(all: &Value, marked: &[&Value], mark: Mark, side: &str) -> Markup {
    let all = all.as_array().map(Vec::as_slice).unwrap_or_default();
    if all.is_empty() {
        return PreEscaped("[]".to_owned());
    }
    let marked: HashSet<&Value> = marked.iter().copied().collect();
    let texts: Vec<String> = all.iter().map(full_value).collect();
    let list = html! {
        ul {
            @for (entry, text) in all.iter().zip(&texts) {
                li {
                    @match mark {
                        _ if !marked.contains(entry) => (shown(text)),
                        Mark::Deleted => del { "− " (shown(text)) },
                        Mark::Inserted => ins { "+ " (shown(text)) },
                    }
                }
            }
        }
    };
    let length: usize = texts.iter().map(String::len).sum();
    let is_long = all.len() > MANY || length > LONG;
    if is_long { scrolled(&list, side, &count(all.len(), "entry")) } else { list }
}

/// A box that is reached by keyboard and says how much is in it.
fn scrolled(content: &Markup, side: &str, length: &str) -> Markup {
    html! {
        div.long tabindex="0" role="group" aria-label={ (side) ", " (length) } { (content) }
        span.soft { (length) }
    }
}
