//! Why a command failed as a whole, and the exit code that says so.

use anyhow::Error;

use crate::config::Source;
use crate::finding::Finding;
use crate::plan::Problem;
use crate::render;
use crate::render::text::palette::Palette;
use crate::render::text::words;

/// The exit codes, as the README lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// Bad configuration, refused, answered "no", or nothing took effect.
    Failed = 1,
    /// There are changes, or there is drift.
    Changes = 2,
    /// Some of what the plan asked took effect, or may have, and some did not.
    Partly = 3,
    /// Wrong usage of the command line.
    Usage = 64,
    /// Another run holds the state.
    Busy = 75,
    /// SIGINT or SIGTERM.
    Interrupted = 130,
}

impl Exit {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Failed,
        Self::Changes,
        Self::Partly,
        Self::Usage,
        Self::Busy,
        Self::Interrupted,
    ];

    /// What it tells a script, as the README lists it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or nothing to do",
            Self::Failed => {
                "failed: bad configuration, refused, answered \"no\", or nothing took effect"
            }
            Self::Changes => {
                "`plan --detailed-exitcode`: there are changes; `drift`: there is drift"
            }
            Self::Partly => {
                "`apply`: some of what the plan asked took effect, or may have, and some did not"
            }
            Self::Usage => "wrong usage of the command line",
            Self::Busy => "another run holds the state: try again",
            Self::Interrupted => "interrupted",
        }
    }

    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// What to do where the keys of several targets are missing.
const KEYS_HELP: &str = "set each variable that is named, or name a folder that holds a file for each \
                         with `--secrets-dir`; `--sandbox` needs no key";

/// A command that failed as a whole: what happened, what to do, and the code for scripts.
#[derive(Debug)]
pub struct Failure {
    /// What the process ends with.
    pub exit: Exit,
    /// A stable word for scripts.
    pub code: &'static str,
    /// What happened, the outermost story first.
    pub error: Error,
    /// Where it happened to several targets: what happened to each.
    pub each: Box<[String]>,
    /// What to do about it.
    pub help: String,
    /// The problems of the configuration, where they are the reason.
    pub findings: Vec<Finding>,
    /// The files that the findings are about.
    pub sources: Vec<Source>,
}

impl Failure {
    const CONFIGURATION: &str = "configuration";
    /// A target's secret key is nowhere.
    pub const KEY_MISSING: &str = "key-missing";

    /// A failure that ends with 1.
    pub fn new(code: &'static str, error: impl Into<Error>, help: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failed,
            code,
            error: error.into(),
            each: Box::default(),
            help: help.into(),
            findings: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// The same with another exit code.
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
        let is_about_keys = failures.iter().all(|failure| failure.code.starts_with("key-"));
        let what = if is_about_keys { "have no usable secret key" } else { "cannot be read" };
        let (first, missing) = (&failures[0], Self::KEY_MISSING);
        let is_missing = |failure: &Self| failure.code == missing;
        let code = if failures.iter().any(is_missing) { missing } else { first.code };
        let exit = first.exit;
        let exit = if failures.iter().all(|it| it.exit == exit) { exit } else { Exit::Failed };
        let mut helps: Vec<&str> = Vec::new();
        for failure in &failures {
            let help = if is_missing(failure) { KEYS_HELP } else { &failure.help };
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
        self.code == Self::CONFIGURATION
    }

    /// The configuration is wrong, as the findings say.
    pub fn configuration(findings: Vec<Finding>, sources: Vec<Source>) -> Self {
        let mut failure = Self::new(
            Self::CONFIGURATION,
            anyhow::anyhow!("the configuration has problems"),
            "mend what is listed; `clerkform validate` lists it again",
        );
        failure.findings = findings;
        failure.sources = sources;
        failure
    }

    /// What happened and what to do, for people.
    pub fn text(&self, palette: &Palette) -> String {
        let told = format!("{:#}", self.error);
        render::failure::listing(self.code, &told, &self.each, Some(&self.help), palette)
    }

    /// What happened, in one line.
    pub fn message(&self) -> String {
        let told = format!("{:#}", self.error);
        if self.each.is_empty() { told } else { format!("{told}: {}", self.each.join("; ")) }
    }

    /// The same as data, for a target whose fellows did not fail.
    pub fn problem(&self) -> Problem {
        Problem { code: self.code.to_owned(), message: self.message(), help: self.help.clone() }
    }
}
