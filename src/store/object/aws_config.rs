//! The files that the tools of AWS keep, as far as this program needs them. What a profile leads to
//! the tools know best; its keys are read here only where no tool can hand them out.

use std::path::PathBuf;

use object_store::aws::AwsCredential;

use super::environment::{at_home, variable};
use super::process::is_word;

/// The profile that is asked for by name.
pub(super) fn profile() -> Option<String> {
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter().find_map(variable)
}

/// Whether there is a file that may hold a profile.
pub(super) fn has_files() -> bool {
    let files = [CREDENTIALS, CONFIG].into_iter();
    files.filter_map(|(name, path)| file(name, path)).any(|file| file.is_file())
}

/// The keys that stand in the files for the profile in use.
pub(super) fn keys() -> Option<AwsCredential> {
    [CREDENTIALS, CONFIG].into_iter().find_map(|(name, path)| {
        let text = std::fs::read_to_string(file(name, path)?).ok()?;
        let profile = profile();
        let profile = profile.as_deref().unwrap_or("default");
        let word = |name| setting(&text, profile, name).filter(|word| is_word(word));
        Some(AwsCredential {
            key_id: word("aws_access_key_id")?,
            secret_key: word("aws_secret_access_key")?,
            token: word("aws_session_token"),
        })
    })
}

/// The region of the profile in use.
pub(super) fn region() -> Option<String> {
    let file = file(CONFIG.0, CONFIG.1)?;
    let text = std::fs::read_to_string(file).ok()?;
    setting(&text, profile().as_deref().unwrap_or("default"), "region")
}

const CREDENTIALS: (&str, &str) = ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
const CONFIG: (&str, &str) = ("AWS_CONFIG_FILE", ".aws/config");

fn file(name: &str, path: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from).or_else(|| at_home(path))
}

fn setting(text: &str, profile: &str, name: &str) -> Option<String> {
    let mut is_inside = false;
    for line in text.lines() {
        if let Some(title) = line.trim().strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            let title = title.trim();
            let named = title.strip_prefix("profile").filter(|it| it.starts_with([' ', '\t']));
            is_inside = named.map_or(title, str::trim) == profile;
        } else if is_inside
            && !line.starts_with([' ', '\t', '#', ';'])
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == name
        {
            return Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_that_of_its_profile() {
        let text = "[default]\nregion = eu-west-1\ns3 =\n  region = no\n[profile a b]\n# region = no\n\
                    region=us-east-2\n[sso-session c]\nregion = no\n[profile c]\noutput = json\n";
        for (profile, expected) in
            [("default", Some("eu-west-1")), ("a b", Some("us-east-2")), ("c", None), ("d", None)]
        {
            assert_eq!(setting(text, profile, "region").as_deref(), expected, "{profile}");
        }
    }
}
