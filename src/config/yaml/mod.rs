//! From text to a tree in which everything knows its place.

mod block;
pub(super) mod compose;
pub(super) mod events;
mod keys;
mod mistakes;
pub(super) mod node;
pub(super) mod outline;
pub(super) mod recover;
pub(super) mod scalar;
pub(super) mod survey;
mod tabs;
mod uneven;
