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
mod message;
mod retry;
mod slot;
mod stop;
mod version;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::network::NoReply;

pub use access::{Access, Front};
pub use answer::{Answer, Refusal, read};
pub use base_url::{BaseUrl, BaseUrlError};
pub use front::{FrontError, HttpFront};
pub use http::{Connections, HttpService};
pub use instance::{INSTANCE, Lookup, look_up};
pub use key::{KeyError, SecretKey};
pub use key_ring::{KeyRing, is_masked};
pub use message::{Body, Reply, Request};
pub use retry::{Attempts, Ceased, LEASE_OVER, Permit, RetryBudget, call, call_while};
pub use slot::{Slot, side_by_side};
pub use stop::{GRACE, Stop, Trip, stop};
pub use version::{ApiVersion, ApiVersionError};

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
