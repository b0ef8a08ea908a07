//! The files that commands read and write.

pub mod beside;
pub mod diff;
pub mod env_file;
pub mod history;
pub mod ignored;
pub mod input;
pub mod repository;
pub mod write;
