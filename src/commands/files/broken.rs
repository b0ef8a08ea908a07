//! Files with problems, in a run that has others.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::input::{Input, Inputs, Strictness, read, valid};
use crate::apply::FailurePolicy;
use crate::commands::args::FileArgs;
use crate::commands::failure::Failure;
use crate::failure::FailureCode;
use crate::finding::{Finding, Severity};
use crate::plan::{Problem, TargetProblem};
use crate::render::text::place::place;
use crate::render::text::shell::quoted;
use crate::render::text::words;

/// What files with problems are to the others of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenFiles {
    /// Nothing is done with any.
    Refused,
    /// The same; `--keep-going` goes on with the others.
    RefusedByDefault,
    /// They are left out and told.
    LeftOut,
}

impl BrokenFiles {
    /// What they are by the policy of a run.
    pub const fn by(policy: FailurePolicy) -> Self {
        match policy {
            FailurePolicy::KeepGoing => Self::LeftOut,
            FailurePolicy::CheckAll => Self::RefusedByDefault,
            FailurePolicy::FailFast => Self::Refused,
        }
    }
}

/// Reads and checks every file. Where some have errors, or with strictness warnings, they are refused,
/// or left out as long as there are others.
pub fn read_for(
    args: &FileArgs,
    strictness: Strictness,
    broken: BrokenFiles,
) -> Result<(Inputs, Vec<TargetProblem>), Failure> {
    let inputs = read(args)?;
    let reasons = reasons(&inputs, strictness);
    let healthy = reasons.iter().filter(|reason| reason.is_none()).count();
    if broken == BrokenFiles::LeftOut && healthy > 0 {
        let inputs = without(inputs, &reasons);
        let mut told = HashSet::new();
        // A file that was named twice is broken once.
        let left_out = reasons.into_iter().flatten().filter(|it| told.insert(it.config.clone()));
        return Ok((inputs, left_out.collect()));
    }
    let whole = valid(inputs, strictness).map_err(|failure| match broken {
        BrokenFiles::RefusedByDefault if healthy > 0 => {
            let others = words::count(healthy, "file");
            let others = if healthy == 1 { "file" } else { &others };
            failure.way_on(format!("`--keep-going` goes on with the other {others}"))
        }
        _ => failure,
    })?;
    Ok((whole, Vec::new()))
}

/// The same files, those with a reason apart.
fn without(inputs: Inputs, reasons: &[Option<TargetProblem>]) -> Inputs {
    let (mut named, mut broken) = (Vec::new(), Vec::new());
    for (input, reason) in inputs.named.into_iter().zip(reasons) {
        if reason.is_none() { &mut named } else { &mut broken }.push(input);
    }
    Inputs { named, broken, ..inputs }
}

/// Why nothing is done with each file, where that is so.
fn reasons(inputs: &Inputs, strictness: Strictness) -> Vec<Option<TargetProblem>> {
    let fails = |finding: &&Finding| strictness.fails(finding);
    let all = inputs.named.iter().chain(&inputs.extended);
    let failing = all.map(|it| (it.path.as_path(), it.findings.iter().filter(fails)));
    let failing: HashMap<&Path, Vec<&Finding>> = failing
        .map(|(path, found)| (path, found.collect::<Vec<_>>()))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    inputs.named.iter().map(|input| reason(input, &failing)).collect()
}

/// Why nothing is done with a file, where that is so: the first problem of its own, or else of one
/// that it extends.
fn reason(input: &Input, failing: &HashMap<&Path, Vec<&Finding>>) -> Option<TargetProblem> {
    let mut found = failing.get(input.path.as_path()).cloned().unwrap_or_default();
    if found.is_empty() {
        let bases = input.bases.iter().filter_map(|base| failing.get(base.as_path()));
        found = bases.flatten().copied().collect();
    }
    if found.is_empty() && input.configuration.is_some() {
        return None;
    }
    let more = match found.len() {
        0 | 1 => String::new(),
        number => format!("; and {}", words::count(number - 1, "more problem")),
    };
    let first = found.iter().find(|it| it.severity == Severity::Error).or(found.first());
    let first = first.map_or_else(String::new, |Finding { file, span, message, .. }| {
        format!("{}: {message}", place(file, span.line, span.column))
    });
    let mut help = format!("`clerkform validate {}` shows every problem", quoted(&input.name));
    if input.configuration.is_some() {
        help += "; `--strict` treats warnings as errors";
    }
    let problem = Problem {
        code: FailureCode::Configuration,
        message: first + &more,
        help,
        diagnostics: found.into_iter().cloned().collect(),
    };
    Some(TargetProblem { config: input.name.clone(), environment: None, problem })
}
