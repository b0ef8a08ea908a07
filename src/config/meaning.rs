//! What a schema cannot say: the shape of texts, deprecated fields, values that the service
//! ignores, and what a target makes of a setting.

use std::collections::HashSet;

use serde_json::Value;

use super::node::Node;
use super::overlay::{Merged, node_of};
use super::place::joined;
use super::quote::quote;
use super::shape;
use super::{Configuration, Desired, Layer, MOST_FINDINGS, Setting};
use crate::catalog::{EnvironmentType, Kind, Scope};
use crate::finding::{Code, Finding};

/// What is told about each layer by itself, however little of the file could be read.
pub(super) fn layers(configuration: &Configuration, root: &Node) -> Vec<Finding> {
    let settings = configuration.layers().flat_map(|layer| &layer.settings);
    settings.flat_map(|setting| alone(setting, root)).collect()
}

/// What is told about each target: an overlay merged over the base. What several targets have in
/// common is told once.
pub(super) fn targets(configuration: &Configuration) -> Vec<Finding> {
    let mut told = HashSet::new();
    let mut findings = Vec::new();
    for Merged { environment_type, settings } in configuration.targets() {
        for setting in &settings {
            let found = [
                conflict(setting, &settings),
                without_effect(setting, environment_type),
                weakness(setting, environment_type),
            ];
            let is_new = |finding: &Finding| told.insert((finding.span, finding.code));
            findings.extend(found.into_iter().flatten().filter(is_new));
        }
    }
    findings
}

/// The fields that stand beside their successor in the same layer.
pub(super) fn conflicts(configuration: &Configuration) -> Vec<Finding> {
    let of = |layer: &Layer| -> Vec<Finding> {
        let settings: Vec<&Setting> = layer.settings.iter().collect();
        settings.iter().filter_map(|setting| conflict(setting, &settings)).collect()
    };
    configuration.layers().flat_map(of).collect()
}

/// What there is to warn of in one target, whatever its file says of the environment.
pub fn warnings(desired: &Desired, environment: Option<EnvironmentType>) -> Vec<Finding> {
    let of = |setting| {
        [
            deprecation(setting),
            ignored(setting),
            without_effect(setting, environment),
            weakness(setting, environment),
        ]
    };
    let found = desired.settings.iter().flat_map(of).flatten();
    found.map(|finding| Finding { file: desired.file.clone(), ..finding }).collect()
}

fn deprecation(setting: &Setting) -> Option<Finding> {
    let successor = setting.field.replaced_by?;
    let message = format!("`{}` is deprecated", setting.field.name);
    Some(
        Finding::new("", setting.key, Code::DeprecatedField, message)
            .help(format!("use `{successor}` instead"))
            .path(&setting.pointer),
    )
}

fn ignored(setting: &Setting) -> Option<Finding> {
    let Setting { field, value, at, pointer, .. } = setting;
    let message = format!("Clerk accepts an empty `{}` and then ignores it", field.name);
    let is_empty = value.as_array().is_some_and(Vec::is_empty);
    (field.empty_ignored && is_empty).then(|| {
        Finding::new("", *at, Code::IgnoredByApi, message)
            .help("the list stays as it is; empty it in the Dashboard")
            .path(pointer)
    })
}

fn alone(setting: &Setting, root: &Node) -> Vec<Finding> {
    let Setting { field, value, pointer, .. } = setting;
    let node = node_of(root, setting);
    let list = node.and_then(Node::as_list);
    let is_whole = node.is_some_and(|node| !node.is_cut);
    // What cannot be an entry is no part of the value, so the list itself tells if it is empty.
    let ignored = ignored(setting).filter(|_| list.is_some_and(<[Node]>::is_empty) && is_whole);
    let mut findings: Vec<Finding> =
        [deprecation(setting), ignored].into_iter().flatten().collect();
    match field.kind {
        Kind::Text(_) if value != "" => findings
            .extend(node_of(root, setting).and_then(|node| misshapen(setting, node, pointer))),
        Kind::Set(_) => {
            let entries =
                list.unwrap_or_default().iter().enumerate().filter_map(|(index, item)| {
                    misshapen(setting, item, &joined(pointer, &index.to_string()))
                });
            findings.extend(entries.take(MOST_FINDINGS + 1));
        }
        _ => {}
    }
    findings
}

fn misshapen(setting: &Setting, node: &Node, pointer: &str) -> Option<Finding> {
    let (Kind::Text(shape) | Kind::Set(shape)) = setting.field.kind else { return None };
    let text = node.as_text()?;
    let problem = shape::problem(shape, text)?;
    let message = format!("{} in `{}` {}", quote(text), setting.field.name, problem.message);
    let finding = Finding::new("", node.span, Code::InvalidValue, message).path(pointer);
    Some(finding.help(problem.help))
}

fn conflict(setting: &Setting, settings: &[&Setting]) -> Option<Finding> {
    let successor = setting.section.field(setting.field.replaced_by?)?;
    let other = settings.iter().find(|other| std::ptr::eq(other.field, successor))?;
    let message = format!(
        "`{}` and `{}`, which replaces it, are both set (line {})",
        setting.field.name, successor.name, other.key.line
    );
    Some(
        Finding::new("", setting.key, Code::ConflictingFields, message)
            .help(format!("remove `{}`", setting.field.name))
            .path(&setting.pointer),
    )
}

fn without_effect(setting: &Setting, environment: Option<EnvironmentType>) -> Option<Finding> {
    let only = setting.field.only_in?;
    let environment = environment.filter(|environment| *environment != only)?;
    let message = format!("`{}` has no effect in a {environment} instance", setting.field.name);
    Some(
        Finding::new("", setting.key, Code::EnvironmentMismatch, message)
            .help(format!("it is for {only} instances: remove it, or set it in an overlay for one"))
            .path(&setting.pointer),
    )
}

fn weakness(setting: &Setting, environment: Option<EnvironmentType>) -> Option<Finding> {
    let guard = setting.field.guard.filter(|guard| guard.scope == Scope::Production)?;
    let is_weak = setting.value == Value::Bool(guard.weak)
        && environment == Some(EnvironmentType::Production);
    let message = format!("`{}: {}` {}, in production", setting.field.name, guard.weak, guard.loss);
    is_weak.then(|| {
        Finding::new("", setting.at, Code::WeakensSecurity, message)
            .help(format!("set it to {}, or remove it", !guard.weak))
            .path(&setting.pointer)
    })
}
