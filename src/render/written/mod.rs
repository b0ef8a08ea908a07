//! Configurations that the program writes: a starter, and one imported from an instance.

mod annotate;
pub mod imported;
pub mod inherited;
pub mod starter;
mod value;
