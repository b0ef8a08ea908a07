//! One emulated instance: its settings, and how it answers about them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::check;
use super::response::{ErrorResponse, Response};
use crate::catalog::{
    self, Empty, EnvironmentType, Field, Kind, Read, Section, Shape, as_stored, is_country,
};
use crate::text::fingerprint;

/// An emulated instance. Keeps only what was set: the rest is as in a fresh one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Instance {
    /// Looks like one of the service's.
    pub(super) id: String,
    /// Whether it is for development or production.
    pub(super) environment_type: EnvironmentType,
    /// A value for each field that was set, for each section.
    settings: BTreeMap<String, Map<String, Value>>,
}

/// What the instance is subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subscription {
    /// Without the features that cost.
    Free,
    /// With everything.
    Paid,
}

impl Instance {
    /// A fresh instance. The same `seed` has the same id every time.
    pub(super) fn fresh(seed: &str, environment_type: EnvironmentType) -> Self {
        let mut id = format!("ins_{}", fingerprint(&format!("instance {seed}")));
        id.truncate(28);
        Self { id, environment_type, settings: BTreeMap::new() }
    }

    /// Answers a request that is allowed to be here.
    pub(super) fn answer(
        &mut self,
        method: &str,
        section: &'static Section,
        body: &[u8],
        plan: Subscription,
    ) -> Response {
        match method {
            "GET" if section.has_get => Response::object(self.shown(section)),
            "PATCH" => match parse(body) {
                Ok(body) => self.patch(section, &body, plan),
                Err(refused) => refused,
            },
            _ => Response::not_allowed(),
        }
    }

    /// All or nothing: one bad value, and none of the body is applied.
    fn patch(
        &mut self,
        section: &'static Section,
        body: &Map<String, Value>,
        plan: Subscription,
    ) -> Response {
        // What the service does not know it silently drops.
        let known =
            || section.fields.iter().filter_map(|field| Some((field, body.get(field.name)?)));
        let problems: Vec<ErrorResponse> =
            known().filter_map(|(field, value)| check::problem(field, value)).collect();
        if !problems.is_empty() {
            return Response::refused_for(422, problems);
        }
        let features: Vec<&str> = known().map(|(field, _)| field.name).collect();
        if plan == Subscription::Free && section.needs_paid_plan && !features.is_empty() {
            let problem = ErrorResponse::new(
                "unsupported_subscription_plan_features",
                "The instance's plan does not have these features.",
            );
            return Response::refused(402, problem.with("unsupported_features", features));
        }
        // A deprecated field is another name of its successor, which wins where both are sent.
        let (former, current): (Vec<_>, Vec<_>) =
            known().partition(|(field, _)| field.successor().is_some());
        for (field, value) in former.into_iter().chain(current) {
            self.set(section, field, value);
        }
        let mut response = match section.echo {
            Some(_) => Response::object(self.shown(section)),
            None => Response::no_content(),
        };
        response.written = !features.is_empty();
        response
    }

    fn set(&mut self, section: &'static Section, field: &'static Field, value: &Value) {
        let (section, target) = kept_as(section, field);
        let elsewhere = field.only_in.is_some_and(|only| only != self.environment_type);
        if elsewhere || (value.is_null() && target.empty == Empty::ReadBack) {
            return;
        }
        let settings = self.settings.entry(section.name.to_owned()).or_default();
        let is_empty = value == "" || value.as_array().is_some_and(Vec::is_empty);
        let clears = matches!(target.empty, Empty::Clears | Empty::Resets);
        if value.is_null() || (is_empty && clears) {
            settings.remove(target.name);
            return;
        }
        // Lists come back in an order of the service's own.
        let mut value = target.canonical(&stored(target, value));
        if let Value::Array(items) = &mut value {
            items.dedup();
            items.retain(|item| is_kept(target, item));
        }
        settings.insert(target.name.to_owned(), value);
    }

    /// The values that a `GET`, and the echo of a `PATCH`, show.
    fn shown(&self, section: &'static Section) -> Value {
        let fields = section.fields.iter().filter(|field| field.read == Read::Shown);
        let mut shown: Map<String, Value> =
            fields.map(|field| (field.name.to_owned(), self.value(section, field))).collect();
        for (name, json) in section.also_shows {
            shown.insert((*name).to_owned(), parse_catalogue(json).unwrap_or_default());
        }
        shown.insert("object".to_owned(), json!(section.echo.unwrap_or(section.name)));
        // The section without an echo is the instance itself, which shows what it is.
        if section.echo.is_none() || shown.contains_key("id") {
            shown.insert("id".to_owned(), json!(self.id));
        }
        if section.echo.is_none() {
            shown.insert("environment_type".to_owned(), json!(self.environment_type));
        }
        Value::Object(shown)
    }

    /// A field's value as the service shows it.
    pub(super) fn value(&self, section: &'static Section, field: &'static Field) -> Value {
        let (section, target) = kept_as(section, field);
        let set = self.settings.get(section.name).and_then(|settings| settings.get(target.name));
        let mut value = set.cloned().unwrap_or_else(|| self.initial(target));
        if let Value::Array(items) = &mut value {
            items.extend(target.echo_adds.iter().map(|added| json!(added)));
        }
        target.canonical(&value)
    }

    /// The values of a fresh instance.
    fn initial(&self, field: &Field) -> Value {
        let here =
            field.default_in.filter(|(environment, _)| *environment == self.environment_type);
        let default = here.map(|(_, json)| json).or(field.default);
        default.and_then(parse_catalogue).unwrap_or_else(|| match field.kind {
            Kind::Boolean => Value::Bool(false),
            Kind::Integer { minimum } => json!(minimum),
            Kind::Text(_) if field.empty == Empty::Clears => Value::Null,
            // What cannot be cleared always has a value.
            Kind::Text(_) => parse_catalogue(field.example).unwrap_or_default(),
            Kind::Set(_) if field.empty == Empty::Resets => Value::Null,
            Kind::Set(_) => json!([]),
        })
    }
}

/// Where a field's value is kept: with its successor, or with the same setting in another section.
fn kept_as(section: &'static Section, field: &'static Field) -> (&'static Section, &'static Field) {
    let section = field.same_as.and_then(catalog::section).unwrap_or(section);
    let name = field.successor().unwrap_or(field.name);
    (section, section.field(name).unwrap_or(field))
}

/// Whether an entry of a list is kept. What is always there is not, and countries that the service
/// does not know are silently dropped.
fn is_kept(field: &Field, entry: &Value) -> bool {
    let entry = entry.as_str().unwrap_or_default();
    let is_known = field.kind != Kind::Set(Shape::Country) || is_country(entry);
    is_known && !field.echo_adds.contains(&entry)
}

/// A value as the service writes it down.
fn stored(field: &Field, value: &Value) -> Value {
    match (field.kind, value) {
        (Kind::Set(Shape::Subdomain), Value::Array(entries)) => {
            entries.iter().filter_map(Value::as_str).map(|entry| json!(as_stored(entry))).collect()
        }
        _ => value.clone(),
    }
}

fn parse_catalogue(json: &str) -> Option<Value> {
    serde_json::from_str(json).ok()
}

/// A body that cannot be understood is refused, and no parameter is named `[d]`.
fn parse(body: &[u8]) -> Result<Map<String, Value>, Response> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) | Err(_) => Err(Response::refused(
            422,
            ErrorResponse::new("form_param_value_invalid", "The body must be a JSON object."),
        )),
    }
}

#[cfg(test)]
mod tests;
