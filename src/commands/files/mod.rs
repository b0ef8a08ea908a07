//! The files that commands read and write.

pub mod base;
pub mod beside;
pub mod broken;
pub mod changes;
mod choice;
pub mod diff;
pub mod env_file;
pub mod extended;
pub mod forge;
pub mod history;
pub mod ignored;
pub mod input;
pub mod named;
pub mod repository;
pub mod search;
pub mod sharded;
pub mod source;
pub mod write;

/// The files that are read where none is named: the first that exists.
pub const DEFAULT_FILES: [&str; 2] = ["clerk.yaml", "clerk.yml"];
