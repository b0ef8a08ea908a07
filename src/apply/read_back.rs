//! What a call left open that its answer does not show: whether a list that was emptied is empty.
//! Only a read can tell, and one that fails says nothing against a call that was accepted.

use super::classify::Classification;
use crate::api::{Access, RetryBudget, Stop};
use crate::catalog::Read;
use crate::live::{ExpectedField, read_back};
use crate::plan::{Call, Change};
use crate::state::{Settlement, Shown, shown};

/// The verdict on a call, with what a read shows of the lists that it emptied.
pub(super) async fn confirmed(
    verdict: Classification,
    call: &Call,
    access: &Access<'_>,
    patience: &RetryBudget<'_>,
    stop: &Stop,
) -> Classification {
    let Settlement::Accepted(known) = &verdict.settlement else { return verdict };
    let is_open = |change: &&Change| {
        change.field.read == Read::Shown
            && change.field.has_to_be_read_after(&change.after)
            && known.get(change.field.name).is_none_or(|shown| *shown == Shown::Unverified)
    };
    let fields: Vec<ExpectedField<'_>> = call
        .changes
        .iter()
        .filter(is_open)
        .map(|change| ExpectedField {
            section: call.section,
            field: change.field,
            value: Some(&change.after),
        })
        .collect();
    if fields.is_empty() {
        return verdict;
    }
    let Ok(live) = read_back(access, call.section.name, &fields, patience, stop).await else {
        return verdict;
    };
    let mut known = known.clone();
    for ExpectedField { section, field, value } in &fields {
        if let (Some(seen), Some(sent)) = (live.seen(section, field), value) {
            known.insert(field.name.to_owned(), shown(field, sent, &seen.value));
        }
    }
    verdict.showing(known)
}
