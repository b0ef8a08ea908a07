//! Which version of the API is asked for: the header `Clerk-API-Version`.

use reqwest::header::HeaderValue;

use crate::catalog::API_VERSION;

/// The header's name.
pub(super) const HEADER: &str = "clerk-api-version";

/// The longest name of a version that is accepted. The service's own are dates.
const LONGEST: usize = 64;

/// A version of the API, as the service names it: a date such as `2026-05-12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiVersion(HeaderValue);

/// Why a text is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an API version is a date such as {API_VERSION}, made of letters, digits, `-`, `.` and `_` only"
)]
pub struct ApiVersionError;

impl ApiVersion {
    /// Reads a version.
    pub fn parse(text: &str) -> Result<Self, ApiVersionError> {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let is_name = (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_letter);
        let header = HeaderValue::from_str(text).ok().filter(|_| is_name);
        header.map(Self).ok_or(ApiVersionError)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// As it is sent.
    pub(super) const fn header(&self) -> &HeaderValue {
        &self.0
    }
}

impl Default for ApiVersion {
    fn default() -> Self {
        Self(HeaderValue::from_static(API_VERSION))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_word_that_fits_into_a_header() {
        for text in ["2026-05-12", "2021-02-05", "v1", "2025-11-10.beta_1"] {
            assert_eq!(ApiVersion::parse(text).unwrap().header(), text);
        }
        for text in ["", " ", "2026-05-12\r\nx: y", "ä", "a b", &"1".repeat(65)] {
            assert_eq!(ApiVersion::parse(text), Err(ApiVersionError), "{text:?}");
        }
        assert_eq!(ApiVersion::parse(API_VERSION).unwrap(), ApiVersion::default());
    }
}
