//! The secret key: what is accepted as one. How it is kept out of everything that is shown is the
//! business of [`super::KeyRing`].

use std::fmt;
use std::hash::{Hash, Hasher};

use secrecy::{ExposeSecret, SecretString};

use crate::catalog::EnvironmentType;

/// The sign in a text where a key stood.
pub(super) const MASK: &str = "[secret key]";

/// The start of every secret key.
pub(super) const START: &str = "sk_";

/// A Clerk secret key. Opens exactly one instance, and is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SecretKey {
    text: SecretString,
    environment_type: EnvironmentType,
    origin: Option<String>,
}

/// Why a text is not accepted as a key. Never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is nothing in it.
    #[error("the secret key is empty: copy it from the Clerk Dashboard, under API keys")]
    Empty,
    /// The key that browsers get.
    #[error(
        "this is a publishable key (`pk_…`): use the secret key, which starts with `sk_test_` or \
         `sk_live_`"
    )]
    Publishable,
    /// Quotes around it, as in a shell or in YAML.
    #[error("the secret key is in quotes: remove them")]
    Quoted,
    /// A line of an env file.
    #[error(
        "this is a `NAME=VALUE` line: remove the name and the `=`, or read the file with \
         `--env-file`"
    )]
    Assignment,
    /// A header's value.
    #[error("the secret key is preceded by `Bearer`: remove it")]
    Bearer,
    /// Another prefix.
    #[error("a secret key starts with `sk_test_` or `sk_live_`, and this one does not")]
    Prefix,
    /// Nothing follows the prefix.
    #[error("the secret key is cut off after its prefix: copy all of it")]
    Incomplete,
    /// A space, a line break, a control character, or one beyond ASCII.
    #[error(
        "the secret key contains a space, a line break or another invalid character: it must be \
         one line of visible ASCII characters"
    )]
    Characters,
}

impl SecretKey {
    /// Reads a key, such as the content of a variable or of a file: what surrounds it of white
    /// space, and a byte-order mark, is dropped.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if text.starts_with("pk_") {
            return Err(KeyError::Publishable);
        }
        if let Some(error) = wrapped(text) {
            return Err(error);
        }
        let rest = text.strip_prefix(START).ok_or(KeyError::Prefix)?;
        let (environment_type, rest) = if let Some(rest) = rest.strip_prefix("test_") {
            (EnvironmentType::Development, rest)
        } else if let Some(rest) = rest.strip_prefix("live_") {
            (EnvironmentType::Production, rest)
        } else {
            return Err(KeyError::Prefix);
        };
        if rest.is_empty() {
            return Err(KeyError::Incomplete);
        }
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KeyError::Characters);
        }
        Ok(Self { text: SecretString::from(text), environment_type, origin: None })
    }

    /// The same with where it was found, such as "the variable `CLERK_SECRET_KEY`".
    #[must_use]
    pub fn found_in(self, origin: String) -> Self {
        Self { origin: Some(origin), ..self }
    }

    /// Its name: "the secret key in the variable `CLERK_SECRET_KEY`".
    pub fn title(&self) -> String {
        let place = self.origin.as_ref().map(|origin| format!(" in {origin}"));
        format!("the secret key{}", place.unwrap_or_default())
    }

    /// The environment of the instance that it opens, as its prefix tells.
    pub const fn environment_type(&self) -> EnvironmentType {
        self.environment_type
    }

    /// The key itself, for the one header that it goes into.
    pub(super) fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// The text around a key that was copied with its surroundings.
fn wrapped(text: &str) -> Option<KeyError> {
    let is_name = |name: &str| {
        let name = name.trim().trim_start_matches("export ").trim_start();
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let is_named = |(name, _): (&str, &str)| is_name(name) && !name.starts_with(START);
    if text.starts_with(['"', '\'', '`', '“', '‘']) {
        Some(KeyError::Quoted)
    } else if text.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("bearer ")) {
        Some(KeyError::Bearer)
    } else if text.split_once('=').is_some_and(is_named) {
        Some(KeyError::Assignment)
    } else {
        None
    }
}

impl Hash for SecretKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({MASK}, {})", self.environment_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_tells_the_environment() {
        let table = [
            ("sk_test_abc", EnvironmentType::Development),
            ("\u{feff} sk_live_a$b/c+d=\r\n", EnvironmentType::Production),
        ];
        for (text, environment) in table {
            let key = SecretKey::parse(text).unwrap();
            assert_eq!(key.environment_type(), environment);
            assert_eq!(key.expose(), text.trim_start_matches('\u{feff}').trim());
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        let table = [
            ("", KeyError::Empty),
            (" \n", KeyError::Empty),
            ("pk_test_hush", KeyError::Publishable),
            ("hush", KeyError::Prefix),
            ("SK_TEST_hush", KeyError::Prefix),
            ("sk_hush", KeyError::Prefix),
            ("Bearer sk_test_hush", KeyError::Bearer),
            ("\"sk_test_hush\"", KeyError::Quoted),
            ("'sk_test_hush'\n", KeyError::Quoted),
            ("CLERK_SECRET_KEY=sk_test_hush", KeyError::Assignment),
            ("export KEY = 'sk_test_hush'\n", KeyError::Assignment),
            ("hush=", KeyError::Assignment),
            ("sk_hush=x", KeyError::Prefix),
            ("sk_test_", KeyError::Incomplete),
            ("sk_live_ \n", KeyError::Incomplete),
            ("sk_test_hush hush", KeyError::Characters),
            ("sk_test_hush\nsk_test_hush", KeyError::Characters),
            ("sk_test_hüsh", KeyError::Characters),
            ("sk_test_hush\u{0}", KeyError::Characters),
        ];
        for (text, error) in table {
            let got = SecretKey::parse(text).unwrap_err();
            assert_eq!(got, error, "{text:?}");
            assert!(!format!("{got} {got:?}").contains("hush"));
        }
    }

    #[test]
    fn debugging_output_does_not_show_the_key() {
        let key = SecretKey::parse("sk_live_hush").unwrap();
        assert_eq!(format!("{key:?}"), "SecretKey([secret key], production)");
        assert!(!format!("{:#?}", Some(&key)).contains("hush"));
    }

    #[test]
    fn two_keys_are_equal_when_their_texts_are() {
        let key = |text| SecretKey::parse(text).unwrap();
        assert_eq!(key("sk_test_a"), key(" sk_test_a\n"));
        assert_ne!(key("sk_test_a"), key("sk_test_b"));
    }
}
