//! Whether a state can be the one of a target at all, as far as that can be told offline.

use crate::config::Target;
use crate::state::State;

/// Why a state is not this target's; `None` where it may be.
pub fn misfit(environment: Option<&str>, target: &Target, state: &State) -> Option<String> {
    let called = |name: Option<&str>| match name {
        None => "no environment".to_owned(),
        Some(name) => format!("the environment `{name}`"),
    };
    if state.environment.as_deref() != environment {
        return Some(format!(
            "the state is of {}, and this target of {}",
            called(state.environment.as_deref()),
            called(environment),
        ));
    }
    match (&state.instance.id, &target.instance_id) {
        (Some(is), Some(wanted)) if is != wanted => {
            return Some(format!(
                "the state is of the instance {is}, and the file asks for {wanted}"
            ));
        }
        _ => {}
    }
    match (state.instance.environment_type, target.environment_type) {
        (Some(is), Some(wanted)) if is != wanted => {
            Some(format!("the state is of a {is} instance, and the file asks for {wanted}"))
        }
        _ => None,
    }
}
