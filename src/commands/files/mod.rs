//! The files that commands read and write.

pub mod input;
pub mod repository;
pub mod write;
