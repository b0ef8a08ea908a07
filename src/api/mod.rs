//! The service: how a request reaches it and what its answer means.

use std::future::Future;
use std::pin::Pin;
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

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// The request cannot have reached the service: name not found, connection refused, TLS.
    #[error("{0}")]
    NotSent(String),
    /// It may have: the connection broke, or time ran out.
    #[error("{0}")]
    Lost(String),
}

/// What makes one try of one request.
pub trait Service {
    /// Sends a request once. Never retries, never follows a redirect.
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>>;
}
