//! The codes of countries, as ISO 3166-1 has them.

/// Whether ISO 3166-1 has a country with this alpha-2 code, in capital letters.
pub fn is_country(code: &str) -> bool {
    rust_iso3166::from_alpha2(code).is_some()
}

/// The alpha-2 code of the country that a word probably means: a code in small letters, one of
/// three letters, or one that is often taken for it.
pub fn country_named(word: &str) -> Option<&'static str> {
    let word = word.trim().to_ascii_uppercase();
    let usual = match word.as_str() {
        // What ISO keeps free for the United Kingdom and for Greece, since people write it.
        "UK" => "GB",
        "EL" => "GR",
        other => other,
    };
    let found = rust_iso3166::from_alpha2(usual).or_else(|| rust_iso3166::from_alpha3(usual));
    found.map(|country| country.alpha2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_a_code_of_two_capital_letters() {
        for code in ["FR", "GB", "US", "SS", "CW"] {
            assert!(is_country(code), "{code}");
        }
        for code in ["", "fr", "FRA", "UK", "ZZ", "XX", "AN", "F"] {
            assert!(!is_country(code), "{code}");
        }
    }

    #[test]
    fn a_code_in_another_form_means_a_country() {
        for (word, expected) in [
            ("fr", Some("FR")),
            ("FRA", Some("FR")),
            (" gb ", Some("GB")),
            ("UK", Some("GB")),
            ("ZZ", None),
            ("", None),
            ("France", None),
        ] {
            assert_eq!(country_named(word), expected, "{word}");
        }
    }
}
