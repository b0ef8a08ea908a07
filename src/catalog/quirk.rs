//! Peculiarities of a setting, each as an entry of the catalogue states it.

/// The effect of an empty text or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// It is a value like any other.
    Value,
    /// It clears the setting, or means what nothing means: the service may show `null` after it.
    Clears,
    /// It goes back to the service's own value, as `null` does, and the service shows `null` after
    /// either.
    Resets,
    /// It removes every entry. No answer says so, and reports differ: what is there after it has to
    /// be read.
    ReadBack,
}

/// The remedy for a deprecated field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deprecated {
    /// Use this field of the same section, which means the same.
    ReplacedBy(&'static str),
    /// Nothing takes its place. What to do, as a sentence without a capital and a full stop.
    WithoutSuccessor(&'static str),
}

/// Where `GET /v1/environment` of the instance's front-end host shows a setting's effective value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frontend {
    /// The names from the answer's root on, with a dot between them.
    pub path: &'static str,
    /// Whether it shows the opposite there.
    pub is_inverted: bool,
}

/// A field of which one value takes away a protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The value that takes it away.
    pub weak: bool,
    /// The loss that comes with it, as the end of a sentence that begins with the setting.
    pub loss: &'static str,
    /// Where the weak value is worth a warning.
    pub scope: Scope,
}

/// Where the weak value of a [`Guard`] is worth a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In any file for production, and in a plan that changes it.
    Production,
    /// Only in a plan that changes it.
    Change,
}

/// A field that, once `true`, can keep everybody out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lockout {
    /// The list of the same section whose entries are let in; `None` where the list is kept
    /// elsewhere, so that nobody here knows what is on it.
    pub list: Option<&'static str>,
    /// The effect, as the beginning of a sentence without a capital.
    pub danger: &'static str,
    /// The precaution, as its end.
    pub advice: &'static str,
}

impl Lockout {
    /// The effect of an allowlist while nothing is on it.
    pub(super) const EMPTY_ALLOWLIST: Self = Self {
        list: None,
        danger: "with no identifiers on the allowlist, turning it on blocks every sign-up",
        advice: "add the identifiers to the list first (in the Dashboard, or with `POST \
            /v1/allowlist_identifiers`)",
    };
}

/// A code by which the service refuses a field for a reason that its value does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The service's code.
    pub code: &'static str,
    /// What to do about it, as a sentence without a capital and a full stop.
    pub advice: &'static str,
}

/// Whether a live value can be read with the secret key. How is the section's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// The section's answers show it under its own name.
    Shown,
    /// They show it under another name and in another form, so that it cannot be compared.
    InAnotherForm,
    /// They never show it.
    Nowhere,
}

impl Deprecated {
    /// What to do about it, as a sentence without a capital and a full stop.
    pub fn advice(self) -> String {
        match self {
            Self::ReplacedBy(successor) => format!("use `{successor}` instead"),
            Self::WithoutSuccessor(advice) => advice.to_owned(),
        }
    }
}
