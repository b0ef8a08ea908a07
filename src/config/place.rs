//! The meaning of a place of a configuration: a section, a field, an item, a member of a target.

use crate::catalog::schema::{self, ENVIRONMENTS, EXTENDS, MEMBERS, Member, TARGET};
use crate::catalog::{Field, SECTIONS, Section};

/// The purpose of a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum SchemaNode {
    /// The document.
    Root,
    /// One of `environments`.
    Overlay,
    /// The overlays.
    Environments,
    /// The path of a file that is extended, or the list of them.
    Extends,
    /// A path of that list.
    ExtendedPath,
    Section(&'static Section),
    Field(&'static Field),
    /// An entry of a list.
    Item(&'static Field),
    Target,
    Member(&'static Member),
    /// Somewhere that means nothing.
    Elsewhere,
}

impl SchemaNode {
    /// What the segments of a JSON pointer lead to.
    pub fn of(path: &[&str]) -> Self {
        match path {
            [] => Self::Root,
            [ENVIRONMENTS] => Self::Environments,
            [EXTENDS] => Self::Extends,
            [EXTENDS, _] => Self::ExtendedPath,
            [ENVIRONMENTS, _] => Self::Overlay,
            [ENVIRONMENTS, _, rest @ ..] | rest => Self::in_layer(rest),
        }
    }

    fn in_layer(path: &[&str]) -> Self {
        let place = match path {
            [TARGET] => Some(Self::Target),
            [TARGET, name] => schema::member(name).map(Self::Member),
            [section] => crate::catalog::section(section).map(Self::Section),
            [section, field] => field_of(section, field).map(Self::Field),
            [section, field, _] => field_of(section, field).map(Self::Item),
            _ => None,
        };
        place.unwrap_or(Self::Elsewhere)
    }

    /// How a message calls it.
    pub fn title(self) -> String {
        match self {
            Self::Root => "a configuration".to_owned(),
            Self::Overlay => "an environment".to_owned(),
            Self::Environments => format!("`{ENVIRONMENTS}`"),
            Self::Extends => format!("`{EXTENDS}`"),
            Self::ExtendedPath => format!("an entry of `{EXTENDS}`"),
            Self::Section(section) => format!("`{}`", section.name),
            Self::Field(field) => format!("`{}`", field.name),
            Self::Item(field) => format!("an entry of `{}`", field.name),
            Self::Target => format!("`{TARGET}`"),
            Self::Member(member) => format!("`{}`", member.name),
            Self::Elsewhere => "this".to_owned(),
        }
    }

    /// The names that a mapping at this place may hold.
    pub fn names(self) -> Vec<&'static str> {
        match self {
            Self::Root => top_names().collect(),
            Self::Overlay => layer_names().collect(),
            Self::Section(section) => section.fields.iter().map(|field| field.name).collect(),
            Self::Target => MEMBERS.iter().map(|member| member.name).collect(),
            _ => Vec::new(),
        }
    }
}

fn field_of(section: &str, field: &str) -> Option<&'static Field> {
    crate::catalog::section(section)?.field(field)
}

/// The names that the base and an overlay may hold.
pub(super) fn layer_names() -> impl Iterator<Item = &'static str> {
    SECTIONS.into_iter().map(|section| section.name).chain([TARGET])
}

/// The names that the top level may hold.
pub(super) fn top_names() -> impl Iterator<Item = &'static str> {
    layer_names().chain([ENVIRONMENTS, EXTENDS])
}

/// A JSON pointer with one more segment.
pub(super) fn joined(pointer: &str, segment: &str) -> String {
    let mut joined = String::with_capacity(pointer.len() + 1 + segment.len());
    joined.push_str(pointer);
    joined.push('/');
    if segment.contains(['~', '/']) {
        joined.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    } else {
        joined.push_str(segment);
    }
    joined
}

/// A segment of a JSON pointer as the name that it stands for.
pub(super) fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
