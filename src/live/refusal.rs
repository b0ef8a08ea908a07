//! Why an instance cannot be read.

use std::fmt;

use crate::catalog::EnvironmentType;
use crate::failure::FailureCode;

/// Up to this many targets are named.
const NAMED: usize = 3;

/// At least two targets, of which many are counted and not named.
#[derive(Clone, Debug)]
pub struct Titles {
    named: Vec<String>,
    others: usize,
}

impl Titles {
    /// These targets.
    pub(super) fn of<'a>(titles: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let all = titles.len();
        let shown = if all > NAMED { NAMED - 1 } else { all };
        Self { named: titles.take(shown).map(str::to_owned).collect(), others: all - shown }
    }
}

impl fmt::Display for Titles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told: Vec<String> = self.named.iter().map(|title| format!("`{title}`")).collect();
        if self.others > 0 {
            told.push(format!("{} others", self.others));
        }
        let last = told.pop().unwrap_or_default();
        write!(f, "{} and {last}", told.join(", "))
    }
}

/// Why an instance cannot be read. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Targets have one key, and so one instance.
    #[error("{titles} have the same secret key, so they are the same instance")]
    SameKey {
        /// The targets.
        titles: Titles,
    },
    /// Targets turned out to be one instance.
    #[error("{titles} are the same instance, {id}")]
    SameInstance {
        /// The targets.
        titles: Titles,
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
        /// The environment that was expected.
        expected: EnvironmentType,
        /// Who says so.
        source_of_truth: &'static str,
    },
    /// The key opens another instance than the one that is expected.
    #[error("{title}: the secret key belongs to {found}, and {source_of_truth} says {expected}")]
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
        "{title}: the secret key is for {key}, and the service reports an instance for {found}"
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
        "{title}: {source_of_truth} names the instance {expected}, and the service does not report \
         which one the secret key belongs to"
    )]
    Unidentified {
        /// The target.
        title: String,
        /// The id that was expected.
        expected: String,
        /// Who says so.
        source_of_truth: &'static str,
    },
    /// A request that reads was refused or not answered.
    #[error("{title}: {problem}")]
    Unreachable {
        /// The target.
        title: String,
        /// What came, or that nothing did.
        problem: String,
        /// The remedy.
        help: String,
    },
    /// A signal came.
    #[error("interrupted before anything was changed")]
    Interrupted,
}

impl LiveError {
    /// The code that scripts tell it by.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::SameKey { .. } => FailureCode::SameKey,
            Self::SameInstance { .. } => FailureCode::SameInstance,
            Self::KeyEnvironment { .. } => FailureCode::KeyEnvironment,
            Self::OtherInstance { .. } => FailureCode::InstanceMismatch,
            Self::OtherEnvironment { .. } => FailureCode::InstanceEnvironment,
            Self::Unidentified { .. } => FailureCode::InstanceUnknown,
            Self::Unreachable { .. } => FailureCode::PreflightFailed,
            Self::Interrupted => FailureCode::Interrupted,
        }
    }

    /// The remedy.
    pub fn help(&self) -> String {
        match self {
            Self::SameKey { .. } | Self::SameInstance { .. } => {
                "give each its own key (`target.secret_key_env`), or run only one of them".into()
            }
            Self::KeyEnvironment { .. } => {
                "no request was made for this target; use the key of the right instance, or the environment that \
                 matches the key"
                    .into()
            }
            Self::OtherInstance { .. } | Self::OtherEnvironment { .. } => {
                "nothing was changed; use the key of the right instance".into()
            }
            Self::Unidentified { .. } => {
                "check `--api-url`: the service there does not offer `GET /v1/instance`. If the \
                 URL is right, remove `target.instance_id` from the file or use another state"
                    .into()
            }
            Self::Unreachable { help, .. } => help.clone(),
            Self::Interrupted => "nothing was changed; run it again".into(),
        }
    }
}
