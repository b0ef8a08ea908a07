//! Whether a state can be the one of a target at all, as far as that can be told offline.

use crate::config::Target;
use crate::state::State;

/// Why a state is of another environment; `None` where it is of this one.
pub fn environment_mismatch(environment: Option<&str>, state: &State) -> Option<String> {
    if state.environment.as_deref() == environment {
        return None;
    }
    let meant = state.environment.as_ref().map_or_else(
        || "a file without environments".to_owned(),
        |name| format!("the environment `{name}`"),
    );
    let here = environment.map_or_else(
        || "this target has none".to_owned(),
        |name| format!("this target is the environment `{name}`"),
    );
    Some(format!("the state is for {meant}, and {here}"))
}

/// Why a state is not this target's; `None` where it may be.
pub fn state_mismatch(environment: Option<&str>, target: &Target, state: &State) -> Option<String> {
    if let Some(problem) = environment_mismatch(environment, state) {
        return Some(problem);
    }
    match (&state.instance.id, &target.instance_id) {
        (Some(is), Some(wanted)) if is != wanted => {
            return Some(format!(
                "the state is for the instance {is}, and the file names {wanted}"
            ));
        }
        _ => {}
    }
    match (state.instance.environment_type, target.environment_type) {
        (Some(is), Some(wanted)) if is != wanted => {
            Some(format!("the state is for a {is} instance, and the file says {wanted}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::EnvironmentType;
    use crate::state::InstanceRef;

    #[test]
    fn a_state_fits_where_nothing_that_both_tell_is_different() {
        use EnvironmentType::{Development, Production};
        let (a, b) = (Some("ins_a"), Some("ins_b"));
        for (is, wanted, expected) in [
            ((None, None), (None, None), true),
            ((a, Some(Production)), (None, None), true),
            ((None, None), (a, Some(Production)), true),
            ((a, Some(Production)), (a, Some(Production)), true),
            ((a, Some(Production)), (b, Some(Production)), false),
            ((a, Some(Production)), (a, Some(Development)), false),
        ] {
            let id = |id: Option<&str>| id.map(str::to_owned);
            let instance = InstanceRef { id: id(is.0), environment_type: is.1 };
            let state = State::fresh("l".to_owned(), Some("e".to_owned()), instance);
            let target = Target {
                instance_id: id(wanted.0),
                environment_type: wanted.1,
                ..Target::default()
            };
            let problem = state_mismatch(Some("e"), &target, &state);
            assert_eq!(problem.is_none(), expected, "{is:?} {wanted:?}: {problem:?}");
            assert!(state_mismatch(None, &target, &state).is_some());
            assert!(state_mismatch(Some("f"), &target, &state).is_some());
        }
    }
}
