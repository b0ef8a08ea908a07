//! How it stands with each target, for people and for programs.

pub mod json;
pub mod text;
