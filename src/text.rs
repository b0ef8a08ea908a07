//! Facts about text that the stages below agree on: which characters are hidden.

mod hidden;

pub use hidden::{is_hidden, sanitize};
