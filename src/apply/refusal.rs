//! Why a run was refused before it changed anything.

use crate::failure::FailureCode;
use crate::live;
use crate::store::StoreError;

/// Why a run was refused. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The instance cannot be read, or is another than the one that is meant.
    #[error(transparent)]
    Live(#[from] live::LiveError),
    /// The state cannot be locked or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state cannot be the target's.
    #[error("{title}: {problem}")]
    Misfit {
        /// The target.
        title: String,
        /// The misfit.
        problem: String,
    },
    /// Another run changed the state after the plan was shown, so that more would be done now.
    #[error(
        "{title}: another run changed the state after the plan was shown; this run would now also \
         change {}", more.join(", ")
    )]
    PlanChanged {
        /// The target.
        title: String,
        /// The settings that were not shown, as `SECTION.FIELD`.
        more: Vec<String>,
    },
    /// The state is no longer the one that the saved plan was made for.
    #[error("{title}: the plan was made for {}, and the state {now}", planned_for(*planned))]
    Stale {
        /// The target.
        title: String,
        /// The serial that the plan holds.
        planned: u64,
        /// What is there now.
        now: String,
    },
    /// The state records all that the saved plan asks for.
    #[error(
        "{title}: this plan has already been applied: the state, at serial {serial}, records all \
         of it"
    )]
    AlreadyApplied {
        /// The target.
        title: String,
        /// The serial of the state that is there.
        serial: u64,
    },
    /// A signal came before anything was changed.
    #[error("interrupted before anything was changed")]
    Interrupted,
}

/// The state that a saved plan was made for, in words.
fn planned_for(serial: u64) -> String {
    if serial == 0 { "no state at all".to_owned() } else { format!("serial {serial} of the state") }
}

impl ApplyError {
    /// The code that scripts tell it by.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::Live(refusal) => refusal.code(),
            Self::Store(error) => error.code(),
            Self::Misfit { .. } => FailureCode::StateMismatch,
            Self::PlanChanged { .. } => FailureCode::PlanChanged,
            Self::Stale { .. } => FailureCode::PlanStale,
            Self::AlreadyApplied { .. } => FailureCode::PlanApplied,
            Self::Interrupted => FailureCode::Interrupted,
        }
    }

    /// The remedy.
    pub fn help(&self) -> String {
        match self {
            Self::Live(refusal) => refusal.help(),
            Self::Store(error) => error.help().to_string(),
            Self::Misfit { .. } => {
                "name this target's state with `--state`, or correct `target` in the file".into()
            }
            Self::PlanChanged { .. } => {
                "nothing was changed; run `clerkform plan` again and review what is left".into()
            }
            Self::Stale { .. } => {
                "nothing was changed; run `clerkform plan` again and review the new plan".into()
            }
            Self::AlreadyApplied { .. } => {
                "nothing is left to do; `clerkform plan` shows what the file asks for now".into()
            }
            Self::Interrupted => "nothing was changed; run it again".into(),
        }
    }
}
