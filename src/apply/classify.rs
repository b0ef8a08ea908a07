//! The end of a call: its outcome for people, and its settlement for the state.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::api::{Answer, Attempts, Body, KeyRing, Refusal, read};
use crate::failure::{CallCode, FailureCode};
use crate::plan::outcome::{CallError, CallOutcome, Ended, Unverified};
use crate::plan::{Call, Change};
use crate::render::text::words::list;
use crate::state::{Settlement, Shown, compare, verified};

/// Up to this many other settings of a refused call are named.
const MOST_NAMED: usize = 3;

/// The end of a call.
pub(super) struct Classification {
    /// For people.
    pub outcome: CallOutcome,
    /// For the state.
    pub settlement: Settlement,
}

impl Classification {
    /// The same of a call that was accepted, with what is shown of each of its fields.
    pub(super) fn showing(self, shown: BTreeMap<String, Shown>) -> Self {
        let otherwise = shown.iter().filter_map(|(field, shown)| match shown {
            Shown::Otherwise(other) => Some((field.clone(), other.clone())),
            Shown::AsSent | Shown::Unverified => None,
        });
        let verified = verified(&shown);
        let outcome = CallOutcome {
            verified,
            unreflected: otherwise.collect(),
            unverified: self.outcome.unverified.filter(|_| verified.is_none()),
            ..self.outcome
        };
        Self { outcome, settlement: Settlement::Accepted(shown) }
    }
}

/// Judges a call by what its tries brought.
pub(super) fn classify(call: &Call, called: &Attempts, keys: &KeyRing) -> Classification {
    let answer = called.last.as_ref().map(|reply| read(keys, reply));
    if called.accepted {
        let echo = match &answer {
            // One that is about something else is not understood.
            Ok(Answer::Accepted { echo }) => {
                echo.as_ref().filter(|echo| call.section.is_shown_by(echo))
            }
            Ok(Answer::Refused(_)) | Err(_) => None,
        };
        return accepted(call, called, echo);
    }
    let error = match answer {
        Ok(Answer::Refused(refusal)) => refused(call, called, refusal),
        Ok(Answer::Accepted { .. }) | Err(_) => unanswered(called),
    };
    let uncertain = called.is_uncertain();
    let outcome = CallOutcome {
        outcome: if uncertain && called.ended_open() { Ended::Unknown } else { Ended::Failed },
        status: called.last.as_ref().ok().map(|reply| reply.status),
        attempts: called.attempts,
        error: Some(error),
        uncertain,
        ..CallOutcome::skipped(call)
    };
    let settlement = if uncertain { Settlement::Unknown } else { Settlement::Refused };
    Classification { outcome, settlement }
}

fn accepted(call: &Call, called: &Attempts, echo: Option<&Map<String, Value>>) -> Classification {
    let shown = compare(call.section, &call.body(), echo);
    // A success whose body broke off may have been followed by another answer.
    let success = called.last.as_ref().ok().filter(|reply| reply.is_success());
    let outcome = CallOutcome {
        outcome: Ended::Applied,
        status: success.map(|reply| reply.status),
        attempts: called.attempts,
        unverified: Some(unverified(call, called, echo)),
        ..CallOutcome::skipped(call)
    };
    Classification { outcome, settlement: Settlement::Accepted(BTreeMap::new()) }.showing(shown)
}

/// Why the answers do not tell whether what was accepted took effect.
fn unverified(call: &Call, called: &Attempts, echo: Option<&Map<String, Value>>) -> Unverified {
    if let Some(echo) = echo {
        let is_whole = call.changes.iter().all(|change| echo.contains_key(change.field.name));
        return if is_whole { Unverified::Incomparable } else { Unverified::Incomplete };
    }
    let success = called.last.as_ref().ok().filter(|reply| reply.is_success());
    match success.map(|reply| &reply.body) {
        None | Some(Body::Broken) => Unverified::Broken,
        Some(Body::TooLarge) => Unverified::TooLarge,
        Some(Body::Whole(bytes)) if bytes.trim_ascii().is_empty() => Unverified::Incomplete,
        Some(Body::Whole(bytes)) => match serde_json::from_slice::<Value>(bytes) {
            Ok(_) => Unverified::Foreign,
            Err(_) => Unverified::NotJson,
        },
    }
}

fn refused(call: &Call, called: &Attempts, refusal: Refusal) -> CallError {
    let blamed = refusal
        .fields()
        .find_map(|field| call.changes.iter().find(|change| change.field.name == field));
    let at = blamed.map(|change| change.at);
    let param = refusal.param();
    let mut message = refusal.message;
    if !called.is_uncertain()
        && let Some(rest) = untouched(call, blamed)
    {
        message.push_str("; ");
        message.push_str(&rest);
    }
    if let Some(why) = called.giving_up() {
        message.push_str("; ");
        message.push_str(&why);
    }
    if let Some(help) = refusal.help {
        message.truncate(message.trim_end_matches('.').len());
        message.push_str("; ");
        message.push_str(&help);
    }
    CallError {
        code: refusal.code,
        message,
        param,
        trace_id: refusal.trace_id,
        file: blamed.and_then(|change| change.file.as_deref()).map(str::to_owned),
        line: at.map(|span| span.line),
        column: at.map(|span| span.column),
    }
}

/// What else a refused call did not set: the service takes all of it or nothing.
fn untouched(call: &Call, blamed: Option<&Change>) -> Option<String> {
    if call.changes.len() < 2 {
        return None;
    }
    let Some(blamed) = blamed else {
        return Some("no setting of this call was changed".to_owned());
    };
    let others: Vec<_> = call
        .changes
        .iter()
        .filter(|change| change.field.name != blamed.field.name)
        .map(|change| format!("`{}`", change.field.name))
        .collect();
    Some(match others.as_slice() {
        [one] => format!("{one} was not set either"),
        few if few.len() <= MOST_NAMED => format!("{} were not set either", list(few)),
        many => format!("the other {} settings of this call were not set either", many.len()),
    })
}

fn unanswered(called: &Attempts) -> CallError {
    let mut message = match &called.last {
        Err(no_reply) => no_reply.to_string(),
        Ok(reply) => format!("the service answered with {}", reply.status),
    };
    if let Some(why) = called.giving_up() {
        message.push_str("; ");
        message.push_str(&why);
    }
    CallError {
        code: CallCode::Own(FailureCode::NoAnswer),
        message,
        param: None,
        trace_id: None,
        file: None,
        line: None,
        column: None,
    }
}

#[cfg(test)]
mod tests;
