//! Why the service did not answer, without any secret key.

use super::{BaseUrl, KeyRing};
use crate::network::{self, NoReply, proxy_for};

/// The meaning of a failed try.
pub(super) fn no_reply(error: &reqwest::Error, base: &BaseUrl, keys: &KeyRing) -> NoReply {
    let proxy = proxy_of(base).unwrap_or_default();
    let told = network::no_reply(error, &base.host(), proxy);
    told.reworded(|words| keys.scrub(words).into_owned())
}

/// The variable whose proxy stands before the service.
pub(super) fn proxy_of(base: &BaseUrl) -> Result<Option<&'static str>, NoReply> {
    if base.is_loopback() { Ok(None) } else { proxy_for(base.join("/").as_str()) }
}
