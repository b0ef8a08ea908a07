//! Which known name somebody may have meant.

use strsim::damerau_levenshtein;

/// Longer words are no misspelling of anything known.
const LONGEST: usize = 64;

/// The known name nearest to a word, if one is near enough to be meant. Case, and whether words
/// are joined by `_`, `-` or a capital, count for nothing.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = folded(word);
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|name| (damerau_levenshtein(&word, &folded(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn folded(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        let known = ["hibp", "test_mode", "support_email", "allowed_origins"];
        for (word, expected) in [
            ("hipb", Some("hibp")),
            ("testMode", Some("test_mode")),
            ("test-mode", Some("test_mode")),
            ("suport_email", Some("support_email")),
            ("allowed_origin", Some("allowed_origins")),
            ("x", None),
            ("", None),
            ("something_else", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
        assert_eq!(nearest(&"a".repeat(100_000), known), None);
    }
}
