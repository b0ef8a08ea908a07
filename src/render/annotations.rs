//! Annotations of GitHub Actions that are about targets. A step shows ten of a kind, so the tenth
//! says how many there are; the others follow for whoever reads them all.

use std::collections::HashMap;

use crate::finding::{Finding, Span};
use crate::plan::TargetInfo;
use crate::render::findings::located::FileLocation;
use crate::render::text::escape::{name, sentence};
use crate::render::text::words::{add, count, list};
use crate::render::text::workflow_command::{data, property, range};

/// How many annotations of a kind a step shows.
const SHOWN: usize = 10;
/// Up to this many targets are named where a line is about several.
const MANY: usize = 3;

/// Tells where a file stands in the repository.
pub type Naming<'a> = &'a dyn Fn(&str) -> FileLocation;

/// An annotation before it is known how many targets it is about.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Note<'a> {
    /// The file that it stands in.
    pub file: &'a str,
    /// `None` for the file as a whole.
    pub at: Option<Span>,
    /// What it is called.
    pub title: String,
    /// What it says.
    pub message: String,
}

impl<'a> Note<'a> {
    /// A finding at its place.
    pub fn of(finding: &'a Finding) -> Self {
        let mut message = sentence(&finding.message);
        if let Some(help) = &finding.help {
            add(&mut message, format_args!("\nhelp: {}", sentence(help)));
        }
        let title = finding.code.as_str().to_owned();
        Self { file: &finding.file, at: Some(finding.span), title, message }
    }
}

/// The place where something begins.
pub const fn start(at: Span) -> Span {
    let Span { line, column, .. } = at;
    Span { line, column, end_line: line, end_column: column }
}

/// The one notice of a run: what it came to.
pub fn notice(totals: &str) -> String {
    format!("::notice title=clerkform::{}\n", data(totals))
}

/// A problem that is about no file.
pub fn error(title: &str, message: &str) -> String {
    format!("::error title={}::{}\n", property(title), data(message))
}

/// Each annotation once, with the targets that it is about.
pub fn merged<'a>(
    notes: impl IntoIterator<Item = (Note<'a>, TargetInfo<'a>)>,
    all: &[TargetInfo<'_>],
) -> Vec<(Note<'a>, String)> {
    let mut found: Vec<(Note<'a>, Vec<TargetInfo<'_>>)> = Vec::new();
    let mut known: HashMap<Note<'a>, usize> = HashMap::new();
    for (note, target) in notes {
        let at = *known.entry(note.clone()).or_insert(found.len());
        match found.get_mut(at) {
            Some((_, targets)) => targets.push(target),
            None => found.push((note, vec![target])),
        }
    }
    let named = |targets: Vec<TargetInfo<'_>>| {
        if targets.len() > MANY {
            return count(targets.len(), "target");
        }
        list(&targets.iter().map(|target| name(&target.title())).collect::<Vec<_>>())
    };
    found.into_iter().map(|(note, targets)| (note, about(&named(targets), all))).collect()
}

/// Which targets are meant, where that is not plain.
pub fn about(targets: &str, all: &[TargetInfo<'_>]) -> String {
    match all {
        [only] if only.environment.is_none() => String::new(),
        _ => format!("\nfor {targets}"),
    }
}

/// The annotations of a kind. The tenth says how many more there are.
pub fn commands(
    kind: &str,
    notes: &[(Note<'_>, String)],
    totals: &str,
    naming: Naming<'_>,
) -> String {
    let mut out = String::new();
    for (number, (note, about)) in notes.iter().enumerate() {
        if number + 1 == SHOWN && notes.len() > SHOWN {
            let rest = count(notes.len() - number, &format!("more {kind}"));
            let message = format!("{rest}; see this step's log for all of it. {totals}");
            add(&mut out, format_args!("::{kind} title=clerkform::{}\n", data(&message)));
        }
        out.push_str(&command(kind, note, about, naming));
    }
    out
}

fn command(kind: &str, note: &Note<'_>, about: &str, naming: Naming<'_>) -> String {
    let Note { file, at, title, message } = note;
    let lines = at.map_or_else(String::new, |at| format!("{},", range(at)));
    let (file, title) = (property(naming(file).path()), property(title));
    let message = data(&format!("{message}{about}"));
    format!("::{kind} file={file},{lines}title={title}::{message}\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::render::samples::is_quiet;

    /// Makes sure that each line is an annotation with the properties that GitHub knows, and that
    /// nothing of its message is anything but text.
    pub fn assert_inert(shown: &str) {
        assert!(is_quiet(shown), "{shown}");
        for line in shown.lines() {
            let (head, message) = line[2..].split_once("::").unwrap();
            let is_known = |kind: &&str| line.starts_with(&format!("::{kind} "));
            assert!(["warning", "notice", "error"].iter().any(is_known), "{line}");
            for property in head.split_once(' ').unwrap().1.split(',') {
                let name = property.split('=').next().unwrap();
                assert!(
                    ["file", "line", "endLine", "col", "endColumn", "title"].contains(&name),
                    "{line}"
                );
            }
            let escapes = message.matches('%').count();
            let known = ["%25", "%0A", "%0D"].map(|escape| message.matches(escape).count());
            assert_eq!(escapes, known.iter().sum::<usize>(), "{message}");
        }
    }

    #[test]
    fn a_problem_without_a_file_is_an_error_of_the_step() {
        let shown = super::error("clerkform a,b", "x\n::warning::y");
        assert_eq!(shown, "::error title=clerkform a%2Cb::x%0A::warning::y\n");
        assert_inert(&shown);
    }
}
