//! What a call came to: its outcome for people, and its settlement for the state.

use std::collections::BTreeMap;

use crate::api::{Answer, Called, KeyRing, Refusal, read};
use crate::plan::Call;
use crate::plan::outcome::{CallError, CallOutcome, Ended};
use crate::state::{Settlement, Shown, compare, verified};

/// What a call came to.
pub(super) struct Verdict {
    /// For people.
    pub outcome: CallOutcome,
    /// For the state.
    pub settlement: Settlement,
}

impl Verdict {
    /// The same of a call that was accepted, with what is shown of each of its fields.
    pub(super) fn showing(self, shown: BTreeMap<String, Shown>) -> Self {
        let otherwise = shown.iter().filter(|(_, shown)| matches!(shown, Shown::Otherwise(_)));
        let outcome = CallOutcome {
            verified: verified(&shown),
            unreflected: otherwise.map(|(field, _)| field.clone()).collect(),
            ..self.outcome
        };
        Self { outcome, settlement: Settlement::Accepted(shown) }
    }
}

/// A call that was never sent.
pub(super) fn skipped(call: &Call) -> CallOutcome {
    CallOutcome {
        section: call.section.name,
        path: call.section.path,
        outcome: Ended::Skipped,
        status: None,
        attempts: 0,
        verified: None,
        unreflected: Vec::new(),
        error: None,
        uncertain: false,
    }
}

/// Judges a call by what its tries brought.
pub(super) fn judge(call: &Call, called: &Called, keys: &KeyRing) -> Verdict {
    let answer = called.last.as_ref().map(|reply| read(keys, reply));
    if called.accepted {
        let echo = match &answer {
            // One that is about something else is not understood.
            Ok(Answer::Accepted { echo }) => {
                echo.as_ref().filter(|echo| call.section.is_shown_by(echo))
            }
            Ok(Answer::Refused(_)) | Err(_) => None,
        };
        return accepted(call, called, compare(call.section, &call.body(), echo));
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
        ..skipped(call)
    };
    let settlement = if uncertain { Settlement::Unknown } else { Settlement::Refused };
    Verdict { outcome, settlement }
}

fn accepted(call: &Call, called: &Called, shown: BTreeMap<String, Shown>) -> Verdict {
    // A success whose body broke off may have been followed by another answer.
    let success = called.last.as_ref().ok().filter(|reply| reply.is_success());
    let outcome = CallOutcome {
        outcome: Ended::Applied,
        status: success.map(|reply| reply.status),
        attempts: called.attempts,
        ..skipped(call)
    };
    Verdict { outcome, settlement: Settlement::Accepted(BTreeMap::new()) }.showing(shown)
}

fn refused(call: &Call, called: &Called, refusal: Refusal) -> CallError {
    let at = refusal
        .fields()
        .find_map(|field| call.changes.iter().find(|change| change.field.name == field))
        .map(|change| change.at);
    let param = refusal.param();
    let mut message = refusal.message;
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
        line: at.map(|span| span.line),
        column: at.map(|span| span.column),
    }
}

fn unanswered(called: &Called) -> CallError {
    let mut message = match &called.last {
        Err(no_reply) => no_reply.to_string(),
        Ok(reply) => format!("the service answered with {}", reply.status),
    };
    if let Some(why) = called.giving_up() {
        message.push_str("; ");
        message.push_str(&why);
    }
    CallError {
        code: "no-answer".to_owned(),
        message,
        param: None,
        trace_id: None,
        line: None,
        column: None,
    }
}
