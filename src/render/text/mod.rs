//! The means of every document: escapes, marks, words, colours, excerpts.

pub mod escape;
pub mod excerpt;
pub mod markdown;
pub mod palette;
pub(crate) mod place;
pub mod shell;
pub(super) mod titles;
pub mod unified_diff;
pub mod words;
pub(super) mod workflow_command;
pub(super) mod yaml;
