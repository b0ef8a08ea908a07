//! The document of a plan and of a drift, in every format.

mod advice;
pub(super) mod alerts;
mod blocks;
mod change;
pub(super) mod command;
pub mod drift_markdown;
pub mod drift_sentences;
pub mod drift_text;
pub mod github;
pub mod gitlab;
pub(super) mod heading;
pub mod html;
pub(crate) mod left_out;
pub mod markdown;
mod reading;
mod rows;
mod sentences;
mod table;
pub mod text;
pub(super) mod unreflected;
mod warned;
