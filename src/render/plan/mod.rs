//! The document of a plan and of a drift, in every format.

mod advice;
mod change;
pub(super) mod command;
mod comment;
pub mod drift_markdown;
pub mod drift_sentences;
pub mod drift_text;
mod folded;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod markdown;
mod reading;
mod rows;
mod sentences;
pub mod text;
pub(super) mod unreflected;
mod warned;
