//! What is to be read of an instance.

use serde_json::Value;

use crate::catalog::{Field, Section};

/// A field to read, with the value that it should have. One that a `GET` shows otherwise, and one
/// of which nothing is expected, is looked at a second time before it is believed.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedField<'a> {
    /// The section of [`Self::field`].
    pub section: &'static Section,
    /// What to read.
    pub field: &'static Field,
    /// What it should be, where anything is known.
    pub value: Option<&'a Value>,
}
