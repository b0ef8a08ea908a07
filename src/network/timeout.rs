//! How long the parts of one try may take.

use std::time::Duration;

/// How long the name, the connection and TLS may take together.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one try may take from its start to the last byte of the answer.
pub(super) const TRY_TIMEOUT: Duration = Duration::from_secs(30);
