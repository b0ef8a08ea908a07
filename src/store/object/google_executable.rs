//! A program that hands out the token of another identity, by the rules that Google has for such
//! programs.

use std::ffi::OsStr;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::environment::{until_seconds, variable};
use super::fault::ObjectFault;
use super::google_file::lacking;
use super::problem::ObjectProblem;
use super::process::{complaint, text};

/// The variable that allows a file of credentials to name a program.
const ALLOWED: &str = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES";

/// What is told to the program beside what the file says.
const INTERACTIVE: (&str, &str) = ("GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", "0");
const OUTPUT_FILE: &str = "GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE";

/// How long a program may take, in milliseconds, where the file does not say it, and what it may say.
const USUAL_TIME: u64 = 30_000;
const TIMES: std::ops::RangeInclusive<u64> = 5_000..=120_000;

/// The version of what it prints.
const VERSION: u64 = 1;

/// The program.
pub(super) struct Executable {
    /// Its path and its arguments.
    words: Vec<String>,
    time: Duration,
    /// Where it keeps what it has printed.
    output_file: Option<String>,
    variables: Vec<(&'static str, String)>,
}

impl Executable {
    /// What the member `executable` says.
    pub(super) fn of(
        source: &Value,
        variables: Vec<(&'static str, String)>,
    ) -> Result<Self, String> {
        if variable(ALLOWED).as_deref() != Some("1") {
            return Err(format!(
                "the file names a program that hands out its token, which needs `{ALLOWED}=1`"
            ));
        }
        let command = text(source, "command").unwrap_or_default();
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            return Err(lacking("credential_source.executable.command"));
        }
        let time = match source.get("timeout_millis") {
            None | Some(Value::Null) => Some(USUAL_TIME),
            Some(time) => time.as_u64().filter(|time| TIMES.contains(time)),
        };
        let time = time.ok_or_else(|| {
            let (least, most) = TIMES.into_inner();
            format!(
                "`credential_source.executable.timeout_millis` in the file has to be between \
                 {least} and {most}"
            )
        })?;
        let output_file = text(source, "output_file");
        Ok(Self { words, time: Duration::from_millis(time), output_file, variables })
    }

    /// A token that is valid: the one that it has kept, or a new one.
    pub(super) async fn token(&self) -> Result<String, ObjectProblem> {
        let kept = self.output_file.as_ref().and_then(|file| std::fs::read(file).ok());
        if let Some(Ok(token)) = kept.map(|kept| self.read(&kept)) {
            return Ok(token);
        }
        let ended = self.run().await?;
        let read = self.read(&ended.stdout);
        if !ended.status.success() && !matches!(read, Err(Unusable::Refused(_))) {
            let said = complaint(&String::from_utf8_lossy(&ended.stderr));
            return Err(self.failed(&format!("failed: {said}")));
        }
        read.map_err(|unusable| self.failed(&unusable.told()))
    }

    async fn run(&self) -> Result<Output, ObjectProblem> {
        let Some((program, arguments)) = self.words.split_first() else {
            return Err(self.failed("cannot be run"));
        };
        let mut command = Command::new(OsStr::new(program));
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env(INTERACTIVE.0, INTERACTIVE.1);
        if let Some(file) = &self.output_file {
            command.env(OUTPUT_FILE, file);
        }
        match timeout(self.time, command.output()).await {
            Ok(Ok(ended)) => Ok(ended),
            Ok(Err(error)) => Err(self.failed(&format!("cannot be run: {error}"))),
            Err(_) => {
                let seconds = self.time.as_secs_f64();
                let told = format!("did not end within {seconds} seconds");
                Err(ObjectProblem { fault: ObjectFault::LenderFailing, ..self.failed(&told) })
            }
        }
    }

    /// What the program did. Its arguments are nobody's business.
    fn failed(&self, what: &str) -> ObjectProblem {
        let program = self.words.first().map(String::as_str).unwrap_or_default();
        ObjectProblem::not_lent(format!("`{program}` {what}"))
    }

    /// The token in what it has printed.
    fn read(&self, printed: &[u8]) -> Result<String, Unusable> {
        let printed: Value = serde_json::from_slice(printed).map_err(|_| Unusable::NoJson)?;
        if printed.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err(Unusable::Lacking("version"));
        }
        match printed.get("success").and_then(Value::as_bool) {
            None => return Err(Unusable::Lacking("success")),
            Some(false) => {
                let said = ["code", "message"].map(|name| text(&printed, name));
                let said: Vec<String> = said.into_iter().flatten().collect();
                return Err(Unusable::Refused(said.join(": ")));
            }
            Some(true) => {}
        }
        let member = match text(&printed, "token_type").as_deref() {
            Some(
                "urn:ietf:params:oauth:token-type:id_token"
                | "urn:ietf:params:oauth:token-type:jwt",
            ) => "id_token",
            Some("urn:ietf:params:oauth:token-type:saml2") => "saml_response",
            _ => return Err(Unusable::Lacking("token_type")),
        };
        match printed.get("expiration_time").and_then(Value::as_u64) {
            Some(time) if until_seconds(time).is_zero() => return Err(Unusable::Expired),
            None if self.output_file.is_some() => return Err(Unusable::Lacking("expiration_time")),
            _ => {}
        }
        text(&printed, member).ok_or(Unusable::Lacking(member))
    }
}

/// Why there is no token in what was printed.
enum Unusable {
    NoJson,
    /// Something is missing, or not as it should be.
    Lacking(&'static str),
    /// It is not valid any more.
    Expired,
    /// There is none, in the program's words.
    Refused(String),
}

impl Unusable {
    fn told(&self) -> String {
        match self {
            Self::NoJson => "printed no JSON".to_owned(),
            Self::Lacking(name) => format!("printed no usable `{name}`"),
            Self::Expired => "printed a token that has expired".to_owned(),
            Self::Refused(why) if why.is_empty() => "says that there is no token".to_owned(),
            Self::Refused(why) => format!("says {why}"),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_takes_too_long_is_ended_and_may_be_run_again() {
        let words = ["sleep", "60"].map(str::to_owned).to_vec();
        let time = Duration::from_millis(50);
        let program = Executable { words, time, output_file: None, variables: Vec::new() };
        let problem = program.token().await.unwrap_err();
        assert_eq!(problem.fault, ObjectFault::LenderFailing);
        assert_eq!(problem.told, "`sleep` did not end within 0.05 seconds");
    }
}
