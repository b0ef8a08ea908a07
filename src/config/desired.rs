//! What a file asks for: its layers, and one target of them.

use std::sync::Arc;

use serde_json::Value;

use super::scope::RunScope;
use crate::catalog::{EnvironmentType, Field, Section};
use crate::finding::Span;

/// A file without errors: a base, and overlays by the name of their environment. What it extends is
/// in both.
#[derive(Clone, Debug)]
pub struct Configuration {
    pub(crate) file: String,
    pub(crate) base: Layer,
    pub(crate) overlays: Vec<(String, Layer)>,
}

impl Configuration {
    /// The names of the overlays, in the file's order.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        self.overlays.iter().map(|(name, _)| name.as_str())
    }
}

/// The target and the settings that one layer of a file states.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    pub(crate) target: Target,
    /// In the catalogue's order. Shared, since many files may extend the one that sets them.
    pub(crate) settings: Vec<Arc<Setting>>,
}

/// What a file may be applied to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The only instance that is allowed.
    pub instance_id: Option<String>,
    /// The only environment that is allowed.
    pub environment_type: Option<EnvironmentType>,
    /// The variable that holds the secret key.
    pub secret_key_env: Option<String>,
}

impl Target {
    /// The variable that holds the secret key where the file names none.
    pub const DEFAULT_KEY_VARIABLE: &str = "CLERK_SECRET_KEY";

    /// The variable that holds the secret key.
    pub fn key_variable(&self) -> &str {
        self.secret_key_env.as_deref().unwrap_or(Self::DEFAULT_KEY_VARIABLE)
    }
}

/// The path of a file that another one extends, and where it stands.
#[derive(Clone, Debug)]
pub struct ExtendedPath {
    /// As seen from the file that it stands in.
    pub path: String,
    /// Where it stands.
    pub(crate) at: Span,
    /// The JSON pointer of the path.
    pub(crate) pointer: String,
}

/// A value that a file asks for, and where it stands.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The section of [`Self::field`].
    pub section: &'static Section,
    /// What is set.
    pub field: &'static Field,
    /// What it is set to. A list is in the file's order.
    pub value: Arc<Value>,
    /// The file that set the value, where that is another than the target's.
    pub file: Option<Arc<str>>,
    /// Where the key stands, in the layer that set the value.
    pub key: Span,
    /// Where the value stands.
    pub at: Span,
    /// Whether it is null because nothing, or nothing but a comment, is written as its value.
    pub is_unwritten: bool,
    /// The JSON pointer of the value in the file, such as `/environments/production/instance/hibp`.
    pub pointer: String,
}

/// What one target is to be: the base with one overlay merged over it.
#[derive(Clone, Debug)]
pub struct Desired {
    /// The file, as it was named.
    pub file: String,
    /// The overlay's name.
    pub environment: Option<String>,
    /// What it may be applied to.
    pub target: Target,
    /// In the catalogue's order.
    pub settings: Vec<Arc<Setting>>,
    /// Which of them the run is about.
    pub scope: RunScope,
}

impl Setting {
    /// The file in which it is set, where `config` is the target's.
    pub fn set_in<'a>(&'a self, config: &'a str) -> &'a str {
        self.file.as_deref().unwrap_or(config)
    }
}

impl Desired {
    /// The settings that the run is about, in the catalogue's order.
    pub fn in_scope(&self) -> impl Iterator<Item = &Setting> {
        let is_meant = |it: &&Setting| self.scope.holds(it.section, it.field.name);
        self.settings.iter().map(AsRef::as_ref).filter(is_meant)
    }

    /// How people call the target.
    pub fn title(&self) -> String {
        title(&self.file, self.environment.as_deref())
    }

    /// What a field is to be; `None` where the file does not manage it.
    pub fn value(&self, section: &str, field: &str) -> Option<&Value> {
        self.settings
            .iter()
            .find(|setting| setting.section.name == section && setting.field.name == field)
            .map(|setting| &*setting.value)
    }
}

/// How people call a target: its file, and the environment in brackets.
pub fn title(file: &str, environment: Option<&str>) -> String {
    match environment {
        None => file.to_owned(),
        Some(environment) => format!("{file} [{environment}]"),
    }
}
