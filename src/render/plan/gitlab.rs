//! A plan or drift as the counts that GitLab shows at a merge request, where it looks for those of
//! a Terraform plan.

use serde_json::json;

use crate::plan::{Drift, Plan, Reason, TargetPlan};
use crate::render::document;

/// The counts of a plan: what is new is created, what is released is deleted (from what is managed:
/// the service keeps the value), and everything else is updated.
pub fn plan(plan: &Plan) -> String {
    let sent = || plan.targets.iter().flat_map(TargetPlan::sent);
    let create = sent().filter(|(_, change)| change.reason == Reason::New).count();
    counts(create, sent().count() - create, plan.totals().released)
}

/// The counts of a drift: each difference would be updated.
pub fn drift(found: &Drift) -> String {
    counts(0, found.changes().count(), 0)
}

pub(crate) fn counts(create: usize, update: usize, delete: usize) -> String {
    document(&json!({"create": create, "update": update, "delete": delete}))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::render::samples;

    #[test]
    fn every_setting_counts_once() {
        for (shown, expected) in [
            (plan(&samples::plan()), json!({"create": 1, "update": 4, "delete": 1})),
            (drift(&samples::drift()), json!({"create": 0, "update": 3, "delete": 0})),
            (plan(&samples::hostile_plan()), json!({"create": 1, "update": 4, "delete": 2})),
            (plan(&Plan::default()), json!({"create": 0, "update": 0, "delete": 0})),
        ] {
            assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), expected);
        }
    }
}
