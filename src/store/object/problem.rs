//! What went wrong with an object store, before it is known for which state.

use std::error::Error;

use super::fault::ObjectFault;
use crate::text::sanitize;

/// How much is shown of what others say.
const LONGEST_QUOTE: usize = 300;

/// What went wrong, and what was said about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{told}")]
pub(super) struct ObjectProblem {
    /// The kind of problem.
    pub fault: ObjectFault,
    /// Empty, or words that explain it.
    pub told: String,
}

impl ObjectProblem {
    /// A problem in words, of which as much is kept as can be shown.
    pub(super) fn new(fault: ObjectFault, told: impl Into<String>) -> Self {
        Self { fault, told: sanitize(&told.into(), LONGEST_QUOTE) }
    }

    /// Something that the environment or `--state` says cannot be used.
    pub(super) fn setting(told: impl Into<String>) -> Self {
        Self::new(ObjectFault::Setting, told)
    }

    /// Whoever hands out credentials did not.
    pub(super) fn not_lent(told: impl Into<String>) -> Self {
        Self::new(ObjectFault::CredentialsFailed, told)
    }
}

/// The innermost cause, in one line.
pub(super) fn innermost(error: &object_store::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// All causes, the outermost first.
pub(super) fn causes(error: &object_store::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |&cause| cause.source())
}
