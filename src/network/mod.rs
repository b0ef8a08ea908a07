//! The way out of this machine: clients for HTTP, and why there was no answer.

mod client;
mod loopback;
mod no_reply;
mod proxy;
mod roots;
mod timeout;

#[cfg(test)]
pub(crate) mod fake;

pub use client::{Roots, Transport, client};
pub use loopback::is_loopback;
pub use no_reply::{NoReply, no_reply, proxy_for};
