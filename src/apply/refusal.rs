//! Why a run was refused before it changed anything.

use crate::catalog::EnvironmentType;
use crate::store::StoreError;

/// Why a run was refused. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Two targets have one key, and so one instance.
    #[error("`{first}` and `{second}` are given the same secret key, so they mean one instance")]
    SameKey {
        /// One target.
        first: String,
        /// The other.
        second: String,
    },
    /// Two targets turned out to be one instance.
    #[error("`{first}` and `{second}` are the same instance, {id}")]
    SameInstance {
        /// One target.
        first: String,
        /// The other.
        second: String,
        /// Its id.
        id: String,
    },
    /// The key opens an instance of the other environment.
    #[error("{title}: the secret key is for {key}, and {source_of_truth} says {expected}")]
    KeyEnvironment {
        /// The target.
        title: String,
        /// What the key's prefix says.
        key: EnvironmentType,
        /// What was expected.
        expected: EnvironmentType,
        /// Who says so.
        source_of_truth: &'static str,
    },
    /// The state cannot be locked or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state cannot be the target's.
    #[error("{title}: {problem}")]
    Misfit {
        /// The target.
        title: String,
        /// What does not fit.
        problem: String,
    },
    /// Another run changed the state after the plan was shown.
    #[error("{title}: the state changed since the plan was shown, and the plan with it")]
    PlanChanged {
        /// The target.
        title: String,
    },
    /// The state is no longer the one that the saved plan was made for.
    #[error(
        "{title}: the plan was made for serial {planned} of the state, and the state is now {now}"
    )]
    Stale {
        /// The target.
        title: String,
        /// The serial that the plan holds.
        planned: u64,
        /// What is there now.
        now: String,
    },
    /// The key opens another instance than the one that is expected.
    #[error("{title}: the secret key opens {found}, and {source_of_truth} says {expected}")]
    OtherInstance {
        /// The target.
        title: String,
        /// The id that the service told.
        found: String,
        /// The id that was expected.
        expected: String,
        /// Who says so.
        source_of_truth: &'static str,
    },
    /// The service says another environment than the key's prefix.
    #[error(
        "{title}: the secret key is for {key}, and the service says that its instance is for \
         {found}"
    )]
    OtherEnvironment {
        /// The target.
        title: String,
        /// What the key's prefix says.
        key: EnvironmentType,
        /// What the service says, as it says it.
        found: String,
    },
    /// An id is expected, and the service does not tell the instance's.
    #[error(
        "{title}: {source_of_truth} asks for the instance {expected}, and the service does not \
         tell which one the secret key opens"
    )]
    Unidentified {
        /// The target.
        title: String,
        /// The id that was expected.
        expected: String,
        /// Who says so.
        source_of_truth: &'static str,
    },
    /// The first request, which reads, was refused or not answered.
    #[error("{title}: {problem}")]
    Unreachable {
        /// The target.
        title: String,
        /// What came, or that nothing did.
        problem: String,
        /// What to do about it.
        help: String,
    },
    /// A signal came before anything was changed.
    #[error("interrupted before anything was changed")]
    Interrupted,
}

impl Refusal {
    /// A stable word for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SameKey { .. } => "same-key",
            Self::SameInstance { .. } => "same-instance",
            Self::KeyEnvironment { .. } => "key-environment",
            Self::Store(error) => error.code(),
            Self::Misfit { .. } => "state-mismatch",
            Self::PlanChanged { .. } => "plan-changed",
            Self::Stale { .. } => "plan-stale",
            Self::OtherInstance { .. } => "instance-mismatch",
            Self::OtherEnvironment { .. } => "environment-mismatch",
            Self::Unidentified { .. } => "instance-unknown",
            Self::Unreachable { .. } => "preflight-failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::SameKey { .. } | Self::SameInstance { .. } => {
                "give each its own key (`target.secret_key_env`), or apply only one of them".into()
            }
            Self::KeyEnvironment { .. } => {
                "use the key of the right instance, or the environment that fits the key; no \
                 request was made"
                    .into()
            }
            Self::Store(error) => error.help().to_string(),
            Self::Misfit { .. } => {
                "name the state of this target with `--state`, or mend `target` in the file".into()
            }
            Self::PlanChanged { .. } => {
                "another run was faster: run `clerkform plan` again and look at what is left".into()
            }
            Self::Stale { .. } => "make the plan anew and review it".into(),
            Self::OtherInstance { .. } | Self::OtherEnvironment { .. } => {
                "use the key of the right instance; nothing was changed".into()
            }
            Self::Unidentified { .. } => {
                "check `--api-url`: the service there does not offer `GET /v1/instance`. Where it \
                 is right, take `target.instance_id` out of the file or use another state"
                    .into()
            }
            Self::Unreachable { help, .. } => help.clone(),
            Self::Interrupted => "nothing was changed; run it again".into(),
        }
    }
}
