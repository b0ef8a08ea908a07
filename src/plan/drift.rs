//! Desired × state × live instance → drift: what somebody changed behind the file's back.

use super::diff::{Recorded, blank, grouped, known_of, withheld};
use super::reading::difference;
use super::{Change, Pending, Problem, Reading, Reason, TargetPlan, Unreadable, advise};
use crate::config::{Desired, Setting};
use crate::state::{Live, State};

/// What the live instance shows of one setting.
enum Found {
    /// What the file asks for.
    InOrder,
    /// What the service is known to show since it accepted what the file asks for.
    Unreflected(Change),
    /// The same, of a field that cannot be read now; the text says why.
    UnreflectedUnread(Change, String),
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
        if let Found::Unreflected(change) | Found::UnreflectedUnread(change, _) = &found {
            advisories.push(advise::not_reflected(desired, setting, change));
        }
        match &found {
            Found::Unreadable(reason) | Found::UnreflectedUnread(_, reason) => {
                reading.unreadable.push(Unreadable::of(setting, reason.clone()));
            }
            _ => reading.compared += 1,
        }
        match found {
            Found::Drifted(change)
            | Found::Unreflected(change)
            | Found::UnreflectedUnread(change, _) => changes.push((setting.section, change)),
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

/// A target of which nothing could be compared.
pub fn uncompared(
    desired: &Desired,
    state: Option<&State>,
    location: &str,
    problem: Option<Problem>,
) -> TargetPlan {
    TargetPlan { problem, ..blank(desired, state, location) }
}

fn find(setting: &Setting, recorded: &Recorded<'_>, live: &Live) -> Found {
    let value = &setting.value;
    if difference(setting, value, live) == Ok(None) {
        return Found::InOrder;
    }
    let known = known_of(setting, recorded);
    let is_withheld = !known.uncertain && known.withholds(setting.field, value);
    let source = live.seen(setting.section, setting.field).map(|seen| seen.source);
    let before = match difference(setting, known.certain().unwrap_or(value), live) {
        Err(reason) if is_withheld => {
            let change = withheld(setting, known.recorded.cloned(), None);
            return Found::UnreflectedUnread(change, reason);
        }
        Err(reason) => return Found::Unreadable(reason),
        Ok(Some(before)) => before,
        Ok(None) if is_withheld => {
            let shown = difference(setting, value, live).ok().flatten();
            return Found::Unreflected(withheld(setting, shown, source));
        }
        Ok(None) => return Found::Pending,
    };
    Found::Drifted(Change {
        field: setting.field,
        before: Some(before),
        source,
        after: value.clone(),
        reason: Reason::Drifted,
        at: setting.key,
    })
}
