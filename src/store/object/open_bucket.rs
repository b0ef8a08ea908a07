//! A bucket that is ready for requests, whatever platform it is of.

use object_store::ObjectStore;

use super::exchange::Exchange;

/// A bucket that requests can be sent to.
#[derive(Debug)]
pub(super) struct OpenBucket {
    pub store: Box<dyn ObjectStore>,
    pub exchange: Exchange,
    /// Where the credentials come from.
    pub source: String,
    /// Whether the store is the platform's own.
    pub host: StoreHost,
}

/// Whose store it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreHost {
    /// The platform's, which is known to heed the conditions of writes.
    Platform,
    /// Of somebody who says that it is like it.
    Custom,
}
