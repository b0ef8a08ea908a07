//! The targets or files that a result is without although they were named, since nothing can be
//! done with them: what each format says of them.

use std::collections::HashSet;

use maud::{Markup, html};

use crate::config::title;
use crate::failure::FailureCode;
use crate::plan::{Problem, TargetProblem};
use crate::render::annotations::Note;
use crate::render::comment::alert::{Alert, Weight};
use crate::render::failure;
use crate::render::failure::problems::{ProblemGroup, problem_groups};
use crate::render::page::{self, BoxKind, boxed, shown, unfolding};
use crate::render::text::escape::sentence;
use crate::render::text::markdown::{code, prose};
use crate::render::text::palette::{Palette, paint};
use crate::render::text::words::{add, count};

/// What is said of a file's problem in a result that is without the file.
pub(in crate::render) const REMARK: &str = "\nthe file is left out";

/// How many there are; `None` without any.
pub(crate) fn counted(left_out: &[TargetProblem]) -> Option<String> {
    number(left_out.iter().map(|it| &it.problem))
}

/// The same by what is wrong with them.
pub(crate) fn number<'p>(problems: impl Iterator<Item = &'p Problem>) -> Option<String> {
    let (files, targets): (Vec<_>, Vec<_>) =
        problems.partition(|it| it.code == FailureCode::Configuration);
    let noun = if targets.is_empty() { "file" } else { "target" };
    let number = files.len() + targets.len();
    (number > 0).then(|| format!("{} left out", count(number, noun)))
}

/// Each for people, and why it is left out.
pub(crate) fn text(left_out: &[TargetProblem], palette: &Palette) -> String {
    let mut out = String::new();
    for ProblemGroup { titles, problem } in problem_groups(left_out) {
        let Problem { code, message, help, .. } = problem;
        add(&mut out, format_args!("{}: left out\n", paint(palette.strong, titles)));
        for line in failure::text(*code, message, Some(help), palette).lines() {
            add(&mut out, format_args!("  {line}\n"));
        }
        out.push('\n');
    }
    out
}

/// The same above a comment.
pub(super) fn alert(left_out: &[TargetProblem]) -> Alert {
    let item = |ProblemGroup { titles, problem }: ProblemGroup<'_>| {
        let Problem { code: word, message, help, .. } = problem;
        format!(
            "Left out: {}, {}: {}\\\nhelp: {}",
            prose(&titles),
            code(word.as_str()),
            prose(&sentence(message)),
            prose(&sentence(help))
        )
    };
    let items = problem_groups(left_out).into_iter().map(item).collect();
    Alert { weight: Weight::Caution, lead: String::new(), items, noun: "problem" }
}

/// The same on a page.
pub(super) fn boxes(left_out: &[TargetProblem]) -> Markup {
    let one = |ProblemGroup { titles, problem }: ProblemGroup<'_>| {
        let Problem { code, message, help, .. } = problem;
        let content = html! {
            p {
                "Left out: " (shown(&titles)) ", "
                strong { "error[" (code) "]" } ": " (page::prose(message))
            }
            p.soft { "help: " (page::prose(help)) }
        };
        boxed(BoxKind::Bad, &content)
    };
    let boxes: Vec<_> = problem_groups(left_out).into_iter().map(one).collect();
    unfolding(&boxes, |rest| count(rest, "more problem"))
}

/// The same on the files that ask for them, each with which target it is; of a file what is wrong
/// with it, once however many extend it.
pub(super) fn notes(left_out: &[TargetProblem]) -> Vec<(Note<'_>, String)> {
    let mut told = HashSet::new();
    let notes = left_out.iter().flat_map(|target| match found(&target.problem) {
        found if found.is_empty() => vec![note(target)],
        found => found.into_iter().map(|note| (note, REMARK.to_owned())).collect(),
    });
    notes.filter(|(note, _)| told.insert(note.clone())).collect()
}

/// What is wrong with a file at its places.
pub(in crate::render) fn found(problem: &Problem) -> Vec<Note<'_>> {
    problem.diagnostics.iter().map(Note::of).collect()
}

fn note(target: &TargetProblem) -> (Note<'_>, String) {
    let TargetProblem { config, environment, problem } = target;
    let Problem { code, message, help, .. } = problem;
    let message = format!("left out: {}\nhelp: {}", sentence(message), sentence(help));
    let about = match environment {
        Some(environment) => format!("\nfor {}", sentence(&title(config, Some(environment)))),
        None => String::new(),
    };
    (Note { file: config, at: None, title: code.to_string(), message }, about)
}
