//! The checksum that ties an `apply` to the plan that was reviewed.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Call, Drift, Plan, Release, TargetDrift, TargetInfo, TargetPlan};
use crate::finding::Finding;
use crate::state::ServiceKind;
use crate::text::{fingerprint, hexadecimal};

/// SHA-256, in hexadecimal, of what the plan would do, to whom, and what it warns of:
/// configuration, environment, target, whether that is the sandbox's, calls, what is released, and
/// the code and the path of each warning. Neither the order of a set nor a line nor the state's
/// serial has a part in it, so a plan that does the same has the same checksum.
pub fn checksum(plan: &Plan) -> String {
    let target = |target: &TargetPlan| essence(target.info(), &target.calls, &target.released);
    sum(plan.service, plan.targets.iter().map(target))
}

/// The same of a drift, whose differences stand for calls: its document has a plan's shape.
pub fn drift_checksum(found: &Drift) -> String {
    let target = |target: &TargetDrift| essence(target.info(), target.differences(), &[]);
    sum(found.service, found.targets.iter().map(target))
}

fn sum(service: ServiceKind, targets: impl Iterator<Item = Value>) -> String {
    let sandbox = service == ServiceKind::Sandbox;
    let head = Map::from_iter([("sandbox".to_owned(), sandbox.into())]);
    // Every member is a plain value, so nothing in it can fail.
    let text = |target| serde_json::to_string(&target).unwrap_or_default();
    digest_by_target(&head, targets.map(text))
}

/// SHA-256, in hexadecimal, of a plan's whole document without its member `digest`: whoever edits
/// any of it has another one.
pub fn document_digest(document: &Value) -> String {
    let Some(members) = document.as_object() else { return fingerprint(&document.to_string()) };
    let mut sum = JsonSum::default();
    for (name, value) in members.iter().filter(|(name, _)| *name != DIGEST) {
        sum.member(name, value);
    }
    sum.end()
}

/// The same of a document whose other members are in `head` and the texts of whose targets come one
/// by one, so that nobody has to hold all of them.
pub(super) fn digest_by_target(
    head: &Map<String, Value>,
    targets: impl IntoIterator<Item = String>,
) -> String {
    let is_told = |(name, _): &(&String, &Value)| ![DIGEST, TARGETS].contains(&name.as_str());
    let (before, after): (Vec<_>, Vec<_>) =
        head.iter().filter(is_told).partition(|(name, _)| name.as_str() < TARGETS);
    let mut sum = JsonSum::default();
    for (name, value) in before {
        sum.member(name, value);
    }
    sum.name(TARGETS);
    sum.add("[");
    for (number, target) in targets.into_iter().enumerate() {
        sum.add(if number > 0 { "," } else { "" });
        sum.add(&target);
    }
    sum.add("]");
    for (name, value) in after {
        sum.member(name, value);
    }
    sum.end()
}

/// The member of a document that is the digest of the others.
pub(super) const DIGEST: &str = "digest";

/// The member of a document that holds its targets.
pub(super) const TARGETS: &str = "targets";

/// The sum of a JSON object that is told member by member, in the order of their names: the same as
/// of its text in one line.
#[derive(Default)]
struct JsonSum {
    sum: Sha256,
    has_members: bool,
}

impl JsonSum {
    fn add(&mut self, text: &str) {
        self.sum.update(text);
    }

    fn name(&mut self, name: &str) {
        self.add(if self.has_members { "," } else { "{" });
        self.has_members = true;
        self.add(&json!(name).to_string());
        self.add(":");
    }

    fn member(&mut self, name: &str, value: &Value) {
        self.name(name);
        self.add(&value.to_string());
    }

    fn end(mut self) -> String {
        self.add(if self.has_members { "}" } else { "{}" });
        hexadecimal(&self.sum.finalize())
    }
}

fn essence(target: TargetInfo<'_>, calls: &[Call], released: &[Release]) -> Value {
    json!({
        "config": target.config,
        "environment": target.environment,
        "target": {
            "instance_id": target.target.instance_id,
            "environment_type": target.target.environment_type,
            "secret_key_env": target.target.key_variable(),
        },
        "calls": calls.iter().map(call_essence).collect::<Vec<_>>(),
        "released": released
            .iter()
            .map(|release| json!([release.section, release.field]))
            .collect::<Vec<_>>(),
        "advisories": warnings(target.advisories),
    })
}

/// The code of each warning, and where in the file by its keys; in an order that no line decides.
fn warnings(advisories: &[Finding]) -> Vec<(&'static str, &str)> {
    let mut warnings: Vec<_> =
        advisories.iter().map(|warning| (warning.code.as_str(), warning.path.as_str())).collect();
    warnings.sort_unstable();
    warnings
}

fn call_essence(call: &Call) -> Value {
    let body: Map<String, Value> = call
        .changes
        .iter()
        .map(|change| (change.field.name.to_owned(), change.field.canonical(&change.after)))
        .collect();
    json!({"method": "PATCH", "path": call.section.path, "body": body})
}
