//! The service: how a request reaches it and what its answer means.

mod access;
mod answer;
mod base_url;
mod failure;
mod front;
mod http;
mod instance;
mod key;
mod key_ring;
mod retry;
mod slot;
mod stop;
mod version;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::network::NoReply;

pub use access::{Access, Front};
pub use answer::{Answer, Refusal, read};
pub use base_url::{BaseUrl, BaseUrlError};
pub use front::{FrontError, HttpFront};
pub use http::{Connections, HttpService};
pub use instance::{INSTANCE, Lookup, look_up};
pub use key::{KeyError, SecretKey};
pub use key_ring::{KeyRing, is_masked};
pub use retry::{Attempts, Ceased, LEASE_OVER, Permit, RetryBudget, call, call_while};
pub use slot::{Slot, side_by_side};
pub use stop::{GRACE, Stop, Trip, stop};
pub use version::{ApiVersion, ApiVersionError};

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

impl<S: Service + ?Sized> Service for std::rc::Rc<S> {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>> {
        (**self).send(request)
    }
}

/// What makes one try of one request.
pub trait Service {
    /// Sends a request once. Never retries, never follows a redirect.
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>>;

    /// Hears that a request is sent again, before the wait for it.
    fn hears_of(&self, _: &Request, _: &NextTry<'_>) {}
}

/// A further try of a request.
#[derive(Debug)]
pub struct NextTry<'a> {
    /// The result of the last one.
    pub last: &'a Result<Reply, NoReply>,
    /// How long it waits.
    pub wait: Duration,
    /// Which one it is; the first one is 1.
    pub number: u32,
}
