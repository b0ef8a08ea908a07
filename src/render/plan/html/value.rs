//! Both sides of a change as HTML, whole: of a set every entry, marked where one side alone has it.

use std::collections::HashSet;

use serde_json::Value;

use super::words::{PageTopic, Words};
use crate::plan::{Change, sides};
use crate::render::plan::change::{ShownChange, counts, shown};
use crate::render::text::escape::full_value;
use crate::render::text::markdown::html;
use crate::render::text::words::{add, count};

/// A value with more characters than this has a box of its own that scrolls.
const LONG: usize = 400;
/// So has a list with more entries than this.
const MANY: usize = 24;

/// Both sides of a change, and how the two differ where that is to be counted.
pub(super) struct HtmlSides {
    /// HTML; empty where nothing is recorded.
    pub before: String,
    /// HTML.
    pub after: String,
    /// Text.
    pub difference: Option<String>,
}

/// Both sides of a change.
pub(super) fn both(words: &Words, change: &Change) -> HtmlSides {
    let ShownChange::Entries { removed, added, kept } = shown(change) else {
        let before = change.before.as_ref().map(|before| whole(before, words.before));
        let after = whole(&change.after, words.after);
        return HtmlSides { before: before.unwrap_or_default(), after, difference: None };
    };
    let count = match words.topic {
        PageTopic::Plan => counts,
        PageTopic::Drift => sides,
    };
    let difference = Some(count(removed.len(), added.len(), kept));
    let before = change.before.as_ref().map(|all| entries(all, removed, DELETED, words.before));
    let after = entries(&change.after, added, INSERTED, words.after);
    HtmlSides { before: before.unwrap_or_default(), after, difference }
}

/// A value, in a box where it is long.
pub(super) fn whole(value: &Value, side: &str) -> String {
    let text = full_value(value);
    let length = text.chars().count();
    let shown = html(&text);
    if length > LONG { scrolled(&shown, side, &count(length, "character")) } else { shown }
}

/// How an entry is marked that one side alone has.
#[derive(Clone, Copy)]
struct Mark {
    element: &'static str,
    sign: &'static str,
}

const DELETED: Mark = Mark { element: "del", sign: "−" };
const INSERTED: Mark = Mark { element: "ins", sign: "+" };

fn entries(all: &Value, marked: Vec<&Value>, mark: Mark, side: &str) -> String {
    let all = all.as_array().map(Vec::as_slice).unwrap_or_default();
    if all.is_empty() {
        return "[]".to_owned();
    }
    let marked: HashSet<&Value> = marked.into_iter().collect();
    let Mark { element, sign } = mark;
    let mut out = "<ul>".to_owned();
    let mut length = 0;
    for entry in all {
        let text = full_value(entry);
        length += text.len();
        let text = html(&text);
        if marked.contains(entry) {
            add(&mut out, format_args!("<li><{element}>{sign} {text}</{element}></li>"));
        } else {
            add(&mut out, format_args!("<li>{text}</li>"));
        }
    }
    out += "</ul>";
    let is_long = all.len() > MANY || length > LONG;
    if is_long { scrolled(&out, side, &count(all.len(), "entry")) } else { out }
}

/// A box that is reached by keyboard and says how much is in it.
fn scrolled(shown: &str, side: &str, length: &str) -> String {
    format!(
        "<div class=\"long\" tabindex=\"0\" role=\"group\" aria-label=\"{side}, {length}\">\
         {shown}</div><span class=\"soft\">{length}</span>"
    )
}
