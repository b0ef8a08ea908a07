//! The means of every document: escapes, marks, words, colours, excerpts.

pub mod escape;
pub mod excerpt;
pub mod markdown;
pub mod palette;
pub mod shell;
pub mod unified_diff;
pub mod words;
pub(super) mod yaml;
