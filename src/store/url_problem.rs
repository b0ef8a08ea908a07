//! Why `--state` names no place that several machines reach, in words.

/// Why a URL names no such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlProblem {
    /// No place is kept under that scheme.
    Scheme,
    /// It names nothing.
    Empty,
    /// It holds a user name with a password, or a token.
    Credentials,
    /// It has a query or a fragment.
    Query,
    /// It is not encrypted, and does not lead to this machine.
    PlainText,
    /// It would be taken for an option, or holds a character that no remote has.
    NotARemote,
    /// No bucket or container is called like that.
    NotABucket,
    /// What follows the bucket does not end with a slash.
    NotAPrefix,
    /// What follows the bucket cannot be the beginning of an object's name.
    PrefixValue(&'static str),
    /// That kind of store takes no such option.
    UnknownOption {
        /// Its name.
        name: String,
        /// The options that it takes.
        known: Vec<&'static str>,
    },
    /// An option stands there twice.
    RepeatedOption(&'static str),
    /// An option has a value that it cannot have.
    OptionValue {
        /// Its name.
        name: &'static str,
        /// What it can be.
        expected: &'static str,
    },
}

impl UrlProblem {
    /// What is wrong with a value of `--state`, which is not repeated where it holds a secret.
    pub fn told(&self, url: &str) -> String {
        let place = without_secrets(url);
        let why = match self {
            Self::Credentials => return "`--state` names a URL with credentials in it".to_owned(),
            Self::Scheme => "this version cannot keep a state at such a URL",
            Self::Empty => "this names no remote",
            Self::Query => "a git remote takes no options",
            Self::PlainText => "this is not encrypted and leads to another machine",
            Self::NotARemote => "this is not a git remote",
            Self::NotABucket => "this names no bucket",
            Self::NotAPrefix => "the prefix of states has to end with `/`",
            Self::PrefixValue(why) => &format!("the prefix of states {why}"),
            Self::UnknownOption { name, .. } => &format!("there is no option `{name}`"),
            Self::RepeatedOption(name) => &format!("the option `{name}` is given twice"),
            Self::OptionValue { name, expected } => {
                &format!("the option `{name}` has to be {expected}")
            }
        };
        format!("`--state {place}`: {why}")
    }

    /// The remedy.
    pub fn help(&self) -> String {
        match self {
            Self::Credentials => {
                "remove them: git asks its credential helpers or uses a key, and for an object \
                 store they come from the variables and files of its platform"
            }
            Self::PlainText => "use https, or ssh for a git remote",
            Self::NotABucket => "name it as in `s3://BUCKET/PREFIX/`",
            Self::NotAPrefix => "each state is an object below it: add the `/`",
            Self::UnknownOption { known, .. } => {
                return format!("the options there are `{}`", known.join("`, `"));
            }
            Self::PrefixValue(_) => "write it as a path of names, as in `team/states/`",
            Self::RepeatedOption(_) => "keep one of the two",
            Self::OptionValue { .. } => "correct it, or leave it out",
            Self::Scheme | Self::Empty | Self::Query | Self::NotARemote => {
                "name a file, a folder ending in `/`, a git remote as in `git:origin`, or an object \
                 store: `s3://BUCKET/PREFIX/`, `gs://BUCKET/PREFIX/`, `az://CONTAINER/PREFIX/`"
            }
        }
        .to_owned()
    }
}

/// What may be shown of a URL that is refused: a secret may stand in its query or fragment, and where
/// it is no remote of git's, in whatever precedes an `@`.
fn without_secrets(url: &str) -> String {
    let place = url.split(['?', '#']).next().unwrap_or_default();
    match place.rsplit_once('@') {
        Some((before, rest)) if before.starts_with("git:") => format!("git:***@{rest}"),
        _ => place.to_owned(),
    }
}
