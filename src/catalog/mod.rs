//! What there is to set. Every section and field is declared here once; the schema, the checks,
//! `explain`, `init`, the sandbox and the plan all follow from it.

mod field;
mod instance;
mod organization_settings;
mod restrictions;
pub mod schema;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use field::{Field, Guard, Kind, Lockout, Read, Scope, Shape};

/// The two kinds of instance that Clerk has. A secret key's prefix tells which one it opens.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentType {
    /// For building and testing; its keys begin with `sk_test_`.
    Development,
    /// For real users; its keys begin with `sk_live_`.
    Production,
}

impl EnvironmentType {
    /// Both, as they are written in files and answers.
    pub const ALL: [Self; 2] = [Self::Development, Self::Production];

    /// The word that files and answers use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    /// The environment that a word of [`Self::as_str`] names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl fmt::Display for EnvironmentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A group of settings that one `PATCH` changes.
#[derive(Debug)]
pub struct Section {
    /// The key in the file.
    pub name: &'static str,
    /// The path of its `PATCH`, from the host on.
    pub path: &'static str,
    /// A short title for editors.
    pub title: &'static str,
    /// What it holds, in a sentence or two.
    pub meaning: &'static str,
    /// The value of `object` in the service's answers about it; `None` where a `PATCH` is answered
    /// with 204 and no body.
    pub echo: Option<&'static str>,
    /// Whether a production instance needs a paid plan of Clerk's for it.
    pub needs_paid_plan: bool,
    /// Whether the service has a `GET` at [`Self::path`].
    pub has_get: bool,
    /// Its fields, in the order in which people are shown them.
    pub fields: &'static [Field],
}

impl Section {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl PartialEq for Section {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Section {}

/// Every section, in the order of files, plans and calls.
pub static SECTIONS: [&Section; 3] =
    [&instance::SECTION, &restrictions::SECTION, &organization_settings::SECTION];

/// The section of that name.
pub fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.into_iter().find(|section| section.name == name)
}
