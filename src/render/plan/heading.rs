//! What a plan or drift comes to, in the few words of a comment's heading.

use std::collections::BTreeSet;

use crate::plan::{Call, Drift, Plan, TargetDrift};
use crate::render::text::escape::name;
use crate::render::text::markdown::label;
use crate::render::text::words::{count, verb};

/// "Clerk plan for production: 5 settings change in 2 instances".
pub(super) fn plan(plan: &Plan) -> String {
    let environments = plan.targets.iter().map(|target| target.environment.as_deref());
    let about = about("Clerk plan", environments);
    let calls = plan.targets.iter().map(|target| target.calls.as_slice());
    let (changing, changes) = settings(calls);
    let released: BTreeSet<_> = plan
        .targets
        .iter()
        .flat_map(|target| &target.released)
        .map(|release| (&release.section, &release.field))
        .collect();
    let withheld = plan.targets.iter().map(|target| target.unreflected.as_slice());
    let (_, withheld) = settings(withheld);
    let released = released.len();
    let mut said = Vec::new();
    if changes > 0 {
        let told = format!("{} {}", count(changes, "setting"), verb(changes, "changes", "change"));
        said.push(told + &among(changing, plan.targets.len()));
    }
    if released > 0 {
        let what = if changes > 0 { released.to_string() } else { count(released, "setting") };
        said.push(format!("{what} no longer managed"));
    }
    if plan.is_empty() {
        said.push("no changes".to_owned());
    }
    if withheld > 0 {
        said.push(format!("{withheld} not taken by Clerk"));
    }
    format!("{about}: {}", said.join(", "))
}

/// "Clerk drift for production: 3 settings differ in 2 of 4 instances".
pub(super) fn drift(found: &Drift) -> String {
    let environments = found.targets.iter().map(|target| target.environment.as_deref());
    let about = about("Clerk drift", environments);
    let (differing, changes) = settings(found.targets.iter().map(TargetDrift::differences));
    let failed = found.targets.iter().filter(|target| target.found.is_err()).count();
    let mut said = Vec::new();
    if changes > 0 {
        let told = format!("{} {}", count(changes, "setting"), verb(changes, "differs", "differ"));
        said.push(told + &among(differing, found.targets.len()));
    } else if failed < found.targets.len() {
        said.push("none found".to_owned());
    }
    if failed > 0 {
        said.push(format!("{} not compared", count(failed, "instance")));
    }
    format!("{about}: {}", said.join(", "))
}

/// What it is, and for which environment where it is for one alone.
pub(crate) fn about<'a>(what: &str, environments: impl Iterator<Item = Option<&'a str>>) -> String {
    let named: BTreeSet<Option<&str>> = environments.collect();
    match named.into_iter().collect::<Vec<_>>().as_slice() {
        [Some(only)] => format!("{what} for {}", label(&name(only))),
        _ => what.to_owned(),
    }
}

/// In how many of the instances; nothing where there is but one.
pub(crate) fn among(some: usize, all: usize) -> String {
    match all {
        0 | 1 => String::new(),
        all if all == some => format!(" in {}", count(all, "instance")),
        all => format!(" in {some} of {}", count(all, "instance")),
    }
}

/// How many targets have changes, and how many settings these are, each counted once.
fn settings<'a>(targets: impl Iterator<Item = &'a [Call]>) -> (usize, usize) {
    let mut names = BTreeSet::new();
    let mut changing = 0;
    for calls in targets {
        changing += usize::from(!calls.is_empty());
        for call in calls {
            names.extend(call.changes.iter().map(|change| (call.section.name, change.field.name)));
        }
    }
    (changing, names.len())
}
