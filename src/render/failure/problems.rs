//! What is wrong with targets of a run, with those together of which it is the same.

use std::collections::HashMap;

use crate::failure::FailureCode;
use crate::plan::group::alike;
use crate::plan::{Problem, TargetProblem};
use crate::render::text::titles::titles;

/// Targets with the same problem: at least one.
pub(in crate::render) struct ProblemGroup<'a> {
    /// Their names.
    pub titles: String,
    /// What is wrong with each of them.
    pub problem: &'a Problem,
}

impl ProblemGroup<'_> {
    /// Which targets they are and what happened.
    pub(in crate::render) fn told(&self) -> String {
        let Problem { code, message, .. } = self.problem;
        // These name the targets themselves, as the place of a problem in a file does.
        let rest = message.strip_prefix(&self.titles);
        if matches!(code, FailureCode::SameKey | FailureCode::SameInstance)
            || rest.is_some_and(|rest| rest.starts_with(':'))
        {
            message.clone()
        } else {
            format!("{}: {message}", self.titles)
        }
    }
}

/// Every target by its problem, in the order of the first with each; those with the same way out
/// one after another.
pub(in crate::render) fn problem_groups(each: &[TargetProblem]) -> Vec<ProblemGroup<'_>> {
    let mut groups = alike(each.iter().map(|target| &target.problem));
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (number, target) in each.iter().enumerate() {
        first.entry(&target.problem.help).or_insert(number);
    }
    groups.sort_by_key(|group| first.get(each[group.members[0]].problem.help.as_str()));
    groups
        .into_iter()
        .map(|group| {
            let members = group.members.iter().map(|number| &each[*number]);
            let titles = titles(members.map(|it| (&*it.config, it.environment.as_deref())));
            ProblemGroup { titles, problem: &each[group.members[0]].problem }
        })
        .collect()
}
