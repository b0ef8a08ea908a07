//! The document of `status`.

use serde_json::{Value, json};

use crate::plan::document::TargetRef;
use crate::plan::status::{KeyStatus, Status};
use crate::plan::{Call, TargetPlan, TargetProblem};
use crate::render::{FORMAT_VERSION, document};

/// All targets as one document.
pub fn json(targets: &[Status], left_out: &[TargetProblem]) -> String {
    let pending = targets.iter().filter(|target| !target.is_in_order()).count();
    let mut whole = json!({
        "format_version": FORMAT_VERSION,
        "targets": targets.iter().map(target).collect::<Vec<_>>(),
        "summary": {"targets": targets.len(), "pending": pending},
    });
    if !left_out.is_empty() {
        whole["left_out"] = json!(left_out);
    }
    document(&whole)
}

fn target(status: &Status) -> Value {
    let Status { plan, problem, committed, uncertain, in_flight, takeover: _, key } = status;
    let TargetPlan { config, environment, target, state, instance, .. } = plan;
    let released: Vec<_> =
        plan.released.iter().map(|it| format!("{}.{}", it.section, it.field)).collect();
    let intent = in_flight
        .as_ref()
        .map(|it| json!({"run": it.run, "by": it.by, "lease_until": it.lease_until}));
    json!({
        "config": config,
        "environment": environment,
        "target": TargetRef::from(target),
        "state": {
            "location": state.location,
            "serial": state.serial,
            "lineage": state.lineage,
            "committed": committed.as_ref().map(|it| &it.at),
        },
        "instance": instance,
        "changes": fields(&plan.calls),
        "released": released,
        "uncertain": uncertain,
        "unreflected": fields(&plan.unreflected),
        "in_flight": intent,
        "key": key_document(key),
        "error": problem,
    })
}

fn fields(calls: &[Call]) -> Vec<String> {
    let each = calls.iter().flat_map(|call| call.changes.iter().map(move |it| (call, it)));
    each.map(|(call, change)| format!("{}.{}", call.section.name, change.field.name)).collect()
}

fn key_document(key: &KeyStatus) -> Value {
    match key {
        KeyStatus::NotNeeded => json!({"status": "not-needed"}),
        KeyStatus::Fits { title: _, environment_type } => {
            json!({"status": "fits", "environment_type": environment_type})
        }
        KeyStatus::Missing { problem, help } => {
            json!({"status": "missing", "message": problem, "help": help})
        }
        KeyStatus::Unfit { problem, help } => {
            json!({"status": "unfit", "message": problem, "help": help})
        }
    }
}
