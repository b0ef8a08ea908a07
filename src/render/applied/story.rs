//! What became of each target, in the words that all of these views share.

use crate::failure::FailureCode;
use crate::plan::outcome::{
    CallError, CallOutcome, Ended, Outcome, TargetOutcome, UnrecordedCause,
};
use crate::plan::{Change, Plan, Problem, TargetPlan};
use crate::render::outcome::totals_as;
use crate::render::plan::unreflected::remedy;
use crate::render::text::escape::{name, sentence, value};
use crate::render::text::words::{count, list, verb};

/// Up to this many settings are named in a sentence.
const NAMED: usize = 12;

/// What a run came to that had nothing to do.
pub(super) const NOTHING: &str = "nothing to do";

/// A target with its plan and what became of it.
#[derive(Clone, Copy)]
pub(super) struct Story<'a> {
    pub planned: &'a TargetPlan,
    pub target: &'a TargetOutcome,
}

/// A call with the changes that it was to make.
#[derive(Clone, Copy)]
pub(super) struct CallStory<'a> {
    pub planned: &'a TargetPlan,
    pub call: &'a CallOutcome,
}

/// Every target, in the plan's order.
pub(super) fn stories<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Vec<Story<'a>> {
    let pairs = plan.targets.iter().zip(&outcome.targets);
    pairs.map(|(planned, target)| Story { planned, target }).collect()
}

impl<'a> Story<'a> {
    /// Its calls.
    pub(super) fn calls(self) -> impl Iterator<Item = CallStory<'a>> {
        self.target.calls.iter().map(move |call| CallStory { planned: self.planned, call })
    }

    /// Whether everything that was to be done is done and recorded.
    pub(super) fn is_flawless(self) -> bool {
        self.target.record_error.is_none()
            && self.target.problem.is_none()
            && self.target.calls.iter().all(CallOutcome::is_flawless)
    }

    /// Whether an apply would send anything again.
    pub(super) fn has_more_to_send(self) -> bool {
        self.target.has_more_to_send()
    }

    /// Whether there was nothing to do.
    pub(super) fn is_idle(self) -> bool {
        self.target.calls.is_empty() && self.target.released == 0 && self.is_flawless()
    }

    /// Why it was left as it was and what to do, as two sentences.
    pub(super) fn refused(self) -> Option<[String; 2]> {
        let Problem { message, help, .. } = self.target.problem.as_ref()?;
        Some([format!("left as it was: {}", sentence(message)), sentence(help)])
    }

    /// Why its results are not recorded and what to do, as two sentences.
    pub(super) fn unrecorded(self) -> Option<[String; 2]> {
        let problem = self.target.record_error.as_ref()?;
        let (place, was_called) = (name(&self.planned.state.location), self.target.was_called());
        let told =
            if was_called { "the results are not recorded" } else { "nothing can be recorded" };
        let told = format!("{told} in `{place}`: {}", sentence(&problem.message));
        let what = match problem.cause {
            _ if !was_called => "no call was made",
            UnrecordedCause::Replaced => {
                "the calls were made, and the new file does not record them"
            }
            UnrecordedCause::Unwritable | UnrecordedCause::Unsafe | UnrecordedCause::Taken => {
                "the calls were made; the next plan treats their settings as uncertain, and the \
                 next apply sends them again"
            }
        };
        Some([told, format!("{what}; {}", sentence(&problem.help))])
    }
}

impl<'a> CallStory<'a> {
    /// The changes that it was to make.
    pub(super) fn changes(self) -> impl Iterator<Item = &'a Change> {
        let section = self.call.section;
        let calls = self.planned.calls.iter().filter(move |it| it.section.name == section);
        calls.flat_map(|call| &call.changes)
    }

    /// The names of the settings that it was to set, with `show` around each.
    pub(super) fn settings(self, show: fn(&str) -> String) -> String {
        let section = self.call.section;
        let names: Vec<String> =
            self.changes().map(|it| show(&format!("{section}.{}", it.field.name))).collect();
        if names.len() > NAMED { count(names.len(), "setting") } else { list(&names) }
    }

    /// "failed with status 422 after 3 attempts".
    pub(super) fn ended(self) -> String {
        let call = self.call;
        let word = match call.outcome {
            Ended::Applied => "done",
            Ended::Failed => "failed",
            Ended::Unknown => "got no clear answer",
            Ended::Skipped => return "was not sent".to_owned(),
        };
        let status = call.status.map_or_else(String::new, |status| format!(", status {status}"));
        let attempts = match call.attempts {
            0 | 1 => String::new(),
            more => format!(", {more} attempts"),
        };
        format!("{word}{status}{attempts}")
    }

    /// What follows from it for its settings; `None` where all of them are set.
    pub(super) fn consequence(self, show: fn(&str) -> String) -> Option<String> {
        let settings = self.settings(show);
        let one = self.changes().count() == 1;
        let (is, it) = if one { ("is", "it") } else { ("are", "them") };
        match self.call.outcome {
            _ if self.call.uncertain => {
                Some(format!("uncertain: {settings}; the next apply sends {it} again"))
            }
            Ended::Applied => None,
            Ended::Failed | Ended::Unknown => Some(format!("not set because of it: {settings}")),
            Ended::Skipped => Some(format!("{settings} {is} not set")),
        }
    }

    /// What to do about what the service does not take.
    pub(super) fn remedy(self) -> String {
        let fields = self.call.unreflected.keys();
        let fields: Vec<_> =
            fields.map(|field| name(&format!("{}.{field}", self.call.section))).collect();
        remedy(&fields, self.planned.environment.as_deref())
    }

    /// What the service shows otherwise than it was sent, a sentence each.
    pub(super) fn not_taken(self) -> Vec<(&'a Change, String)> {
        let section = self.call.section;
        let told = |change: &'a Change| {
            let field = change.field.name;
            let shows = value(self.call.unreflected.get(field)?);
            let told = format!(
                "`{section}.{field}` was accepted, but Clerk shows {shows} where {} was sent",
                value(&change.after)
            );
            Some((change, told))
        };
        self.changes().filter_map(told).collect()
    }
}

/// The file and line that an error blames.
pub(super) fn blamed<'a>(
    error: &'a CallError,
    planned: &'a TargetPlan,
) -> Option<(&'a str, usize)> {
    let file = error.file.as_deref().unwrap_or(&planned.config);
    error.line.map(|line| (file, line))
}

/// What a run came to: "3 of 4 calls done, 1 failed".
pub(super) fn verdict(outcome: &Outcome) -> String {
    let tally = outcome.tally();
    let all = outcome.calls().count();
    let released: usize = outcome.targets.iter().map(|target| target.released).sum();
    let unrecorded = outcome.targets.iter().filter(|target| target.record_error.is_some()).count();
    let refused: Vec<_> = outcome.targets.iter().filter(|target| target.is_refused()).collect();
    let is_file = |target: &&&TargetOutcome| {
        target.problem.as_ref().is_some_and(|it| it.code == FailureCode::Configuration)
    };
    // Of a file that cannot be used nobody knows how many instances it is for.
    let noun = match refused.iter().filter(is_file).count() {
        0 => "instance",
        files if files == refused.len() => "file",
        _ => "target",
    };
    let refused = refused.len();
    let not_taken: usize = outcome.calls().map(|call| call.unreflected.len()).sum();
    let done = match tally.applied {
        done if done == all => format!("{} done", count(all, "call")),
        done => format!("{done} of {} done", count(all, "call")),
    };
    // Where none was done, the first of the others says what is counted.
    let mut is_named = tally.applied > 0;
    let mut other = |number: usize, word: &str| {
        let calls = if is_named { number.to_string() } else { count(number, "call") };
        is_named |= number > 0;
        (number, format!("{calls} {word}"))
    };
    let said: Vec<_> = [
        (tally.applied, done),
        other(tally.failed, "failed"),
        other(tally.unknown, "uncertain"),
        other(tally.skipped, "not sent"),
        (not_taken, format!("{} not taken by Clerk", count(not_taken, "setting"))),
        (released, format!("{} no longer managed", count(released, "setting"))),
        (unrecorded, format!("results of {} not recorded", count(unrecorded, "instance"))),
        (refused, format!("{} left out", count(refused, noun))),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(_, told)| told)
    .collect();
    if said.is_empty() { NOTHING.to_owned() } else { said.join(", ") }
}

/// The totals in one sentence with values as `show` writes them, and how much another run had done.
pub(super) fn whole(outcome: &Outcome, plan: &Plan, show: fn(&str) -> String) -> String {
    let meanwhile: usize = outcome.targets.iter().map(|target| target.meanwhile.len()).sum();
    let told = totals_as(outcome, plan, show);
    if meanwhile == 0 {
        return told;
    }
    let (settings, was) = (count(meanwhile, "setting"), verb(meanwhile, "was", "were"));
    format!("{told} {settings} {was} set by another run meanwhile.")
}
