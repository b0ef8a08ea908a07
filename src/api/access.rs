//! The way to one instance: what makes its requests, and the key that opens it.

use super::{FrontError, KeyRing, SecretKey, Service};
use crate::catalog::EnvironmentType;

/// The way to an instance's public front end. Never sends the secret key.
pub trait Front {
    /// The front end at a URL that the service named.
    fn at(&self, url: &str) -> Result<Box<dyn Service + '_>, FrontError>;
}

/// The way to one instance.
pub struct Access<'a> {
    /// The service that takes the requests.
    pub service: Box<dyn Service + 'a>,
    /// The reader of the public front end.
    pub front: Box<dyn Front + 'a>,
    /// The key; the emulation inside the process needs none.
    pub key: Option<SecretKey>,
    /// Every key of the run, which no answer may bring into the open.
    pub keys: KeyRing,
    /// The environment of its key.
    pub environment_type: EnvironmentType,
}
