//! The result of `apply`, as data.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Call, Problem, TargetPlan};
use crate::failure::{CallCode, Exit, FailureCode};

/// The result of every target. Serializes as `apply`'s JSON document.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// In the plan's order.
    pub targets: Vec<TargetOutcome>,
}

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// All that could be done was done.
    ByItself,
    /// Somebody stopped it.
    Interrupted,
}

/// The result of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetOutcome {
    /// The configuration, as it was named.
    pub config: String,
    /// The overlay.
    pub environment: Option<String>,
    /// In the plan's order.
    pub calls: Vec<CallOutcome>,
    /// Why it was left as it was, where that is none of its calls' doing.
    #[serde(rename = "error", skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Why the results could not be recorded, where they could not: the intent then stays. Where no
    /// call was made, why none was: its intent could not be recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_error: Option<Unrecorded>,
    /// How many fields were forgotten.
    #[serde(skip)]
    pub released: usize,
    /// How many fields that the live instance has as the file asks were recorded without a call.
    #[serde(rename = "recorded", skip_serializing_if = "super::is_none")]
    pub noticed: usize,
    /// The settings of the plan that another run had done when this one got hold of the state, as
    /// `SECTION.FIELD`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meanwhile: Vec<String>,
}

/// Why the results of a target could not be recorded. Serializes as what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unrecorded {
    /// Whose doing it is.
    pub cause: UnrecordedCause,
    /// What happened.
    pub message: String,
    /// How the place can be written to again.
    pub help: String,
}

/// Whose doing it is that results could not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnrecordedCause {
    /// The place cannot be written to.
    Unwritable,
    /// The place would not keep two runs apart.
    Unsafe,
    /// Somebody replaced the state while the run held it. What is there is left alone.
    Replaced,
    /// Another run took the state before this one held it.
    Taken,
}

impl Serialize for Unrecorded {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.message)
    }
}

/// The result of one call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallOutcome {
    /// The section's name.
    pub section: &'static str,
    /// Its path, from the host on.
    pub path: &'static str,
    /// How it ended.
    pub outcome: Ended,
    /// The status of the last answer; `None` without an answer, and where a success is not the last
    /// answer of a call that was applied.
    pub status: Option<u16>,
    /// How often the request was sent.
    pub attempts: u32,
    /// True when every field sent is shown as sent, false when one is shown otherwise, else `None`.
    pub verified: Option<bool>,
    /// The fields that the echo shows otherwise, with what it shows.
    #[serde(serialize_with = "names")]
    pub unreflected: BTreeMap<String, Value>,
    /// Why it is not known whether what was accepted took effect, where [`Self::verified`] is
    /// `None`.
    #[serde(skip)]
    pub unverified: Option<Unverified>,
    /// The failure.
    pub error: Option<CallError>,
    /// Whether the fields may have taken effect although no try was answered with success.
    #[serde(skip)]
    pub uncertain: bool,
}

fn names<S: Serializer>(fields: &BTreeMap<String, Value>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(fields.keys())
}

/// Why an answer does not tell whether what it accepted took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unverified {
    /// Its body broke off.
    Broken,
    /// Its body is larger than is read.
    TooLarge,
    /// Its body is no JSON.
    NotJson,
    /// It is JSON, but does not show the section.
    Foreign,
    /// It shows the section without one of the fields, or has no body, like a 204.
    Incomplete,
    /// It shows every field, and one in a way that cannot be compared.
    Incomparable,
}

impl Unverified {
    /// The reason as a clause.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "the answer was cut off",
            Self::TooLarge => "the answer is too large to read",
            Self::NotJson => "the answer is not JSON",
            Self::Foreign => "the answer does not show these settings",
            Self::Incomplete => "the answer does not show every value",
            Self::Incomparable => "the answer shows a value that cannot be compared",
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// Answered with success.
    Applied,
    /// Refused for good.
    Failed,
    /// Nobody can tell: the last try had no answer, 408 or 5xx.
    Unknown,
    /// Never sent.
    Skipped,
}

impl Ended {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

/// The failure of a call, and which line of the file caused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallError {
    /// The service's code, or one of this program's where the service named none.
    pub code: CallCode,
    /// What happened, without the secret key.
    pub message: String,
    /// The field that the service named.
    pub param: Option<String>,
    /// The id that Clerk's support asks for.
    pub trace_id: Option<String>,
    /// The file of that line; absent where it is the target's `config`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of the field's key.
    pub line: Option<usize>,
    /// The column of the field's key.
    pub column: Option<usize>,
}

impl CallError {
    /// The failure of a call in this program's own words.
    pub const fn own(code: FailureCode, message: String) -> Self {
        Self {
            code: CallCode::Own(code),
            message,
            param: None,
            trace_id: None,
            file: None,
            line: None,
            column: None,
        }
    }
}

/// How many calls ended in which way: the `summary` of `apply`'s document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Answered with success.
    pub applied: usize,
    /// Refused for good.
    pub failed: usize,
    /// Nobody can tell.
    pub unknown: usize,
    /// Never sent.
    pub skipped: usize,
}

/// The verdict on a run as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that the plan asked was done, shown and recorded.
    Done,
    /// Nothing took effect.
    NothingTookEffect,
    /// No call was made, since another run has the state of a target.
    Busy,
    /// Some of it took effect, or may have, and some did not.
    Partly,
}

impl CallOutcome {
    /// That of a call which is never sent.
    pub const fn skipped(call: &Call) -> Self {
        Self {
            section: call.section.name,
            path: call.section.path,
            outcome: Ended::Skipped,
            status: None,
            attempts: 0,
            verified: None,
            unreflected: BTreeMap::new(),
            unverified: None,
            error: None,
            uncertain: false,
        }
    }

    /// Whether the service accepted the call or may have acted on it.
    pub fn may_have_taken_effect(&self) -> bool {
        self.outcome == Ended::Applied || self.uncertain
    }

    /// Whether every field is accepted and none is shown otherwise.
    pub fn is_flawless(&self) -> bool {
        self.outcome == Ended::Applied && self.unreflected.is_empty()
    }
}

impl CallOutcome {
    /// Whether it was not sent since another run has the state, or may have it by now.
    fn is_kept_out(&self) -> bool {
        let is_why = |error: &CallError| {
            matches!(error.code, CallCode::Own(FailureCode::Locked | FailureCode::LeaseLost))
        };
        self.outcome == Ended::Skipped && self.error.as_ref().is_some_and(is_why)
    }
}

impl TargetOutcome {
    /// Whether any call was sent.
    pub fn was_called(&self) -> bool {
        self.calls.iter().any(|call| call.attempts > 0)
    }

    /// That of a target with nothing to do.
    pub fn idle(plan: &TargetPlan) -> Self {
        Self {
            config: plan.config.clone(),
            environment: plan.environment.clone(),
            calls: Vec::new(),
            problem: None,
            record_error: None,
            released: 0,
            noticed: 0,
            meanwhile: Vec::new(),
        }
    }

    /// That of a target which is left as it is. Each of its calls says why.
    pub fn left_alone(plan: &TargetPlan, problem: Problem) -> Self {
        let calls = plan.calls.iter().map(|call| {
            let error = CallError::own(problem.code, problem.message.clone());
            CallOutcome { error: Some(error), ..CallOutcome::skipped(call) }
        });
        Self { calls: calls.collect(), problem: Some(problem), ..Self::idle(plan) }
    }

    /// Whether any of its calls was not applied, or nothing of it could be recorded.
    pub fn has_failed(&self) -> bool {
        self.record_error.is_some()
            || self.problem.is_some()
            || self.calls.iter().any(|call| call.outcome != Ended::Applied)
    }

    /// Whether another run has to send anything of it: what was not applied, and what may be otherwise
    /// than the state says.
    pub fn has_more_to_send(&self) -> bool {
        self.has_failed() || self.calls.iter().any(|call| call.uncertain)
    }

    /// Whether anything of it happened besides its calls: fields were forgotten; calls were made and
    /// not recorded, so that by the state they may all have taken effect; or somebody else replaced
    /// the state, so that nobody knows what it was good for.
    fn is_half_done(&self) -> bool {
        let error = self.record_error.as_ref();
        let is_replaced = error.is_some_and(|it| it.cause == UnrecordedCause::Replaced);
        let was_called = self.calls.iter().any(|call| call.outcome != Ended::Skipped);
        self.released > 0 || is_replaced || (error.is_some() && was_called)
    }

    /// Whether it could not be changed, for a reason of its own.
    pub fn is_refused(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.code != FailureCode::NotStarted)
    }

    /// Whether another run held its state, so that it was left as it was.
    fn is_held(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.code.exit() == Exit::Busy)
    }

    /// Whether another run has its state, so that some of it was not done.
    fn is_kept_out(&self) -> bool {
        let is_taken = |it: &Unrecorded| it.cause == UnrecordedCause::Taken;
        self.record_error.as_ref().is_some_and(is_taken)
            || self.is_held()
            || self.calls.iter().any(CallOutcome::is_kept_out)
    }
}

impl Outcome {
    /// The verdict on the run as a whole.
    pub fn verdict(&self) -> Verdict {
        let is_untroubled = self.targets.iter().all(|target| target.problem.is_none());
        if is_untroubled && self.is_recorded() && self.calls().all(CallOutcome::is_flawless) {
            return Verdict::Done;
        }
        let is_any = |is: fn(&TargetOutcome) -> bool| self.targets.iter().any(is);
        let was_called = self.calls().any(|call| call.attempts > 0);
        if self.calls().any(CallOutcome::may_have_taken_effect)
            || is_any(TargetOutcome::is_half_done)
            // A run that has lost a state after calls does not know what they were good for.
            || (was_called && is_any(|target| target.is_kept_out() && !target.is_held()))
        {
            return Verdict::Partly;
        }
        let is_sole_cause =
            !was_called && !is_any(|target| target.is_refused() && !target.is_held());
        if is_any(TargetOutcome::is_kept_out) && is_sole_cause {
            Verdict::Busy
        } else {
            Verdict::NothingTookEffect
        }
    }

    /// Whether the results of every target are recorded.
    pub fn is_recorded(&self) -> bool {
        self.targets.iter().all(|target| target.record_error.is_none())
    }

    /// The calls of all targets.
    pub fn calls(&self) -> impl Iterator<Item = &CallOutcome> {
        self.targets.iter().flat_map(|target| &target.calls)
    }

    /// How many calls ended in which way.
    pub fn tally(&self) -> Tally {
        let count = |ended| self.calls().filter(|call| call.outcome == ended).count();
        Tally {
            applied: count(Ended::Applied),
            failed: count(Ended::Failed),
            unknown: count(Ended::Unknown),
            skipped: count(Ended::Skipped),
        }
    }
}
