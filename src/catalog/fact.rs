//! What the catalogue says of a field beside its meaning, a sentence or two each. The schema's
//! hovers and `explain` say it with the same words.

use super::{API_VERSION, Deprecated, Empty, Field, Frontend, Kind, Read, Scope, Section, Shape};

/// The subject of a [`Fact`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// It is deprecated.
    Deprecated,
    /// The API has it no longer.
    Gone,
    /// Another section has the same setting.
    SameAs,
    /// The value where nothing was ever set.
    Default,
    /// Whether `null` may be sent.
    Null,
    /// A limit that its type alone does not say.
    Values,
    /// Entries that the service adds to a list.
    Added,
    /// The effect of an empty text or list.
    Empty,
    /// Where it has an effect.
    WorksIn,
    /// The protection that one of its values takes away.
    Protection,
    /// The harm that turning it on can do.
    Careful,
    /// The code by which the service refuses it.
    Refused,
    /// How its live value is read.
    ReadBy,
    /// How it is sent.
    SentBy,
}

impl Aspect {
    /// A word or two to stand before the fact.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Deprecated => "Deprecated",
            Self::Gone => "Gone",
            Self::SameAs => "Same as",
            Self::Default => "Default",
            Self::Null => "Null",
            Self::Values => "Values",
            Self::Added => "Added",
            Self::Empty => "Empty",
            Self::WorksIn => "Works in",
            Self::Protection => "Protection",
            Self::Careful => "Careful",
            Self::Refused => "Refused",
            Self::ReadBy => "Read by",
            Self::SentBy => "Sent by",
        }
    }

    /// Whether it is about what the author of a file decides. Editors say the type by themselves,
    /// and which requests are made is for whoever looks closer.
    pub(super) const fn is_for_authors(self) -> bool {
        !matches!(self, Self::Null | Self::Values | Self::ReadBy | Self::SentBy)
    }
}

/// Something worth knowing about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its subject.
    pub aspect: Aspect,
    /// Its sentences.
    pub text: String,
}

/// All that is worth knowing about a field of a section beside its meaning, what decides whether
/// to use it first.
pub fn facts(section: &Section, field: &Field) -> Vec<Fact> {
    let Field {
        name,
        kind,
        nullable,
        meaning: _,
        example: _,
        default,
        default_in,
        deprecated,
        is_gone,
        same_as,
        most: _,
        refuses_repetition: _,
        refuses: _,
        empty,
        only_in,
        guard,
        lockout,
        refused,
        echo_adds,
        read,
        frontend,
    } = field;
    let unset = "unless something else was set.";
    let null = if *nullable {
        "Sent as null; what it does is up to the service."
    } else {
        "Not accepted. Omit the field to leave the setting alone."
    };
    let added = || format!("The service shows {} whether sent or not.", echo_adds.join(", "));
    let gone = || format!("No longer part of API version {API_VERSION}.");
    let told = [
        (Aspect::Deprecated, deprecated.map(|it| replaced(section, it))),
        (Aspect::Gone, is_gone.then(gone)),
        (Aspect::SameAs, same_as.map(|other| format!("`{other}.{name}`: set one of the two."))),
        (Aspect::Default, default.map(|value| format!("{value}, {unset}"))),
        (Aspect::Default, default_in.map(|(place, value)| format!("{value} in {place}, {unset}"))),
        (Aspect::Null, Some(null.to_owned())),
        (Aspect::Values, Some(values(*kind).to_owned())),
        (Aspect::Added, (!echo_adds.is_empty()).then(added)),
        (Aspect::Empty, Some(emptied(*empty, *kind).to_owned())),
        (
            Aspect::WorksIn,
            only_in.map(|only| format!("{only} only; the service ignores it elsewhere.")),
        ),
        (
            Aspect::Protection,
            guard.map(|it| format!("{} {}. {}", it.weak, it.loss, warned(it.scope))),
        ),
        (Aspect::Careful, lockout.map(|it| format!("{}; {}.", it.danger, it.advice))),
        (Aspect::Refused, refused.map(|it| format!("With the code `{}`; {}.", it.code, it.advice))),
        (Aspect::ReadBy, Some(shown(section, *read, *frontend))),
        (Aspect::SentBy, Some(format!("PATCH {}", section.path))),
    ];
    let told = told.into_iter().filter_map(|(aspect, text)| Some(Fact { aspect, text: text? }));
    told.filter(|fact| !fact.text.is_empty()).collect()
}

fn replaced(section: &Section, deprecated: Deprecated) -> String {
    match deprecated {
        Deprecated::ReplacedBy(successor) => format!("Use `{}.{successor}` instead.", section.name),
        Deprecated::WithoutSuccessor(advice) => format!("Nothing replaces it: {advice}."),
    }
}

/// What the type alone does not say.
const fn values(kind: Kind) -> &'static str {
    match kind {
        Kind::Text(Shape::Origin) => "A scheme and a host, without a path or trailing slash.",
        Kind::Set(Shape::Origin) => {
            "Each entry is a scheme and a host, without a path or trailing slash. The list \
             replaces the previous one; order does not matter, and entries must be unique."
        }
        Kind::Set(Shape::Country) => {
            "Each entry is an ISO 3166-1 alpha-2 code in capitals. The list replaces the previous \
             one; order does not matter, and entries must be unique."
        }
        Kind::Set(Shape::Subdomain) => {
            "Each entry is a host, or a wildcard such as `*.example.com`, in lowercase and without \
             a trailing dot. The list replaces the previous one; order does not matter, and \
             entries must be unique."
        }
        Kind::Set(_) => {
            "The list replaces the previous one; order does not matter, and entries must be unique."
        }
        Kind::Text(Shape::Alphanumeric) => "ASCII letters and digits.",
        Kind::Boolean | Kind::Integer { .. } | Kind::Text(_) => "",
    }
}

/// The effect of an empty text or list; nothing where it is a value like any other.
const fn emptied(empty: Empty, kind: Kind) -> &'static str {
    match (empty, kind) {
        (Empty::Value, _) => "",
        (Empty::Clears, Kind::Set(_)) => "[] clears the setting.",
        (Empty::Clears, _) => "\"\" clears the setting.",
        (Empty::Resets, _) => "[] restores Clerk's default, which is then shown as null.",
        (Empty::ReadBack, _) => {
            "[] removes every entry. The answer does not show that, so `apply` reads the list back."
        }
    }
}

const fn warned(scope: Scope) -> &'static str {
    match scope {
        Scope::Production => "Files for production, and plans that change it, get a warning.",
        Scope::Change => "Plans that change it get a warning.",
    }
}

fn shown(section: &Section, read: Read, frontend: Option<Frontend>) -> String {
    match (read, frontend) {
        (Read::Shown, _) if section.has_get => format!("GET {}", section.path),
        (Read::Shown, _) => {
            format!("PATCH {} with an empty body, which changes nothing", section.path)
        }
        (Read::InAnotherForm, _) => {
            "Not possible: the service shows it in another form, so its drift cannot be detected."
                .to_owned()
        }
        (Read::Nowhere, Some(_)) => {
            "Not possible with the secret key. The instance's public front \
            end shows it, as a hint (`drift --frontend`)."
                .to_owned()
        }
        (Read::Nowhere, None) => {
            "Not possible: the service never shows it, so its drift cannot be detected.".to_owned()
        }
    }
}
