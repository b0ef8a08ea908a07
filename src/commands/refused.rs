//! Targets of a run that nothing can be done with, and the one failure that they come to.

use super::failure::{Exit, FailedTargets, Failure};
use crate::config;
use crate::failure::FailureCode;
use crate::plan::{Problem, TargetProblem};
use crate::render::text::words;

/// A target that nothing can be done with, and why.
#[derive(Clone, Debug)]
pub struct RefusedTarget {
    told: TargetProblem,
    /// The same with the target's name.
    message: String,
    exit: Exit,
    help_for_several: Option<&'static str>,
}

impl RefusedTarget {
    /// A target of a configuration and its overlay, with what happened to it.
    pub fn new(config: &str, environment: Option<&str>, failure: &Failure) -> Self {
        let message = untitled(failure, &config::title(config, environment));
        let told = TargetProblem {
            config: config.to_owned(),
            environment: environment.map(str::to_owned),
            problem: Problem { message, ..failure.problem() },
        };
        let Failure { exit, help_for_several, .. } = failure;
        Self { told, message: failure.message(), exit: *exit, help_for_several: *help_for_several }
    }

    /// A file that cannot be used, whichever targets it has. Its message says where the reason is.
    pub fn file(told: TargetProblem) -> Self {
        let Problem { code, message, .. } = &told.problem;
        let (message, exit) = (message.clone(), code.exit());
        Self { told, message, exit, help_for_several: None }
    }

    /// Whether the reason is its own, and not that another target ended the run.
    pub fn was_begun(&self) -> bool {
        self.told.problem.code != FailureCode::NotStarted
    }

    /// The target with the reason.
    pub fn into_target(self) -> TargetProblem {
        self.told
    }

    /// The reason, without the target's name.
    pub fn into_problem(self) -> Problem {
        self.told.problem
    }

    /// The way out where the same may have happened to several targets.
    fn help(&self) -> &str {
        self.help_for_several.unwrap_or(&self.told.problem.help)
    }
}

/// What happened, without the name of the target, which stands beside it.
pub fn untitled(failure: &Failure, title: &str) -> String {
    let message = failure.message();
    let rest = message.strip_prefix(title).and_then(|rest| rest.strip_prefix(": "));
    rest.map_or_else(|| message.clone(), str::to_owned)
}

/// The one failure that those of some of `all` targets come to; `None` without any. `way_on` says
/// how the others go on.
pub fn refusal(refused: &[RefusedTarget], all: usize, way_on: Option<String>) -> Option<Failure> {
    let first = refused.first()?;
    let Problem { code, help, .. } = &first.told.problem;
    // Their one message names them all.
    let names_all = matches!(code, FailureCode::SameKey | FailureCode::SameInstance)
        && refused.iter().all(|target| target.told.problem == first.told.problem);
    let is_listed = refused.len() > 1 && !names_all;
    let mut whole = if is_listed {
        several(refused, all, way_on.as_deref())
    } else {
        let message = first.message.clone();
        Failure::new(*code, anyhow::Error::msg(message), with(help, way_on.as_deref()))
    };
    let is_one = refused.iter().all(|target| target.exit == first.exit);
    whole.exit = if is_one { first.exit } else { Exit::Failed };
    let each = refused.iter().map(|target| {
        let mut told = target.told.clone();
        if is_listed {
            target.help().clone_into(&mut told.problem.help);
        }
        told
    });
    whole.targets =
        (all > 1).then(|| Box::new(FailedTargets { each: each.collect(), way_on, is_listed }));
    Some(whole)
}

/// The headline of what happened to several targets, and every way out.
fn several(refused: &[RefusedTarget], all: usize, way_on: Option<&str>) -> Failure {
    let mut helps: Vec<&str> = Vec::new();
    for help in refused.iter().map(RefusedTarget::help) {
        if !helps.contains(&help) {
            helps.push(help);
        }
    }
    let is_every = |is: fn(&RefusedTarget) -> bool| refused.iter().all(is);
    let what = if is_every(|target| target.told.problem.code.is_about_key()) {
        "have no usable secret key"
    } else if is_every(|target| target.exit == Exit::Busy) {
        "are held by another run"
    } else {
        "have problems"
    };
    let number = match refused.len() {
        number if number == all => words::count(all, "target"),
        number => format!("{number} of {}", words::count(all, "target")),
    };
    let missing = FailureCode::KeyMissing;
    let is_missing = refused.iter().any(|target| target.told.problem.code == missing);
    let code = if is_missing { missing } else { refused[0].told.problem.code };
    Failure::new(code, anyhow::anyhow!("{number} {what}"), with(&helps.join("\n"), way_on))
}

fn with(help: &str, way_on: Option<&str>) -> String {
    way_on.map_or_else(|| help.to_owned(), |way_on| format!("{help}\n{way_on}"))
}
