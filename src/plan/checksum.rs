//! What ties an `apply` to the plan that was reviewed.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Call, Plan, TargetPlan};

/// SHA-256, in hexadecimal, of what the plan would do and to whom: configuration, environment,
/// target, calls, and what is released. Neither the order of a set nor a line nor the state's
/// serial has a part in it, so a plan that does the same has the same checksum.
pub fn checksum(plan: &Plan) -> String {
    let targets: Vec<Value> = plan.targets.iter().map(essence).collect();
    fingerprint(&Value::Array(targets).to_string())
}

/// SHA-256 of a text, in hexadecimal.
pub fn fingerprint(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn essence(target: &TargetPlan) -> Value {
    json!({
        "config": target.config,
        "environment": target.environment,
        "target": {
            "instance_id": target.target.instance_id,
            "environment_type": target.target.environment_type,
            "secret_key_env": target.target.key_variable(),
        },
        "calls": target.calls.iter().map(call_essence).collect::<Vec<_>>(),
        "released": target
            .released
            .iter()
            .map(|release| json!([release.section, release.field]))
            .collect::<Vec<_>>(),
    })
}

fn call_essence(call: &Call) -> Value {
    let body: Map<String, Value> = call
        .changes
        .iter()
        .map(|change| (change.field.name.to_owned(), change.field.canonical(&change.after)))
        .collect();
    json!({"method": "PATCH", "path": call.section.path, "body": body})
}
