//! The codes of findings. Each is declared once, with the page that `explain` and `docs/codes.md`
//! show; the tests check every example.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Severity;
use Example::{Command, File};

/// What a code means, shown wrong and right.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// What it means and what to do, in a few sentences.
    pub meaning: &'static str,
    /// What the state holds before both examples, as JSON members; `None` where it plays no part.
    pub given: Option<&'static str>,
    /// A file that yields the code, and no other.
    pub wrong: Example,
    /// The same without it.
    pub right: Example,
    /// Why it is told at all.
    pub why: &'static str,
}

/// Something that is right or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// The text of `clerk.yaml`.
    File(&'static str),
    /// The words after `clerkform`, where `configs/clerk.yaml` is the only file.
    Command(&'static str),
}

macro_rules! given {
    () => {
        None
    };
    ($members:literal) => {
        Some($members)
    };
}

macro_rules! codes {
    ($($variant:ident $word:literal $severity:ident {
        meaning: $meaning:literal,
        $(given: $given:literal,)?
        wrong: $wrong:expr,
        right: $right:expr,
        why: $why:literal,
    })*) => {
        /// What kind of problem a finding is. The words are stable; tools filter on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, JsonSchema)]
        pub enum Code {
            $(#[doc = $meaning] #[serde(rename = $word)] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that reports use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Whether it stops the run.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What it means and what to do, in a few sentences.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// All that its page shows.
            pub const fn page(self) -> Page {
                match self { $(Self::$variant => Page {
                    meaning: $meaning,
                    given: given!($($given)?),
                    wrong: $wrong,
                    right: $right,
                    why: $why,
                },)* }
            }
        }
    };
}

codes! {
    UnreadableFile "unreadable-file" Error {
        meaning: "The file is missing, is something else than a file, is not UTF-8, or is larger than \
            1 MiB, so nothing in it was checked. Or a folder has no configuration, or a glob matches \
            none.",
        wrong: Command("validate configs/clerk.yml"),
        right: Command("validate configs"),
        why: "A file that cannot be read is not a file without problems. A run that skipped it \
            would look like a success.",
    }
    YamlSyntax "yaml-syntax" Error {
        meaning: "The file is not YAML that can be read safely: a syntax error, several documents \
            in one file, an alias without an anchor, a tag outside YAML's core schema, aliases \
            that expand without bound, or more than 64 levels of nesting.",
        wrong: File("instance:\n  support_email: \"help@example.com\n"),
        right: File("instance:\n  support_email: \"help@example.com\"\n"),
        why: "YAML readers disagree about text that is not quite YAML. Settings that decide who \
            may sign in must have one meaning.",
    }
    DuplicateKey "duplicate-key" Error {
        meaning: "A key appears twice in one mapping. Most YAML readers would silently keep one of \
            the two, so remove the wrong one.",
        wrong: File("restrictions:\n  blocklist: true\n  blocklist: false\n"),
        right: File("restrictions:\n  blocklist: true\n"),
        why: "A reader believes the first line, but the last one would win. It happens when two \
            branches that add the same setting are merged.",
    }
    UnknownSection "unknown-section" Error {
        meaning: "The top level of the file has a key that is neither a section of settings nor \
            `extends`, `target` or `environments`.",
        wrong: File("restriction:\n  blocklist: true\n"),
        right: File("restrictions:\n  blocklist: true\n"),
        why: "Settings under an unknown name would never be sent, although the file looks as if \
            they were.",
    }
    UnknownField "unknown-field" Error {
        meaning: "The section has no such setting. The service would silently drop it, so the name \
            must be right before a request is sent.",
        wrong: File("instance:\n  hipb: true\n"),
        right: File("instance:\n  hibp: true\n"),
        why: "The service accepts a misspelled name without complaint, so a protection could be \
            missing until someone tests it.",
    }
    WrongType "wrong-type" Error {
        meaning: "The value has the wrong type: a string where the setting takes a number, say, or \
            `null` where the service does not accept it.",
        wrong: File("organization_settings:\n  max_allowed_memberships: \"20\"\n"),
        right: File("organization_settings:\n  max_allowed_memberships: 20\n"),
        why: "The service would reject the whole request, including the section's other settings. \
            Here you see the line, before anything is sent.",
    }
    InvalidValue "invalid-value" Error {
        meaning: "The type is right but the value is not valid: an email address without a domain, \
            an origin with a path, a negative number of members, a placeholder that was never \
            replaced.",
        wrong: File("instance:\n  allowed_origins: [\"https://app.example.com/\"]\n"),
        right: File("instance:\n  allowed_origins: [\"https://app.example.com\"]\n"),
        why: "The service rejects some such values. Others never match anything, such as an origin \
            with a trailing slash: no browser sends one.",
    }
    InvalidExtends "invalid-extends" Error {
        meaning: "`extends` names a file that cannot be extended: it is missing, is a folder, lies \
            outside the repository (the working directory if there is none), extends this file in \
            turn, or is more than 16 levels away.",
        wrong: File("extends: clerk.yaml\ninstance:\n  hibp: true\n"),
        right: File("instance:\n  hibp: true\n"),
        why: "Without the file, every setting in it would count as no longer managed, and the run \
            would look like a success.",
    }
    DuplicateEntry "duplicate-entry" Error {
        meaning: "A list that is a set contains the same entry twice.",
        wrong: File("communication:\n  blocked_country_codes: [KP, IR, KP]\n"),
        right: File("communication:\n  blocked_country_codes: [KP, IR]\n"),
        why: "A repeated entry has no effect, so probably another one was meant.",
    }
    SecretInConfig "secret-in-config" Error {
        meaning: "The file contains something that looks like a secret. Files end up in git and in \
            logs: remove it, put it in the environment, and revoke it if the file was ever shared.",
        wrong: File("# The key: sk_test_madeUp\ninstance:\n  hibp: true\n"),
        right: File("target:\n  secret_key_env: ACME_CLERK_KEY\ninstance:\n  hibp: true\n"),
        why: "Anyone with the secret key can read and change every user of the instance, and \
            whatever was once in git stays in its history. The name of a variable gives nothing \
            away.",
    }
    ConflictingFields "conflicting-fields" Error {
        meaning: "A deprecated field and its replacement are both set, or two fields that are the \
            same setting have two values. Only one can win: remove the other.",
        wrong: File("instance:\n  test_mode: false\ninstance_settings:\n  test_mode: true\n"),
        right: File("instance:\n  test_mode: false\n"),
        why: "Both would be sent, and nothing documents which one the service keeps.",
    }
    DeprecatedField "deprecated-field" Warning {
        meaning: "The setting still works but is deprecated. Use its replacement if it has one \
            (`fix` does that for you): one day the service will silently drop the old name.",
        wrong: File("instance:\n  cookieless_dev: true\n"),
        right: File("instance:\n  url_based_session_syncing: true\n"),
        why: "The service does not announce when it drops a name; from then on the setting would \
            stay as it is, whatever the file says.",
    }
    IgnoredByApi "ignored-by-api" Warning {
        meaning: "The service accepts the value, or the field, and ignores it, so the setting will \
            not be what the file says.",
        wrong: File("communication:\n  blocked_country_codes: [KP, ZZ]\n"),
        right: File("communication:\n  blocked_country_codes: [KP]\n"),
        why: "The run succeeds, but the instance does not match the file. Clerk may also silently \
            drop a field that its API no longer has.",
    }
    UnwrittenNull "unwritten-null" Warning {
        meaning: "The setting has no value, or only a comment, which YAML reads as `null`. It is \
            sent as `null`. Write `null` if you mean it, remove the field to leave it unmanaged, \
            or quote a value that contains `#`.",
        wrong: File("instance:\n  support_email: ##ADDRESS##\n"),
        right: File("instance:\n  support_email: null\n"),
        why: "A value that a template did not fill in, or that starts with `#`, looks like a value \
            but is none. What `null` does is up to the service.",
    }
    EnvironmentMismatch "environment-mismatch" Warning {
        meaning: "The setting has no effect in the target's environment.",
        wrong: File("\
target:
  environment_type: production
instance:
  url_based_session_syncing: true
"),
        right: File("\
target:
  environment_type: development
instance:
  url_based_session_syncing: true
"),
        why: "The service accepts the setting and ignores it, so a reader believes it is in force. \
            If two environments share a file, set it in the overlay of the right one.",
    }
    WeakensSecurity "weakens-security" Warning {
        meaning: "The value removes a protection from a production instance, or, in a plan, the \
            change removes one that was there.",
        wrong: File("\
target:
  environment_type: production
instance:
  hibp: false
"),
        right: File("\
target:
  environment_type: production
instance:
  hibp: true
"),
        why: "It may be intended, but it is one word in a long file, and a reviewer should see it. \
            With `--strict` it fails the run.",
    }
    NotReflected "not-reflected" Warning {
        meaning: "The value was sent and accepted, but the service then showed a different one. \
            Plan and drift count it as a difference, and no call is planned while the file asks \
            for the same value. `state forget SECTION.FIELD` makes the next run send it again.",
        given: "\
\"applied\": {\"organization_settings\": {\"max_allowed_memberships\": 100}},
\"unreflected\": {\"organization_settings\": {\"max_allowed_memberships\": 5000}}
",
        wrong: File("organization_settings:\n  max_allowed_memberships: 5000\n"),
        right: File("organization_settings:\n  max_allowed_memberships: 100\n"),
        why: "The service may cap a value at what the instance's plan allows. Sending it on every \
            run would change nothing, and calling it applied would be false.",
    }
    MayLockOut "may-lock-out" Warning {
        meaning: "The change may lock everyone out, for example by turning on an empty allowlist \
            of identifiers or subdomains.",
        given: "\"applied\": {\"restrictions\": {\"allowlist\": false}}\n",
        wrong: File("restrictions:\n  allowlist: true\n"),
        right: File("restrictions:\n  allowlist: false # until its identifiers are on the list\n"),
        why: "A plan cannot see the list of identifiers. Add them first; then the change is safe \
            and the warning can be ignored. The list of subdomains is in the file: with an entry \
            in it there is no warning.",
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
