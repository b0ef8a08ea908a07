//! Two targets of one run that are one instance would undo each other's changes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use super::LiveError;
use crate::api::SecretKey;

/// Refuses two targets, each by its title, that have one secret key.
///
/// # Errors
///
/// [`LiveError::SameKey`].
pub fn each_has_its_key<'a>(
    keyed: impl IntoIterator<Item = (String, &'a SecretKey)>,
) -> Result<(), LiveError> {
    match twice(keyed) {
        None => Ok(()),
        Some((first, second, _)) => Err(LiveError::SameKey { first, second }),
    }
}

/// Refuses two targets, each by its title, that have the instance of one id.
///
/// # Errors
///
/// [`LiveError::SameInstance`].
pub fn each_is_its_own<'a>(
    known: impl IntoIterator<Item = (String, &'a str)>,
) -> Result<(), LiveError> {
    match twice(known) {
        None => Ok(()),
        Some((first, second, id)) => {
            Err(LiveError::SameInstance { first, second, id: id.to_owned() })
        }
    }
}

/// The first two titles that come with the same thing, and that thing.
fn twice<T: Copy + Eq + Hash>(
    titled: impl IntoIterator<Item = (String, T)>,
) -> Option<(String, String, T)> {
    let mut first_with = HashMap::new();
    titled.into_iter().find_map(|(title, thing)| match first_with.entry(thing) {
        Entry::Occupied(first) => Some((String::clone(first.get()), title, thing)),
        Entry::Vacant(free) => {
            free.insert(title);
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_that_are_one_are_named_in_their_order() {
        let of = |ids: &[&'static str]| {
            let titles = ["a", "b", "c", "d"].map(str::to_owned);
            each_is_its_own(titles.into_iter().zip(ids.iter().copied()))
        };
        assert!(of(&[]).is_ok() && of(&["1", "2", "3", "4"]).is_ok());
        for (ids, names) in [
            (["1", "2", "3", "1"], "`a` and `d`"),
            (["1", "2", "2", "1"], "`b` and `c`"),
            (["1", "1", "1", "1"], "`a` and `b`"),
        ] {
            let told = of(&ids).unwrap_err().to_string();
            assert!(told.starts_with(names), "{told}");
        }
        let key = SecretKey::parse("sk_test_one").unwrap();
        let keyed = ["a", "b"].map(|title| (title.to_owned(), &key));
        assert!(matches!(each_has_its_key(keyed), Err(LiveError::SameKey { .. })));
    }
}
