//! What the instance's public environment shows of the fields that nothing else does. It is a hint:
//! nobody knows how old it is, and whoever answers at the front end's host is believed.

use serde_json::Value;

use super::sections::Reader;
use super::{Expected, Refusal};
use crate::api::{self, Answer, Request, call};
use crate::catalog::{EnvironmentType, Field, Frontend, Kind};
use crate::state::{Live, Seen, Source};

/// Where the service tells the hosts of an instance.
const DOMAINS: &str = "/v1/domains";

/// Where a front end shows its environment. Public: no key goes there.
const ENVIRONMENT: &str = "/v1/environment";

/// Why a field that the key cannot read is not read, where the front end is left alone.
pub(super) fn offer(fields: &[Expected<'_>], live: &mut Live) {
    for Expected { section, field, .. } in unread(fields, live) {
        if live.unread(section, field).is_some() {
            continue;
        }
        let why = match field.frontend {
            Some(_) => "Clerk does not show it; `drift --frontend` reads a hint",
            None => "Clerk does not show it",
        };
        live.hide(section, field, why.to_owned());
    }
}

/// Reads from the front end what was not read before.
pub(super) async fn tell(
    reader: &Reader<'_>,
    fields: &[Expected<'_>],
    live: &mut Live,
) -> Result<(), Refusal> {
    let wanted = unread(fields, live);
    if wanted.iter().all(|wanted| wanted.field.frontend.is_none()) {
        offer(fields, live);
        return Ok(());
    }
    let environment = environment(reader).await;
    for Expected { section, field, .. } in wanted {
        let value = match (field.frontend, &environment) {
            (None, _) => Err("Clerk does not show it".to_owned()),
            (Some(_), Err(why)) => Err(format!("the front end: {why}")),
            (Some(at), Ok(environment)) => value_at(field, at, environment)
                .ok_or_else(|| "the front end does not show it".to_owned()),
        };
        match value {
            Ok(value) => live.show(section, field, Seen { value, source: Source::Frontend }),
            // What the key's own reading said is worth more.
            Err(_) if live.unread(section, field).is_some() => {}
            Err(why) => live.hide(section, field, why),
        }
    }
    Ok(())
}

fn unread<'a>(fields: &[Expected<'a>], live: &Live) -> Vec<Expected<'a>> {
    let is_unread = |wanted: &&Expected<'_>| live.seen(wanted.section, wanted.field).is_none();
    fields.iter().filter(is_unread).copied().collect()
}

/// The environment of the instance's own front end, or why there is none.
async fn environment(reader: &Reader<'_>) -> Result<Value, String> {
    let access = reader.access;
    let request = Request::Get { path: DOMAINS };
    let called = call(access.service.as_ref(), &request, reader.patience, reader.stop).await;
    let reply = called.last.map_err(|no_reply| format!("`GET {DOMAINS}`: {no_reply}"))?;
    let domains = match api::read(access.key.as_ref(), &reply) {
        Answer::Accepted { echo: Some(domains) } => Value::Object(domains),
        Answer::Accepted { echo: None } => {
            return Err(format!("`GET {DOMAINS}` answered something else"));
        }
        Answer::Refused(refusal) => {
            return Err(format!(
                "`GET {DOMAINS}` answered {}: {}",
                refusal.status, refusal.message
            ));
        }
    };
    let url = primary(&domains).ok_or("the service names no host")?;
    let front = access.front.at(url).map_err(|error| error.to_string())?;
    // Once: a hint is not worth a wait.
    let reply = front.send(&Request::Get { path: ENVIRONMENT }).await;
    let reply = reply.map_err(|no_reply| no_reply.to_string())?;
    let environment = match api::read(access.key.as_ref(), &reply) {
        Answer::Accepted { echo: Some(environment) } => Value::Object(environment),
        Answer::Accepted { echo: None } => return Err("it answered something else".to_owned()),
        Answer::Refused(refusal) => return Err(refusal.message),
    };
    is_of(access.environment_type, &environment).map(|()| environment)
}

/// The URL of the front end of the instance's own domain, which is no satellite.
fn primary(domains: &Value) -> Option<&str> {
    let is_satellite = |domain: &&Value| domain.get("is_satellite") == Some(&Value::Bool(true));
    let mut own = domains.get("data")?.as_array()?.iter().filter(|domain| !is_satellite(domain));
    own.find_map(|domain| domain.get("frontend_api_url")?.as_str())
}

/// Whether an environment can be the instance's at all.
fn is_of(kind: EnvironmentType, environment: &Value) -> Result<(), String> {
    let told = environment.pointer("/display_config/instance_environment_type");
    match told.and_then(Value::as_str) {
        Some(told) if told == kind.as_str() => Ok(()),
        Some(_) => Err(format!("it shows another instance, which is not for {kind}")),
        None => Err("its answer is no environment of an instance".to_owned()),
    }
}

/// The value at a field's path, where it is one that the field can have.
fn value_at(field: &Field, at: Frontend, environment: &Value) -> Option<Value> {
    let found = at.path.split('.').try_fold(environment, |value, name| value.get(name))?;
    match (field.kind, found) {
        (Kind::Boolean, Value::Bool(value)) => Some(Value::Bool(*value != at.is_inverted)),
        (Kind::Integer { .. }, Value::Number(_)) | (Kind::Text(_), Value::String(_)) => {
            Some(found.clone())
        }
        (Kind::Set(_), Value::Array(items)) if items.iter().all(Value::is_string) => {
            Some(found.clone())
        }
        (Kind::Text(_), Value::Null) => Some(Value::Null),
        _ => None,
    }
}
