//! What an apply did as the counts that GitLab shows, where it looks for those of a Terraform plan.

use super::story::stories;
use crate::plan::outcome::{Ended, Outcome};
use crate::plan::{Plan, Reason};
use crate::render::plan::gitlab::counts;

/// The counts of what was applied: of a plan's that which the service took.
pub fn applied(outcome: &Outcome, plan: &Plan) -> String {
    let (mut create, mut update, mut delete) = (0, 0, 0);
    for story in stories(outcome, plan) {
        delete += story.target.released;
        for call in story.calls().filter(|it| it.call.outcome == Ended::Applied) {
            let taken =
                call.changes().filter(|it| !call.call.unreflected.contains_key(it.field.name));
            for change in taken {
                match change.reason {
                    Reason::New => create += 1,
                    Reason::Uncertain | Reason::Drifted | Reason::Changed | Reason::Unreflected => {
                        update += 1;
                    }
                }
            }
        }
    }
    counts(create, update, delete)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::samples;
    use super::*;

    #[test]
    fn only_what_the_service_took_is_counted() {
        for ((outcome, plan), expected) in [
            (samples::done(), json!({"create": 1, "update": 4, "delete": 1})),
            (samples::halfway(), json!({"create": 0, "update": 1, "delete": 1})),
            (samples::hostile(), json!({"create": 0, "update": 1, "delete": 2})),
        ] {
            let shown: Value = serde_json::from_str(&applied(&outcome, &plan)).unwrap();
            assert_eq!(shown, expected);
        }
    }
}
