//! Secrets in a text: where they stand, and the text without them. Works on raw text, so that
//! comments, keys and excerpts are covered as well as values, and sees through the escapes of
//! double quotes.

mod unescaped;

use std::borrow::Cow;
use std::ops::Range;

use unescaped::Unescaped;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Secret {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: SecretKind,
}

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SecretKind {
    Clerk,
    Webhook,
    PrivateKey,
    Password,
    GitHub,
    GitLab,
    Npm,
    Aws,
}

impl SecretKind {
    /// Its name in a message.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Clerk => "a Clerk secret key",
            Self::Webhook => "a webhook signing secret",
            Self::PrivateKey => "a private key",
            Self::Password => "a URL with a password",
            Self::GitHub => "a GitHub token",
            Self::GitLab => "a GitLab token",
            Self::Npm => "an npm token",
            Self::Aws => "an AWS access key",
        }
    }
}

/// A kind of secret that begins with fixed letters.
struct Token {
    prefix: &'static str,
    /// How many letters follow at least.
    least: usize,
    kind: SecretKind,
}

const TOKENS: [Token; 12] = [
    Token { prefix: "sk_live_", least: 1, kind: SecretKind::Clerk },
    Token { prefix: "sk_test_", least: 1, kind: SecretKind::Clerk },
    Token { prefix: "whsec_", least: 4, kind: SecretKind::Webhook },
    Token { prefix: "ghp_", least: 16, kind: SecretKind::GitHub },
    Token { prefix: "gho_", least: 16, kind: SecretKind::GitHub },
    Token { prefix: "ghs_", least: 16, kind: SecretKind::GitHub },
    Token { prefix: "ghu_", least: 16, kind: SecretKind::GitHub },
    Token { prefix: "github_pat_", least: 16, kind: SecretKind::GitHub },
    Token { prefix: "glpat-", least: 16, kind: SecretKind::GitLab },
    Token { prefix: "npm_", least: 20, kind: SecretKind::Npm },
    Token { prefix: "AKIA", least: 16, kind: SecretKind::Aws },
    Token { prefix: "ASIA", least: 16, kind: SecretKind::Aws },
];

/// A token of so many letters is one even where other letters stand right before it.
const UNMISTAKABLE: usize = 20;

const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";
const PEM_KEY: &str = "PRIVATE KEY";

/// The signs before the user and the password of a URL.
const AUTHORITY: &str = "://";

/// How many bytes of a beginning are held against all of them at once.
const AT_ONCE: usize = 3;

/// For each byte, at which of the first places of what is looked for it may stand.
static PLACES: [[bool; 256]; AT_ONCE] = {
    let mut places = [[false; 256]; AT_ONCE];
    let mut place = 0;
    while place < AT_ONCE {
        let mut at = 0;
        while at < TOKENS.len() {
            places[place][TOKENS[at].prefix.as_bytes()[place] as usize] = true;
            at += 1;
        }
        places[place][PEM_BEGIN.as_bytes()[place] as usize] = true;
        places[place][AUTHORITY.as_bytes()[place] as usize] = true;
        place += 1;
    }
    places
};

/// Every secret in a text, in order and without overlap.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut found = find_plain(text);
    if let Some(view) = Unescaped::of(text) {
        let outside = |Secret { range, kind }| Secret { range: view.outside(range), kind };
        found.extend(find_plain(&view.text).into_iter().map(outside));
    }
    found.sort_by_key(|secret| (secret.range.start, std::cmp::Reverse(secret.range.end)));
    let mut secrets: Vec<Secret> = Vec::with_capacity(found.len());
    for secret in found {
        match secrets.last_mut() {
            Some(last) if secret.range.start < last.range.end => {
                last.range.end = last.range.end.max(secret.range.end);
            }
            _ => secrets.push(secret),
        }
    }
    secrets
}

/// The text with a `*` for every character of a secret, so that everything else keeps its place.
/// Line breaks stay. For an excerpt mask the whole text and cut afterward: a secret may go on
/// over a line's end.
pub fn masked(text: &str) -> Cow<'_, str> {
    let secrets = find(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for Secret { range, .. } in secrets {
        result.push_str(&text[from..range.start]);
        let stars = text[range.clone()].chars();
        result.extend(stars.map(|letter| if matches!(letter, '\n' | '\r') { letter } else { '*' }));
        from = range.end;
    }
    result.push_str(&text[from..]);
    Cow::Owned(result)
}

/// Whether something in the text has to be masked wherever it is shown.
pub fn holds_secret(text: &str) -> bool {
    !find(text).is_empty()
}

fn find_plain(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    // Behind what each kind of token has been looked for.
    let mut behind = [0; TOKENS.len()];
    let mut from = 0;
    while let Some(start) = next_beginning(text.as_bytes(), from) {
        from = start + 1;
        // All that is looked for begins with an ASCII letter, so this is no part of a character.
        let rest = &text[start..];
        for (token, behind) in TOKENS.iter().zip(&mut behind) {
            if start >= *behind && rest.starts_with(token.prefix) {
                let (end, is_secret) = token_end(text, start, token);
                if is_secret {
                    found.push(Secret { range: start..end, kind: token.kind });
                }
                *behind = end;
            }
        }
        if rest.starts_with(PEM_BEGIN)
            && let Some(end) = pem_end(text, start)
        {
            found.push(Secret { range: start..end, kind: SecretKind::PrivateKey });
        }
        if rest.starts_with(AUTHORITY) {
            let start = start + AUTHORITY.len();
            if let Some(end) = password_end(text, start) {
                found.push(Secret { range: start..end, kind: SecretKind::Password });
            }
        }
    }
    found
}

/// Where something may begin, from a place on: nearly no byte begins anything.
#[inline(never)]
fn next_beginning(bytes: &[u8], from: usize) -> Option<usize> {
    let [first, second, third] = &PLACES;
    let may_begin = |it: &[u8]| {
        first[usize::from(it[0])] && second[usize::from(it[1])] && third[usize::from(it[2])]
    };
    let found = bytes.get(from..)?.windows(AT_ONCE).position(may_begin)?;
    Some(from + found)
}

/// From where on to look for the next token, and whether this is a secret up to there.
fn token_end(text: &str, start: usize, token: &Token) -> (usize, bool) {
    let after_prefix = start + token.prefix.len();
    let body = &text[after_prefix..];
    if !body.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return (after_prefix, false);
    }
    let is_base64 = token.kind == SecretKind::Webhook;
    let is_of_token = |letter: char| {
        letter.is_ascii_alphanumeric()
            || matches!(letter, '_' | '-')
            || (is_base64 && matches!(letter, '+' | '/' | '='))
    };
    let length = body.find(|letter: char| !is_of_token(letter)).unwrap_or(body.len());
    let rest = &body[length..];
    if rest.starts_with("..") || rest.starts_with('…') {
        return (after_prefix + length, false);
    }
    let is_joined = text[..start].ends_with(|before: char| before.is_ascii_alphanumeric());
    let least = if is_joined { UNMISTAKABLE } else { token.least };
    if length < least {
        return (after_prefix, false);
    }
    (after_prefix + length, true)
}

/// The end of a private key in PEM form, or of as much of one as there is.
fn pem_end(text: &str, start: usize) -> Option<usize> {
    let label = start + PEM_BEGIN.len();
    let dashes = label + text[label..].find("-----")?;
    let name = &text[label..dashes];
    if name.len() > 60 || !name.contains(PEM_KEY) {
        return None;
    }
    let body = dashes + "-----".len();
    let is_of_key = |c: char| {
        c.is_ascii_alphanumeric() || c.is_whitespace() || matches!(c, '+' | '/' | '=' | '\\' | '#')
    };
    let length = text[body..].find(|letter| !is_of_key(letter)).unwrap_or(text.len() - body);
    let rest = &text[body + length..];
    let footer = rest
        .strip_prefix(PEM_END)
        .and_then(|rest| Some(rest.find("-----")? + PEM_END.len() + "-----".len()))
        .filter(|&length| length < 90);
    Some(match footer {
        Some(footer) => body + length + footer,
        // Without its last line nobody can tell where a key ends, so its header stands for it.
        None => body,
    })
}

/// The end of `user:password` at the start of what follows `://`.
fn password_end(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let is_end = |letter: char| {
        letter.is_whitespace() || matches!(letter, '/' | '?' | '#' | '"' | '\'' | '<' | '>')
    };
    let authority = &rest[..rest.find(is_end).unwrap_or(rest.len())];
    let (user, _host) = authority.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    (!password.is_empty()).then_some(start + user.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|secret| &text[secret.range]).collect()
    }

    #[test]
    fn secrets_are_found_at_their_exact_place() {
        let github = format!("ghp_{}", "a1".repeat(18));
        let aws = "AKIAIOSFODNN7EXAMPLE";
        let npm = format!("npm_{}", "b2".repeat(18));
        for (text, secret) in [
            ("# sk_live_abc123", "sk_live_abc123"),
            ("risk_live_sk_live_abc", "sk_live_abc"),
            ("sk_test_a: 1", "sk_test_a"),
            ("x: 'sk_test_abc_free'", "sk_test_abc_free"),
            ("whsec_Mfk+/9aB==", "whsec_Mfk+/9aB=="),
            ("url: https://user:pa@ss@host/p", "user:pa@ss"),
            ("redis://:secret@host", ":secret"),
            ("\"sk\\u005flive_abc\"", "sk\\u005flive_abc"),
            ("\"sk_live_\\x61bc\"", "sk_live_\\x61bc"),
            ("\"sk_live_\\\n   abc\" # c", "sk_live_\\\n   abc"),
            ("https:\\/\\/a:b@c", "a:b"),
            (&github, &github),
            (aws, aws),
            (&npm, &npm),
            ("github_pat_11ABCDEFG0abcdefghij", "github_pat_11ABCDEFG0abcdefghij"),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
    }

    #[test]
    fn a_private_key_is_found_as_a_whole() {
        let key =
            "-----BEGIN RSA PRIVATE KEY-----\n  MIIabc+/=\n  x\n  -----END RSA PRIVATE KEY-----";
        assert_eq!(found(&format!("a: |\n  {key}\nb: 1")), [key]);
        let escaped = "-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----";
        assert_eq!(found(&format!("a: \"{escaped}\"")), [escaped]);
        assert_eq!(
            found("-----BEGIN PRIVATE KEY-----\nhibp: true"),
            ["-----BEGIN PRIVATE KEY-----"]
        );
        assert!(found("-----BEGIN PUBLIC KEY-----").is_empty());
    }

    #[test]
    fn what_only_speaks_of_secrets_is_none() {
        for text in [
            "keys begin with sk_test_ or sk_live_",
            "sk_test_…",
            "sk_live_...",
            "sk_test_abc…",
            "sk_live_abc...",
            "pk_test_abc123",
            "risk_live_view",
            "CLERK_SECRET_KEY",
            "http://localhost:3000",
            "http://[::1]:3000",
            "ssh://git@host/x",
            "https://host/a:b@c",
            "help@example.com",
            "chrome-extension://abcdef",
            "npm_config_cache",
            "whsec_…",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn masking_keeps_every_place() {
        let text = "a: sk_live_äbc\nb: \"sk_live_\\\n  abc\" # ok";
        assert_eq!(masked(text), "a: sk_live_äbc\nb: \"*********\n*****\" # ok");
        assert_eq!(masked("key: sk_live_abc # c"), "key: *********** # c");
        assert_eq!(masked("nothing"), "nothing");
        assert!(holds_secret("x sk_test_a1"));
        assert!(!holds_secret("x"));
    }

    #[test]
    fn a_large_text_of_almost_secrets_takes_no_time() {
        for piece in [
            "://a:b",
            "sk_live_",
            "sk_live_-",
            "sk_live_a",
            "-----BEGIN ",
            "\\u005f",
            "-----BEGIN PRIVATE KEY-----",
        ] {
            find(&piece.repeat((1 << 20) / piece.len()));
        }
    }
}
