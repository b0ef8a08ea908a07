//! What is sent to the service, and what comes back.

use std::time::Duration;

use serde_json::{Map, Value};

/// One request, without host and key.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Reads the path.
    Get {
        /// From the host on, such as `/v1/instance`.
        path: &'static str,
    },
    /// Changes the fields of the body and no other.
    Patch {
        /// From the host on.
        path: &'static str,
        /// An object of absolute values.
        body: Map<String, Value>,
    },
}

/// An answer with a complete head.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, where it is whole seconds.
    pub retry_after: Option<Duration>,
    /// `cf-ray`, by which Clerk's support finds an answer whose body names no trace `[c]`.
    pub ray: Option<String>,
    /// What followed the head.
    pub body: Body,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// All of it; empty where there is none.
    Whole(Vec<u8>),
    /// It broke off.
    Broken,
    /// Larger than is read.
    TooLarge,
}

impl Request {
    /// Its method.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Get { .. } => "GET",
            Self::Patch { .. } => "PATCH",
        }
    }

    /// Its path, from the host on.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Get { path } | Self::Patch { path, .. } => path,
        }
    }
}

impl Reply {
    /// Whether the service accepted the request.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}
