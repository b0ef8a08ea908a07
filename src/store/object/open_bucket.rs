//! A bucket that is ready for requests, whatever platform it is of.

use std::fmt;

use object_store::ObjectStore;

/// A bucket that requests can be sent to.
pub(super) struct OpenBucket {
    pub store: Box<dyn ObjectStore>,
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

impl fmt::Debug for OpenBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The store would show the credentials that it signs with.
        let Self { source, host, .. } = self;
        let shown = &mut f.debug_struct("OpenBucket");
        shown.field("source", source).field("host", host).finish_non_exhaustive()
    }
}
