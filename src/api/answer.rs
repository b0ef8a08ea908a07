//! The meaning of an answer, whatever the service or something in between made of it. Nothing here
//! trusts the body: not its types, not its size, and not that it keeps the key to itself.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Body, KeyRing, Reply};
use crate::catalog::{self, is_country};
use crate::failure::CallCode;

/// How much of a text from the service is shown.
const LONGEST_TEXT: usize = 500;

/// How many of an answer's errors are told.
const MOST_ERRORS: usize = 5;

/// The remedy where nothing else helps.
const LATER: &str = "run the same command again in a few minutes";

/// The codes of a 409 by which the service says that something else was at work, and that nothing
/// was done `[d]`.
const PASSING_CONFLICTS: [&str; 2] = ["resource_locked", "conflict"];

/// The meaning of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The service accepted the request.
    Accepted {
        /// The object of the body; `None` where there is none, or it is not understood.
        echo: Option<Map<String, Value>>,
    },
    /// It did not, or something else answered in its place.
    Refused(Refusal),
}

/// Why a request was not accepted. Its texts hold no key and are not long, and are otherwise as
/// they came: control characters are the view's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The service's code, or one of this program's, such as `http-502` or `redirected`.
    pub code: CallCode,
    /// What happened, as a sentence or more, without a final full stop.
    pub message: String,
    /// What to do about it, as a sentence without a final full stop.
    pub help: Option<Cow<'static, str>>,
    /// The parameters that the service named, as it named them.
    pub params: Vec<String>,
    /// The id that Clerk's support asks for.
    pub trace_id: Option<String>,
}

impl Refusal {
    /// The bare names of the fields that the service blames: `support_email` for
    /// `instance[support_email]` and `/support_email`, `allowed_origins` for `allowed_origins[0]`;
    /// at last the one that the code itself is about.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let named = self.params.iter().filter_map(|param| {
            param
                .split(['[', ']', '/', '.', ' '])
                .rfind(|part| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit()))
        });
        let by_code = match &self.code {
            CallCode::Service(code) => catalog::refused_by(code),
            CallCode::Status(_) | CallCode::Own(_) => None,
        };
        named.chain(by_code.map(|(field, _)| field.name))
    }

    /// The parameters in one text; `None` where the service named none.
    pub fn param(&self) -> Option<String> {
        (!self.params.is_empty()).then(|| shorten(&self.params.join(", ")))
    }

    /// The fate of the request, as the end of a sentence: only a 4xx says no.
    pub const fn verdict(&self) -> &'static str {
        match self.status {
            300..=399 => "was redirected",
            408 | 500..=599 => "failed",
            _ => "was refused",
        }
    }
}

/// Reads an answer. No key of the run appears in anything that comes out.
pub fn read(keys: &KeyRing, reply: &Reply) -> Answer {
    let value = match &reply.body {
        Body::Whole(bytes) => serde_json::from_slice::<Value>(bytes).ok(),
        Body::Broken | Body::TooLarge => None,
    };
    let value = value.map(|value| keys.scrub_value(value));
    if reply.is_success() {
        let echo = value.and_then(|value| match value {
            Value::Object(members) => Some(members),
            _ => None,
        });
        return Answer::Accepted { echo };
    }
    Answer::Refused(refusal(keys, reply, value.as_ref()))
}

fn refusal(keys: &KeyRing, reply: &Reply, value: Option<&Value>) -> Refusal {
    let status = reply.status;
    let told = told(value);
    let code = told.iter().find_map(|told| told.code).map(shorten);
    let params = told.iter().map(|told| &told.params).find(|params| !params.is_empty());
    let trace_id = value.and_then(|value| text(value, "clerk_trace_id")).map(shorten);
    let ray = || reply.ray.as_deref().map(str::trim).filter(|ray| !ray.is_empty());
    let ray = || ray().map(|ray| shorten(&keys.scrub(ray)));
    // Where the service says itself what is missing, a guess at the key or the URL misleads.
    let by_status =
        || help(status, keys).filter(|_| told.is_empty() || !matches!(status, 403..=405));
    let later = || is_passing(status, &told).then_some(LATER);
    Refusal {
        status,
        code: code.map_or_else(|| CallCode::of_status(status), CallCode::Service),
        message: message(reply, &told),
        help: advice(&told)
            .map(Cow::Owned)
            .or_else(by_status)
            .or_else(|| later().map(Cow::Borrowed)),
        params: params.into_iter().flatten().take(MOST_ERRORS).copied().map(shorten).collect(),
        trace_id: trace_id.or_else(ray),
    }
}

/// The errors that an answer names.
fn told(value: Option<&Value>) -> Vec<ErrorEntry<'_>> {
    value
        .and_then(|value| value.get("errors")?.as_array())
        .map(|errors| errors.iter().filter_map(ErrorEntry::read).collect())
        .unwrap_or_default()
}

/// Whether an answer says that the request did nothing, for a reason that passes.
pub(super) fn is_passing_conflict(reply: &Reply) -> bool {
    let Body::Whole(bytes) = &reply.body else { return false };
    let value = serde_json::from_slice(bytes).ok().filter(|_| reply.status == 409);
    is_passing(reply.status, &told(value.as_ref()))
}

fn is_passing(status: u16, told: &[ErrorEntry<'_>]) -> bool {
    let code = told.iter().find_map(|told| told.code);
    status == 409 && code.is_some_and(|code| PASSING_CONFLICTS.contains(&code))
}

/// The remedy for a code that is about one field alone, by the catalogue.
fn advice(told: &[ErrorEntry<'_>]) -> Option<String> {
    told.iter().find_map(|told| {
        let (_, refused) = catalog::refused_by(told.code?)?;
        Some(match told.countries.as_slice() {
            [] => refused.advice.to_owned(),
            countries => format!("{} ({})", refused.advice, shorten(&countries.join(", "))),
        })
    })
}

/// One entry of `errors`, as far as it can be understood.
struct ErrorEntry<'a> {
    code: Option<&'a str>,
    message: Option<&'a str>,
    params: Vec<&'a str>,
    features: Vec<&'a str>,
    /// The codes of countries in its `meta`, whatever they are called there.
    countries: Vec<&'a str>,
}

impl<'a> ErrorEntry<'a> {
    fn read(error: &'a Value) -> Option<Self> {
        let meta = error.get("meta");
        let told = Self {
            code: text(error, "code"),
            message: text(error, "long_message").or_else(|| text(error, "message")),
            params: meta.map(params).unwrap_or_default(),
            features: meta.map(|meta| texts(meta, "unsupported_features")).unwrap_or_default(),
            countries: meta.map(countries).unwrap_or_default(),
        };
        (told.code.is_some() || told.message.is_some()).then_some(told)
    }
}

/// The parameters that an error names: one, or several.
fn params(meta: &Value) -> Vec<&str> {
    match text(meta, "param_name") {
        Some(param) => vec![param],
        None => texts(meta, "param_names"),
    }
}

/// The codes of countries among all lists of an error's `meta`. What that list is called is not
/// known `[d]`.
fn countries(meta: &Value) -> Vec<&str> {
    let members = meta.as_object().into_iter().flat_map(Map::values);
    let entries = members.filter_map(Value::as_array).flatten();
    entries.filter_map(Value::as_str).filter(|code| is_country(code)).collect()
}

/// The texts with something in them of a member that is a list, or a text.
fn texts<'a>(value: &'a Value, member: &str) -> Vec<&'a str> {
    let entries = match value.get(member) {
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(one @ Value::String(_)) => std::slice::from_ref(one),
        _ => &[],
    };
    let texts = entries.iter().filter_map(Value::as_str).map(str::trim);
    texts.filter(|text| !text.is_empty()).collect()
}

/// A member that is a text with something in it.
fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn message(reply: &Reply, told: &[ErrorEntry<'_>]) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for message in told.iter().filter_map(|told| told.message) {
        let message = message.trim_end_matches('.');
        if !message.is_empty() && !parts.contains(&message) {
            parts.push(message);
        }
    }
    if parts.is_empty() {
        return what_came(reply, told);
    }
    let more = parts.len().saturating_sub(MOST_ERRORS);
    let mut message = parts.into_iter().take(MOST_ERRORS).map(shorten).collect::<Vec<_>>();
    if more > 0 {
        message.push(format!("and {more} more"));
    }
    let mut message = message.join("; ");
    let features: Vec<&str> = told.iter().flat_map(|told| told.features.iter().copied()).collect();
    if !features.is_empty() {
        message.push_str(" (not in the plan: ");
        message.push_str(&shorten(&features.join(", ")));
        message.push(')');
    }
    shorten(&message)
}

/// The message about an answer that says nothing itself. The body is described, never quoted: it may
/// hold the key in a form that only its own decoder would recognize.
fn what_came(reply: &Reply, told: &[ErrorEntry<'_>]) -> String {
    let status = reply.status;
    if (300..400).contains(&status) {
        return format!("the service answered {status}, a redirect, which was not followed");
    }
    if !told.is_empty() {
        return format!("the service answered {status} without saying why");
    }
    let what = match &reply.body {
        Body::Broken => "a body that broke off".to_owned(),
        Body::TooLarge => "a body of more than 1 MiB, which was not read".to_owned(),
        Body::Whole(bytes) if bytes.trim_ascii().is_empty() => "an empty body".to_owned(),
        Body::Whole(bytes) if bytes.trim_ascii_start().starts_with(b"<") => {
            "a web page, as a proxy or a load balancer does".to_owned()
        }
        Body::Whole(bytes) => {
            format!("{} bytes that are not an error as the API describes one", bytes.len())
        }
    };
    format!("the service answered {status} with {what}")
}

fn help(status: u16, keys: &KeyRing) -> Option<Cow<'static, str>> {
    Some(match status {
        300..=399 => "name the API's real address with `--api-url`".into(),
        401 => format!("check that {} is complete and has not been revoked", keys.sent()).into(),
        402 => "remove the fields from the file, or subscribe to a plan that includes them".into(),
        403 => format!("check that {} belongs to the right instance", keys.sent()).into(),
        404 | 405 => {
            "check `--api-url`: the service there does not offer this part of the Backend \
                      API"
            .into()
        }
        407 => "add the proxy's user name and password to the variable that names the proxy".into(),
        408 | 500..=599 => LATER.into(),
        429 => "run the same command again later, or allow more time with `--retry-timeout`".into(),
        _ => return None,
    })
}

/// The text, as far as it is shown.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
