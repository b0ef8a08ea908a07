//! The secret keys of a run, so that none of them gets into anything that is recorded or shown: also
//! one of another target, which a gateway that is mistaken might answer with.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::SecretKey;
use super::key::{MASK, START};

/// The keys of a run. Clones share them.
#[derive(Clone, Default)]
pub struct KeyRing {
    keys: Arc<RwLock<BTreeSet<LongestFirst>>>,
    /// The name of the key that is sent with the requests that are meant.
    sent: Option<String>,
}

/// A key, in the order in which keys are looked for: one that begins another comes after it.
struct LongestFirst(SecretKey);

impl LongestFirst {
    fn rank(&self) -> (Reverse<usize>, &str) {
        let text = self.0.expose();
        (Reverse(text.len()), text)
    }
}

impl Ord for LongestFirst {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for LongestFirst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for LongestFirst {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for LongestFirst {}

impl KeyRing {
    /// Keeps a key out of what is shown from now on.
    pub fn add(&self, key: &SecretKey) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(LongestFirst(key.clone()));
    }

    /// The same keys, for the requests that one of them goes with.
    #[must_use]
    pub fn sending(&self, key: &SecretKey) -> Self {
        self.add(key);
        Self { keys: Arc::clone(&self.keys), sent: Some(key.title()) }
    }

    /// The name of the key that was sent: "the secret key in the variable
    /// `CLERK_SECRET_KEY`".
    pub fn sent(&self) -> &str {
        self.sent.as_deref().unwrap_or("the secret key")
    }

    /// The text without any of the keys, wherever one stood and in whichever letter case: a host
    /// name, for one, is shown in small letters.
    pub fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut scrubbed = Cow::Borrowed(text);
        // A fleet has a key for each of thousands of targets, and hardly a text holds any.
        if !may_hold_a_key(text) {
            return scrubbed;
        }
        for LongestFirst(key) in self.keys.read().unwrap_or_else(PoisonError::into_inner).iter() {
            if let Some(without) = without(&scrubbed, key.expose()) {
                scrubbed = Cow::Owned(without);
            }
        }
        scrubbed
    }

    /// The value without the keys, in its texts and its members' names alike.
    pub fn scrub_value(&self, mut value: Value) -> Value {
        // Every answer comes through here, and hardly one holds anything that has to be rewritten.
        if holds_what_may_be_a_key(&value) {
            self.scrub_in(&mut value);
        }
        value
    }

    fn scrub_in(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.scrub(text).into_owned(),
            Value::Array(items) => items.iter_mut().for_each(|item| self.scrub_in(item)),
            Value::Object(members) => {
                members.values_mut().for_each(|value| self.scrub_in(value));
                let clean =
                    |(name, value): (String, Value)| (self.scrub(&name).into_owned(), value);
                *members = std::mem::take(members).into_iter().map(clean).collect();
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Whether a URL holds a key in any spelling that a client would undo: percent-encoded, in
    /// another case, with characters that are dropped, or masked already. One that cannot be read
    /// holds it only as it is.
    pub fn is_in_url(&self, url: &str) -> bool {
        let parsed = Url::parse(url.trim()).map(String::from);
        let parsed = parsed.unwrap_or_else(|_| url.to_owned());
        let decoded = percent_decode_str(&parsed).decode_utf8_lossy();
        url.contains(MASK) || matches!(self.scrub(&decoded), Cow::Owned(_))
    }
}

/// Whether a value that was read held a secret key, which is masked in it.
pub fn is_masked(value: &Value) -> bool {
    value.to_string().contains(MASK)
}

/// Whether any text of a value, or the name of a member, holds what every key begins with.
fn holds_what_may_be_a_key(value: &Value) -> bool {
    match value {
        Value::String(text) => may_hold_a_key(text),
        Value::Array(items) => items.iter().any(holds_what_may_be_a_key),
        Value::Object(members) => {
            members.iter().any(|(name, it)| may_hold_a_key(name) || holds_what_may_be_a_key(it))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a text holds what every key begins with, in any letter case.
fn may_hold_a_key(text: &str) -> bool {
    text.as_bytes().windows(START.len()).any(|place| place.eq_ignore_ascii_case(START.as_bytes()))
}

/// The text with [`MASK`] for each place of a key in it; `None` where there is none. Keys are ASCII,
/// and so are the letters whose case is passed over: no other character changes its length.
fn without(text: &str, key: &str) -> Option<String> {
    let (haystack, needle) = (text.to_ascii_lowercase(), key.to_ascii_lowercase());
    let mut places = haystack.match_indices(&needle).peekable();
    places.peek()?;
    let (mut scrubbed, mut end) = (String::with_capacity(text.len()), 0);
    for (start, place) in places {
        scrubbed.push_str(&text[end..start]);
        scrubbed.push_str(MASK);
        end = start + place.len();
    }
    scrubbed.push_str(&text[end..]);
    Some(scrubbed)
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")
    }
}

impl From<SecretKey> for KeyRing {
    fn from(key: SecretKey) -> Self {
        Self::default().sending(&key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ring() -> KeyRing {
        let ring = KeyRing::default();
        for text in ["sk_test_hush", "sk_test_hush_longer", "sk_live_Hush", "sk_test_hush"] {
            ring.add(&SecretKey::parse(text).unwrap());
        }
        ring
    }

    #[test]
    fn every_key_is_taken_out_of_texts_values_and_names_in_any_case() {
        let ring = ring();
        for (text, expected) in [
            ("a sk_test_hush, SK_TEST_HUSH!", "a [secret key], [secret key]!"),
            ("ä sk_live_hush\u{212a}", "ä [secret key]\u{212a}"),
            ("sk_test_hush_longer", "[secret key]"),
            ("sk_test_hus h", "sk_test_hus h"),
            ("", ""),
        ] {
            assert_eq!(ring.scrub(text), expected);
        }
        let value = json!({"sk_test_hush": ["x sk_LIVE_hush", {"a": "sk_test_hush"}, 1, null]});
        let clean = json!({"[secret key]": ["x [secret key]", {"a": "[secret key]"}, 1, null]});
        assert_eq!(ring.scrub_value(value), clean);
    }

    #[test]
    fn a_url_holds_a_key_however_it_is_spelled() {
        for (url, expected) in [
            ("https://sk_live_Hush.example.com", true),
            ("https://example.com/sk%5Ftest%5Fhush", true),
            ("https://example.com/sk_te\nst_hush", true),
            ("https://example.com/[secret key]", true),
            ("not a URL sk_test_hush", true),
            ("https://example.com/sk_test_", false),
        ] {
            assert_eq!(ring().is_in_url(url), expected, "{url}");
        }
        assert!(!KeyRing::default().is_in_url("https://example.com/sk_test_hush"));
    }

    #[test]
    fn debugging_output_does_not_show_the_keys() {
        assert!(!format!("{:#?}", ring()).to_lowercase().contains("hush"));
    }
}
