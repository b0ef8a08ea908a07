//! The JSON document of a plan, as `plan` prints it and `--out` saves it.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::shard::Shard;
use super::{
    Call, Change, Compared, Drift, Pending, Plan, Problem, Reason, Release, StateRef, TargetDrift,
    TargetInfo, TargetPlan, TargetProblem, Totals, Unreadable, checksum, document_digest,
    drift_checksum,
};
use crate::catalog::EnvironmentType;
use crate::config::Target;
use crate::finding::Finding;
use crate::state::{InstanceRef, ServiceKind, Source, Values};

/// The format that this version writes, and the newest that it reads.
pub const FORMAT_VERSION: u64 = 1;

/// A plan as a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanDocument {
    /// Always [`FORMAT_VERSION`].
    pub format_version: u64,
    /// What made the plan.
    pub tool: Tool,
    /// Whether it was made for the sandbox: one of these is never applied to an instance, nor the
    /// other way round.
    pub sandbox: bool,
    /// The folder that its paths are seen from: as seen from the repository's root, or absolute.
    pub folder: String,
    /// The part of the files that it is narrowed to; absent for the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// The part of the targets that it is about, as `I/N`; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Ties an apply to the plan that was reviewed.
    pub checksum: String,
    /// SHA-256 of this document without this member, so that one that was edited is found out.
    pub digest: String,
    /// Every target, also those without a difference.
    pub targets: Vec<TargetDocument>,
    /// The targets that it is without although they were named, since nothing can be planned for
    /// them, or the files of such targets; absent where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<TargetProblem>,
    /// What the plan comes to.
    pub summary: Totals,
}

/// What made a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Always `clerkform`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What is to happen to one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetDocument {
    /// The configuration, as it was named.
    pub config: String,
    /// The overlay.
    pub environment: Option<String>,
    /// What the configuration may be applied to.
    pub target: TargetRef,
    /// The state that it was compared with.
    pub state: StateRef,
    /// The instance that the state describes, null without a state; of `drift` the one that was
    /// read.
    pub instance: Option<InstanceRef>,
    /// At most one a section.
    pub calls: Vec<CallDocument>,
    /// What is no longer managed.
    pub released: Vec<Release>,
    /// What differs although the service accepted what the file asks for: no call is made for it.
    /// Absent where there is none; of `drift` it is among the changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreflected: Vec<UnreflectedDocument>,
    /// Warnings, by place.
    pub advisories: Vec<Finding>,
    /// How many managed fields were compared with their live value; absent where the live instance
    /// was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<usize>,
    /// The managed fields that could not be; absent where the live instance was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Vec<Unreadable>>,
    /// Only of `drift`: the fields that are as they were last applied, and of which the file asks
    /// for something else by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Vec<Pending>>,
    /// What the live instance was seen to have as the file asks although the state does not record
    /// it: an apply records it without a call. Absent where there is nothing of the kind.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub observed: Values,
    /// Only of `drift`: why nothing of this target could be compared, where others could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}

/// What a configuration may be applied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetRef {
    /// The only instance that is allowed.
    pub instance_id: Option<String>,
    /// The only environment that is allowed.
    pub environment_type: Option<EnvironmentType>,
    /// The variable that holds the secret key.
    pub secret_key_env: String,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CallDocument {
    /// What it changes.
    pub section: String,
    /// Always `PATCH`.
    pub method: String,
    /// From the host on.
    pub path: String,
    /// Exactly the fields that are sent.
    pub body: Map<String, Value>,
    /// Why each of them is.
    pub changes: Vec<ChangeDocument>,
}

/// One field that is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeDocument {
    /// What is sent.
    pub field: String,
    /// What is recorded, or what the live instance shows; absent where neither is known.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub before: Option<Value>,
    /// Where `before` was read; absent where it is what is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What is wanted.
    pub after: Value,
    /// Why it is sent.
    pub reason: Reason,
    /// The file that sets the value; absent where it is `config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of the key.
    pub line: usize,
    /// The column of the key.
    pub column: usize,
}

/// One field that differs and is not sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnreflectedDocument {
    /// Its section.
    pub section: String,
    /// What is shown, and what is wanted.
    #[serde(flatten)]
    pub change: ChangeDocument,
}

/// A `null` that is written is a value; only a member that is absent is none.
pub(super) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl PlanDocument {
    /// The document as JSON, with sorted keys.
    pub fn to_value(&self) -> Value {
        // Every member is a plain value, so nothing in it can fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl From<&Plan> for PlanDocument {
    fn from(plan: &Plan) -> Self {
        Self::about(plan).with(&plan.targets)
    }
}

impl From<&Drift> for PlanDocument {
    fn from(found: &Drift) -> Self {
        Self::about(found).with(&found.targets)
    }
}

/// Targets of one run, which a document tells of.
pub trait Documented {
    /// One of them.
    type Target;

    /// All of them.
    fn targets(&self) -> &[Self::Target];

    /// What the document says of the run as a whole: the service, the folder, the part that it is
    /// narrowed to, the checksum and the totals.
    fn run(&self) -> (ServiceKind, &str, &[String], String, Totals);

    /// The part of the targets that it is about.
    fn shard(&self) -> Option<Shard>;

    /// The targets that are missing in it.
    fn left_out(&self) -> &[TargetProblem];
}

impl Documented for Plan {
    type Target = TargetPlan;

    fn targets(&self) -> &[TargetPlan] {
        &self.targets
    }

    fn run(&self) -> (ServiceKind, &str, &[String], String, Totals) {
        (self.service, &self.folder, &self.only, checksum(self), self.totals())
    }

    fn shard(&self) -> Option<Shard> {
        self.shard
    }

    fn left_out(&self) -> &[TargetProblem] {
        &self.left_out
    }
}

impl Documented for Drift {
    type Target = TargetDrift;

    fn targets(&self) -> &[TargetDrift] {
        &self.targets
    }

    fn run(&self) -> (ServiceKind, &str, &[String], String, Totals) {
        (self.service, &self.folder, &self.only, drift_checksum(self), self.totals())
    }

    fn shard(&self) -> Option<Shard> {
        self.shard
    }

    fn left_out(&self) -> &[TargetProblem] {
        &self.left_out
    }
}

impl PlanDocument {
    /// The document without its targets, and so without its digest.
    pub(super) fn about(run: &impl Documented) -> Self {
        let (service, folder, only, checksum, summary) = run.run();
        Self {
            format_version: FORMAT_VERSION,
            tool: Tool {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            sandbox: service == ServiceKind::Sandbox,
            folder: folder.to_owned(),
            only: only.to_owned(),
            shard: run.shard(),
            checksum,
            digest: String::new(),
            targets: Vec::new(),
            left_out: run.left_out().to_vec(),
            summary,
        }
    }

    fn with<T>(self, targets: &[T]) -> Self
    where
        TargetDocument: for<'a> From<&'a T>,
    {
        let mut document =
            Self { targets: targets.iter().map(TargetDocument::from).collect(), ..self };
        document.digest = document_digest(&document.to_value());
        document
    }
}

impl TargetDocument {
    fn of(target: TargetInfo<'_>, calls: &[Call]) -> Self {
        let TargetInfo { config, environment, target, state, instance, advisories } = target;
        Self {
            config: config.to_owned(),
            environment: environment.map(str::to_owned),
            target: TargetRef::from(target),
            state: state.clone(),
            instance: instance.cloned(),
            calls: calls.iter().map(CallDocument::from).collect(),
            released: Vec::new(),
            unreflected: Vec::new(),
            advisories: advisories.to_vec(),
            compared: None,
            unreadable: None,
            pending: None,
            observed: Values::new(),
            error: None,
        }
    }
}

impl From<&TargetPlan> for TargetDocument {
    fn from(plan: &TargetPlan) -> Self {
        let reading = plan.reading.clone();
        let (compared, unreadable) = reading.map(|it| (it.compared, it.unreadable)).unzip();
        Self {
            released: plan.released.clone(),
            unreflected: unreflected_documents(&plan.unreflected),
            compared,
            unreadable,
            observed: plan.observed.clone(),
            ..Self::of(plan.info(), &plan.calls)
        }
    }
}

impl From<&TargetDrift> for TargetDocument {
    fn from(drift: &TargetDrift) -> Self {
        let document = Self::of(drift.info(), drift.differences());
        match &drift.found {
            Ok(Compared { reading, pending, .. }) => Self {
                compared: Some(reading.compared),
                unreadable: Some(reading.unreadable.clone()),
                pending: Some(pending.clone()),
                ..document
            },
            Err(problem) => Self { error: Some(problem.clone()), ..document },
        }
    }
}

/// What differs and is not sent again, a field each.
pub(crate) fn unreflected_documents(sections: &[Call]) -> Vec<UnreflectedDocument> {
    let fields = sections.iter().flat_map(|of| of.changes.iter().map(move |it| (of.section, it)));
    fields
        .map(|(section, change)| UnreflectedDocument {
            section: section.name.to_owned(),
            change: ChangeDocument::from(change),
        })
        .collect()
}

impl From<&Target> for TargetRef {
    fn from(target: &Target) -> Self {
        Self {
            instance_id: target.instance_id.clone(),
            environment_type: target.environment_type,
            secret_key_env: target.key_variable().to_owned(),
        }
    }
}

impl From<&Call> for CallDocument {
    fn from(call: &Call) -> Self {
        Self {
            section: call.section.name.to_owned(),
            method: "PATCH".to_owned(),
            path: call.section.path.to_owned(),
            body: call.body(),
            changes: call.changes.iter().map(ChangeDocument::from).collect(),
        }
    }
}

impl From<&Change> for ChangeDocument {
    fn from(change: &Change) -> Self {
        let Change { field, before, source, after, reason, file, at } = change;
        Self {
            field: field.name.to_owned(),
            before: before.clone(),
            source: *source,
            after: Value::clone(after),
            reason: *reason,
            file: file.as_deref().map(str::to_owned),
            line: at.line,
            column: at.column,
        }
    }
}
