//! How it stands with one target: what its state knows, and what is left to do.

use serde::Serialize;

use super::{Problem, TargetPlan};
use crate::catalog::EnvironmentType;
use crate::state::{Intent, State, Takeover};

/// How it stands with one target.
#[derive(Clone, Debug)]
pub struct Status {
    /// What an apply would do, by the file and the state alone.
    pub plan: TargetPlan,
    /// Why no plan can be made, such as a state that is damaged.
    pub problem: Option<Problem>,
    /// When git last recorded the state; `None` where it does not keep it.
    pub committed: Option<Committed>,
    /// The fields that may or may not have taken effect, as `SECTION.FIELD`.
    pub uncertain: Vec<String>,
    /// The intent of a run that has not ended, or was killed.
    pub in_flight: Option<Intent>,
    /// When others may take over from that run, where it has a lease.
    pub takeover: Option<Takeover>,
    /// Whether there is a key for it.
    pub key: KeyStatus,
}

/// When a file was last committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Committed {
    /// RFC 3339.
    pub at: String,
    /// How long ago that is, in words.
    pub age: String,
}

/// Whether there is a key for a target, as far as that can be told without the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// The sandbox asks for none.
    NotNeeded,
    /// There is one, and nothing speaks against it.
    Fits {
        /// What people call it: where it was found.
        title: String,
        /// The environment of the instance that it opens.
        environment_type: EnvironmentType,
    },
    /// There is none.
    Missing {
        /// Where it was looked for.
        problem: String,
        /// What to do about it.
        help: String,
    },
    /// What is there cannot be it.
    Unfit {
        /// Why not.
        problem: String,
        /// What to do about it.
        help: String,
    },
}

impl Status {
    /// How it stands with a target of this plan and state.
    pub fn of(
        plan: TargetPlan,
        problem: Option<Problem>,
        state: Option<&State>,
        takeover: Option<Takeover>,
        committed: Option<Committed>,
        key: KeyStatus,
    ) -> Self {
        let known = state.map(State::known).unwrap_or_default();
        let uncertain = known
            .iter()
            .filter(|(_, known)| known.uncertain)
            .map(|((section, field), _)| format!("{section}.{field}"))
            .collect();
        let in_flight = state.and_then(|state| state.in_flight.clone());
        Self { plan, problem, committed, uncertain, in_flight, takeover, key }
    }

    /// Whether there is nothing to do. A key that is missing is needed only where there is.
    pub fn is_in_order(&self) -> bool {
        self.problem.is_none()
            && self.plan.is_in_order()
            && self.uncertain.is_empty()
            && self.in_flight.as_ref().is_none_or(Intent::is_tail)
            && !matches!(self.key, KeyStatus::Unfit { .. })
    }
}
