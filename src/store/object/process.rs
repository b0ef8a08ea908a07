//! The command-line tool of a platform, which knows sign-ins that are none of ours.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::fault::ObjectFault;
use super::problem::ObjectProblem;

/// How long a tool may take. It may have to ask others, but nobody at a keyboard.
const LONGEST: Duration = Duration::from_secs(60);

/// What a tool says that cannot reach whoever it asks.
const TROUBLE: [&str; 8] = [
    "connect",
    "timeout",
    "timed out",
    "max retries",
    "transient",
    "throttl",
    "too many requests",
    "unavailable",
];

/// What a tool prints as JSON, with some variables besides those of this process. `missing` is told
/// where the tool is not on the path.
pub(super) async fn printed(
    words: &[&str],
    variables: &[(&str, &str)],
    missing: &str,
) -> Result<Value, ObjectProblem> {
    let failed = |fault, why: &str| {
        let named = words.get(..3).unwrap_or(words).join(" ");
        ObjectProblem::new(fault, format!("`{named}` failed: {why}"))
    };
    let Some(ended) = output(words, variables).await else {
        return Err(ObjectProblem::new(ObjectFault::NoCredentials, missing));
    };
    match ended {
        Err(error) if error.kind() == ErrorKind::TimedOut => {
            Err(failed(ObjectFault::LenderFailing, "it did not end within 60 seconds"))
        }
        Err(error) => Err(failed(ObjectFault::CredentialsFailed, &error.to_string())),
        Ok(ended) if ended.status.success() => serde_json::from_slice(&ended.stdout)
            .map_err(|_| failed(ObjectFault::CredentialsFailed, "it printed no JSON")),
        Ok(ended) => {
            let why = complaint(&String::from_utf8_lossy(&ended.stderr));
            let lower = why.to_lowercase();
            let passes = TROUBLE.iter().any(|words| lower.contains(words));
            let fault =
                if passes { ObjectFault::LenderFailing } else { ObjectFault::CredentialsFailed };
            Err(failed(fault, &why))
        }
    }
}

/// How a tool ended; `None` where it is not on the path.
async fn output(words: &[&str], variables: &[(&str, &str)]) -> Option<io::Result<Output>> {
    let [tool, words @ ..] = words else { return None };
    // On Windows the tools are scripts, which are found by their whole names alone.
    let names = if cfg!(windows) {
        vec![format!("{tool}.exe"), format!("{tool}.cmd")]
    } else {
        vec![(*tool).to_owned()]
    };
    for name in names {
        let mut command = Command::new(OsStr::new(&name));
        command.args(words).envs(variables.iter().copied());
        command.stdin(Stdio::null()).kill_on_drop(true);
        match timeout(LONGEST, command.output()).await {
            Ok(Err(error)) if error.kind() == ErrorKind::NotFound => {}
            Ok(ended) => return Some(ended),
            Err(_) => return Some(Err(ErrorKind::TimedOut.into())),
        }
    }
    None
}

/// The line of what a tool says that tells why it failed.
pub(super) fn complaint(words: &str) -> String {
    let mut lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    let last = lines.clone().next_back();
    // What follows may be the words that it knows.
    let error = lines.find(|line| line.to_lowercase().contains("error")).or(last);
    error.unwrap_or("it failed").to_owned()
}

/// A member of what was printed or answered that is a text.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The same where there has to be one that fits into the head of a request.
pub(super) fn word(value: &Value, name: &str) -> Result<String, ObjectProblem> {
    let word = text(value, name).filter(|word| is_word(word));
    word.ok_or_else(|| ObjectProblem::not_lent(format!("`{name}` is missing in the answer")))
}

/// Whether a text can stand in the head of a request.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
