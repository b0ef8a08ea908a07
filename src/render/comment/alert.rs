//! What a reader must not miss, as an alert of GitHub's and GitLab's: a box in colour.

use super::folded::length;
use crate::render::text::words::{add, count};

/// How many characters an alert may have.
const ROOM: usize = 16_000;

/// How much an alert matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Something is wrong.
    Caution,
    /// Something is risky.
    Warning,
}

/// An alert with what it is about.
#[derive(Debug)]
pub struct Alert {
    /// How much it matters.
    pub weight: Weight,
    /// A sentence above the items; empty for none.
    pub lead: String,
    /// Each as Markdown, of which further lines are lines of the same item. One alone is no list.
    pub items: Vec<String>,
    /// What an item is called where some are left out.
    pub noun: &'static str,
}

impl Alert {
    /// The alert as Markdown; nothing where it says nothing.
    pub fn render(&self) -> String {
        let Self { weight, lead, items, noun } = self;
        if lead.is_empty() && items.is_empty() {
            return String::new();
        }
        let mut lines = Vec::new();
        lines.extend((!lead.is_empty()).then(|| lead.clone()));
        if !lead.is_empty() && !items.is_empty() {
            lines.push(String::new());
        }
        let is_list = items.len() > 1 || !lead.is_empty();
        let mut room = ROOM;
        for (number, item) in items.iter().enumerate() {
            let Some(left) = room.checked_sub(length(item)) else {
                let rest = count(items.len() - number, &format!("more {noun}"));
                lines.push(format!("- … {rest}"));
                break;
            };
            room = left;
            for (number, line) in item.lines().enumerate() {
                let sign = match number {
                    _ if !is_list => "",
                    0 => "- ",
                    _ => "  ",
                };
                lines.push(format!("{sign}{line}"));
            }
        }
        let word = match weight {
            Weight::Caution => "CAUTION",
            Weight::Warning => "WARNING",
        };
        let mut out = format!("\n> [!{word}]\n");
        for line in lines {
            add(&mut out, format_args!("{}\n", format!("> {line}").trim_end()));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lead: &str, items: &[&str]) -> String {
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        Alert { weight: Weight::Warning, lead: lead.to_owned(), items, noun: "warning" }.render()
    }

    #[test]
    fn one_thing_is_a_sentence_and_several_are_a_list() {
        for (lead, items, expected) in [
            ("", &[][..], ""),
            ("", &["a\\\nb"], "\n> [!WARNING]\n> a\\\n> b\n"),
            ("", &["a\\\nb", "c"], "\n> [!WARNING]\n> - a\\\n>   b\n> - c\n"),
            ("x", &["a"], "\n> [!WARNING]\n> x\n>\n> - a\n"),
        ] {
            assert_eq!(shown(lead, items), expected);
        }
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let long = "x".repeat(6_000);
        let told = shown("", &[&long, &long, &long, &long]);
        assert!(told.ends_with("\n> - … 2 more warnings\n"), "{told}");
    }
}
