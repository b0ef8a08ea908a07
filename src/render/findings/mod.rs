//! The document of what is wrong in files, in every format.

pub(super) mod brief;
pub mod github;
pub mod gitlab;
pub mod located;
pub mod sarif;
pub mod text;
