//! Settings that are changed together.

use serde_json::{Map, Value};

use super::Field;

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
    /// What its answers show beside its fields, and nobody can set; each with a value as JSON that
    /// a fresh instance may have.
    pub also_shows: &'static [(&'static str, &'static str)],
    /// Its fields, in the order in which people are shown them.
    pub fields: &'static [Field],
}

impl Section {
    /// Whether an answer is about this section, as far as it says what it is about.
    pub fn is_shown_by(&self, answer: &Map<String, Value>) -> bool {
        let object = self.echo.unwrap_or(self.name);
        answer.get("object").is_none_or(|found| found == object)
    }

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
