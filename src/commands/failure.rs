//! Why a command failed as a whole, and the exit code that says so.

use anyhow::Error;

use crate::apply;
use crate::config::SourceFile;
use crate::failure::FailureCode;
use crate::finding::Finding;
use crate::live;
use crate::plan::{Problem, TargetProblem};
use crate::render;
use crate::render::text::palette::Palette;
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
    /// Where it happened to targets of several: what happened to each.
    pub targets: Option<Box<FailedTargets>>,
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
            targets: None,
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

    /// The same, and how the targets go on that it did not happen to.
    #[must_use]
    pub fn way_on(mut self, way_on: String) -> Self {
        self.help = format!("{}\n{way_on}", self.help);
        let targets = FailedTargets { each: Vec::new(), way_on: Some(way_on), is_listed: false };
        self.targets = Some(Box::new(targets));
        self
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
        match self.several() {
            None => render::failure::text(self.code, &told, Some(&self.help), palette),
            Some(FailedTargets { each, way_on, .. }) => {
                render::failure::listing(self.code, &told, each, way_on.as_deref(), palette)
            }
        }
    }

    /// What happened, in one line without what happened to each target.
    pub fn headline(&self) -> String {
        told(&self.error)
    }

    /// What happened, in one line.
    pub fn message(&self) -> String {
        let told = told(&self.error);
        match self.several() {
            None => told,
            Some(targets) => format!("{told}: {}", render::failure::joined(&targets.each)),
        }
    }

    /// The targets that it happened to, where they are several of one run.
    pub fn each(&self) -> &[TargetProblem] {
        self.targets.as_ref().map_or(&[], |targets| &targets.each)
    }

    /// Where it happened to several targets: what happened to each, and how the others go on.
    pub fn several(&self) -> Option<&FailedTargets> {
        self.targets.as_deref().filter(|targets| targets.is_listed)
    }

    /// The same as data, for a target whose fellows did not fail.
    pub fn problem(&self) -> Problem {
        Problem {
            code: self.code,
            message: self.message(),
            help: self.help.clone(),
            diagnostics: self.findings.clone(),
        }
    }
}

/// The targets of a run that nothing can be done with.
#[derive(Debug)]
pub struct FailedTargets {
    /// What happened to each.
    pub each: Vec<TargetProblem>,
    /// How the others go on.
    pub way_on: Option<String>,
    /// Whether the failure's own message does not say yet what happened to each.
    pub is_listed: bool,
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

impl From<Problem> for Failure {
    fn from(Problem { code, message, help, diagnostics }: Problem) -> Self {
        Self { findings: diagnostics, ..Self::new(code, anyhow::Error::msg(message), help) }
    }
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
