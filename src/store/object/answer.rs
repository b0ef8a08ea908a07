//! What an answer of an object store means that is no success.

use std::time::{SystemTime, UNIX_EPOCH};

use super::exchange::{AnswerHead, Heard};
use super::fault::ObjectFault;
use super::problem::ObjectProblem;
use crate::network::NoReply;
use crate::store::object_url::Platform;

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Reading,
    Writing,
    /// Credentials.
    Lending,
}

/// It knows no such bucket, container or account.
const NO_BUCKET: [&str; 5] =
    ["NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted", "AccountNotFound", "NoSuchHost"];
/// It does not know whoever asks.
const NOT_ACCEPTED: [&str; 11] = [
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "InvalidSecurity",
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
    "NoAuthenticationInformation",
    "AuthenticationRequired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "MissingSecurityHeader",
];
/// What it was shown is no longer valid.
const EXPIRED: [&str; 4] =
    ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"];
/// The time in the request is not its own.
const CLOCK_OFF: [&str; 2] = ["RequestTimeTooSkewed", "RequestInTheFuture"];
/// By how many seconds clocks may differ before what one of them signed is refused by the other.
const TOLERATED: u64 = 300;
/// The bucket is elsewhere.
const WRONG_REGION: [&str; 5] = [
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "Redirect",
];

/// Whether the store itself says that there is no state, and not that something else is missing. What
/// else answers with 404 (a proxy, another program at that address) knows nothing of the state: taken
/// for it, everything would be planned anew.
pub(super) fn is_missing(head: &AnswerHead, platform: Platform) -> bool {
    let code = match platform {
        Platform::S3 | Platform::Google => own_code(head),
        Platform::Azure => named_code(head).or_else(|| own_code(head)),
    };
    head.status == 404 && code == Some(missing(platform))
}

/// The code by which a store says it. Google is asked by the interface that it shares with S3.
const fn missing(platform: Platform) -> &'static str {
    match platform {
        Platform::S3 | Platform::Google => "NoSuchKey",
        Platform::Azure => "BlobNotFound",
    }
}

/// The code in the document by which a store says what went wrong.
fn own_code(head: &AnswerHead) -> Option<&str> {
    let text = head.complaint.trim_start_matches('\u{feff}').trim_start();
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>")?.1.trim_start(),
        None => text,
    };
    let (start, inner) = text.strip_prefix("<Error")?.split_once('>')?;
    let is_error = start.is_empty() || start.starts_with(char::is_whitespace);
    let (_, rest) = inner.split_once("<Code>").filter(|_| is_error)?;
    Some(rest.split_once("</Code>")?.0.trim())
}

/// The code in the head by which Azure says it.
fn named_code(head: &AnswerHead) -> Option<&str> {
    head.heads.get("x-ms-error-code").and_then(|code| code.to_str().ok())
}

/// What became of a request that was no success.
pub(super) fn meaning(outcome: &Heard, platform: Platform, purpose: Purpose) -> ObjectProblem {
    let (fault, told) = match outcome {
        Heard::Nothing(NoReply::Impossible(why)) => (ObjectFault::Impossible, why.clone()),
        Heard::Nothing(NoReply::NotSent(why) | NoReply::Lost(why)) => {
            (ObjectFault::Unreachable, why.clone())
        }
        Heard::TooLarge => (ObjectFault::TooLarge, String::new()),
        Heard::Answer(head) => {
            let (fault, said) = (fault(head, platform, purpose), said(head));
            let is_unheard_of = head.status == 404 && purpose == Purpose::Reading;
            if is_unheard_of && fault == ObjectFault::Unexpected {
                let code = missing(platform);
                (fault, format!("{said}, without the code `{code}` for a missing state"))
            } else {
                (fault, said)
            }
        }
    };
    ObjectProblem::new(fault, told)
}

/// What became of a request for credentials that was no success.
pub(super) fn not_lent(heard: &Heard) -> ObjectProblem {
    if matches!(heard, Heard::Answer(answer) if (200..300).contains(&answer.status)) {
        return ObjectProblem::not_lent("the answer holds no usable token");
    }
    let ObjectProblem { fault, told } = meaning(heard, Platform::Azure, Purpose::Lending);
    match fault {
        ObjectFault::Expired | ObjectFault::ClockOff => ObjectProblem::new(fault, told),
        ObjectFault::Unreachable | ObjectFault::Failing => {
            ObjectProblem::new(ObjectFault::LenderFailing, told)
        }
        _ => ObjectProblem::not_lent(told),
    }
}

fn fault(head: &AnswerHead, platform: Platform, purpose: Purpose) -> ObjectFault {
    let code = code(head).unwrap_or_default();
    let is = |codes: &[&str]| codes.contains(&code.as_str());
    let says = |words: &str| head.complaint.contains(words);
    match head.status {
        _ if is(&NO_BUCKET) => ObjectFault::NoBucket,
        _ if is(&EXPIRED) => ObjectFault::Expired,
        // Of those who hand out tokens, and also for one that was never any.
        _ if code == "invalid_grant" && says("expired") => ObjectFault::Expired,
        _ if is(&CLOCK_OFF) || says("Request date header too old") => ObjectFault::ClockOff,
        _ if is(&WRONG_REGION) => ObjectFault::WrongRegion,
        _ if code.starts_with("KMS") => ObjectFault::EncryptionKey,
        301 | 307 if platform == Platform::S3 => ObjectFault::WrongRegion,
        // Keys of Google sign what they send, which fails without a code of its own.
        401 if is_clock_apart(head) => ObjectFault::ClockOff,
        401 => ObjectFault::NotAccepted,
        403 if says("Signature not valid in the specified time frame") => ObjectFault::Expired,
        400 | 403 if is(&NOT_ACCEPTED) => ObjectFault::NotAccepted,
        // The emulator of Azure has another code for it.
        403 if says("Server failed to authenticate the request") => ObjectFault::NotAccepted,
        403 if purpose == Purpose::Reading => ObjectFault::Unreadable,
        403 => ObjectFault::Unwritable,
        404 | 409 | 412 if purpose == Purpose::Writing => ObjectFault::NotReplaced,
        408 | 429 | 500.. => ObjectFault::Failing,
        _ => ObjectFault::Unexpected,
    }
}

/// Whether the clock of whoever answered differs from that of this machine by too much.
fn is_clock_apart(head: &AnswerHead) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    head.clock.now().latest.abs_diff(now) > TOLERATED
}

/// What a store says, in words: its status, and its code and message where it has them.
fn said(head: &AnswerHead) -> String {
    let region = head.heads.get("x-amz-bucket-region").and_then(|region| region.to_str().ok());
    let region = region.map(|region| format!("its region is {region}"));
    let said = [code(head), message(&head.complaint), region];
    let said: Vec<String> = said.into_iter().flatten().collect();
    format!("status {}{}", head.status, said.iter().fold(String::new(), |all, it| all + ": " + it))
}

/// The code of an answer, by which programs tell it.
fn code(head: &AnswerHead) -> Option<String> {
    named_code(head).map(str::to_owned).or_else(|| element(&head.complaint, "Code")).or_else(|| {
        let json = json(&head.complaint)?;
        let reason = json.pointer("/error/errors/0/reason").or_else(|| json.pointer("/error"));
        reason?.as_str().map(str::to_owned)
    })
}

fn message(complaint: &str) -> Option<String> {
    let message = element(complaint, "Message").or_else(|| {
        let json = json(complaint)?;
        let message = json.pointer("/error/message").or_else(|| json.get("error_description"));
        message?.as_str().map(str::to_owned)
    })?;
    // Azure puts ids of the request into lines of their own.
    message.lines().next().map(str::to_owned).filter(|line| !line.is_empty())
}

fn json(complaint: &str) -> Option<serde_json::Value> {
    serde_json::from_str(complaint).ok()
}

/// What stands in the first element of that name.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    let inner = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Some(inner.replace("&apos;", "'").replace("&#39;", "'").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests;
