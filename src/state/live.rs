//! The values read of a live instance, field by field, with where it was read.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::InstanceRef;
use crate::catalog::{Field, Section};

/// Where a live value was read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// In the answer of the section's `GET`. Right after a write it may still be the old value.
    Get,
    /// In the answer of an empty `PATCH`, which changes nothing.
    Echo,
    /// In the public environment of the instance's front end: a hint, however old it may be.
    Frontend,
}

impl Source {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Echo => "echo",
            Self::Frontend => "frontend",
        }
    }
}

/// A live value.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// As the service showed it.
    pub value: Value,
    /// Where.
    pub source: Source,
}

/// The values read of an instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// Which instance it is.
    pub instance: InstanceRef,
    fields: BTreeMap<(&'static str, &'static str), Result<Seen, String>>,
}

impl Live {
    /// Nothing was read yet of this instance.
    pub const fn of(instance: InstanceRef) -> Self {
        Self { instance, fields: BTreeMap::new() }
    }

    /// A field's value was read.
    pub fn show(&mut self, section: &'static Section, field: &'static Field, seen: Seen) {
        self.fields.insert((section.name, field.name), Ok(seen));
    }

    /// A field could not be read: why not, as a text that stands in brackets behind its name.
    pub fn hide(&mut self, section: &'static Section, field: &'static Field, why: String) {
        self.fields.insert((section.name, field.name), Err(why));
    }

    /// The value of a field, where it was read.
    pub fn seen(&self, section: &Section, field: &Field) -> Option<&Seen> {
        self.fields.get(&(section.name, field.name))?.as_ref().ok()
    }

    /// Why a field could not be read, where it was tried.
    pub fn unread(&self, section: &Section, field: &Field) -> Option<&str> {
        self.fields.get(&(section.name, field.name))?.as_ref().err().map(String::as_str)
    }
}
