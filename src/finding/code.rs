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
        meaning: "The file is missing, is a folder or something else that is not a file, is not \
            UTF-8, or is larger than 1 MiB. Nothing in it was checked.",
        wrong: Command("validate configs"),
        right: Command("validate configs/clerk.yaml"),
        why: "A file that nobody could read is not a file without problems. A run that left it out \
            would look like a success.",
    }
    YamlSyntax "yaml-syntax" Error {
        meaning: "The file is not YAML that can be read safely: a mistake in its syntax, several \
            documents in one file, an alias without an anchor, a tag outside YAML's core schema, \
            aliases that expand without bound, or nesting over 64 levels.",
        wrong: File("instance:\n  support_email: \"help@example.com\n"),
        right: File("instance:\n  support_email: \"help@example.com\"\n"),
        why: "Readers of YAML make different things of text that is not quite YAML. What decides \
            who may sign in must mean one thing.",
    }
    DuplicateKey "duplicate-key" Error {
        meaning: "A key stands twice in one mapping. Most readers would keep one of the two in \
            silence, so remove the one that is not meant.",
        wrong: File("restrictions:\n  blocklist: true\n  blocklist: false\n"),
        right: File("restrictions:\n  blocklist: true\n"),
        why: "Whoever reads the first line believes it, and the last one would win. It happens when \
            two branches that add the same setting are merged.",
    }
    UnknownSection "unknown-section" Error {
        meaning: "The top level of the file has a key that is neither a section of settings nor \
            `target` nor `environments`.",
        wrong: File("restriction:\n  blocklist: true\n"),
        right: File("restrictions:\n  blocklist: true\n"),
        why: "Settings under a name that nobody reads would never be sent, and the file would look \
            as if they were.",
    }
    UnknownField "unknown-field" Error {
        meaning: "The section has no such setting. The service would drop it without a word, so the \
            name has to be right before a request leaves.",
        wrong: File("instance:\n  hipb: true\n"),
        right: File("instance:\n  hibp: true\n"),
        why: "The service answers a misspelled name with success, so a protection could be missing \
            for as long as nobody puts it to the test.",
    }
    WrongType "wrong-type" Error {
        meaning: "The value is of another type than the setting: a string for a number, say, or \
            `null` where the service does not accept it.",
        wrong: File("organization_settings:\n  max_allowed_memberships: \"20\"\n"),
        right: File("organization_settings:\n  max_allowed_memberships: 20\n"),
        why: "The service would refuse the whole request, and with it the section's other settings. \
            Here it is told with its line, before anything is sent.",
    }
    InvalidValue "invalid-value" Error {
        meaning: "The type is right, but the value cannot be: an e-mail address without a domain, \
            an origin with a path, a negative number of members, a placeholder that nobody \
            replaced.",
        wrong: File("instance:\n  allowed_origins: [\"https://app.example.com/\"]\n"),
        right: File("instance:\n  allowed_origins: [\"https://app.example.com\"]\n"),
        why: "Some such values the service refuses. Others can match nothing, such as an origin \
            with a slash at its end: no browser sends one like that.",
    }
    DuplicateEntry "duplicate-entry" Error {
        meaning: "A list that means a set holds the same entry twice.",
        wrong: File("communication:\n  blocked_country_codes: [KP, IR, KP]\n"),
        right: File("communication:\n  blocked_country_codes: [KP, IR]\n"),
        why: "Such an entry says nothing that the first one did not, so often another one was meant.",
    }
    SecretInConfig "secret-in-config" Error {
        meaning: "Something that looks like a secret stands in the file. Files end up in git and in \
            logs: take it out, put it into the environment, and revoke it if the file was ever \
            shared.",
        wrong: File("# The key: sk_test_madeUp\ninstance:\n  hibp: true\n"),
        right: File("target:\n  secret_key_env: ACME_CLERK_KEY\ninstance:\n  hibp: true\n"),
        why: "Whoever has the secret key can read and change every user of the instance, and what \
            was once in git stays in its history. The name of a variable gives nothing away.",
    }
    ConflictingFields "conflicting-fields" Error {
        meaning: "A deprecated field and the one that replaces it are both set, or two fields that \
            are one setting ask for two values: only one of them can win. Remove the other.",
        wrong: File("instance:\n  test_mode: false\ninstance_settings:\n  test_mode: true\n"),
        right: File("instance:\n  test_mode: false\n"),
        why: "Both would be sent, and which of them the service takes in the end is told nowhere.",
    }
    DeprecatedField "deprecated-field" Warning {
        meaning: "The setting still works, and is to be used no longer. Use its successor where it \
            has one (`fix` does that): one day the service will drop the old name without a word.",
        wrong: File("instance:\n  cookieless_dev: true\n"),
        right: File("instance:\n  url_based_session_syncing: true\n"),
        why: "The service does not say when it forgets a name; from then on the setting would stay \
            as it is, whatever the file says.",
    }
    IgnoredByApi "ignored-by-api" Warning {
        meaning: "The service accepts the value, or the field, and then ignores it, so the setting \
            will not be what the file says.",
        wrong: File("communication:\n  blocked_country_codes: [KP, ZZ]\n"),
        right: File("communication:\n  blocked_country_codes: [KP]\n"),
        why: "The run succeeds, and the instance is not as the file says. Clerk may drop a field \
            that its API has no longer, too.",
    }
    UnwrittenNull "unwritten-null" Warning {
        meaning: "Nothing is written as the setting's value, or only a comment, and to YAML that is \
            `null`. It is sent as `null`. Write `null` where that is meant, leave the field out \
            where it is not to be managed, or put a value that has a `#` in quotes.",
        wrong: File("instance:\n  support_email: ##ADDRESS##\n"),
        right: File("instance:\n  support_email: null\n"),
        why: "A value that a template did not fill in, or that begins with a `#`, looks like one to \
            a reader and is none. What `null` does is the service's business.",
    }
    EnvironmentMismatch "environment-mismatch" Warning {
        meaning: "The setting has no effect in the environment that the target names.",
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
        why: "The service accepts the setting and makes nothing of it, so a reader believes that it \
            holds. Where two environments share a file, set it in the overlay of the one.",
    }
    WeakensSecurity "weakens-security" Warning {
        meaning: "The value takes away a protection of a production instance, or, in a plan, the \
            change takes away one that was there.",
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
        why: "It can be meant, and it is one word in a long file: a reviewer should see it. With \
            `--strict` it fails the run.",
    }
    NotReflected "not-reflected" Warning {
        meaning: "The value was sent and accepted, and the service then showed another one. Plan and \
            drift count it as a difference, and no call is planned for it as long as the file asks \
            for the same. `state forget SECTION.FIELD` makes the next run send it again.",
        given: "\
\"applied\": {\"organization_settings\": {\"max_allowed_memberships\": 100}},
\"unreflected\": {\"organization_settings\": {\"max_allowed_memberships\": 5000}}
",
        wrong: File("organization_settings:\n  max_allowed_memberships: 5000\n"),
        right: File("organization_settings:\n  max_allowed_memberships: 100\n"),
        why: "The service may cut a value down to what the instance is entitled to. Sending it at \
            every run would change nothing, and to call it applied would be false.",
    }
    MayLockOut "may-lock-out" Warning {
        meaning: "The change can keep everybody out, such as an allowlist that is turned on while \
            nothing is on it, of identifiers or of subdomains.",
        given: "\"applied\": {\"restrictions\": {\"allowlist\": false}}\n",
        wrong: File("restrictions:\n  allowlist: true\n"),
        right: File("restrictions:\n  allowlist: false # until its identifiers are on the list\n"),
        why: "A plan cannot see what is on the list of identifiers. Put them on it first; then the \
            change is safe, and the warning can be passed over. The list of subdomains stands in the \
            file: with an entry in it there is no warning.",
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
