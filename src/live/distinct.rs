//! Targets of one run that are one instance would undo each other's changes.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::LiveError;
use super::refusal::Titles;
use crate::api::SecretKey;

/// The targets that have a secret key in common with others, by their numbers: each a
/// [`LiveError::SameKey`]. A target comes with its number and its title.
pub fn sharing_a_key<'a>(
    keyed: impl IntoIterator<Item = (usize, String, &'a SecretKey)>,
) -> BTreeMap<usize, LiveError> {
    sharing(keyed, |titles, _| LiveError::SameKey { titles })
}

/// The targets that have the instance of one id in common, by their numbers: each a
/// [`LiveError::SameInstance`]. A target comes with its number and its title.
pub fn sharing_an_instance<'a>(
    known: impl IntoIterator<Item = (usize, String, &'a str)>,
) -> BTreeMap<usize, LiveError> {
    sharing(known, |titles, id| LiveError::SameInstance { titles, id: id.to_owned() })
}

/// Every target that comes with the same thing as another one, with what its group comes to.
fn sharing<T: Copy + Eq + Hash>(
    titled: impl IntoIterator<Item = (usize, String, T)>,
    told: impl Fn(Titles, T) -> LiveError,
) -> BTreeMap<usize, LiveError> {
    let mut groups: HashMap<T, Vec<(usize, String)>> = HashMap::new();
    for (number, title, thing) in titled {
        groups.entry(thing).or_default().push((number, title));
    }
    let mut found = BTreeMap::new();
    for (thing, group) in groups.into_iter().filter(|(_, group)| group.len() > 1) {
        let all = Titles::of(group.iter().map(|(_, title)| title.as_str()));
        found.extend(group.iter().map(|(number, _)| (*number, told(all.clone(), thing))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_are_one_are_named_in_their_order_and_many_are_counted() {
        let of = |ids: &[&'static str]| {
            let titles = ["a", "b", "c", "d"].map(str::to_owned).into_iter().enumerate();
            let known = titles.zip(ids.iter().copied());
            sharing_an_instance(known.map(|((number, title), id)| (number, title, id)))
        };
        assert!(of(&[]).is_empty() && of(&["1", "2", "3", "4"]).is_empty());
        for (ids, numbers, names) in [
            (["1", "2", "3", "1"], &[0, 3][..], "`a` and `d` are the same instance, 1"),
            (["1", "2", "2", "2"], &[1, 2, 3], "`b`, `c` and `d` are the same instance, 2"),
            (["1", "1", "1", "1"], &[0, 1, 2, 3], "`a`, `b` and 2 others are the same instance, 1"),
        ] {
            let found = of(&ids);
            assert_eq!(found.keys().copied().collect::<Vec<_>>(), numbers);
            assert!(found.values().all(|told| told.to_string() == names), "{found:?}");
        }
        assert_eq!(of(&["1", "2", "1", "2"]).len(), 4);
        let key = SecretKey::parse("sk_test_one").unwrap();
        let keyed = ["a", "b"].into_iter().enumerate();
        let found = sharing_a_key(keyed.map(|(number, title)| (number, title.to_owned(), &key)));
        assert!(matches!(found[&0], LiveError::SameKey { .. }));
    }
}
