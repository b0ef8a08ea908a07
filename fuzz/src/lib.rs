//! The stages of the program that read what comes from outside. They are its own sources, by links,
//! and are built without the stages that need a network, since building those takes most of the
//! time.
#![allow(dead_code, reason = "what is not here uses it")]

pub mod catalog;
pub mod config;
pub mod failure;
pub mod finding;
pub mod plan;
pub mod render;
pub mod state;
pub mod text;

/// What an answer of the service means.
pub mod api {
    mod answer;
    mod key;
    mod key_ring;
    mod message;

    pub use answer::{Answer, Refusal, read};
    pub use key::{KeyError, SecretKey};
    pub use key_ring::{KeyRing, is_masked};
    pub use message::{Body, Reply, Request};
}
