//! The code of a call that failed.

use std::fmt;

use serde::{Serialize, Serializer};

use super::FailureCode;
use super::code::STATUS_PREFIX;

/// Why a call failed: in a word of the service, which is data, or in one of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallCode {
    /// The service's own code.
    Service(String),
    /// The service answered with a status alone.
    Status(u16),
    /// One of this program's.
    Own(FailureCode),
}

impl CallCode {
    /// The code of an answer that names none itself.
    pub const fn of_status(status: u16) -> Self {
        match status {
            300..=399 => Self::Own(FailureCode::Redirected),
            status => Self::Status(status),
        }
    }
}

impl fmt::Display for CallCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(word) => f.write_str(word),
            Self::Status(status) => write!(f, "{STATUS_PREFIX}{status}"),
            Self::Own(code) => code.fmt(f),
        }
    }
}

impl Serialize for CallCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
