//! What a page tells of one target, of a plan or a drift.

use crate::catalog::EnvironmentType;
use crate::plan::{
    Call, Pending, Problem, Reading, Release, TargetDrift, TargetInfo, TargetPlan, Unreadable,
};
use crate::render::plan::reading::unread;
use crate::render::plan::sentences::{instance_as, state_as, uncertain};
use crate::render::text::words::count;

/// What a page tells of one target.
pub(super) struct PageTarget<'a> {
    pub info: TargetInfo<'a>,
    /// What it was compared with.
    pub about: String,
    /// What else is to be known of it.
    pub notes: Vec<String>,
    /// What it means that a change is uncertain, where one is.
    pub uncertain: Option<&'static str>,
    pub calls: &'a [Call],
    /// What no call is planned for although it differs.
    pub withheld: &'a [Call],
    pub released: &'a [Release],
    pub problem: Option<&'a Problem>,
    pub reading: Option<&'a Reading>,
    pub pending: &'a [Pending],
}

impl<'a> PageTarget<'a> {
    pub(super) fn of_plan(target: &'a TargetPlan) -> Self {
        Self {
            info: target.info(),
            about: format!(
                "{}; {}",
                instance_as(target.info(), str::to_owned),
                state_as(target, str::to_owned)
            ),
            notes: unread(target).into_iter().collect(),
            uncertain: uncertain(target),
            calls: &target.calls,
            withheld: &target.unreflected,
            released: &target.released,
            problem: None,
            reading: target.reading.as_ref(),
            pending: &[],
        }
    }

    pub(super) fn of_drift(target: &'a TargetDrift) -> Self {
        let found = target.found.as_ref();
        let compared = found.map_or(0, |found| found.reading.compared);
        let instance = instance_as(target.info(), str::to_owned);
        let about = format!("{instance}; {} compared", count(compared, "setting"));
        Self {
            info: target.info(),
            about,
            notes: Vec::new(),
            uncertain: None,
            calls: target.differences(),
            withheld: &[],
            released: &[],
            problem: found.err(),
            reading: found.ok().map(|found| &found.reading),
            pending: found.map_or(&[], |found| &found.pending),
        }
    }

    /// The settings that cannot be read.
    pub(super) fn unreadable(&self) -> &'a [Unreadable] {
        self.reading.map_or(&[], |reading| &reading.unreadable)
    }

    /// Whether its instance is known to be one that is used.
    pub(super) fn is_production(&self) -> bool {
        let known = self.info.instance.and_then(|instance| instance.environment_type);
        known.or(self.info.target.environment_type) == Some(EnvironmentType::Production)
    }
}
