//! What a place has to offer that several machines reach: one value, which is replaced only where it
//! is still the one that was read. Everything else that keeps runs apart is built on that.

use std::fmt::Debug;

use super::{StoreClock, StoreError, Waiting};
use crate::failure::FailureCode;

/// Which of all the values that a place may hold over time, in the place's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// A value that a place holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBytes {
    /// The value.
    pub bytes: Vec<u8>,
    /// Which one it is.
    pub version: Version,
}

/// What a place was seen to hold.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The value; `None` where there is none yet.
    pub kept: Option<KeptBytes>,
    /// The clock of the place at that time.
    pub clock: StoreClock,
}

/// Why a write was not answered with success.
#[derive(Debug)]
pub enum WriteProblem {
    /// It was refused, and would be again.
    Refused(StoreError),
    /// It may have been done all the same; or somebody else was faster.
    Unclear(StoreError),
}

impl WriteProblem {
    /// Whether it was done, and the place did not say which version it has now.
    pub fn is_success_without_version(&self) -> bool {
        matches!(self, Self::Unclear(error) if error.code() == FailureCode::StateUnsafe)
    }
}

/// A value that has been written.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// The value.
    pub bytes: &'a [u8],
    /// Which one it is now.
    pub version: &'a Version,
    /// Whether nothing was there before.
    pub is_first: bool,
}

/// One value in a shared place.
pub trait Register: Debug {
    /// Where the credentials for the place come from: told once a run, after it was asked for
    /// something. `None` where somebody else looks after them.
    fn credentials(&self) -> Option<String> {
        None
    }

    /// Makes sure, where there is reason to doubt it, that the place heeds the conditions of writes
    /// and shows everybody what was written. Whatever it does leaves the value that was written as it is.
    fn prove<'a>(&'a self, _: Written<'a>) -> Waiting<'a, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    /// Takes away the first value, which nothing depends on. Whether that was done: not every place
    /// can do it.
    fn take_back<'a>(&'a self, _: &'a Version) -> Waiting<'a, bool> {
        Box::pin(async { false })
    }

    /// Writes over what this run has just made in a place that then turned out to be of no use:
    /// nobody goes on there, and what was written must hold nobody up. Tries once.
    fn disown<'a>(&'a self, _: &'a [u8]) -> Waiting<'a, ()> {
        Box::pin(async {})
    }

    /// What is there now.
    fn read(&self) -> Waiting<'_, Result<Snapshot, StoreError>>;

    /// Replaces the value where it is still `over`; makes one where nothing is there and `over` is
    /// `None`. Tries once.
    fn write<'a>(
        &'a self,
        bytes: &'a [u8],
        over: Option<&'a Version>,
    ) -> Waiting<'a, Result<Version, WriteProblem>>;
}
