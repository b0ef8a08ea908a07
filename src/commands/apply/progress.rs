//! Tells how an apply goes while it goes.

use std::time::Duration;

use crate::apply::Progress;
use crate::catalog::Section;
use crate::commands::activity::whole_seconds;
use crate::commands::args::PlanFormat;
use crate::commands::console::{Console, Effect};
use crate::commands::view;
use crate::plan::outcome::{CallOutcome, TargetOutcome};
use crate::plan::{Plan, TargetPlan};
use crate::render::progress;
use crate::store::StoreError;

/// Tells people who watch how the run goes.
pub(super) struct ConsoleProgress<'a> {
    pub console: &'a Console,
    pub plan: &'a Plan,
    pub format: PlanFormat,
}

impl Progress for ConsoleProgress<'_> {
    fn begins(&self, target: &TargetPlan, section: &Section) {
        self.console.progress(&target.title(), &format!("PATCH {}", section.path));
    }

    fn ended(&self, target: &TargetPlan, call: &CallOutcome) {
        let status = call.status.map_or_else(String::new, |status| format!(" ({status})"));
        self.console.progress(
            &target.title(),
            &format!("PATCH {} {}{status}", call.path, call.outcome.as_str()),
        );
    }

    fn done(&self, target: &TargetOutcome) {
        self.console.finished_one();
        if self.format == PlanFormat::Jsonl {
            if target.calls.iter().any(CallOutcome::may_have_taken_effect) {
                self.console.did(Effect::Some);
            }
            self.console.result(&view::applied_line(target, self.plan));
        }
    }

    fn waits(&self, target: &TargetPlan, held: &StoreError, left: Duration) {
        self.console.wait(&target.title(), &progress::held(&held.to_string(), whole_seconds(left)));
    }
}
