//! A run that failed as a whole, as its reports tell of it.

use super::problems::problem_groups;
use crate::failure::FailureCode;
use crate::finding::{Finding, Severity};
use crate::plan::TargetProblem;
use crate::render::text::escape::{name, sentence};
use crate::render::text::words::{count, list};

/// What was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailedRun {
    /// `plan`
    Plan,
    /// `apply`
    Apply,
    /// `drift`
    Drift,
}

impl FailedRun {
    /// What people call it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Plan => "Clerk plan",
            Self::Apply => "Clerk apply",
            Self::Drift => "Clerk drift",
        }
    }
}

/// A run that failed as a whole.
#[derive(Clone, Copy, Debug)]
pub struct FailureReport<'a> {
    /// What was run.
    pub run: FailedRun,
    /// The code that scripts tell it by.
    pub code: FailureCode,
    /// What happened.
    pub message: &'a str,
    /// What to do.
    pub help: &'a str,
    /// The problems of the configuration, where they are the reason.
    pub findings: &'a [Finding],
    /// The targets of several that it failed on.
    pub targets: &'a [TargetProblem],
}

/// Something that is wrong, in sentences.
pub(super) struct Trouble {
    pub code: FailureCode,
    pub message: String,
    pub help: String,
}

impl FailureReport<'_> {
    /// The first line of its comment: that of a run that did not fail, which it replaces.
    pub(super) const fn marker(self) -> &'static str {
        match self.run {
            FailedRun::Plan => crate::render::plan::markdown::MARKER,
            FailedRun::Apply => crate::render::applied::markdown::MARKER,
            FailedRun::Drift => crate::render::plan::drift_markdown::MARKER,
        }
    }

    /// What it is about and what it comes to, with the name of a file as `show` writes it.
    pub(super) fn title(self, show: fn(&str) -> String) -> String {
        let what = self.run.title();
        match self.findings {
            [] if !self.targets.is_empty() => format!("{what} failed: {}", self.message),
            [] => format!("{what} failed: {}", self.code.as_str().replace('-', " ")),
            findings => format!("{what}: {}", counted(findings, show)),
        }
    }

    /// What is wrong where that is no finding, target by target.
    pub(super) fn troubles(self) -> Vec<Trouble> {
        let groups = problem_groups(self.targets);
        let each = groups.iter().map(|group| Trouble {
            code: group.problem.code,
            message: sentence(&group.told()),
            help: remedy(&group.problem.help),
        });
        match self.targets {
            [] => vec![Trouble {
                code: self.code,
                message: sentence(self.message),
                help: remedy(self.help),
            }],
            _ => each.collect(),
        }
    }

    /// How targets go on that nothing is wrong with; empty where there are none.
    pub(super) fn way_on(self) -> String {
        if self.targets.is_empty() { String::new() } else { remedy(self.help) }
    }

    /// What follows from it, as a sentence, with data as `show` writes it.
    pub(super) fn verdict(self, show: fn(&str) -> String) -> String {
        let nothing = match self.run {
            FailedRun::Plan => "No plan was made",
            FailedRun::Apply => "No call was made",
            FailedRun::Drift => "Nothing was compared",
        };
        match self.code {
            FailureCode::Configuration => {
                format!("{nothing}. `clerkform validate` checks the file again.")
            }
            _ if self.findings.is_empty() => String::new(),
            _ => format!("{nothing}: {}.", show(&sentence(self.message))),
        }
    }
}

/// What to do, in one line.
fn remedy(help: &str) -> String {
    sentence(&help.trim_end().replace('\n', "; "))
}

/// "2 errors and 1 warning in clerk.yaml".
fn counted(findings: &[Finding], show: fn(&str) -> String) -> String {
    let number = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
    let said: Vec<_> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    let mut files: Vec<&str> = findings.iter().map(|it| it.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    let files = match files.as_slice() {
        [only] => show(&name(only)),
        files => count(files.len(), "file"),
    };
    format!("{} in {files}", list(&said))
}
