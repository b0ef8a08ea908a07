//! What a schema cannot say: the shape of texts, deprecated fields, values that the service
//! ignores, and what a target makes of a setting.

use std::collections::HashSet;

use serde_json::Value;

use super::placeholder;
use super::shape::{self, UNREPLACED};
use crate::catalog::schema::{ENVIRONMENTS, INSTANCE_ID, TARGET};
use crate::catalog::{
    API_VERSION, Deprecated, EnvironmentType, Field, Kind, Scope, Shape, country_named, is_country,
};
use crate::config::overlay::{Merged, node_of};
use crate::config::place::joined;
use crate::config::quote::quote;
use crate::config::yaml::node::{Mapping, Node};
use crate::config::{Configuration, Desired, Layer, MOST_FINDINGS, Setting};
use crate::finding::{Code, Finding, Span};

/// How many entries of a list one message names.
const MOST_NAMED: usize = 5;

/// The findings about each layer by itself, however little of the file could be read.
pub(super) fn layers(configuration: &Configuration, root: &Node) -> Vec<Finding> {
    let settings = configuration.layers().flat_map(|layer| &layer.settings);
    let mut findings: Vec<Finding> = settings.flat_map(|setting| alone(setting, root)).collect();
    findings.extend(instance_ids(root));
    findings
}

/// The ids of instances that nobody filled in: a schema takes any that could be one.
fn instance_ids(root: &Node) -> Vec<Finding> {
    let overlays = root.child(ENVIRONMENTS).and_then(Node::as_map);
    let overlays = overlays
        .into_iter()
        .flat_map(Mapping::iter)
        .map(|entry| (joined(&joined("", ENVIRONMENTS), &entry.key.text), &entry.value));
    let found = std::iter::once((String::new(), root)).chain(overlays).filter_map(|(at, layer)| {
        let node = layer.child(TARGET)?.child(INSTANCE_ID)?;
        let placeholder = placeholder::find(node.as_text()?)?;
        let message = format!("{} in `{INSTANCE_ID}` {UNREPLACED}", quote(node.as_text()?));
        let pointer = joined(&joined(&at, TARGET), INSTANCE_ID);
        let finding = Finding::new("", node.span, Code::InvalidValue, message).path(pointer);
        Some(finding.help(placeholder::help(placeholder)))
    });
    found.collect()
}

/// The findings about each target: an overlay merged over the base. What several targets have in
/// common is told once.
pub(super) fn targets(configuration: &Configuration) -> Vec<Finding> {
    let mut told = HashSet::new();
    let mut findings = Vec::new();
    for Merged { environment_type, settings } in configuration.targets() {
        for setting in &settings {
            let found = [
                conflict(setting, &settings, &configuration.file),
                contradiction(setting, &settings, &configuration.file),
                without_effect(setting, environment_type),
                weakness(setting, environment_type),
            ];
            let file = setting.set_in(&configuration.file);
            let is_new = |finding: &Finding| told.insert((file, finding.span, finding.code));
            let found = found.into_iter().flatten().filter(is_new);
            findings.extend(found.map(|finding| Finding { file: file.to_owned(), ..finding }));
        }
    }
    findings
}

/// The fields that contradict another one of the same layer.
pub(super) fn conflicts(configuration: &Configuration) -> Vec<Finding> {
    let of = |layer: &Layer| -> Vec<Finding> {
        let settings: Vec<&Setting> = layer.settings.iter().map(AsRef::as_ref).collect();
        let file = &configuration.file;
        let of =
            |setting| [conflict(setting, &settings, file), contradiction(setting, &settings, file)];
        settings.iter().copied().flat_map(of).flatten().collect()
    };
    configuration.layers().flat_map(of).collect()
}

/// The warnings about one target, whatever its file says of the environment.
pub fn warnings(desired: &Desired, environment: Option<EnvironmentType>) -> Vec<Finding> {
    let of = |setting| {
        [
            deprecation(setting),
            gone(setting),
            unwritten(setting),
            // Where each entry stands only the text of the file tells.
            Some(strangers(setting).map(|(_, code)| code).collect::<Vec<_>>())
                .filter(|codes| !codes.is_empty())
                .map(|codes| strange(&codes, setting.at, &setting.pointer)),
            without_effect(setting, environment),
            weakness(setting, environment),
        ]
    };
    let found = desired.in_scope().flat_map(|setting| {
        let file = setting.set_in(&desired.file);
        let found = of(setting).into_iter().flatten();
        found.map(move |finding| Finding { file: file.to_owned(), ..finding })
    });
    found.collect()
}

fn deprecation(setting: &Setting) -> Option<Finding> {
    let deprecated = setting.field.deprecated?;
    let message = format!("`{}` is deprecated", setting.field.name);
    Some(
        Finding::new("", setting.key, Code::DeprecatedField, message)
            .help(match deprecated {
                Deprecated::ReplacedBy(_) => {
                    format!("{}; `clerkform fix` replaces it", deprecated.advice())
                }
                Deprecated::WithoutSuccessor(_) => deprecated.advice(),
            })
            .path(&setting.pointer),
    )
}

/// A null that nobody wrote, which is sent like one that somebody did.
fn unwritten(setting: &Setting) -> Option<Finding> {
    let Setting { field, key, pointer, is_unwritten, .. } = setting;
    is_unwritten.then(|| {
        let message = format!("`{}` has no value, so `null` is sent", field.name);
        Finding::new("", *key, Code::UnwrittenNull, message)
            .help(
                "write `null` if you mean it, or remove the field; ` #` starts a comment, so a \
                 value that contains it needs quotes",
            )
            .path(pointer)
    })
}

fn gone(setting: &Setting) -> Option<Finding> {
    let Setting { field, key, pointer, .. } = setting;
    if !field.is_gone {
        return None;
    }
    let message = format!(
        "API version {API_VERSION} no longer has `{}`: Clerk may accept it and silently drop it",
        field.name
    );
    let help = match field.deprecated {
        Some(deprecated) => deprecated.advice(),
        None => "check in the Dashboard whether it has an effect, or remove it".to_owned(),
    };
    Some(Finding::new("", *key, Code::IgnoredByApi, message).help(help).path(pointer))
}

/// The codes of a list that no country has.
fn strangers(setting: &Setting) -> impl Iterator<Item = (usize, &str)> {
    let is_list = setting.field.kind == Kind::Set(Shape::Country);
    let entries = setting.value.as_array().filter(|_| is_list).into_iter().flatten();
    let codes = entries.enumerate().filter_map(|(index, entry)| Some((index, entry.as_str()?)));
    // What is no code at all the schema refuses.
    codes.filter(|(_, code)| {
        code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) && !is_country(code)
    })
}

fn strange(codes: &[&str], at: Span, pointer: &str) -> Finding {
    let shown: Vec<String> = codes.iter().take(MOST_NAMED).map(|code| quote(code)).collect();
    let more = if codes.len() > MOST_NAMED { " and others" } else { "" };
    let are = if codes.len() == 1 { "is not a country code" } else { "are not country codes" };
    let message =
        format!("{}{more} {are}: Clerk silently drops codes it does not know", shown.join(", "));
    let help = match codes {
        [code] => country_named(code).map(|named| format!("write `{named}`")),
        _ => None,
    };
    let help = help.unwrap_or_else(|| "use ISO 3166-1 alpha-2 codes, or remove the entry".into());
    Finding::new("", at, Code::IgnoredByApi, message).help(help).path(pointer)
}

fn alone(setting: &Setting, root: &Node) -> Vec<Finding> {
    let Setting { field, value, pointer, .. } = setting;
    let mut findings: Vec<Finding> =
        [deprecation(setting), gone(setting), unwritten(setting)].into_iter().flatten().collect();
    match field.kind {
        Kind::Text(_) => {
            let text = value.as_str().filter(|text| !text.is_empty());
            let finding = text.and_then(|text| misshapen(setting, text, setting.at));
            findings.extend(finding.map(|finding| finding.path(pointer)));
        }
        Kind::Set(_) => {
            let list = node_of(root, setting).and_then(Node::as_list);
            let entries =
                list.unwrap_or_default().iter().enumerate().filter_map(|(index, item)| {
                    let finding = misshapen(setting, item.as_text()?, item.span)?;
                    Some(finding.path(joined(pointer, &index.to_string())))
                });
            findings.extend(entries.take(MOST_FINDINGS + 1));
            findings.extend(strangers(setting).filter_map(|(index, code)| {
                Some(strange(&[code], list?.get(index)?.span, &joined(pointer, &index.to_string())))
            }));
        }
        _ => {}
    }
    findings
}

fn misshapen(setting: &Setting, text: &str, at: Span) -> Option<Finding> {
    let (Kind::Text(shape) | Kind::Set(shape)) = setting.field.kind else { return None };
    let problem = shape::problem(shape, text)?;
    let message = format!("{} in `{}` {}", quote(text), setting.field.name, problem.message);
    Some(Finding::new("", at, Code::InvalidValue, message).help(problem.help))
}

fn conflict(setting: &Setting, settings: &[&Setting], file: &str) -> Option<Finding> {
    let successor = setting.section.field(setting.field.successor()?)?;
    let other = settings.iter().find(|other| std::ptr::eq(other.field, successor))?;
    let told = both_set(setting.field, successor.name, &line_of(other, setting, file));
    Some(Finding { span: setting.key, path: setting.pointer.clone(), ..told })
}

/// The line that sets the one of two settings, as the other one's message names it.
fn line_of(one: &Setting, other: &Setting, file: &str) -> String {
    let (line, file) = (one.key.line, [one.set_in(file), other.set_in(file)]);
    if file[0] == file[1] { format!("line {line}") } else { format!("line {line} of {}", file[0]) }
}

/// The finding about a field whose successor is set in that line; its place is the caller's.
pub(crate) fn both_set(field: &Field, successor: &str, line: &str) -> Finding {
    let message =
        format!("`{}` and `{successor}`, which replaces it, are both set ({line})", field.name);
    Finding::new("", Span::START, Code::ConflictingFields, message)
        .help(format!("remove `{}`", field.name))
}

/// Two fields that are one setting, and ask for two values.
fn contradiction(setting: &Setting, settings: &[&Setting], file: &str) -> Option<Finding> {
    let Setting { field, section, .. } = setting;
    let twin = field.same_as?;
    let is_twin = |other: &&&Setting| other.section.name == twin && other.field.name == field.name;
    let other = settings.iter().find(is_twin)?;
    (other.value != setting.value).then(|| {
        let message = format!(
            "`{}.{name}` and `{twin}.{name}` are the same setting and cannot have two values ({})",
            section.name,
            line_of(other, setting, file),
            name = field.name,
        );
        Finding::new("", setting.key, Code::ConflictingFields, message)
            .help(format!("remove one of them, such as `{}.{}`", section.name, field.name))
            .path(&setting.pointer)
    })
}

fn without_effect(setting: &Setting, environment: Option<EnvironmentType>) -> Option<Finding> {
    let only = setting.field.only_in?;
    let environment = environment.filter(|environment| *environment != only)?;
    let message = format!("`{}` has no effect in a {environment} instance", setting.field.name);
    Some(
        Finding::new("", setting.key, Code::EnvironmentMismatch, message)
            .help(format!(
                "it is for {only} instances only: remove it, or move it to the overlay \
                of one"
            ))
            .path(&setting.pointer),
    )
}

fn weakness(setting: &Setting, environment: Option<EnvironmentType>) -> Option<Finding> {
    let guard = setting.field.guard.filter(|guard| guard.scope == Scope::Production)?;
    let is_weak = *setting.value == Value::Bool(guard.weak)
        && environment == Some(EnvironmentType::Production);
    is_weak.then(|| {
        let (name, weak) = (setting.field.name, guard.weak);
        let message = format!("`{name}: {weak}` {} in production", guard.loss);
        Finding::new("", setting.at, Code::WeakensSecurity, message)
            .help(format!("set it to {}, or remove it", !guard.weak))
            .path(&setting.pointer)
    })
}
