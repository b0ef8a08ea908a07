//! Reading a saved plan: only one that is whole, of a known format and unchanged becomes a
//! [`Plan`] again.

use std::sync::Arc;

use std::collections::HashSet;

use serde_json::Value;
use thiserror::Error;

use super::diff::grouped;
use super::document::{
    CallDocument, ChangeDocument, FORMAT_VERSION, PlanDocument, TargetDocument, UnreflectedDocument,
};
use super::{Call, Change, Plan, Reading, RunOptions, TargetPlan, checksum, document_digest};
use crate::catalog;
use crate::config::{Target, holds_secret};
use crate::failure::FailureCode;
use crate::finding::Span;
use crate::state::ServiceKind;

/// Why a saved plan cannot be used.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SavedPlanError {
    /// It is no plan, or only a part of one.
    #[error("this is not a saved plan, or it is damaged: {0}")]
    Damaged(String),
    /// A later version of the program wrote it.
    #[error(
        "this plan has format {found}, and this version of clerkform reads formats up to \
        {FORMAT_VERSION}"
    )]
    Newer {
        /// Its format.
        found: u64,
    },
    /// It was changed since it was saved.
    #[error("this plan was edited after it was saved: its digest does not match its content")]
    Changed,
}

impl SavedPlanError {
    /// The code that scripts tell it by.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::Damaged(_) => FailureCode::PlanDamaged,
            Self::Newer { .. } => FailureCode::PlanNewer,
            Self::Changed => FailureCode::PlanEdited,
        }
    }

    /// The remedy.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "run `clerkform plan --out FILE` again",
            Self::Newer { .. } => {
                "run `clerkform plan` again, or use the version of clerkform that saved it"
            }
            Self::Changed => {
                "run `clerkform plan` again and review it; a saved plan cannot be \
                edited"
            }
        }
    }
}

/// Whether bytes are a plan of this program, of whatever version and in whatever state.
pub fn is_one(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Made {
        tool: super::document::Tool,
    }
    let made: Result<Made, _> = serde_json::from_slice(bytes);
    made.is_ok_and(|made| made.tool.name == env!("CARGO_PKG_NAME"))
}

/// Reads a plan that `plan --out` saved.
pub fn parse(bytes: &[u8]) -> Result<Plan, SavedPlanError> {
    let damaged = |error: serde_json::Error| SavedPlanError::Damaged(error.to_string());
    let document: Value = serde_json::from_slice(bytes).map_err(damaged)?;
    if let Some(found) = document.get("format_version").and_then(Value::as_u64)
        && found > FORMAT_VERSION
    {
        return Err(SavedPlanError::Newer { found });
    }
    let found = document_digest(&document);
    let document: PlanDocument = serde_json::from_value(document).map_err(damaged)?;
    let plan = Plan {
        targets: document.targets.iter().map(target).collect::<Result<_, SavedPlanError>>()?,
        service: if document.sandbox { ServiceKind::Sandbox } else { ServiceKind::Live },
        folder: document.folder.clone(),
        only: document.only.clone(),
        selected_by: Vec::new(),
        shard: document.shard,
        left_out: document.left_out.clone(),
        options: RunOptions::default(),
    };
    let unchanged = document.format_version == FORMAT_VERSION
        && found == document.digest
        && checksum(&plan) == document.checksum
        && plan.totals() == document.summary;
    if !unchanged {
        return Err(SavedPlanError::Changed);
    }
    plan.targets.iter().try_for_each(possible)?;
    Ok(plan)
}

/// Makes sure that a file can ask for what a target's plan does. A digest can be made anew for
/// whatever a plan was changed to, so it says nothing of that.
fn possible(target: &TargetPlan) -> Result<(), SavedPlanError> {
    let title = target.title();
    let mut sections = HashSet::new();
    if let Some(again) = target.calls.iter().find(|call| !sections.insert(call.section.name)) {
        let problem = format!("{title}: two calls for the section `{}`", again.section.name);
        return Err(SavedPlanError::Damaged(problem));
    }
    let mut sent = HashSet::new();
    for (section, change) in target.sent() {
        let field = change.field;
        let name = format!("{}.{}", section.name, field.name);
        if !field.can_show(&change.after) {
            return Err(SavedPlanError::Damaged(format!("{title}: no value for `{name}`")));
        }
        if holds_secret(&change.after.to_string()) {
            return Err(SavedPlanError::Damaged(format!("{title}: a secret in `{name}`")));
        }
        if !sent.insert(name.clone()) {
            return Err(SavedPlanError::Damaged(format!("{title}: two changes of `{name}`")));
        }
    }
    // What is recorded without a call was seen by a refresh, and is not what the calls change.
    let seen = target
        .observed
        .iter()
        .flat_map(|(section, fields)| fields.keys().map(move |field| format!("{section}.{field}")));
    let released = target.released.iter().map(|it| format!("{}.{}", it.section, it.field));
    match seen.chain(released).find(|name| sent.contains(name)) {
        Some(name) => Err(SavedPlanError::Damaged(format!("{title}: it sends `{name}`, and not"))),
        None if target.reading.is_none() && !target.observed.is_empty() => {
            Err(SavedPlanError::Damaged(format!("{title}: values that nothing was read for")))
        }
        None => Ok(()),
    }
}

fn target(document: &TargetDocument) -> Result<TargetPlan, SavedPlanError> {
    let TargetDocument {
        config,
        environment,
        target,
        state,
        instance,
        calls,
        released,
        unreflected: differing,
        advisories,
        compared,
        unreadable,
        pending,
        observed,
        error,
    } = document;
    if pending.is_some() || error.is_some() {
        return Err(SavedPlanError::Damaged("it is what `drift` found".to_owned()));
    }
    let reading = compared
        .map(|compared| Reading { compared, unreadable: unreadable.clone().unwrap_or_default() });
    Ok(TargetPlan {
        config: config.clone(),
        environment: environment.clone(),
        target: Target {
            instance_id: target.instance_id.clone(),
            environment_type: target.environment_type,
            secret_key_env: Some(target.secret_key_env.clone()),
        },
        state: state.clone(),
        instance: instance.clone(),
        calls: calls.iter().map(call).collect::<Result<_, SavedPlanError>>()?,
        released: released.clone(),
        unreflected: unreflected(differing)?,
        advisories: advisories.clone(),
        reading,
        observed: observed.clone(),
    })
}

fn unreflected(documents: &[UnreflectedDocument]) -> Result<Vec<Call>, SavedPlanError> {
    let change = |document: &UnreflectedDocument| {
        let UnreflectedDocument { section: name, change: document } = document;
        let section = catalog::section(name).ok_or_else(|| {
            SavedPlanError::Damaged(format!("this version knows no section `{name}`"))
        })?;
        Ok((section, change(section, document)?))
    };
    Ok(grouped(documents.iter().map(change).collect::<Result<Vec<_>, SavedPlanError>>()?))
}

fn call(document: &CallDocument) -> Result<Call, SavedPlanError> {
    let CallDocument { section, method, path, body, changes } = document;
    let section = catalog::section(section)
        .filter(|known| known.path == path && method == "PATCH")
        .ok_or_else(|| {
            SavedPlanError::Damaged(format!("this version makes no call `{method} {path}`"))
        })?;
    let changes =
        changes.iter().map(|document| change(section, document)).collect::<Result<_, _>>()?;
    let call = Call { section, changes };
    if call.body() == *body && !body.is_empty() { Ok(call) } else { Err(SavedPlanError::Changed) }
}

fn change(
    section: &'static catalog::Section,
    document: &ChangeDocument,
) -> Result<Change, SavedPlanError> {
    let ChangeDocument { field, before, source, after, reason, file, line, column } = document;
    let field = section.field(field).ok_or_else(|| {
        SavedPlanError::Damaged(format!("`{}` has no such field here: {field}", section.name))
    })?;
    Ok(Change {
        field,
        before: before.clone(),
        source: *source,
        after: Arc::new(after.clone()),
        reason: *reason,
        file: file.as_deref().map(Arc::from),
        at: Span { line: *line, column: *column, end_line: *line, end_column: *column },
    })
}
