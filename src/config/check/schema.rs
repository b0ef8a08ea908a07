//! The check against the schema that `clerkform schema` prints, each error brought back to its
//! place in the text.

use std::collections::{HashMap, HashSet};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

use super::near::nearest;
use super::placeholder;
use super::{shape, unknown, wording};
use crate::catalog::schema::{self, ENVIRONMENTS, RESERVED_ENVIRONMENT};
use crate::catalog::{EnvironmentType, Field, Kind, Shape};
use crate::config::MOST_FINDINGS;
use crate::config::place::{SchemaNode, joined, unescaped};
use crate::config::quote::quote;
use crate::config::yaml::node::{Key, Mapping, Node};
use crate::config::yaml::scalar::Typed;
use crate::finding::{Code, Finding};

/// How many overlays go to the validator together.
const OVERLAYS_AT_ONCE: usize = 64;

/// The schema that `clerkform schema` prints, made into code while the program is built: to compile
/// it would be most of what checking one file costs.
#[jsonschema::validator(
    path = "schema/clerkform.schema.json",
    draft = Draft7,
    pattern_options = { engine = regex },
    methods = { is_valid = false, validate = false, iter_errors = true },
)]
struct Printed;

/// Every error that the schema finds in a value.
pub(in crate::config) fn errors(
    value: &Value,
) -> impl Iterator<Item = ValidationError<'_>> + use<'_> {
    Printed::iter_errors(value)
}

/// Every way in which a document does not fit the schema.
pub(super) fn check(root: &Node) -> Vec<Finding> {
    let is_null = root.as_scalar().is_some_and(|scalar| scalar.typed == Typed::Null);
    if is_null && !root.as_scalar().is_some_and(|scalar| scalar.absent) {
        // The schema takes an empty file for null, and a `null` that is written is more than that.
        return vec![wording::wrong_type(root, SchemaNode::Root, "")];
    }
    let mut entries = HashMap::new();
    let mut found = Vec::new();
    for piece in pieces(root) {
        let errors = errors(&piece);
        let told = errors.filter(|error| is_among_the_first(error, &mut entries));
        found.extend(told.flat_map(|error| findings(root, &error)));
    }
    found
}

/// The document as JSON. The validator keeps every error until the last one is known, so many
/// overlays go to it some at a time: none of them bears on another.
fn pieces(root: &Node) -> Box<dyn Iterator<Item = Value> + '_> {
    let overlays = root.as_map().and_then(|map| map.get(ENVIRONMENTS)?.value.as_map());
    let (Some(mapping), Some(overlays)) = (root.as_map(), overlays) else {
        return Box::new(std::iter::once(root.to_json()));
    };
    let rest = mapping.iter().filter(|entry| entry.key.text != ENVIRONMENTS);
    let rest: Map<_, _> =
        rest.map(|entry| (entry.key.text.clone(), entry.value.to_json())).collect();
    let some = overlays.as_slice().chunks(OVERLAYS_AT_ONCE).map(|entries| {
        let entries = entries.iter().map(|entry| (entry.key.text.clone(), entry.value.to_json()));
        json!({ ENVIRONMENTS: entries.collect::<Map<_, _>>() })
    });
    Box::new(std::iter::once(Value::Object(rest)).chain(some))
}

/// Whether an error may still be told: of what one list or mapping holds no more than of a file.
fn is_among_the_first(error: &ValidationError<'_>, entries: &mut HashMap<String, usize>) -> bool {
    let Some((list, _)) = error.instance_path().as_str().rsplit_once('/') else { return true };
    let count = match entries.get_mut(list) {
        Some(count) => count,
        None => entries.entry(list.to_owned()).or_default(),
    };
    *count += 1;
    *count <= MOST_FINDINGS + 1
}

fn findings(root: &Node, error: &ValidationError<'_>) -> Vec<Finding> {
    let pointer = error.instance_path().as_str();
    // The crate's own segments take a name such as `00` for an index.
    let segments: Vec<String> = pointer.split('/').skip(1).map(unescaped).collect();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let node = find(root, &path).unwrap_or(root);
    if node.is_hole() {
        return Vec::new();
    }
    let place = SchemaNode::of(&path);
    if let (SchemaNode::Environments, Some(environments)) = (place, node.as_map()) {
        // What is wrong with a name is said at the mapping that has it.
        let name = error.instance().as_str().and_then(|name| environments.get(name));
        return name.map(|entry| environment_name(&entry.key, pointer)).into_iter().collect();
    }
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => node
            .as_map()
            .map(|map| unknown_keys(map, unexpected, place, pointer))
            .unwrap_or_default(),
        ValidationErrorKind::UniqueItems => repeated_entries(node, place, pointer),
        ValidationErrorKind::MinLength { .. }
            if matches!(place, SchemaNode::Extends | SchemaNode::ExtendedPath) =>
        {
            let message = format!("{} is empty", place.title());
            let help = "name a file, as seen from this one, or remove it";
            vec![Finding::new("", node.span, Code::InvalidValue, message).help(help).path(pointer)]
        }
        // The rest is about the value as a whole, and nobody knows what this was to be.
        _ if node.is_cut => Vec::new(),
        // Of a value of another type an enumeration says no more than that it is none of its own.
        ValidationErrorKind::Enum { .. } if node.as_text().is_none() => {
            vec![wording::wrong_type(node, place, pointer)]
        }
        ValidationErrorKind::Type { .. } => vec![wording::wrong_type(node, place, pointer)],
        kind => vec![invalid_value(node, place, pointer, kind.keyword())],
    }
}

/// The node at a place of the document.
fn find<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Node> {
    path.iter().try_fold(root, |node, segment| node.child(segment))
}

fn unknown_keys(
    mapping: &Mapping,
    unexpected: &[String],
    place: SchemaNode,
    pointer: &str,
) -> Vec<Finding> {
    let unexpected: HashSet<&str> = unexpected.iter().map(String::as_str).collect();
    let mut is_foreign = matches!(place, SchemaNode::Root) && unknown::is_foreign(mapping);
    mapping
        .iter()
        .map(|entry| &entry.key)
        .filter(|key| unexpected.contains(key.text.as_str()))
        // No more than these are ever told, and near names take time.
        .take(MOST_FINDINGS + 1)
        .map(|key| {
            let pointer = joined(pointer, &key.text);
            // Said of the file, with its first key.
            if std::mem::take(&mut is_foreign) {
                return unknown::foreign(key, pointer);
            }
            unknown::finding(key, place, pointer)
        })
        .collect()
}

fn environment_name(key: &Key, pointer: &str) -> Finding {
    let name = quote(&key.text);
    let (message, help) = if key.text == RESERVED_ENVIRONMENT {
        (format!("the environment name {name} is reserved for `--sandbox`"), "choose another name")
    } else {
        (
            format!("{name} is not a valid environment name"),
            "a name starts with an ASCII letter or digit, followed by ASCII letters, digits, `_` \
             and `-`",
        )
    };
    let help = placeholder::find(&key.text).map_or_else(|| help.to_owned(), placeholder::help);
    Finding::new("", key.span, Code::InvalidValue, message)
        .help(help)
        .path(joined(pointer, &key.text))
}

/// Every entry of a list that stands in it before.
fn repeated_entries(node: &Node, place: SchemaNode, pointer: &str) -> Vec<Finding> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut findings = Vec::new();
    for (index, item) in node.as_list().unwrap_or_default().iter().enumerate() {
        let Some(text) = item.as_text() else { continue };
        let Some(line) = first.get(text) else {
            first.insert(text, item.span.line);
            continue;
        };
        let message = format!("{} already contains {}, on line {line}", place.title(), quote(text));
        let help = match place {
            SchemaNode::Extends => "remove one of them",
            _ => "remove it: the list is a set",
        };
        let finding = Finding::new("", item.span, Code::DuplicateEntry, message)
            .help(help)
            .path(joined(pointer, &index.to_string()));
        findings.push(finding);
        if findings.len() > MOST_FINDINGS {
            break;
        }
    }
    findings
}

/// The finding about a text that a field refuses.
fn refused(field: &Field, shape: Shape, text: &str) -> (String, Option<String>) {
    if field.refuses.contains(&text) {
        let help = "remove it: Clerk would reject the whole request".to_owned();
        return (format!("`{}` cannot hold {}", field.name, quote(text)), Some(help));
    }
    let (rule, help) = shape::rule(field, shape, text);
    (format!("`{}` {rule}, not {}", field.name, quote(text)), help)
}

fn invalid_value(node: &Node, place: SchemaNode, pointer: &str, keyword: &str) -> Finding {
    let text = node.as_scalar().map_or("", |scalar| scalar.text.as_str());
    let (message, help) = match place {
        SchemaNode::Member(member) => {
            let kinds = EnvironmentType::ALL.map(EnvironmentType::as_str);
            let near = nearest(text, kinds).filter(|_| member.name == schema::ENVIRONMENT_TYPE);
            (
                format!("{} must be {}", place.title(), member.rule),
                near.map(|name| format!("did you mean `{name}`?")),
            )
        }
        SchemaNode::Field(field) => match field.kind {
            Kind::Integer { minimum } => (
                format!(
                    "{} must be at least {minimum}, and this is {}",
                    place.title(),
                    quote(text)
                ),
                Some(format!("write {minimum} or more")),
            ),
            Kind::Set(_) => match field.most {
                Some(most) if keyword == "maxItems" => (
                    format!("{} takes at most {most} entries, and this has more", place.title()),
                    Some("remove some".to_owned()),
                ),
                _ => (format!("{} does not accept this value ({keyword})", place.title()), None),
            },
            Kind::Text(shape) => refused(field, shape, text),
            Kind::Boolean => {
                (format!("{} does not accept this value ({keyword})", place.title()), None)
            }
        },
        SchemaNode::Item(field) => match field.kind {
            Kind::Set(shape) => refused(field, shape, text),
            _ => (format!("{} does not accept this value ({keyword})", place.title()), None),
        },
        _ => (format!("{} does not accept this value ({keyword})", place.title()), None),
    };
    let finding = Finding::new("", node.span, Code::InvalidValue, message).path(pointer);
    match placeholder::find(text).map(placeholder::help).or(help) {
        None => finding,
        Some(help) => finding.help(help),
    }
}
