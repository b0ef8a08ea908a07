//! The rest of a plan once its state is held: another run may have been faster.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{ApplyError, PlanOrigin, TargetRun};
use crate::plan::{StateRef, TargetPlan, between};
use crate::state::{Known, State, Values};
use crate::store::Stored;

/// A plan that holds although its state may have moved.
pub(super) struct Held<'a> {
    /// The plan to carry out: the one that was shown, or a part of it.
    pub plan: Cow<'a, TargetPlan>,
    /// The settings that were shown and that another run has done since, as `SECTION.FIELD`.
    pub meanwhile: Vec<String>,
}

/// Holds a plan against the state that was found under its lock.
///
/// # Errors
///
/// A plan that was just shown is refused where it would now ask for anything that was not shown; a
/// saved one where the state is another than it was made for.
pub(super) fn held<'a>(
    run: &'a TargetRun<'_>,
    found: Option<&Stored>,
) -> Result<Held<'a>, ApplyError> {
    let plan = run.plan;
    if is_planned_for(plan, found) {
        return Ok(Held { plan: Cow::Borrowed(plan), meanwhile: Vec::new() });
    }
    match run.origin {
        PlanOrigin::Saved => Err(stale(plan, found)),
        PlanOrigin::File { desired, state, live } => {
            let now = found.map(|found| &found.state);
            let by_state = between(desired, now, None, &plan.state.location);
            let by_look = live.map(|live| between(desired, now, Some(live), &plan.state.location));
            narrowed(plan, &by_state, by_look.as_ref(), &Learnt::between(state, now))
        }
    }
}

/// Makes sure of a saved plan that its state is still the very one that it was made for.
pub(super) fn unmoved(plan: &TargetPlan, found: Option<&Stored>) -> Result<(), ApplyError> {
    if is_planned_for(plan, found) { Ok(()) } else { Err(stale(plan, found)) }
}

/// Whether a state is the very one that a plan was made for, to the byte. Without a state a plan may
/// still know an instance, by reading it.
fn is_planned_for(plan: &TargetPlan, found: Option<&Stored>) -> bool {
    let StateRef { location: _, serial, lineage, digest } = &plan.state;
    match found {
        None => lineage.is_none(),
        Some(Stored { state, digest: found }) => {
            lineage.as_ref() == Some(&state.lineage)
                && *serial == state.serial
                && digest.as_ref() == Some(found)
        }
    }
}

/// What a state knows, before another run had it and after.
struct Learnt<'a> {
    before: BTreeMap<(&'a str, &'a str), Known<'a>>,
    after: BTreeMap<(&'a str, &'a str), Known<'a>>,
}

impl<'a> Learnt<'a> {
    fn between(before: Option<&'a State>, after: Option<&'a State>) -> Self {
        let known = |state: Option<&'a State>| state.map(State::known).unwrap_or_default();
        Self { before: known(before), after: known(after) }
    }

    /// Whether the state says something else of a setting than it did.
    fn holds(&self, section: &str, field: &str) -> bool {
        self.before.get(&(section, field)) != self.after.get(&(section, field))
    }
}

/// The part of what was shown that is still to be done. What was read of the instance is older than
/// the state that was found: where that has learnt something of a setting since, it decides, and
/// else what either of them asks for is done. Nothing that was seen is recorded.
fn narrowed<'a>(
    plan: &'a TargetPlan,
    by_state: &TargetPlan,
    by_look: Option<&TargetPlan>,
    learnt: &Learnt<'_>,
) -> Result<Held<'a>, ApplyError> {
    let seen = by_look.into_iter().flat_map(asked);
    let now: BTreeSet<PlannedItem<'_>> =
        asked(by_state).chain(seen.filter(|it| !learnt.holds(it.section, it.field))).collect();
    let shown: BTreeSet<PlannedItem<'_>> = asked(plan).collect();
    let more: Vec<String> = now.difference(&shown).map(PlannedItem::name).collect();
    if !more.is_empty() {
        return Err(ApplyError::PlanChanged { title: plan.title(), more });
    }
    let meanwhile = shown.difference(&now).map(PlannedItem::name).collect();
    let mut left = TargetPlan { observed: Values::new(), ..plan.clone() };
    for call in &mut left.calls {
        let section = call.section.name;
        call.changes.retain(|change| now.contains(&PlannedItem::sent(section, change.field.name)));
    }
    left.calls.retain(|call| !call.changes.is_empty());
    left.released.retain(|it| now.contains(&PlannedItem::released(&it.section, &it.field)));
    Ok(Held { plan: Cow::Owned(left), meanwhile })
}

/// One thing that a plan asks for. What a field is set to follows from the file, which is the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PlannedItem<'a> {
    section: &'a str,
    field: &'a str,
    kind: ItemKind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ItemKind {
    Sent,
    Released,
}

impl<'a> PlannedItem<'a> {
    const fn sent(section: &'a str, field: &'a str) -> Self {
        Self { section, field, kind: ItemKind::Sent }
    }

    const fn released(section: &'a str, field: &'a str) -> Self {
        Self { section, field, kind: ItemKind::Released }
    }

    fn name(&self) -> String {
        format!("{}.{}", self.section, self.field)
    }
}

fn asked(plan: &TargetPlan) -> impl Iterator<Item = PlannedItem<'_>> {
    let sent =
        plan.sent().map(|(section, change)| PlannedItem::sent(section.name, change.field.name));
    let released = plan.released.iter().map(|it| PlannedItem::released(&it.section, &it.field));
    sent.chain(released)
}

/// Why a saved plan is refused, with what has changed since it was made as far as the plan tells.
fn stale(plan: &TargetPlan, found: Option<&Stored>) -> ApplyError {
    let title = plan.title();
    let planned = plan.state.serial;
    let Some(Stored { state, .. }) = found else {
        return ApplyError::Stale { title, planned, now: "is missing now".to_owned() };
    };
    let is_of_this_plan = plan.state.lineage.as_ref().is_none_or(|it| *it == state.lineage);
    if is_of_this_plan && state.serial > planned && is_applied(plan, state) {
        return ApplyError::AlreadyApplied { title, serial: state.serial };
    }
    let serial = state.serial;
    let now = match &plan.state.lineage {
        Some(lineage) if *lineage == state.lineage && planned == serial => {
            format!("still has serial {serial} and holds something else: {}", changed(plan, state))
        }
        Some(lineage) if *lineage == state.lineage => {
            format!("is at serial {serial} now: {}", changed(plan, state))
        }
        Some(_) => "is another one now, with a lineage of its own".to_owned(),
        None => format!("is there now, at serial {serial}: {}", changed(plan, state)),
    };
    ApplyError::Stale { title, planned, now }
}

/// Whether a state records all that a plan asks for.
fn is_applied(plan: &TargetPlan, state: &State) -> bool {
    let known = state.known();
    let of = |section, field| known.get(&(section, field)).copied().unwrap_or_default();
    plan.has_news()
        && plan.sent().all(|(section, change)| {
            let known = of(section.name, change.field.name);
            known.certain().is_some_and(|value| change.field.same(value, &change.after))
        })
        && plan.released.iter().all(|it| of(&it.section, &it.field) == Known::default())
}

/// Which of the plan's settings are recorded otherwise than the plan was made for.
fn changed(plan: &TargetPlan, state: &State) -> String {
    let known = state.known();
    let changed: Vec<String> = plan
        .sent()
        .filter(|(_, change)| change.source.is_none())
        .filter_map(|(section, change)| {
            let now = known.get(&(section.name, change.field.name)).and_then(|it| it.recorded);
            (now != change.before.as_ref()).then(|| {
                let name = format!("{}.{}", section.name, change.field.name);
                match now {
                    Some(now) => format!("`{name}` was set to {now}"),
                    None => format!("`{name}` was forgotten"),
                }
            })
        })
        .collect();
    if changed.is_empty() {
        "settings that this plan does not change were changed".to_owned()
    } else {
        changed.join(", ")
    }
}

#[cfg(test)]
mod tests;
