//! Desired × state × live instance → drift: what somebody changed behind the file's back.

use super::diff::{Recorded, blank, grouped, known_of};
use super::reading::difference;
use super::{Change, Pending, Reading, Reason, TargetPlan, Unreadable, advise};
use crate::config::{Desired, Setting};
use crate::state::{Live, State};

/// What the live instance shows of one setting.
enum Found {
    /// What the file asks for.
    InOrder,
    /// What the service showed since it accepted what the file asks for. A warning tells it.
    Withheld,
    /// What was last applied, while the file asks for something else by now.
    Pending,
    /// Neither.
    Drifted(Change),
    /// Nothing that could be compared; the text says why.
    Unreadable(String),
}

/// Compares what a file manages with its live instance. The shape is a plan's: a change goes from
/// the live value to the file's. What is pending or released is no drift.
pub fn drift(desired: &Desired, state: Option<&State>, live: &Live, location: &str) -> TargetPlan {
    let recorded = state.map(State::known).unwrap_or_default();
    let (mut reading, mut pending, mut changes) = (Reading::default(), Vec::new(), Vec::new());
    let mut advisories = Vec::new();
    for setting in &desired.settings {
        let found = find(setting, &recorded, live);
        if let Found::Unreadable(reason) = found {
            reading.unreadable.push(Unreadable::of(setting, reason));
            continue;
        }
        reading.compared += 1;
        match found {
            Found::Drifted(change) => changes.push((setting.section, change)),
            Found::Withheld => {
                advisories.extend(advise::not_reflected(
                    desired,
                    setting,
                    known_of(setting, &recorded),
                ));
            }
            Found::Pending => pending.push(Pending::of(setting)),
            Found::InOrder | Found::Unreadable(_) => {}
        }
    }
    reading.pending = Some(pending);
    TargetPlan {
        instance: Some(live.instance.clone()),
        calls: grouped(changes),
        reading: Some(reading),
        advisories,
        ..blank(desired, state, location)
    }
}

fn find(setting: &Setting, recorded: &Recorded<'_>, live: &Live) -> Found {
    let value = &setting.value;
    if difference(setting, value, live) == Ok(None) {
        return Found::InOrder;
    }
    let known = known_of(setting, recorded);
    let before = match difference(setting, known.certain().unwrap_or(value), live) {
        Err(reason) => return Found::Unreadable(reason),
        Ok(Some(before)) => before,
        Ok(None) if known.withholds(setting.field, value) => return Found::Withheld,
        Ok(None) => return Found::Pending,
    };
    Found::Drifted(Change {
        field: setting.field,
        before: Some(before),
        source: live.seen(setting.section, setting.field).map(|seen| seen.source),
        after: value.clone(),
        reason: Reason::Drifted,
        at: setting.key,
    })
}
