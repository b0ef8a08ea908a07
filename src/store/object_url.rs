//! Places in object stores as `--state` names them, such as `s3://BUCKET/PREFIX/?region=eu-west-1`.

use hyper::Uri;
use url::{Url, form_urlencoded};

use super::url_problem::UrlProblem;
use crate::network::is_loopback;

/// What a store speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Amazon S3, and what is compatible with it.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

/// A part of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectUrl {
    /// What the store speaks.
    pub platform: Platform,
    /// The bucket; in Azure the container.
    pub bucket: String,
    /// What the name of every object here begins with: nothing, or a path that ends in a slash.
    pub prefix: String,
    /// The options.
    pub options: ObjectOptions,
    /// The options as they were given, behind a question mark.
    query: String,
}

/// What a URL says about a store besides the bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectOptions {
    /// The region of the bucket.
    pub region: Option<String>,
    /// Where the store is, for one that is not the platform's own.
    pub endpoint: Option<Url>,
    /// Where the bucket's name goes.
    pub addressing: Option<Addressing>,
    /// How the store encrypts what is written.
    pub encryption: Option<Encryption>,
    /// The key that it encrypts with.
    pub kms_key_id: Option<String>,
    /// Who pays for requests.
    pub payer: Option<Payer>,
    /// The storage account.
    pub account: Option<String>,
}

/// Where the name of a bucket goes in requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// First in the path.
    Path,
    /// First in the host's name.
    Host,
}

/// How S3 encrypts what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// With keys of the store's own.
    Aes256,
    /// With a key of the key management service.
    Kms,
    /// With two layers of that.
    KmsTwice,
}

/// Who pays for requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// The owner of the bucket.
    Owner,
    /// Whoever sends them.
    Requester,
}

/// The options, and where they can stand.
const OPTIONS: [(&str, &[Platform]); 8] = [
    ("region", &[Platform::S3]),
    ("endpoint", &[Platform::S3, Platform::Google, Platform::Azure]),
    ("path_style", &[Platform::S3]),
    (PATH_STYLE_ALIAS, &[Platform::S3]),
    ("sse", &[Platform::S3]),
    ("kms_key_id", &[Platform::S3]),
    ("request_payer", &[Platform::S3]),
    ("account", &[Platform::Azure]),
];

/// What other tools call `path_style`.
const PATH_STYLE_ALIAS: &str = "s3ForcePathStyle";

/// What the name of an option holds whose value is secret.
const SECRET: [&str; 7] = ["key", "secret", "token", "pass", "sig", "sas", "credential"];

/// The longest unknown name that is repeated.
const LONGEST_NAME: usize = 40;

/// The longest name of a bucket, a region or an account. The domain name system takes none longer.
const LONGEST_LABEL: usize = 255;

/// The longest name of an object, in bytes; the same on all platforms.
const LONGEST_KEY: usize = 1024;

/// The longest address of a store.
const LONGEST_ADDRESS: usize = 2048;

impl Platform {
    /// The platform of a scheme.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        [Self::S3, Self::Google, Self::Azure].into_iter().find(|it| it.scheme() == scheme)
    }

    /// How its URLs begin.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }

    /// Its word for a bucket.
    pub const fn bucket(self) -> &'static str {
        match self {
            Self::S3 | Self::Google => "bucket",
            Self::Azure => "container",
        }
    }
}

impl ObjectUrl {
    /// Reads what follows `s3://` and the like.
    pub fn parse(platform: Platform, rest: &str) -> Result<Self, UrlProblem> {
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if !bucket.starts_with(|c: char| c.is_ascii_alphanumeric()) || !is_plain_name(bucket) {
            return Err(UrlProblem::NotABucket);
        }
        check_prefix(prefix)?;
        let options = options(platform, query)?;
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let (bucket, prefix) = (bucket.to_owned(), prefix.to_owned());
        Ok(Self { platform, bucket, prefix, options, query })
    }

    /// The whole name of the object that holds a state.
    pub fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// How people and documents call the state of that name.
    pub fn location(&self, name: &str) -> String {
        let (scheme, bucket, query) = (self.platform.scheme(), &self.bucket, &self.query);
        format!("{scheme}://{bucket}/{}{query}", self.key(name))
    }
}

/// Whether requests can go to an address. Whoever builds them takes that for granted.
pub fn is_address(text: &str) -> bool {
    text.len() <= LONGEST_ADDRESS
        && Url::parse(text).is_ok_and(|url| url.has_host())
        && text.parse::<Uri>().is_ok()
}

/// Whether a text can be the name of a bucket, a region or an account, as far as it needs no escapes.
pub fn is_plain_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    (1..=LONGEST_LABEL).contains(&text.len()) && text.chars().all(is_plain)
}

fn check_prefix(prefix: &str) -> Result<(), UrlProblem> {
    if prefix.is_empty() {
        return Ok(());
    }
    let (folders, has_end) = match prefix.strip_suffix('/') {
        Some(folders) => (folders, true),
        None => (prefix, false),
    };
    for part in folders.split('/') {
        let why = match part {
            "" => "has an empty part: two slashes in a row, or one too many after the bucket",
            "." | ".." => "has a part `.` or `..`, which no store resolves",
            _ if part.contains(|c: char| c.is_control() || c == ' ') => {
                "holds a blank or a control character"
            }
            _ => continue,
        };
        return Err(UrlProblem::PrefixValue(why));
    }
    if prefix.len() > LONGEST_KEY {
        return Err(UrlProblem::PrefixValue("is longer than the name of an object can be"));
    }
    if has_end { Ok(()) } else { Err(UrlProblem::NotAPrefix) }
}

/// Where a store is: encrypted, or on this machine.
pub fn endpoint(text: &str) -> Result<Url, UrlProblem> {
    let name = "endpoint";
    let refused =
        UrlProblem::OptionValue { name, expected: "a URL such as `https://s3.example.com`" };
    let Ok(url) = Url::parse(text) else { return Err(refused) };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlProblem::Credentials);
    }
    match url.scheme() {
        "http" if !is_loopback(&url) => Err(UrlProblem::OptionValue {
            name,
            expected: "https (plain http is for this machine only)",
        }),
        "http" | "https"
            if url.query().is_none() && url.fragment().is_none() && is_address(url.as_str()) =>
        {
            Ok(url)
        }
        _ => Err(refused),
    }
}

fn options(platform: Platform, query: &str) -> Result<ObjectOptions, UrlProblem> {
    let mut options = ObjectOptions::default();
    let mut seen = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let name = known(platform, &name)?;
        if seen.contains(&name) {
            return Err(UrlProblem::RepeatedOption(name));
        }
        seen.push(name);
        set(&mut options, name, &value)?;
    }
    let is_kms = matches!(options.encryption, Some(Encryption::Kms | Encryption::KmsTwice));
    if options.kms_key_id.is_some() && !is_kms {
        let expected = "`aws:kms` where there is a `kms_key_id`";
        return Err(UrlProblem::OptionValue { name: "sse", expected });
    }
    Ok(options)
}

/// The option of that name, by the name that it goes by here.
fn known(platform: Platform, name: &str) -> Result<&'static str, UrlProblem> {
    let mut here = OPTIONS.iter().filter(|(_, platforms)| platforms.contains(&platform));
    match here.find(|(known, _)| *known == name) {
        Some((PATH_STYLE_ALIAS, _)) => Ok("path_style"),
        Some((known, _)) => Ok(known),
        None => {
            let lower = name.to_ascii_lowercase();
            let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let is_known = OPTIONS.iter().any(|(known, _)| *known == name);
            if !is_known && SECRET.iter().any(|secret| lower.contains(secret)) {
                return Err(UrlProblem::Credentials);
            }
            let is_shown = name.len() <= LONGEST_NAME && name.chars().all(is_word);
            let name = if is_shown { name } else { "…" }.to_owned();
            let taken = OPTIONS.iter().filter(|(_, platforms)| platforms.contains(&platform));
            let known = taken.map(|(known, _)| *known).collect();
            Err(UrlProblem::UnknownOption { name, known })
        }
    }
}

fn set(options: &mut ObjectOptions, name: &'static str, value: &str) -> Result<(), UrlProblem> {
    let refused = |expected| UrlProblem::OptionValue { name, expected };
    let is_key = |c: char| c.is_ascii_alphanumeric() || "-_:/".contains(c);
    match name {
        "region" if is_plain_name(value) => options.region = Some(value.to_owned()),
        "region" => return Err(refused("a region such as `eu-west-1`")),
        "endpoint" => options.endpoint = Some(endpoint(value)?),
        "path_style" => {
            options.addressing = Some(match value {
                "true" | "1" => Addressing::Path,
                "false" | "0" => Addressing::Host,
                _ => return Err(refused("`true` or `false`")),
            });
        }
        "sse" => {
            options.encryption = Some(match value {
                "AES256" => Encryption::Aes256,
                "aws:kms" => Encryption::Kms,
                "aws:kms:dsse" => Encryption::KmsTwice,
                _ => return Err(refused("`AES256`, `aws:kms` or `aws:kms:dsse`")),
            });
        }
        "kms_key_id" if !value.is_empty() && value.chars().all(is_key) => {
            options.kms_key_id = Some(value.to_owned());
        }
        "kms_key_id" => return Err(refused("a key's id, its ARN or an alias")),
        "request_payer" => {
            options.payer = Some(match value {
                "requester" | "true" => Payer::Requester,
                "owner" | "false" => Payer::Owner,
                _ => return Err(refused("`requester`")),
            });
        }
        _ if is_plain_name(value) => options.account = Some(value.to_owned()),
        _ => return Err(refused("a storage account's name")),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
