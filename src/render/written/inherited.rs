//! The file that an imported configuration extends: what stands in it is not written again.

use serde_json::Value;

use crate::catalog::{Field, Section};
use crate::config::Desired;

/// What an imported configuration has from another file.
#[derive(Clone, Copy, Debug)]
pub struct ImportBase<'a> {
    /// The path of that file as seen from the one that is written.
    pub path: &'a str,
    /// What it asks for in the environment that is imported.
    pub desired: &'a Desired,
}

impl<'a> ImportBase<'a> {
    /// The value that it gives a field.
    pub fn value(&self, section: &Section, field: &Field) -> Option<&'a Value> {
        self.desired.value(section.name, field.name)
    }

    /// The deprecated name by which it sets a field: beside that, no other name may be set.
    pub fn former_name(&self, section: &Section, field: &Field) -> Option<&'static str> {
        let is_former = |former: &&Field| {
            former.successor() == Some(field.name) && self.value(section, former).is_some()
        };
        section.fields.iter().find(is_former).map(|former| former.name)
    }
}
