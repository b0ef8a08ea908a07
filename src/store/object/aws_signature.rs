//! A request to AWS that says who has signed it, ready for somebody else to send.

use object_store::aws::AwsCredential;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA256, Key, sign};
use serde_json::{Value, json};
use url::Url;

use crate::state::time_of;
use crate::text::hexadecimal;

/// The service that knows who somebody is: the first part of its host's name.
pub(super) const SERVICE: &str = "sts";

/// The rules by which it is signed, version 4.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What those rules end a scope with.
const SCOPE_END: &str = "aws4_request";

/// What stands for itself in a query; all else is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is signed, and as whom.
pub(super) struct IdentityRequest<'a> {
    /// Where it is to be sent, as it is written, and read.
    pub address: &'a str,
    pub url: &'a Url,
    /// The region that it is sent to.
    pub region: &'a str,
    /// Whose keys sign it.
    pub keys: &'a AwsCredential,
    /// For whom alone it is: the full name of a provider of a workload identity pool of Google.
    pub audience: &'a str,
}

impl IdentityRequest<'_> {
    /// The request as Google wants it, signed so many seconds after 1970: escaped JSON.
    ///
    /// Google refuses heads beyond these (AIP-4117).
    pub(super) fn signed(&self, seconds: u64) -> String {
        let time = time_of(seconds).replace(['-', ':'], "");
        let mut heads =
            vec![("host", self.url.host_str().unwrap_or_default()), ("x-amz-date", &*time)];
        heads.extend(self.keys.token.as_deref().map(|token| ("x-amz-security-token", token)));
        heads.push(("x-goog-cloud-target-resource", self.audience));
        let signature = self.authorization(&time, &heads);
        heads.push(("authorization", &*signature));
        let heads: Vec<Value> =
            heads.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        let request = json!({"url": self.address, "method": "POST", "headers": heads});
        escaped(&request.to_string())
    }

    /// The head that holds the signature. The other heads stand in the order of their names.
    fn authorization(&self, time: &str, heads: &[(&str, &str)]) -> String {
        let Self { url, region, keys, .. } = self;
        let names: Vec<&str> = heads.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: Vec<String> =
            heads.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        let lines = lines.join("\n");
        let mut query: Vec<String> = url
            .query_pairs()
            .map(|(name, value)| format!("{}={}", escaped(&name), escaped(&value)))
            .collect();
        query.sort();
        let (path, query, nothing) = (url.path(), query.join("&"), hash(""));
        let asked = hash(&format!("POST\n{path}\n{query}\n{lines}\n\n{names}\n{nothing}"));
        let (date, _) = time.split_once('T').unwrap_or((time, ""));
        let scope = format!("{date}/{region}/{SERVICE}/{SCOPE_END}");
        let secret = format!("AWS4{}", keys.secret_key).into_bytes();
        let key =
            [date, region, SERVICE, SCOPE_END].iter().fold(secret, |key, part| code(&key, part));
        let signature = code(&key, &format!("{ALGORITHM}\n{time}\n{scope}\n{asked}"));
        let (id, signature) = (&keys.key_id, hexadecimal(&signature));
        format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}")
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn hash(text: &str) -> String {
    hexadecimal(digest(&SHA256, text.as_bytes()).as_ref())
}

/// The code by which whoever has the key knows that a text is genuine.
fn code(key: &[u8], text: &str) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;

    use super::*;

    /// The signatures are those of `google-auth` 2 for Python.
    #[test]
    fn the_signature_is_the_one_that_google_s_own_client_makes() {
        let address =
            "https://sts.eu-west-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";
        let audience = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p\
                        /providers/a";
        for (token, signed, signature) in [
            (
                None,
                "host;x-amz-date;x-goog-cloud-target-resource",
                "24be6278ce4fb678bef2b3809c0da0f5853f8cc649084a14387772cdf77d4e3f",
            ),
            (
                Some("hush+token/="),
                "host;x-amz-date;x-amz-security-token;x-goog-cloud-target-resource",
                "74ed60f74a862bf273aa76a9f6336fd8b400d263470fbd941d5f589c14ac8dfd",
            ),
        ] {
            let keys = AwsCredential {
                key_id: "AKIAEXAMPLE".to_owned(),
                secret_key: "hush/secret+key".to_owned(),
                token: token.map(str::to_owned),
            };
            let url = Url::parse(address).unwrap();
            let request =
                IdentityRequest { address, url: &url, region: "eu-west-1", keys: &keys, audience };
            let request = request.signed(1_767_323_045);
            assert!(request.starts_with("%7B%22headers%22%3A%5B%7B%22key%22"), "{request}");
            let request = percent_decode_str(&request).decode_utf8().unwrap();
            let request: Value = serde_json::from_str(&request).unwrap();
            let heads = request["headers"].as_array().unwrap();
            let head = |name: &str| heads.iter().find(|head| head["key"] == name);
            assert_eq!(head("x-amz-date").unwrap()["value"], "20260102T030405Z");
            let shown = head("x-amz-security-token").and_then(|head| head["value"].as_str());
            assert_eq!((shown, &request["url"]), (token, &json!(address)));
            let scope = "20260102/eu-west-1/sts/aws4_request";
            assert_eq!(
                head("authorization").unwrap()["value"],
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/{scope}, SignedHeaders={signed}, \
                     Signature={signature}"
                )
            );
        }
    }
}
