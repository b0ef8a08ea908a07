//! Why a command failed as a whole, and the exit code that says so.

use anyhow::Error;

use crate::apply;
use crate::config::SourceFile;
use crate::failure::FailureCode;
use crate::finding::Finding;
use crate::live;
use crate::plan::Problem;
use crate::render;
use crate::render::text::palette::Palette;
use crate::render::text::words;
use crate::store::StoreError;
use crate::store::location::LocationError;

pub use crate::failure::Exit;

/// A command that failed as a whole: what happened, what to do, and the code for scripts.
#[derive(Debug)]
pub struct Failure {
    /// The exit code of the process.
    pub exit: Exit,
    /// The code that scripts tell it by.
    pub code: FailureCode,
    /// What happened, the outermost story first.
    pub error: Error,
    /// Where it happened to several targets: what happened to each.
    pub each: Box<[String]>,
    /// The remedy.
    pub help: String,
    /// The remedy where it happened to several targets, if that is another one.
    pub help_for_several: Option<&'static str>,
    /// The problems of the configuration, where they are the reason.
    pub findings: Vec<Finding>,
    /// The files that the findings are about.
    pub sources: Vec<SourceFile>,
}

impl Failure {
    /// A failure that ends with its code's exit code.
    pub fn new(code: FailureCode, error: impl Into<Error>, help: impl Into<String>) -> Self {
        Self {
            exit: code.exit(),
            code,
            error: error.into(),
            each: Box::default(),
            help: help.into(),
            help_for_several: None,
            findings: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// The same with another exit code than its code's: what happened besides decides it.
    #[must_use]
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// The one failure that several targets' are.
    pub fn of_targets(failures: Vec<Self>) -> Option<Self> {
        let mut failures = failures;
        if failures.len() < 2 {
            return failures.pop();
        }
        let targets = words::count(failures.len(), "target");
        let is_about_keys = failures.iter().all(|failure| failure.code.is_about_key());
        let what = if is_about_keys { "have no usable secret key" } else { "cannot be read" };
        let (first, missing) = (&failures[0], FailureCode::KeyMissing);
        let is_missing = |failure: &Self| failure.code == missing;
        let code = if failures.iter().any(is_missing) { missing } else { first.code };
        let exit = first.exit;
        let exit = if failures.iter().all(|it| it.exit == exit) { exit } else { Exit::Failed };
        let mut helps: Vec<&str> = Vec::new();
        for failure in &failures {
            let help = failure.help_for_several.unwrap_or(&failure.help);
            if !helps.contains(&help) {
                helps.push(help);
            }
        }
        let mut whole = Self::new(code, anyhow::anyhow!("{targets} {what}"), helps.join("\n"));
        whole.each = failures.iter().map(Self::message).collect();
        Some(whole.exit(exit))
    }

    /// Whether the findings say it all.
    pub fn is_configuration(&self) -> bool {
        self.code == FailureCode::Configuration
    }

    /// The configuration is wrong, as the findings say.
    pub fn configuration(findings: Vec<Finding>, sources: Vec<SourceFile>) -> Self {
        let mut failure = Self::new(
            FailureCode::Configuration,
            anyhow::anyhow!("the configuration has problems"),
            "fix the problems above; `clerkform validate` checks the file again",
        );
        failure.findings = findings;
        failure.sources = sources;
        failure
    }

    /// What happened and what to do, for people.
    pub fn text(&self, palette: &Palette) -> String {
        let told = told(&self.error);
        render::failure::listing(self.code, &told, &self.each, Some(&self.help), palette)
    }

    /// What happened, in one line.
    pub fn message(&self) -> String {
        let told = told(&self.error);
        if self.each.is_empty() { told } else { format!("{told}: {}", self.each.join("; ")) }
    }

    /// The same as data, for a target whose fellows did not fail.
    pub fn problem(&self) -> Problem {
        Problem { code: self.code, message: self.message(), help: self.help.clone() }
    }
}

/// What happened with its causes, the outermost first. What an error says of its cause itself is
/// not said again.
fn told(error: &Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (code, help) = (error.code(), error.help());
        Self::new(code, error, help)
    }
}

impl From<LocationError> for Failure {
    fn from(error: LocationError) -> Self {
        let (code, help) = (error.code(), error.help());
        Self::new(code, error, help)
    }
}

impl From<live::LiveError> for Failure {
    fn from(refusal: live::LiveError) -> Self {
        let (code, help) = (refusal.code(), refusal.help());
        Self::new(code, refusal, help)
    }
}

impl From<apply::ApplyError> for Failure {
    fn from(refusal: apply::ApplyError) -> Self {
        let (code, help) = (refusal.code(), refusal.help());
        Self::new(code, refusal, help)
    }
}
