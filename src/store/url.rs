//! The places for states that `--state` names by a scheme, such as `git:origin`.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use super::object_url::{ObjectUrl, Platform};
use super::url_problem::UrlProblem;
use crate::network::is_loopback;
use crate::state::REFS;

/// What git takes in no ref, and what this program writes otherwise.
const NOT_IN_REFS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'%')
    .add(b'~')
    .add(b'^')
    .add(b':')
    .add(b'?')
    .add(b'*')
    .add(b'[')
    .add(b'\\')
    .add(b'{')
    .add(b'"');

/// A place that several machines reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateUrl {
    /// Refs of a git remote.
    Git {
        /// A remote's name, a URL or a path.
        remote: String,
    },
    /// Objects of an object store.
    Object(Box<ObjectUrl>),
}

impl StateUrl {
    /// The place that a value names; `None` where it is a path.
    pub fn parse(value: &str) -> Result<Option<Self>, UrlProblem> {
        let Some((scheme, rest)) = value.split_once(':') else { return Ok(None) };
        match scheme {
            "git" if !rest.starts_with("//") => {
                let remote = remote(rest)?;
                Ok(Some(Self::Git { remote }))
            }
            _ if !rest.starts_with("//") || !is_scheme(scheme) => Ok(None),
            // What stands before the host is secret more often than not.
            _ if has_credentials(value) => Err(UrlProblem::Credentials),
            _ => match Platform::of_scheme(scheme) {
                Some(platform) => {
                    let place = ObjectUrl::parse(platform, &rest[2..])?;
                    Ok(Some(Self::Object(Box::new(place))))
                }
                None => Err(UrlProblem::Scheme),
            },
        }
    }

    /// How people and documents call the state of that name.
    pub fn location(&self, name: &str) -> String {
        match self {
            Self::Git { remote } => format!("git:{remote} {}", git_ref(name)),
            Self::Object(place) => place.location(name),
        }
    }
}

/// The ref that keeps the state of that name. Two names have two refs.
pub(super) fn git_ref(name: &str) -> String {
    let encoded = utf8_percent_encode(name, NOT_IN_REFS).to_string();
    let folders: Vec<String> = encoded.split('/').map(ref_component).collect();
    format!("{REFS}{}", folders.join("/"))
}

/// A part of a ref between slashes: git takes none that begins or ends with a dot, has two in a row
/// or ends in `.lock`.
fn ref_component(part: &str) -> String {
    let mut component = String::with_capacity(part.len());
    for (at, character) in part.char_indices() {
        let rest = &part[at..];
        let is_refused = rest == "." || at == 0 || part[..at].ends_with('.') || rest == ".lock";
        match character {
            '.' if is_refused => component.push_str("%2E"),
            other => component.push(other),
        }
    }
    component
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn has_credentials(url: &str) -> bool {
    let authority = url.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

fn remote(text: &str) -> Result<String, UrlProblem> {
    if text.is_empty() {
        return Err(UrlProblem::Empty);
    }
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    if text.starts_with('-') || text.contains(is_odd) || text.contains("::") {
        return Err(UrlProblem::NotARemote);
    }
    let Some((scheme, _)) = text.split_once("://") else { return name_or_path(text) };
    let url = Url::parse(text).map_err(|_| {
        if has_credentials(text) { UrlProblem::Credentials } else { UrlProblem::NotARemote }
    })?;
    // Over SSH the name before the host says who asks, and is no secret.
    let is_secret = url.password().is_some() || (!url.username().is_empty() && scheme != "ssh");
    if is_secret {
        return Err(UrlProblem::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(UrlProblem::Query);
    }
    match scheme {
        "https" | "ssh" | "file" => Ok(text.to_owned()),
        "http" | "git" if is_loopback(&url) => Ok(text.to_owned()),
        "http" | "git" => Err(UrlProblem::PlainText),
        _ => Err(UrlProblem::NotARemote),
    }
}

/// A remote that is no URL: its name, a path, or a host and a path.
fn name_or_path(text: &str) -> Result<String, UrlProblem> {
    let is_path = text.starts_with(['.', '/']) || text.contains('\\');
    // Git takes what precedes the colon for the host, and shows the rest.
    let user = text.split(['/', '\\']).next().and_then(|start| start.split_once('@'));
    if user.is_some_and(|(user, _)| user.contains(':')) {
        return Err(UrlProblem::Credentials);
    }
    if text.contains('?') || (text.contains('#') && !is_path) {
        return Err(UrlProblem::Query);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_is_named_after_git() {
        for remote in [
            "origin",
            "../bare.git",
            "../c#/bare.git",
            "C:\\me@home\\bare.git",
            "git@example.com:app@2.git",
            "/srv/git/bare.git",
            "git@example.com:team/app.git",
            "https://example.com/team/app.git",
            "ssh://git@example.com:2222/team/app.git",
            "file:///srv/git/bare.git",
            "http://127.0.0.1:8080/app.git",
            "http://localhost/app.git",
            "git://127.0.0.1/app.git",
            "http://[::1]/app.git",
        ] {
            let parsed = StateUrl::parse(&format!("git:{remote}"));
            let is_odd = remote.contains("::");
            let expected = Ok(Some(StateUrl::Git { remote: remote.to_owned() }));
            assert_eq!(parsed == expected, !is_odd, "{remote}");
        }
        for path in ["states/", "a.json", "C:\\states\\", "x:y", "1://a"] {
            assert_eq!(StateUrl::parse(path), Ok(None), "{path}");
        }
    }

    #[test]
    fn what_holds_a_secret_or_goes_in_plain_text_is_refused() {
        use UrlProblem::{Credentials, Empty, NotARemote, PlainText, Query, Scheme};
        for (value, expected) in [
            ("git:", Empty),
            ("git:--upload-pack=x", NotARemote),
            ("git:ext::sh -c id", NotARemote),
            ("git:ext::id", NotARemote),
            ("git:a b", NotARemote),
            ("git:a\nb", NotARemote),
            ("git:ftp://example.com/a", NotARemote),
            ("git:origin?region=x", Query),
            ("git:https://example.com/a?b", Query),
            ("git:https://example.com/a#b", Query),
            ("git:git@example.com:a.git?b", Query),
            ("git:git@example.com:a.git#b", Query),
            ("git:origin#b", Query),
            ("git:me:secret@example.com:a.git", Credentials),
            ("git:https://secret@example.com/a b", NotARemote),
            ("git:https://user:secret@example.com/a", Credentials),
            ("git:https://secret@example.com/a", Credentials),
            ("git:ssh://git:secret@example.com/a", Credentials),
            ("git:https://user:secret@/", Credentials),
            ("git:http://example.com/a", PlainText),
            ("git:git://example.com/a", PlainText),
            ("git://example.com/a", Scheme),
            ("https://host/x.json", Scheme),
            ("s3://key:secret@bucket/a/", Credentials),
            ("s3://bucket/a", UrlProblem::NotAPrefix),
            ("https://secret@host", Credentials),
        ] {
            let problem = StateUrl::parse(value).unwrap_err();
            assert!(!problem.told(value).contains("secret"), "{value}");
            assert_eq!(problem, expected, "{value}");
        }
    }

    #[test]
    fn a_state_has_a_ref_that_git_takes_and_no_other_has() {
        for (name, expected) in [
            ("clerk.state.json", "clerk.state.json"),
            ("apps/web/clerk.prod.state.json", "apps/web/clerk.prod.state.json"),
            ("a b/x:y.json", "a%20b/x%3Ay.json"),
            (".github/clerk.state.json", "%2Egithub/clerk.state.json"),
            ("a..b/c.lock/d.json", "a.%2Eb/c%2Elock/d.json"),
            ("a./b.json", "a%2E/b.json"),
            ("100%/é.json", "100%25/%C3%A9.json"),
            ("a@{1}.json", "a@%7B1}.json"),
        ] {
            assert_eq!(git_ref(name), format!("refs/clerkform/{expected}"));
        }
        let origin = StateUrl::Git { remote: "origin".to_owned() };
        assert_eq!(origin.location("a.json"), "git:origin refs/clerkform/a.json");
    }
}
