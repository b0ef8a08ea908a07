//! Which addresses lead to this machine.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether a URL leads to this machine, whatever its scheme is.
pub fn is_loopback(url: &Url) -> bool {
    // The host of a scheme that is not special stays text.
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => {
            name == "localhost"
                || name.parse().is_ok_and(|it: Ipv4Addr| it.is_loopback())
                || name.parse().is_ok_and(|it: Ipv6Addr| it.is_loopback())
        }
        None => false,
    }
}
