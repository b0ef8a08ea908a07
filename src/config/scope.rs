//! A part of a file that a run is narrowed to.

use std::fmt;

use super::nearest;
use crate::catalog::{self, Field, SECTIONS, Section};

/// A section, or one field of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    section: &'static Section,
    field: Option<&'static Field>,
}

/// The settings that a run is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RunScope {
    /// All that the file asks for.
    #[default]
    Whole,
    /// These alone.
    Only(Vec<Address>),
}

impl Address {
    /// Reads `SECTION` or `SECTION.FIELD`.
    ///
    /// # Errors
    ///
    /// A name that the catalogue does not have, with the one that may be meant.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (section, field) = match text.split_once('.') {
            Some((section, field)) => (section, Some(field)),
            None => (text, None),
        };
        let found = catalog::section(section).and_then(|section| match field {
            None => Some(Self { section, field: None }),
            Some(name) => Some(Self { section, field: Some(section.field(name)?) }),
        });
        found.ok_or_else(|| suggestion(text))
    }

    fn holds(self, section: &Section, name: &str) -> bool {
        self.section == section && self.field.is_none_or(|field| field.name == name)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.section.name)?;
        self.field.map_or(Ok(()), |field| write!(f, ".{}", field.name))
    }
}

fn suggestion(text: &str) -> String {
    let fields = SECTIONS.into_iter().flat_map(|section| {
        section.fields.iter().map(move |field| format!("{}.{}", section.name, field.name))
    });
    let sections = SECTIONS.into_iter().map(|section| section.name.to_owned());
    let names: Vec<String> = sections.chain(fields).collect();
    let ending = format!(".{text}");
    let bare = names.iter().find(|name| name.ends_with(&ending)).map(String::as_str);
    match bare.or_else(|| nearest(text, names.iter().map(String::as_str))) {
        Some(near) => format!("there is no such setting; did you mean `{near}`?"),
        None => "there is no such setting; `clerkform explain` lists them all".to_owned(),
    }
}

impl RunScope {
    /// The part that is named; all of it where nothing is.
    pub fn of(addresses: &[Address]) -> Self {
        if addresses.is_empty() { Self::Whole } else { Self::Only(addresses.to_vec()) }
    }

    /// The names of the part, as `SECTION` or `SECTION.FIELD`; none for the whole.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Whole => Vec::new(),
            Self::Only(addresses) => addresses.iter().map(Address::to_string).collect(),
        }
    }

    /// Whether a field is in the part.
    pub(super) fn holds(&self, section: &Section, name: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Only(addresses) => addresses.iter().any(|address| address.holds(section, name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_known_name_or_the_nearest_is_told() {
        for (text, expected) in [
            ("restrictions", Ok("restrictions")),
            ("restrictions.allowlist", Ok("restrictions.allowlist")),
            ("restriction", Err("did you mean `restrictions`?")),
            ("allowlist", Err("did you mean `restrictions.allowlist`?")),
            ("restrictions.alowlist", Err("did you mean `restrictions.allowlist`?")),
            ("something", Err("`clerkform explain` lists them all")),
        ] {
            match (Address::parse(text), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found.to_string(), expected),
                (Err(told), Err(expected)) => assert!(told.ends_with(expected), "{told}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }
}
