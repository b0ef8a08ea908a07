//! The command-line tool of a platform, which knows sign-ins that are none of ours.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::problem::ObjectProblem;

/// How long a tool may take. It may have to ask others, but nobody at a keyboard.
const LONGEST: Duration = Duration::from_secs(60);

/// What came of running a tool.
#[derive(Debug)]
pub(super) enum ToolAnswer {
    /// The JSON that it printed.
    Printed(Value),
    /// It is not on the path.
    Missing,
    /// It failed: what it said.
    Failed(String),
}

/// Runs a tool that prints JSON, with some variables besides those of this process.
pub(super) async fn run(words: &[&str], variables: &[(&str, &str)]) -> ToolAnswer {
    let [tool, words @ ..] = words else { return ToolAnswer::Missing };
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
            Ok(Err(error)) => return ToolAnswer::Failed(error.to_string()),
            Err(_) => return ToolAnswer::Failed("it did not end within 60 seconds".to_owned()),
            Ok(Ok(ended)) if ended.status.success() => {
                return match serde_json::from_slice(&ended.stdout) {
                    Ok(printed) => ToolAnswer::Printed(printed),
                    Err(_) => ToolAnswer::Failed("it printed no JSON".to_owned()),
                };
            }
            Ok(Ok(ended)) => {
                let words = String::from_utf8_lossy(&ended.stderr);
                let mut lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
                let last = lines.clone().next_back();
                // What follows may be the words that it knows.
                let error = lines.find(|line| line.to_lowercase().contains("error")).or(last);
                return ToolAnswer::Failed(error.unwrap_or("it failed").to_owned());
            }
        }
    }
    ToolAnswer::Missing
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
