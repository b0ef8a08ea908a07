//! Targets by their names: one alone as everyone knows it, and many in a line that stays short.

use std::collections::HashMap;

use super::escape::name;
use super::words::{count, list};

/// Up to this many targets are not counted, since a reader sees how many they are.
const UNCOUNTED: usize = 3;
/// Up to this many files, environments or both together are named; of more, the first ones are.
const NAMED: usize = 3;

/// The name of a target: its configuration and its environment.
pub(crate) type TargetName<'a> = (&'a str, Option<&'a str>);

/// Files that have the same environments.
struct TitleBlock<'a> {
    files: Vec<&'a str>,
    environments: Vec<Option<&'a str>>,
}

/// The names of targets: "clerk.yaml [production]", "clerk.yaml [dev, staging]", "36 targets: a.yaml,
/// b.yaml and 10 more [dev, staging, production]".
pub(crate) fn titles<'a>(targets: impl IntoIterator<Item = TargetName<'a>>) -> String {
    let (blocks, number) = blocks(targets);
    let shown = if blocks.len() > NAMED { NAMED - 1 } else { blocks.len() };
    let mut parts: Vec<String> = blocks[..shown].iter().map(TitleBlock::shown).collect();
    let left: usize = blocks[shown..].iter().map(TitleBlock::size).sum();
    if left > 0 {
        parts.push(format!("{left} more"));
    }
    let names = parts.join("; ");
    if number > UNCOUNTED { format!("{}: {names}", count(number, "target")) } else { names }
}

fn blocks<'a>(targets: impl IntoIterator<Item = TargetName<'a>>) -> (Vec<TitleBlock<'a>>, usize) {
    let mut files: Vec<(&str, Vec<Option<&str>>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut number = 0;
    for (file, environment) in targets {
        number += 1;
        let at = *known.entry(file).or_insert(files.len());
        match files.get_mut(at) {
            Some((_, environments)) => environments.push(environment),
            None => files.push((file, vec![environment])),
        }
    }
    let mut blocks: Vec<TitleBlock<'_>> = Vec::new();
    for (file, environments) in files {
        match blocks.iter_mut().find(|block| block.environments == environments) {
            Some(block) => block.files.push(file),
            None => blocks.push(TitleBlock { files: vec![file], environments }),
        }
    }
    (blocks, number)
}

impl TitleBlock<'_> {
    fn size(&self) -> usize {
        self.files.len() * self.environments.len()
    }

    fn shown(&self) -> String {
        let files = list(&abbreviated(self.files.iter().copied()));
        let named: Vec<&str> = self.environments.iter().flatten().copied().collect();
        if named.is_empty() {
            return files;
        }
        format!("{files} [{}]", abbreviated(named.into_iter()).join(", "))
    }
}

fn abbreviated<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Vec<String> {
    let all = names.len();
    let shown = if all > NAMED { NAMED - 1 } else { all };
    let mut parts: Vec<String> = names.take(shown).map(name).collect();
    if all > shown {
        parts.push(format!("{} more", all - shown));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_named_in_full_and_many_in_a_line() {
        let fleet: Vec<String> = (1..=12).map(|number| format!("app{number:02}.yaml")).collect();
        let each = |environments: &'static [&'static str]| {
            let files = fleet.iter().map(String::as_str);
            let pair = move |file| environments.iter().map(move |name| (file, Some(*name)));
            files.flat_map(pair).collect::<Vec<_>>()
        };
        for (targets, expected) in [
            (vec![("clerk.yaml", None)], "clerk.yaml"),
            (vec![("clerk.yaml", Some("prod"))], "clerk.yaml [prod]"),
            (
                vec![("clerk.yaml", Some("dev")), ("clerk.yaml", Some("prod"))],
                "clerk.yaml [dev, prod]",
            ),
            (vec![("a.yaml", None), ("b.yaml", None)], "a.yaml and b.yaml"),
            (vec![("a.yaml", Some("dev")), ("b.yaml", None)], "a.yaml [dev]; b.yaml"),
            (
                each(&["dev", "staging", "prod"]),
                "36 targets: app01.yaml, app02.yaml and 10 more [dev, staging, prod]",
            ),
            (
                each(&["a", "b", "c", "d", "e"])[..5].to_vec(),
                "5 targets: app01.yaml [a, b, 3 more]",
            ),
            (
                [each(&["dev"]), each(&["prod"])].concat(),
                "24 targets: app01.yaml, app02.yaml and 10 more [dev, prod]",
            ),
            (
                vec![("a", None), ("b", Some("b")), ("c", Some("c")), ("d", Some("d"))],
                "4 targets: a; b [b]; 2 more",
            ),
        ] {
            assert_eq!(titles(targets), expected);
        }
    }

    #[test]
    fn no_name_does_anything_to_a_terminal() {
        assert_eq!(titles([("a\u{1b}[2J", Some("b\n"))]), "a\\u{1b}[2J [b\\n]");
    }
}
