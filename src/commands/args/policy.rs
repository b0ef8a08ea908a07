//! What the trouble of one target is to the others.

use clap::Args;

use crate::apply::FailurePolicy;

/// How a run of several targets goes on where one is refused or fails.
#[derive(Clone, Copy, Debug, Args)]
pub struct PolicyArgs {
    /// Stop at the first target that is refused or fails; targets that have not begun are skipped
    #[arg(long, conflicts_with = "keep_going")]
    fail_fast: bool,
    /// Leave out files with errors and targets that are refused, and apply the others; by default none is applied
    #[arg(long)]
    keep_going: bool,
}

/// How a plan of several targets goes on where one is refused.
#[derive(Clone, Copy, Debug, Args)]
pub struct PlanPolicyArgs {
    /// With `--refresh`, read no other instance after the first target that is refused
    #[arg(long, conflicts_with = "keep_going", requires = "refresh")]
    fail_fast: bool,
    /// Leave out files with errors and targets that are refused, and plan the others; by default none is planned
    #[arg(long)]
    keep_going: bool,
}

impl PlanPolicyArgs {
    /// What they ask for.
    pub const fn policy(self) -> FailurePolicy {
        match self {
            Self { fail_fast: true, .. } => FailurePolicy::FailFast,
            Self { keep_going: true, .. } => FailurePolicy::KeepGoing,
            Self { .. } => FailurePolicy::CheckAll,
        }
    }
}

/// How a comparison of several targets goes on where one cannot be compared.
#[derive(Clone, Copy, Debug, Args)]
pub struct DriftPolicyArgs {
    /// Stop at the first target that cannot be compared; by default the others are compared
    #[arg(long)]
    fail_fast: bool,
}

impl DriftPolicyArgs {
    /// What they ask for.
    pub const fn policy(self) -> FailurePolicy {
        if self.fail_fast { FailurePolicy::FailFast } else { FailurePolicy::KeepGoing }
    }
}

impl PolicyArgs {
    /// What they ask for.
    pub const fn policy(self) -> FailurePolicy {
        match self {
            Self { fail_fast: true, .. } => FailurePolicy::FailFast,
            Self { keep_going: true, .. } => FailurePolicy::KeepGoing,
            Self { .. } => FailurePolicy::CheckAll,
        }
    }
}
