//! What a page tells of one target, of a plan or a drift.

use crate::plan::{Call, Pending, Problem, Reading, Release, TargetDrift, TargetInfo, TargetPlan};
use crate::render::plan::reading::unread;
use crate::render::plan::sentences::{self, instance};
use crate::render::text::words::count;

/// What a page tells of one target.
pub(super) struct TargetBlock<'a> {
    pub info: TargetInfo<'a>,
    /// What it was compared with.
    pub about: String,
    /// What else is to be known of it.
    pub notes: Vec<String>,
    pub calls: &'a [Call],
    /// What no call is planned for although it differs.
    pub withheld: &'a [Call],
    pub released: &'a [Release],
    pub problem: Option<&'a Problem>,
    pub reading: Option<&'a Reading>,
    pub pending: &'a [Pending],
}

impl<'a> TargetBlock<'a> {
    pub(super) fn of_plan(target: &'a TargetPlan) -> Self {
        let notes = [sentences::uncertain(target).map(str::to_owned), unread(target)];
        Self {
            info: target.info(),
            about: format!("{}; {}", instance(target.info()), sentences::state(target)),
            notes: notes.into_iter().flatten().collect(),
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
        let about = format!("{}; {} compared", instance(target.info()), count(compared, "setting"));
        Self {
            info: target.info(),
            about,
            notes: Vec::new(),
            calls: target.differences(),
            withheld: &[],
            released: &[],
            problem: found.err(),
            reading: found.ok().map(|found| &found.reading),
            pending: found.map_or(&[], |found| &found.pending),
        }
    }

    /// How many settings cannot be read.
    pub(super) fn unreadable(&self) -> usize {
        self.reading.map_or(0, |reading| reading.unreadable.len())
    }
}
