//! A place in a file, and several at once.

use super::escape::printable;
use super::words::{count, list};

/// Up to this many places of one file are told.
const TOLD: usize = 3;

/// A place as people and editors read it.
pub(crate) fn place(file: &str, line: usize, column: usize) -> String {
    format!("{}:{line}:{column}", printable(file))
}

/// Where the same thing stands several times: each place once, the further ones as a number.
pub(crate) fn places<'a>(found: impl IntoIterator<Item = (&'a str, usize, usize)>) -> String {
    let mut places: Vec<(&str, usize, usize)> = Vec::new();
    let mut known = std::collections::HashSet::new();
    places.extend(found.into_iter().filter(|place| known.insert(*place)));
    let Some(&(file, line, column)) = places.first() else { return String::new() };
    let first = place(file, line, column);
    let files: std::collections::HashSet<&str> = places.iter().map(|(file, ..)| *file).collect();
    match (files.len(), places.len()) {
        (_, 1) => first,
        (1, all) if all <= TOLD => {
            let others = places[1..].iter().map(|(_, line, column)| format!("{line}:{column}"));
            list(&std::iter::once(first).chain(others).collect::<Vec<_>>())
        }
        (1, all) => format!("{first} and {}", count(all - 1, "more place")),
        (all, _) => format!("{first} and {}", count(all - 1, "more file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_once_and_many_are_counted() {
        for (found, expected) in [
            (vec![], ""),
            (vec![("a", 1, 2)], "a:1:2"),
            (vec![("a", 1, 2), ("a", 1, 2)], "a:1:2"),
            (vec![("a", 1, 2), ("a", 5, 2)], "a:1:2 and 5:2"),
            (vec![("a", 1, 2), ("a", 5, 2), ("a", 9, 2)], "a:1:2, 5:2 and 9:2"),
            (vec![("a", 1, 2), ("a", 2, 2), ("a", 3, 2), ("a", 4, 2)], "a:1:2 and 3 more places"),
            (vec![("a", 1, 2), ("b", 1, 2)], "a:1:2 and 1 more file"),
            (vec![("a", 1, 2), ("b", 1, 2), ("a", 3, 2), ("c", 1, 2)], "a:1:2 and 2 more files"),
        ] {
            assert_eq!(places(found), expected);
        }
    }
}
