//! The two kinds of instance.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
