//! What the instance's public environment shows of the fields that nothing else does. It is a hint:
//! nobody knows how old it is, and whoever answers at the front end's host is believed.

use serde_json::Value;

use super::sections::{SectionReader, is_credible};
use super::{ExpectedField, LiveError};
use crate::api::{self, Answer, Body, KeyRing, Reply, Request, call, is_masked};
use crate::catalog::{EnvironmentType, FRONTEND_ENVIRONMENT_TYPE, Field, Frontend, Kind, Read};
use crate::state::{Live, Seen, Shown, Source, shown};

/// Where the service tells the hosts of an instance.
const DOMAINS: &str = "/v1/domains";

/// Where a front end shows its environment. Public: no key goes there.
const ENVIRONMENT: &str = "/v1/environment";

/// Why a field that the key cannot read is not read, where the front end is left alone.
pub(super) fn offer(fields: &[ExpectedField<'_>], live: &mut Live) {
    for ExpectedField { section, field, .. } in unread(fields, live) {
        if live.unread(section, field).is_none() {
            let why = match field.frontend {
                Some(_) => "Clerk does not show it; `drift --frontend` reads a hint",
                None => not_shown(field),
            };
            live.hide(section, field, why.to_owned());
        }
    }
}

fn not_shown(field: &Field) -> &'static str {
    match field.read {
        Read::InAnotherForm => "Clerk shows it in a different form",
        Read::Shown | Read::Nowhere => "Clerk does not show it",
    }
}

/// Reads from the front end what was not read before.
pub(super) async fn tell(
    reader: &SectionReader<'_>,
    fields: &[ExpectedField<'_>],
    live: &mut Live,
) -> Result<(), LiveError> {
    let wanted = unread(fields, live);
    if wanted.iter().all(|wanted| wanted.field.frontend.is_none()) {
        offer(fields, live);
        return Ok(());
    }
    let environment = match environment(reader).await {
        Ok(environment) => agrees(&environment, fields, live).map(|()| environment),
        Err(why) => Err(why),
    };
    for ExpectedField { section, field, .. } in wanted {
        let value = match (field.frontend, &environment) {
            (None, _) => Err(not_shown(field).to_owned()),
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

/// Whether an environment shows nothing else than what the key has read: one that does is old, or
/// another instance's.
fn agrees(environment: &Value, fields: &[ExpectedField<'_>], live: &Live) -> Result<(), String> {
    for ExpectedField { section, field, .. } in fields {
        let Some((seen, at)) = live.seen(section, field).zip(field.frontend) else { continue };
        let Some(value) = value_at(field, at, environment) else { continue };
        if matches!(shown(field, &seen.value, &value), Shown::Otherwise(_)) {
            let name = format!("{}.{}", section.name, field.name);
            return Err(format!(
                "it shows a different `{name}` than the service does, so it is outdated or belongs \
                 to another instance"
            ));
        }
    }
    Ok(())
}

fn unread<'a>(fields: &[ExpectedField<'a>], live: &Live) -> Vec<ExpectedField<'a>> {
    let is_unread = |wanted: &&ExpectedField<'_>| live.seen(wanted.section, wanted.field).is_none();
    fields.iter().filter(is_unread).copied().collect()
}

/// The environment of the instance's own front end, or why there is none.
async fn environment(reader: &SectionReader<'_>) -> Result<Value, String> {
    let access = reader.access;
    let request = Request::Get { path: DOMAINS };
    let called = call(access.service.as_ref(), &request, reader.patience, reader.stop).await;
    let reply = called.last.map_err(|no_reply| format!("`GET {DOMAINS}`: {no_reply}"))?;
    let domains = match api::read(&access.keys, &reply) {
        Answer::Accepted { echo: Some(domains) } => Value::Object(domains),
        Answer::Accepted { echo: None } => {
            return Err(format!("`GET {DOMAINS}` gave an unexpected answer"));
        }
        Answer::Refused(refusal) => {
            return Err(format!(
                "`GET {DOMAINS}` answered {}: {}",
                refusal.status, refusal.message
            ));
        }
    };
    let url = primary(&domains).ok_or("the service names no host")?;
    if access.keys.is_in_url(url) {
        return Err("its URL holds the secret key, so it is not asked".to_owned());
    }
    let front = access.front.at(url).map_err(|error| error.to_string())?;
    // Once: a hint is not worth a wait.
    let reply = front.send(&Request::Get { path: ENVIRONMENT }).await;
    let reply = reply.map_err(|no_reply| no_reply.to_string())?;
    let environment = understood(&access.keys, &reply)?;
    is_of(access.environment_type, &environment).map(|()| environment)
}

/// The object that a front end answered. What it says otherwise is not repeated: nobody knows who
/// speaks there.
fn understood(keys: &KeyRing, reply: &Reply) -> Result<Value, String> {
    match reply.status {
        200..=299 => {}
        300..=399 => {
            return Err(format!(
                "it answered {}, a redirect, which was not followed",
                reply.status
            ));
        }
        status => return Err(format!("it answered {status}")),
    }
    match (&reply.body, api::read(keys, reply)) {
        (Body::TooLarge, _) => Err("its answer is larger than 1 MiB".to_owned()),
        (Body::Broken, _) => Err("its answer was cut off".to_owned()),
        (Body::Whole(_), Answer::Accepted { echo: Some(object) }) => Ok(Value::Object(object)),
        (Body::Whole(_), _) => Err("its answer is not a JSON object".to_owned()),
    }
}

/// The URL of the front end of the instance's own domain, which is no satellite.
fn primary(domains: &Value) -> Option<&str> {
    let is_satellite = |domain: &&Value| domain.get("is_satellite") == Some(&Value::Bool(true));
    let mut own = domains.get("data")?.as_array()?.iter().filter(|domain| !is_satellite(domain));
    own.find_map(|domain| domain.get("frontend_api_url")?.as_str())
}

/// Whether an environment can be the instance's at all.
fn is_of(kind: EnvironmentType, environment: &Value) -> Result<(), String> {
    match at(FRONTEND_ENVIRONMENT_TYPE, environment).and_then(Value::as_str) {
        Some(told) if told == kind.as_str() => Ok(()),
        Some(_) => Err(format!("it shows an instance that is not for {kind}")),
        None => Err("the answer does not describe an instance".to_owned()),
    }
}

/// The value at a path.
fn at<'v>(path: &str, environment: &'v Value) -> Option<&'v Value> {
    path.split('.').try_fold(environment, |value, name| value.get(name))
}

/// The value at a field's path, where it is one that the field can have.
fn value_at(field: &Field, at: Frontend, environment: &Value) -> Option<Value> {
    let found = self::at(at.path, environment)?;
    match found {
        Value::Null if !matches!(field.kind, Kind::Text(_)) => None,
        Value::Bool(value) if field.can_show(found) => Some(Value::Bool(*value != at.is_inverted)),
        _ => (is_credible(field, found) && !is_masked(found)).then(|| found.clone()),
    }
}
