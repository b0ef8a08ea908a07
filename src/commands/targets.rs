//! Which targets a run is about: an overlay of a file each, with the place of its state.

pub mod access;
pub mod by_name;
mod environments;
pub mod keys;
pub mod outputs;
pub mod refresh;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::args::{FileArgs, TargetArgs};
use super::failure::Failure;
use super::files::broken::{BrokenFiles, read_for};
use super::files::input::{self, Inputs, Strictness};
use super::files::sharded::in_shard;
use crate::catalog::schema::environment_name;
use crate::config::{Desired, RunScope, SourceFile};
use crate::failure::FailureCode;
use crate::finding::Finding;
use crate::plan::{Plan, TargetPlan, TargetProblem, state_mismatch};
use crate::render::text::escape::printable;
use crate::render::text::shell::quoted;
use crate::state::{ServiceKind, beside, from_root, shared_place};
use crate::store::location::{Named, StatePlacement};
use crate::store::{self, Store, Stored};

use environments::{environment_needed, lacking, overlays, skipped};

/// One target: what it is to be, and where its state lives.
#[derive(Debug)]
pub struct ChosenTarget {
    /// The settings that the file asks for.
    pub desired: Desired,
    /// Where it is kept what was applied.
    pub home: Home,
}

/// Where a target's state lives, and with `--sandbox` its instance.
#[derive(Debug)]
pub struct Home {
    /// The overlay that the target is of.
    pub environment: Option<String>,
    /// Its state.
    pub store: Box<dyn Store>,
    /// The file of its emulated instance; `None` without `--sandbox`.
    pub sandbox: Option<PathBuf>,
}

impl Home {
    /// Which service the target is on.
    pub(super) const fn service(&self) -> ServiceKind {
        if self.sandbox.is_some() { ServiceKind::Sandbox } else { ServiceKind::Live }
    }

    /// Its files: the state, its lock and the emulated instance.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::from_iter(self.sandbox.clone());
        if self.store.is_file() {
            let state = self.store.location();
            files.extend([state.into(), format!("{state}.lock").into()]);
        }
        files
    }
}

/// The targets of a run, and the files that they came from.
#[derive(Debug)]
pub struct Chosen {
    /// In the order of files, then of overlays.
    pub targets: Vec<ChosenTarget>,
    /// The files as they were read, those that are only extended included.
    pub sources: Vec<SourceFile>,
    /// The paths of the same.
    pub read: Vec<PathBuf>,
    /// Which files are left out since they have no such environment, a sentence each.
    pub notes: Vec<String>,
    /// The files without targets, since something is wrong with them.
    pub left_out: Vec<TargetProblem>,
}

impl Chosen {
    /// The same targets, narrowed to a part of their files.
    #[must_use]
    pub fn narrowed(mut self, scope: &RunScope) -> Self {
        for target in &mut self.targets {
            target.desired.scope = scope.clone();
        }
        self
    }
}

/// The targets of a run, from files that are read and found valid.
pub fn of(
    files: &FileArgs,
    targets: &TargetArgs,
    strictness: Strictness,
) -> Result<Chosen, Failure> {
    of_run(files, targets, strictness, BrokenFiles::Refused)
}

/// The same of a run that may go on without the files that have errors, as long as there are others.
pub fn of_run(
    files: &FileArgs,
    targets: &TargetArgs,
    strictness: Strictness,
    broken: BrokenFiles,
) -> Result<Chosen, Failure> {
    let (inputs, left_out) = read_for(files, strictness, broken)?;
    // Which targets it has nobody knows, so that it is told by the shard that has its name.
    let left_out = in_shard(left_out, targets.shard, "file", by_config, &mut Vec::new());
    chosen(inputs, left_out, targets)
}

fn chosen(
    inputs: Inputs,
    left_out: Vec<TargetProblem>,
    targets: &TargetArgs,
) -> Result<Chosen, Failure> {
    let mut wanted = Vec::new();
    let lacking = lacking(&inputs, targets);
    for input in &inputs.named {
        for desired in overlays(input, targets, &lacking)? {
            wanted.push((input.path.display().to_string(), desired));
        }
    }
    let mut notes = inputs.notes();
    notes.extend(skipped(&lacking));
    let wanted = in_shard(wanted, targets.shard, "target", by_name, &mut notes);
    // The place of a state must not depend on which files have errors.
    let left = left_out.iter().map(by_config);
    let named: Vec<Named<'_>> = wanted.iter().map(by_name).chain(left).collect();
    let homes = homes(&named, targets)?;
    let targets = wanted.into_iter().zip(homes);
    Ok(Chosen {
        targets: targets.map(|((_, desired), home)| ChosenTarget { desired, home }).collect(),
        notes,
        left_out,
        read: inputs.paths().map(Path::to_owned).collect(),
        sources: inputs.report().1,
    })
}

/// The options of a run that may have left out targets.
pub fn selected_by(files: &FileArgs, targets: &TargetArgs) -> Vec<&'static str> {
    let given = [
        (files.select.changed_since.is_some(), "--changed-since"),
        (targets.shard.is_some(), "--shard"),
    ];
    given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, option)| option).collect()
}

fn by_name((config, desired): &(String, Desired)) -> Named<'_> {
    Named { config, environment: desired.environment.as_deref() }
}

fn by_config(left_out: &TargetProblem) -> Named<'_> {
    Named { config: &left_out.config, environment: None }
}

/// What one file asks for in one environment; without a state, since nothing is compared with it.
pub fn desired(files: &FileArgs, environment: Option<&str>) -> Result<Desired, Failure> {
    let named = environment.map(str::to_owned).into_iter().collect();
    let targets = TargetArgs { environments: named, ..TargetArgs::default() };
    let Inputs { named: inputs, .. } = input::read_valid(files, Strictness::ErrorsFail)?;
    let mut found = Vec::new();
    for input in &inputs {
        found.extend(overlays(input, &targets, &BTreeMap::new())?);
    }
    found.pop().ok_or_else(|| {
        let problem = anyhow!("no file is named");
        Failure::new(FailureCode::Usage, problem, "name the files to compare")
    })
}

/// What a file that is to be extended asks for in one environment, be that one of its own or not.
pub fn base(path: &Path, environment: Option<&str>) -> Result<Desired, Failure> {
    let files = FileArgs::of([path.to_owned()]);
    let Inputs { named, .. } = input::read_valid(&files, Strictness::ErrorsFail)?;
    let configuration = named.iter().find_map(|input| input.configuration.as_ref());
    let names: Vec<&str> =
        configuration.iter().flat_map(|configuration| configuration.environments()).collect();
    if environment.is_none() && !names.is_empty() {
        return Err(environment_needed(&path.display().to_string(), &names));
    }
    let own = environment.filter(|name| names.contains(name));
    configuration.and_then(|configuration| configuration.desired(own)).ok_or_else(|| {
        let problem = anyhow!("{}: this is no file to extend", path.display());
        Failure::new(FailureCode::Usage, problem, "name one file")
    })
}

/// The state of a target, if there is one; one that cannot be its is refused.
pub async fn state_of(target: &ChosenTarget) -> Result<Option<Stored>, Failure> {
    let ChosenTarget { desired, home } = target;
    let stored = home.store.read().await?;
    let environment = desired.environment.as_deref();
    let problem =
        stored.as_ref().and_then(|it| state_mismatch(environment, &desired.target, &it.state));
    match problem {
        None => Ok(stored),
        Some(problem) => Err(Failure::new(
            FailureCode::StateMismatch,
            anyhow!("{}: {problem}", home.store.location()),
            "name this target's state with `--state`, or correct `target` in the file",
        )),
    }
}

/// The homes of a saved plan's targets. What the plan says of a place is not believed: the options
/// and the names of the configurations say it too, and both have to agree before anything is
/// opened.
pub fn homes_of_saved(plan: &Plan, targets: &TargetArgs) -> Result<Vec<Home>, Failure> {
    let refuse = |what: String, help: String| {
        Err(Failure::new(FailureCode::PlanMismatch, anyhow!(what), help + "; nothing was changed"))
    };
    match (plan.service, targets.sandbox) {
        (ServiceKind::Sandbox, false) => {
            let help = "apply it with `--sandbox`, or make a plan without `--sandbox`";
            return refuse("this plan was made for the sandbox".to_owned(), help.to_owned());
        }
        (ServiceKind::Live, true) => {
            let help = "apply it without `--sandbox`, or make a plan with `--sandbox`";
            return refuse("this plan was made for a real instance".to_owned(), help.to_owned());
        }
        (ServiceKind::Live, false) | (ServiceKind::Sandbox, true) => {}
    }
    let named: Vec<Named<'_>> = plan
        .targets
        .iter()
        .map(|it| Named { config: &it.config, environment: it.environment.as_deref() })
        .collect();
    // It is a part of its state's name.
    for environment in named.iter().filter_map(|it| it.environment) {
        if let Err(problem) = environment_name(environment) {
            let problem =
                format!("no environment is called `{}`: {problem}", printable(environment));
            return refuse(problem, "run `clerkform plan` again".to_owned());
        }
    }
    let homes = homes(&named, targets)?;
    for (target, home) in plan.targets.iter().zip(&homes) {
        let (planned, here) = (&target.state.location, home.store.location());
        if planned != here {
            let problem = format!(
                "{}: this plan was made for the state {planned}, and here it is {here}",
                target.title()
            );
            return refuse(problem, elsewhere(planned, target, plan));
        }
    }
    Ok(homes)
}

/// How a plan is applied whose state is not where the options put it.
fn elsewhere(planned: &str, target: &TargetPlan, plan: &Plan) -> String {
    let config = from_root(&plan.folder, &target.config);
    let name = beside(&config, target.environment.as_deref(), plan.service);
    if let Some(place) = shared_place(planned, &name) {
        format!("pass `apply` the same `--state` as `plan`: `--state {}`", quoted(&place))
    } else if plan.targets.len() == 1 && !planned.contains("://") {
        format!("pass `apply` the same `--state` as `plan`, probably `--state {}`", quoted(planned))
    } else {
        "pass `apply` the same `--state` as `plan`".to_owned()
    }
}

/// The failure that `--strict` makes of a plan that warns.
pub fn too_many_warnings(plan: &Plan) -> Failure {
    let warnings: Vec<Finding> =
        plan.targets.iter().flat_map(|target| target.advisories.clone()).collect();
    let mut failure = Failure::new(
        FailureCode::Warnings,
        anyhow!("the plan has warnings, and `--strict` treats them as errors"),
        "nothing was changed; resolve the warnings, or omit `--strict`",
    );
    failure.findings = warnings;
    failure
}

fn place(targets: &TargetArgs) -> Result<StatePlacement, Failure> {
    // A variable that is set to nothing is how pipelines say that it is not set.
    Ok(StatePlacement::parse(targets.state.as_deref().filter(|state| !state.is_empty()))?)
}

pub(super) fn homes(named: &[Named<'_>], targets: &TargetArgs) -> Result<Vec<Home>, Failure> {
    let place = place(targets)?;
    let service = if targets.sandbox { ServiceKind::Sandbox } else { ServiceKind::Live };
    let here = store::working_directory().unwrap_or_else(|_| Path::new(".").to_owned());
    let stores = store::open(&place, named, service, &here)?;
    named
        .iter()
        .zip(stores)
        .map(|(target, store)| {
            let sandbox = match service {
                ServiceKind::Live => None,
                ServiceKind::Sandbox => Some(PathBuf::from(place.sandbox_instance(target)?)),
            };
            let environment = target.environment.map(str::to_owned);
            Ok(Home { environment, store, sandbox })
        })
        .collect()
}
