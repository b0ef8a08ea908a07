//! One setting: what it may hold, what it means, and what is peculiar about it.

use std::collections::HashSet;

use serde_json::Value;

use super::EnvironmentType;
use super::quirk::{Deprecated, Empty, Frontend, Guard, Lockout, Read, Refused, Scope};

/// A setting. Built by the `const` methods below, so that an entry states only what is special.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The key in the file and in the request.
    pub name: &'static str,
    /// The values that it may hold.
    pub kind: Kind,
    /// Whether `null` is accepted. What a `null` does is up to the service.
    pub nullable: bool,
    /// What it does, in the words of someone who sets it.
    pub meaning: &'static str,
    /// A value that could stand in a file, as JSON.
    pub example: &'static str,
    /// The service's own default, as JSON, where it is known and the same in every instance.
    pub default: Option<&'static str>,
    /// The default, as JSON, in the one environment where it is known; set where the two differ.
    pub default_in: Option<(EnvironmentType, &'static str)>,
    /// Set where it is deprecated.
    pub deprecated: Option<Deprecated>,
    /// Whether [`super::API_VERSION`] has it no longer, so that the service may drop it unseen.
    pub is_gone: bool,
    /// The section whose field of the same name is the very same setting.
    pub same_as: Option<&'static str>,
    /// How many entries a list may have.
    pub most: Option<usize>,
    /// Whether the service refuses a list that holds an entry twice.
    pub refuses_repetition: bool,
    /// Entries that the service refuses in a list, whatever their form.
    pub refuses: &'static [&'static str],
    /// The effect of an empty text or list.
    pub empty: Empty,
    /// The only environment in which it has an effect.
    pub only_in: Option<EnvironmentType>,
    /// Set where one of its two values protects the product.
    pub guard: Option<Guard>,
    /// Set where turning it on can keep everybody out.
    pub lockout: Option<Lockout>,
    /// Set where the service refuses it by a code of its own.
    pub refused: Option<Refused>,
    /// Entries that the service puts into a list that was sent without it.
    pub echo_adds: &'static [&'static str],
    /// Whether its live value can be read with the secret key.
    pub read: Read,
    /// Where the instance's public environment shows it.
    pub frontend: Option<Frontend>,
}

/// The values that a field may hold, `null` aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number that is not below `minimum`.
    Integer {
        /// The smallest value that is accepted.
        minimum: i64,
    },
    /// A piece of text.
    Text(Shape),
    /// A list of texts whose order means nothing and in which none may be repeated.
    Set(Shape),
}

/// The form that a text has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Anything.
    Any,
    /// An email address.
    Email,
    /// The value of an `Origin` header: a scheme and a host, no path, no trailing slash.
    Origin,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// ASCII letters and digits, at least one.
    Alphanumeric,
    /// A country's code of ISO 3166-1 alpha-2.
    Country,
    /// A host, or a wildcard for what lies below one, as [`super::is_subdomain`] has them.
    Subdomain,
}

impl Field {
    const fn new(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self {
            name,
            kind,
            nullable: false,
            meaning,
            example: "true",
            default: None,
            default_in: None,
            deprecated: None,
            is_gone: false,
            same_as: None,
            most: None,
            refuses_repetition: false,
            refuses: &[],
            empty: Empty::Value,
            only_in: None,
            guard: None,
            lockout: None,
            refused: None,
            echo_adds: &[],
            read: Read::Nowhere,
            frontend: None,
        }
    }

    /// A field that holds `true` or `false`.
    pub const fn boolean(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Kind::Boolean, meaning)
    }

    /// A field that holds a whole number from `minimum` on.
    pub const fn integer(name: &'static str, minimum: i64, meaning: &'static str) -> Self {
        Self::new(name, Kind::Integer { minimum }, meaning)
    }

    /// A field that holds a text.
    pub const fn text(name: &'static str, shape: Shape, meaning: &'static str) -> Self {
        Self::new(name, Kind::Text(shape), meaning)
    }

    /// A field that holds a list of which the order means nothing.
    pub const fn set(name: &'static str, shape: Shape, meaning: &'static str) -> Self {
        Self::new(name, Kind::Set(shape), meaning)
    }

    /// `null` is accepted.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// A value that could stand in a file, as JSON.
    #[must_use]
    pub const fn example(mut self, json: &'static str) -> Self {
        self.example = json;
        self
    }

    /// The service's own default, as JSON.
    #[must_use]
    pub const fn default(mut self, json: &'static str) -> Self {
        self.default = Some(json);
        self
    }

    /// The service's own default in one environment, as JSON.
    #[must_use]
    pub const fn default_in(mut self, environment: EnvironmentType, json: &'static str) -> Self {
        self.default_in = Some((environment, json));
        self
    }

    /// Deprecated: the field of the same section to use instead.
    #[must_use]
    pub const fn replaced_by(mut self, successor: &'static str) -> Self {
        self.deprecated = Some(Deprecated::ReplacedBy(successor));
        self
    }

    /// Deprecated, and nothing takes its place: what to do, as a sentence without a capital.
    #[must_use]
    pub const fn without_successor(mut self, advice: &'static str) -> Self {
        self.deprecated = Some(Deprecated::WithoutSuccessor(advice));
        self
    }

    /// The current version of the API has it no longer.
    #[must_use]
    pub const fn gone(mut self) -> Self {
        self.is_gone = true;
        self
    }

    /// The field of the same name in another section is the very same setting.
    #[must_use]
    pub const fn same_as(mut self, section: &'static str) -> Self {
        self.same_as = Some(section);
        self
    }

    /// A list of at most so many entries.
    #[must_use]
    pub const fn at_most(mut self, entries: usize) -> Self {
        self.most = Some(entries);
        self
    }

    /// `""` or `[]` clears the setting.
    #[must_use]
    pub const fn empty_clears(mut self) -> Self {
        self.empty = Empty::Clears;
        self
    }

    /// `[]` goes back to the service's own value, as `null` does.
    #[must_use]
    pub const fn empty_resets(mut self) -> Self {
        self.empty = Empty::Resets;
        self
    }

    /// `[]` removes every entry, and what is there after it has to be read.
    #[must_use]
    pub const fn empty_read_back(mut self) -> Self {
        self.empty = Empty::ReadBack;
        self
    }

    /// The service refuses a list that holds an entry twice.
    #[must_use]
    pub const fn refuses_repetition(mut self) -> Self {
        self.refuses_repetition = true;
        self
    }

    /// Entries that the service refuses in the list.
    #[must_use]
    pub const fn refuses(mut self, entries: &'static [&'static str]) -> Self {
        self.refuses = entries;
        self
    }

    /// It has no effect in any other environment.
    #[must_use]
    pub const fn only_in(mut self, environment: EnvironmentType) -> Self {
        self.only_in = Some(environment);
        self
    }

    /// One of its values takes away a protection.
    #[must_use]
    pub const fn guard(mut self, scope: Scope, weak: bool, loss: &'static str) -> Self {
        self.guard = Some(Guard { weak, loss, scope });
        self
    }

    /// Turning it on can keep everybody out.
    #[must_use]
    pub const fn lockout(mut self, lockout: Lockout) -> Self {
        self.lockout = Some(lockout);
        self
    }

    /// The service refuses it by this code: what to do then, as a sentence without a capital.
    #[must_use]
    pub const fn refused_by(mut self, code: &'static str, advice: &'static str) -> Self {
        self.refused = Some(Refused { code, advice });
        self
    }

    /// The service's answers show these entries whether or not they were sent.
    #[must_use]
    pub const fn echo_adds(mut self, entries: &'static [&'static str]) -> Self {
        self.echo_adds = entries;
        self
    }

    /// The section's answers show it.
    #[must_use]
    pub const fn shown(mut self) -> Self {
        self.read = Read::Shown;
        self
    }

    /// The section's answers show it under another name and in another form.
    #[must_use]
    pub const fn shown_in_another_form(mut self) -> Self {
        self.read = Read::InAnotherForm;
        self
    }

    /// The public environment shows it at this path.
    #[must_use]
    pub const fn frontend(mut self, path: &'static str) -> Self {
        self.frontend = Some(Frontend { path, is_inverted: false });
        self
    }

    /// The public environment shows the opposite at this path.
    #[must_use]
    pub const fn frontend_inverted(mut self, path: &'static str) -> Self {
        self.frontend = Some(Frontend { path, is_inverted: true });
        self
    }

    /// Whether it is deprecated.
    pub const fn is_deprecated(&self) -> bool {
        self.deprecated.is_some()
    }

    /// The field of the same section that took its place.
    pub const fn successor(&self) -> Option<&'static str> {
        match self.deprecated {
            Some(Deprecated::ReplacedBy(successor)) => Some(successor),
            Some(Deprecated::WithoutSuccessor(_)) | None => None,
        }
    }

    /// Whether what is there has to be read after this value was sent.
    pub fn has_to_be_read_after(&self, value: &Value) -> bool {
        self.empty == Empty::ReadBack && value.as_array().is_some_and(Vec::is_empty)
    }

    /// Whether a value that the service shows is one that the setting can have, `null` included.
    pub fn can_show(&self, value: &Value) -> bool {
        match (self.kind, value) {
            (_, Value::Null)
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Text(_), Value::String(_)) => true,
            (Kind::Integer { .. }, Value::Number(number)) => {
                // As with 5.0, a fraction that is none does not matter.
                number.is_i64()
                    || number.as_f64().is_some_and(|it| it.fract() == 0.0 && it.abs() < 1e15)
            }
            (Kind::Set(_), Value::Array(entries)) => entries.iter().all(Value::is_string),
            _ => false,
        }
    }

    /// Whether two values ask for the same: a set is compared without regard to its order.
    pub fn same(&self, left: &Value, right: &Value) -> bool {
        match (self.kind, left, right) {
            (Kind::Set(_), Value::Array(left), Value::Array(right)) => {
                left.iter().collect::<HashSet<_>>() == right.iter().collect::<HashSet<_>>()
            }
            _ => left == right,
        }
    }

    /// The value with nothing left in it that means nothing: a set in a fixed order.
    pub fn canonical(&self, value: &Value) -> Value {
        match (self.kind, value) {
            (Kind::Set(_), Value::Array(items)) => {
                let mut items = items.clone();
                items.sort_by_key(ToString::to_string);
                Value::Array(items)
            }
            _ => value.clone(),
        }
    }
}
