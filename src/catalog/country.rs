//! The codes of countries, as ISO 3166-1 has them.

/// Ascension and Kosovo: ISO leaves their codes to its users, and Clerk's own components use them.
const ALSO: [&str; 2] = ["AC", "XK"];

/// Whether a country has this code: ISO 3166-1 alpha-2, in capital letters, or one that Clerk uses
/// beside it.
pub fn is_country(code: &str) -> bool {
    rust_iso3166::from_alpha2(code).is_some() || ALSO.contains(&code)
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
        for code in ["FR", "GB", "US", "SS", "CW", "XK", "AC"] {
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
