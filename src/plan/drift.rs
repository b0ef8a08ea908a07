//! Desired × state × live instance → drift: what somebody changed behind the file's back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::diff::{grouped, state_ref, withheld};
use super::reading::difference;
use super::shard::Shard;
use super::{
    Call, Change, Problem, Reading, Reason, StateRef, TargetInfo, TargetProblem, Totals,
    Unreadable, advise,
};
use crate::config::{Desired, Setting, Target};
use crate::finding::Finding;
use crate::state::{InstanceRef, KnownFields, Live, ServiceKind, State, known_of};

/// The differences between live instances and their files, target by target, in the order in
/// which they were named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drift {
    /// Every target, also those without a difference.
    pub targets: Vec<TargetDrift>,
    /// Whether instances or sandboxes were read.
    pub service: ServiceKind,
    /// The working directory that its paths are seen from, as people would look for it.
    pub folder: String,
    /// The part of the files that it is narrowed to, as in a [`Plan`](super::Plan).
    pub only: Vec<String>,
    /// The options that may have left out targets: why there is none, where there is none.
    pub selected_by: Vec<&'static str>,
    /// The part of the targets that it is about; `None` for all.
    pub shard: Option<Shard>,
    /// The files without targets, since something is wrong with them.
    pub left_out: Vec<TargetProblem>,
}

/// The differences of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetDrift {
    /// The configuration, as it was named.
    pub config: String,
    /// The overlay.
    pub environment: Option<String>,
    /// The instances that the configuration may be applied to.
    pub target: Target,
    /// The state that tells what was last applied.
    pub state: StateRef,
    /// The instance that was read; the state's where none could be.
    pub instance: Option<InstanceRef>,
    /// The comparison, or why nothing could be compared.
    pub found: Result<Compared, Problem>,
}

/// A file, held against its live instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// The differences, in the catalogue's order, by the section that would be called: each change
    /// goes from the live value to the file's.
    pub differences: Vec<Call>,
    /// How much could be read.
    pub reading: Reading,
    /// The settings of the file that were not applied yet.
    pub pending: Vec<Pending>,
    /// Warnings, by place.
    pub advisories: Vec<Finding>,
}

/// A field that is as it was last applied, and of which the file asks for something else by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pending {
    /// Its section.
    pub section: String,
    /// Its name.
    pub field: String,
}

impl Drift {
    /// Whether no difference was found.
    pub fn is_empty(&self) -> bool {
        self.targets.iter().all(|target| target.differences().is_empty())
    }

    /// Every difference, by its target and section.
    pub fn differences(&self) -> impl Iterator<Item = (&TargetDrift, &Call)> {
        let of = |target| TargetDrift::differences(target).iter().map(move |call| (target, call));
        self.targets.iter().flat_map(of)
    }

    /// The changes of all targets.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.differences().flat_map(|(_, call)| &call.changes)
    }

    /// The comparisons of the targets that could be compared.
    pub fn comparisons(&self) -> impl Iterator<Item = &Compared> {
        self.targets.iter().filter_map(|target| target.found.as_ref().ok())
    }

    /// The totals, as a plan's document counts.
    pub fn totals(&self) -> Totals {
        Totals {
            targets: self.targets.len(),
            calls: self.differences().count(),
            changes: self.changes().count(),
            released: 0,
            unreflected: 0,
        }
    }
}

impl TargetDrift {
    /// The same, compared with the state of these bytes; `None` without a state.
    #[must_use]
    pub fn read_from(mut self, digest: Option<String>) -> Self {
        self.state.digest = digest;
        self
    }

    /// The differences, by section; nothing where nothing could be compared.
    pub fn differences(&self) -> &[Call] {
        self.found.as_ref().map_or(&[], |found| &found.differences)
    }

    /// Which target it is, and what is warned of.
    pub fn info(&self) -> TargetInfo<'_> {
        let Self { config, environment, target, state, instance, found } = self;
        let (environment, instance) = (environment.as_deref(), instance.as_ref());
        let advisories = found.as_ref().map_or(&[][..], |found| &found.advisories);
        TargetInfo { config, environment, target, state, instance, advisories }
    }

    /// How people call it: the file, and the environment in brackets.
    pub fn title(&self) -> String {
        self.info().title()
    }
}

impl Pending {
    fn of(setting: &Setting) -> Self {
        let Setting { section, field, .. } = setting;
        Self { section: section.name.to_owned(), field: field.name.to_owned() }
    }
}

/// The verdict of the live instance on one setting.
enum Found {
    /// What the file asks for.
    InOrder,
    /// What the service is known to show since it accepted what the file asks for.
    Unreflected(Change),
    /// The same, of a field that cannot be read now; the text says why.
    UnreflectedUnread(Change, String),
    /// What was last applied, while the file asks for something else by now.
    Pending,
    /// Neither.
    Drifted(Change),
    /// Nothing that could be compared; the text says why.
    Unreadable(String),
}

/// Compares what a file manages with its live instance. What is pending or released is no drift.
pub fn drift(desired: &Desired, state: Option<&State>, live: &Live, location: &str) -> TargetDrift {
    let recorded = state.map(State::known).unwrap_or_default();
    let (mut found, mut changes) = (Compared::default(), Vec::new());
    for setting in desired.in_scope() {
        let field = find(setting, &recorded, live);
        if let Found::Unreflected(change) | Found::UnreflectedUnread(change, _) = &field {
            found.advisories.push(advise::not_reflected(desired, setting, change));
        }
        match &field {
            Found::Unreadable(reason) | Found::UnreflectedUnread(_, reason) => {
                found.reading.unreadable.push(Unreadable::of(setting, reason.clone()));
            }
            _ => found.reading.compared += 1,
        }
        match field {
            Found::Drifted(change)
            | Found::Unreflected(change)
            | Found::UnreflectedUnread(change, _) => changes.push((setting.section, change)),
            Found::Pending => found.pending.push(Pending::of(setting)),
            Found::InOrder | Found::Unreadable(_) => {}
        }
    }
    found.differences = grouped(changes);
    target(desired, state_ref(state, location), Some(live.instance.clone()), Ok(found))
}

/// A target of which nothing could be compared.
pub fn uncompared(
    desired: &Desired,
    state: Option<&State>,
    location: &str,
    problem: Problem,
) -> TargetDrift {
    let instance = state.map(|state| state.instance.clone());
    target(desired, state_ref(state, location), instance, Err(problem))
}

fn target(
    desired: &Desired,
    state: StateRef,
    instance: Option<InstanceRef>,
    found: Result<Compared, Problem>,
) -> TargetDrift {
    TargetDrift {
        config: desired.file.clone(),
        environment: desired.environment.clone(),
        target: desired.target.clone(),
        state,
        instance,
        found,
    }
}

fn find(setting: &Setting, recorded: &KnownFields<'_>, live: &Live) -> Found {
    let value = &setting.value;
    if difference(setting, value, live) == Ok(None) {
        return Found::InOrder;
    }
    let known = known_of(setting, recorded);
    let is_withheld = !known.uncertain && known.withholds(setting.field, value);
    let source = live.seen(setting.section, setting.field).map(|seen| seen.source);
    let before = match difference(setting, known.certain().unwrap_or(value), live) {
        Err(reason) if is_withheld => {
            let change = withheld(setting, known.recorded.cloned(), None);
            return Found::UnreflectedUnread(change, reason);
        }
        Err(reason) => return Found::Unreadable(reason),
        Ok(Some(before)) => before,
        Ok(None) if is_withheld => {
            let shown = difference(setting, value, live).ok().flatten();
            return Found::Unreflected(withheld(setting, shown, source));
        }
        Ok(None) => return Found::Pending,
    };
    Found::Drifted(Change {
        field: setting.field,
        before: Some(before),
        source,
        after: value.clone(),
        reason: Reason::Drifted,
        file: setting.file.clone(),
        at: setting.key,
    })
}
