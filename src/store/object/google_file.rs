//! What the files of credentials for Google Cloud have in common.

use serde_json::Value;
use url::Url;

use super::process::text;
use crate::network::is_loopback;

/// What tokens are asked for.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// Where machines in a cloud are told who they are: nobody else answers there, so without TLS.
const METADATA: [&str; 2] = ["169.254.169.254", "[fd00:ec2::254]"];

/// A text that a file has to hold.
pub(super) fn needed(content: &Value, name: &str) -> Result<String, String> {
    text(content, name).ok_or_else(|| lacking(name))
}

/// What is said of a file that does not hold something.
pub(super) fn lacking(name: &str) -> String {
    format!("the file has no usable `{name}`")
}

/// A URL to which a token can be sent.
pub(super) fn url(content: &Value, name: &str) -> Result<Url, String> {
    let url = Url::parse(&needed(content, name)?).ok().filter(is_safe);
    url.ok_or_else(|| lacking(name))
}

/// A URL from which a token can be read.
pub(super) fn token_url(content: &Value, name: &str) -> Result<Url, String> {
    let is_metadata = |url: &Url| {
        url.scheme() == "http" && url.host_str().is_some_and(|host| METADATA.contains(&host))
    };
    let url = Url::parse(&needed(content, name)?).ok();
    url.filter(|url| is_safe(url) || is_metadata(url)).ok_or_else(|| lacking(name))
}

fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && is_loopback(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_goes_nowhere_in_the_clear_and_comes_only_from_where_a_cloud_hands_it_out() {
        for (address, can_be_sent, can_be_read) in [
            ("https://sts.googleapis.com/v1/token", true, true),
            ("http://127.0.0.1:4711/token", true, true),
            ("http://169.254.169.254/metadata/identity/oauth2/token?resource=a", false, true),
            ("http://[fd00:ec2::254]/latest", false, true),
            ("http://169.254.169.253/latest", false, false),
            ("http://metadata.example.com/token", false, false),
            ("http://169.254.169.254.example.com/token", false, false),
            ("ftp://169.254.169.254/token", false, false),
            ("token", false, false),
        ] {
            let content = json!({"a": address});
            assert_eq!(url(&content, "a").is_ok(), can_be_sent, "{address}");
            assert_eq!(token_url(&content, "a").is_ok(), can_be_read, "{address}");
        }
    }
}
