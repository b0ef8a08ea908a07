//! What an answer means, whatever the service or something in between made of it. Nothing here
//! trusts the body: not its types, not its size, and not that it keeps the key to itself.

use serde_json::{Map, Value};

use super::{Body, KeyRing, Reply};

/// How much of a text from the service is shown.
const LONGEST_TEXT: usize = 500;

/// How many of an answer's errors are told.
const MOST_ERRORS: usize = 5;

/// What an answer means.
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
    pub code: String,
    /// What happened, as a sentence or more, without a final full stop.
    pub message: String,
    /// What to do about it, as a sentence without a final full stop.
    pub help: Option<&'static str>,
    /// The parameter that the service named, as it named it.
    pub param: Option<String>,
    /// What Clerk's support asks for.
    pub trace_id: Option<String>,
}

impl Refusal {
    /// The bare name of the field that the service blames: `support_email` for
    /// `instance[support_email]` and `/support_email`, `allowed_origins` for `allowed_origins[0]`.
    pub fn field(&self) -> Option<&str> {
        self.param
            .as_deref()?
            .split(['[', ']', '/', '.', ' '])
            .rfind(|part| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit()))
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
    Answer::Refused(refusal(reply, value.as_ref()))
}

fn refusal(reply: &Reply, value: Option<&Value>) -> Refusal {
    let status = reply.status;
    let told: Vec<Told<'_>> = value
        .and_then(|value| value.get("errors")?.as_array())
        .map(|errors| errors.iter().filter_map(Told::read).collect())
        .unwrap_or_default();
    let code = told.iter().find_map(|told| told.code).map(shorten);
    let param = told.iter().find_map(|told| told.param).map(shorten);
    let trace_id = value.and_then(|value| text(value, "clerk_trace_id")).map(shorten);
    Refusal {
        status,
        code: code.unwrap_or_else(|| own_code(status)),
        message: message(reply, &told),
        // Where the service says itself what is missing, a guess at the key or the URL misleads.
        help: help(status).filter(|_| told.is_empty() || !matches!(status, 403..=405)),
        param,
        trace_id,
    }
}

/// One entry of `errors`, as far as it can be understood.
struct Told<'a> {
    code: Option<&'a str>,
    message: Option<&'a str>,
    param: Option<&'a str>,
    features: Vec<&'a str>,
}

impl<'a> Told<'a> {
    fn read(error: &'a Value) -> Option<Self> {
        let meta = error.get("meta");
        let told = Self {
            code: text(error, "code"),
            message: text(error, "long_message").or_else(|| text(error, "message")),
            param: meta.and_then(|meta| text(meta, "param_name")),
            features: meta
                .and_then(|meta| meta.get("unsupported_features")?.as_array())
                .map(|features| features.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default(),
        };
        (told.code.is_some() || told.message.is_some()).then_some(told)
    }
}

/// A member that is a text with something in it.
fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn message(reply: &Reply, told: &[Told<'_>]) -> String {
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

/// What to say of an answer that says nothing itself. The body is described, never quoted: it may
/// hold the key in a form that only its own decoder would recognize.
fn what_came(reply: &Reply, told: &[Told<'_>]) -> String {
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

fn own_code(status: u16) -> String {
    if (300..400).contains(&status) { "redirected".to_owned() } else { format!("http-{status}") }
}

const fn help(status: u16) -> Option<&'static str> {
    match status {
        300..=399 => Some("name the API's real address with `--api-url`"),
        401 => Some("check that the secret key is whole and has not been revoked"),
        402 => Some("take the fields out of the file, or subscribe to a plan that has them"),
        403 => Some("check that the secret key belongs to the instance that is meant"),
        404 | 405 => {
            Some("check `--api-url`: the service there does not offer this part of the Backend API")
        }
        407 => Some("give the proxy's user and password in the variable that names the proxy"),
        408 | 500..=599 => Some("run the same command again in a while"),
        429 => Some("run the same command again later, or allow longer waits: `--retry-timeout`"),
        _ => None,
    }
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
