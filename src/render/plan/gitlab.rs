//! A plan or drift as the counts that GitLab shows at a merge request, where it looks for those of
//! a Terraform plan.

use serde_json::json;

use crate::plan::{Plan, Reason};
use crate::render::document;

/// What is new is created, what is released is deleted (from what is managed: the service keeps the
/// value), and everything else is updated.
pub fn counts(plan: &Plan) -> String {
    let (mut create, mut update, mut delete) = (0, 0, 0);
    for target in &plan.targets {
        delete += target.released.len();
        for change in target.calls.iter().flat_map(|call| &call.changes) {
            match change.reason {
                Reason::New => create += 1,
                Reason::Changed | Reason::Drifted | Reason::Uncertain | Reason::Unreflected => {
                    update += 1;
                }
            }
        }
    }
    document(&json!({"create": create, "update": update, "delete": delete}))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::render::samples;

    #[test]
    fn every_setting_counts_once() {
        for (plan, expected) in [
            (samples::plan(), json!({"create": 1, "update": 4, "delete": 1})),
            (samples::drift(), json!({"create": 0, "update": 3, "delete": 0})),
            (samples::hostile_plan(), json!({"create": 1, "update": 4, "delete": 2})),
            (Plan::default(), json!({"create": 0, "update": 0, "delete": 0})),
        ] {
            assert_eq!(serde_json::from_str::<Value>(&counts(&plan)).unwrap(), expected);
        }
    }
}
