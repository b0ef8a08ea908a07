//! The difference between what is desired and what was last applied, as data. Text, JSON,
//! Markdown and the body of a request are views of it.

mod advise;
mod checksum;
pub mod compare;
mod diff;
pub mod document;
mod drift;
mod fit;
pub mod group;
pub mod outcome;
mod problem;
mod reading;
mod run_options;
mod saved;
mod shard;
pub mod status;
#[cfg(test)]
mod tests;
mod written;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::catalog::{Field, Section};
use crate::config::{Target, title};
use crate::finding::{Finding, Span};
use crate::state::{InstanceRef, ServiceKind, Source, Values};

pub use advise::sides;
pub use checksum::{checksum, document_digest, drift_checksum};
pub use diff::{between, blank, of_broken_file};
pub use drift::{Compared, Drift, Pending, TargetDrift, drift, uncompared};
pub use fit::{environment_mismatch, state_mismatch};
pub use problem::{Problem, TargetProblem};
pub use reading::{Reading, Unreadable, expected, unrecorded};
pub use run_options::RunOptions;
pub use saved::{SavedPlanError, is_one, parse};
pub use shard::Shard;
pub use written::{WrittenDocument, WrittenTarget};

/// The calls that `apply` would make, target by target, in the order in which they were named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Every target, also those without a difference.
    pub targets: Vec<TargetPlan>,
    /// What it was made for. A plan of the sandbox is never applied to an instance, nor the other
    /// way round.
    pub service: ServiceKind,
    /// The working directory that its paths are seen from, as people would look for it: from the
    /// root of the repository where there is one. Empty where nobody needs to know.
    pub folder: String,
    /// The part of the files that it is narrowed to, as `SECTION` or `SECTION.FIELD`; empty for the
    /// whole.
    pub only: Vec<String>,
    /// The options that may have left out targets: why there is none, where there is none.
    pub selected_by: Vec<&'static str>,
    /// The part of the targets that it is about; `None` for all.
    pub shard: Option<Shard>,
    /// The targets that it is without although they were named, since nothing can be planned for
    /// them.
    pub left_out: Vec<TargetProblem>,
    /// How the run that carries it out was started.
    pub options: RunOptions,
}

/// The plan of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetPlan {
    /// The configuration, as it was named.
    pub config: String,
    /// The overlay.
    pub environment: Option<String>,
    /// What the configuration may be applied to.
    pub target: Target,
    /// The state that it was compared with.
    pub state: StateRef,
    /// The instance that the state describes; without a state the one that was read, where one was.
    pub instance: Option<InstanceRef>,
    /// At most one a section, in the catalogue's order.
    pub calls: Vec<Call>,
    /// The fields that are no longer managed.
    pub released: Vec<Release>,
    /// What differs although the service accepted what the file asks for, by section: no call is
    /// made for it.
    pub unreflected: Vec<Call>,
    /// Warnings, by place.
    pub advisories: Vec<Finding>,
    /// How much could be read of the live instance; `None` where it was not read.
    pub reading: Option<Reading>,
    /// What the live instance was seen to have as the file asks although the state does not record
    /// it: an apply records it without a call.
    pub observed: Values,
}

/// The common ground of a plan and a drift: which target it is, and what is warned of.
#[derive(Clone, Copy, Debug)]
pub struct TargetInfo<'a> {
    /// The configuration, as it was named.
    pub config: &'a str,
    /// The overlay.
    pub environment: Option<&'a str>,
    /// What the configuration may be applied to.
    pub target: &'a Target,
    /// The state that it was compared with.
    pub state: &'a StateRef,
    /// Its instance, where one is known.
    pub instance: Option<&'a InstanceRef>,
    /// Warnings, by place.
    pub advisories: &'a [Finding],
}

impl TargetInfo<'_> {
    /// How people call it: the file, and the environment in brackets.
    pub fn title(&self) -> String {
        title(self.config, self.environment)
    }
}

/// Which state, and which version of it.
#[derive(
    Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct StateRef {
    /// Where it lives: a path as seen from the working directory.
    pub location: String,
    /// 0 without a state.
    pub serial: u64,
    /// Null without a state.
    #[serde(deserialize_with = "Option::deserialize")]
    pub lineage: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal; null without a state.
    #[serde(deserialize_with = "Option::deserialize")]
    pub digest: Option<String>,
}

/// One `PATCH`. Its body is derived from the changes, never stored beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What it changes.
    pub section: &'static Section,
    /// At least one, in the catalogue's order.
    pub changes: Vec<Change>,
}

/// One field that is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is sent.
    pub field: &'static Field,
    /// What is recorded, or what the live instance shows; `None` where neither is known.
    pub before: Option<Value>,
    /// Where [`Self::before`] was read; `None` where it is what is recorded.
    pub source: Option<Source>,
    /// What is wanted. Shared by all targets that one place of a file sets.
    pub after: Arc<Value>,
    /// Why it is sent.
    pub reason: Reason,
    /// The file that sets the value, where that is another than the target's configuration.
    pub file: Option<Arc<str>>,
    /// Where the key stands.
    pub at: Span,
}

impl Change {
    /// The file that sets the value, where `config` is the target's configuration.
    pub fn set_in<'a>(&'a self, config: &'a str) -> &'a str {
        self.file.as_deref().unwrap_or(config)
    }
}

/// Why a field is sent: the first that holds, in this order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// An earlier run may or may not have sent it.
    Uncertain,
    /// The live instance shows another value.
    Drifted,
    /// Nothing is recorded for it.
    New,
    /// Another value is recorded.
    Changed,
    /// The service accepted it before and shows another value: never in a call that is made.
    Unreflected,
}

impl Reason {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uncertain => "uncertain",
            Self::Drifted => "drifted",
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unreflected => "unreflected",
        }
    }
}

/// A field that was applied before and is managed no longer: forgotten, never sent. Names and not
/// catalogue entries, since a state may know fields that this version does not.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Release {
    /// The section's name.
    pub section: String,
    /// The field's name.
    pub field: String,
    /// What is recorded; absent where it was only uncertain.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "document::present"
    )]
    pub before: Option<Value>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.targets.iter().all(TargetPlan::is_empty)
    }

    /// Whether any target's plan warns of anything.
    pub fn has_advisories(&self) -> bool {
        self.targets.iter().any(|target| !target.advisories.is_empty())
    }

    /// The totals of the plan.
    pub fn totals(&self) -> Totals {
        Totals {
            targets: self.targets.len(),
            calls: self.targets.iter().map(|target| target.calls.len()).sum(),
            changes: self.calls().map(|call| call.changes.len()).sum(),
            released: self.targets.iter().map(|target| target.released.len()).sum(),
            unreflected: self.unreflected().count(),
        }
    }

    /// The changes that are not sent again, in all targets.
    pub fn unreflected(&self) -> impl Iterator<Item = &Change> {
        let targets = self.targets.iter().flat_map(|target| &target.unreflected);
        targets.flat_map(|section| &section.changes)
    }

    fn calls(&self) -> impl Iterator<Item = &Call> {
        self.targets.iter().flat_map(|target| &target.calls)
    }
}

/// How much a plan holds: the `summary` of its document.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Totals {
    /// Targets, also those without a difference.
    pub targets: usize,
    /// Calls of all targets.
    pub calls: usize,
    /// Fields sent by all calls.
    pub changes: usize,
    /// Fields that are forgotten.
    pub released: usize,
    /// Fields that differ and are not sent again; absent where there is none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unreflected: usize,
}

/// Whether there is nothing to tell. The reference is what serde asks with.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_none(number: &usize) -> bool {
    *number == 0
}

impl TargetPlan {
    /// The same, made for the state with these bytes; `None` without a state.
    #[must_use]
    pub fn read_from(mut self, digest: Option<String>) -> Self {
        self.state.digest = digest;
        self
    }

    /// Whether there is nothing to do for this target.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.released.is_empty()
    }

    /// Whether the state has to learn of something, with calls or without.
    pub fn has_news(&self) -> bool {
        !self.is_empty() || !self.observed.is_empty()
    }

    /// Each field that is sent, with its section and value.
    pub fn sent(&self) -> impl Iterator<Item = (&'static Section, &Change)> {
        self.calls
            .iter()
            .flat_map(|call| call.changes.iter().map(move |change| (call.section, change)))
    }

    /// Whether the instance is known to be as the file asks, as far as anything is known.
    pub fn is_in_order(&self) -> bool {
        self.is_empty() && self.unreflected.is_empty()
    }

    /// Which target it is, and what is warned of.
    pub fn info(&self) -> TargetInfo<'_> {
        let Self { config, environment, target, state, instance, advisories, .. } = self;
        let (environment, instance) = (environment.as_deref(), instance.as_ref());
        TargetInfo { config, environment, target, state, instance, advisories }
    }

    /// How people call it: the file, and the environment in brackets.
    pub fn title(&self) -> String {
        self.info().title()
    }
}

impl Call {
    /// The body of the request: exactly the fields that are new, changed, drifted or uncertain.
    pub fn body(&self) -> Map<String, Value> {
        self.changes
            .iter()
            .map(|change| (change.field.name.to_owned(), Value::clone(&change.after)))
            .collect()
    }
}
