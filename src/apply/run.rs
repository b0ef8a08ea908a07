//! What a run is given: its targets, how to go about them, and whom to tell.

use std::time::Duration;

use tokio::time::Instant;

use crate::api::Access;
use crate::catalog::Section;
use crate::config::Desired;
use crate::plan::TargetPlan;
use crate::plan::outcome::{CallOutcome, TargetOutcome};
use crate::state::{Live, State};
use crate::store::{Store, StoreError};

/// A target that has something to do.
pub struct TargetRun<'a> {
    /// What is to be done, as it was shown.
    pub plan: &'a TargetPlan,
    /// What the plan was made from.
    pub origin: PlanOrigin<'a>,
    /// Where its state lives.
    pub store: &'a dyn Store,
    /// The way to the service; not needed where fields are only released.
    pub access: Option<Access<'a>>,
}

/// What a plan was made from: it decides what is refused once the state has moved on.
#[derive(Clone, Copy)]
pub enum PlanOrigin<'a> {
    /// A file that was just read: the plan is made anew and has to come out the same.
    File {
        /// What it asks for.
        desired: &'a Desired,
        /// The state that the plan was made with.
        state: Option<&'a State>,
        /// What was read of the live instance, where the plan was made with it.
        live: Option<&'a Live>,
    },
    /// A saved plan: the state has to be the very one that it was made for.
    Saved,
}

impl<'a> PlanOrigin<'a> {
    /// What was read of the live instance, where the plan was made with it.
    pub(super) const fn live(self) -> Option<&'a Live> {
        match self {
            Self::File { live, .. } => live,
            Self::Saved => None,
        }
    }
}

/// How a run goes about it.
#[derive(Clone, Copy, Debug)]
pub struct ApplyOptions {
    /// How many instances at once.
    pub parallelism: usize,
    /// How long a call is tried.
    pub retry_budget: Duration,
    /// Until when to wait for states that other runs hold: all of them together.
    pub lock_deadline: Instant,
    /// What the trouble of one target is to the others.
    pub policy: FailurePolicy,
}

/// What the trouble of one target is to the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailurePolicy {
    /// Every target is checked, and none is changed where one cannot be. Once calls are made, a
    /// target that fails stops no other.
    #[default]
    CheckAll,
    /// The first target that cannot be changed, or that fails, ends the run: what has not begun is
    /// left as it is.
    FailFast,
    /// A target that cannot be changed is left out, and stops no other.
    KeepGoing,
}

/// Whether targets of a run are refused before the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorRefusals {
    /// None is.
    None,
    /// Others of the run are, for what is known without a check.
    Some,
}

/// Who is told how the run goes.
pub trait Progress {
    /// A call is about to be made.
    fn begins(&self, target: &TargetPlan, section: &Section);
    /// A call has ended.
    fn ended(&self, target: &TargetPlan, call: &CallOutcome);
    /// A target has ended.
    fn done(&self, target: &TargetOutcome);
    /// Another run holds the state of a target, and this one waits for it that long at most.
    fn waits(&self, target: &TargetPlan, held: &StoreError, left: Duration);
}
