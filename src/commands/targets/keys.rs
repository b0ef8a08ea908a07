//! Where a secret key comes from: the environment, a file of the key or of variables, or a folder of
//! mounted secrets. Never from a flag's value or the configuration.

use std::path::{Path, PathBuf};

use crate::api::SecretKey;
use crate::commands::args::KeyArgs;
use crate::commands::failure::Failure;
use crate::commands::files::{env_file, input};
use crate::config::Target;
use crate::failure::FailureCode;
use crate::render::text::escape::printable;
use crate::render::text::shell::quoted;

/// No key is longer; a file that is, is another file.
const MAX_BYTES: usize = 64 * 1024;

/// The files in which frameworks keep variables, the more particular one first.
const ENV_FILES: [&str; 2] = [".env.local", ".env"];

/// What to do where the keys of several targets are missing.
const HELP_FOR_SEVERAL: &str = "set each variable that is named, or name a file of them with \
    `--env-file`, or a folder that holds a file for each with `--secrets-dir`; `--sandbox` needs no \
    key";

/// The key of a target: from `--secret-key-file`, else from `--secrets-dir`, else from the
/// environment, else from `--env-file`.
pub fn of(title: &str, target: &Target, args: &KeyArgs) -> Result<SecretKey, Failure> {
    let variable = target.key_variable();
    let (text, source) = match (&args.secret_key_file, mounted(title, args, variable)?) {
        (Some(path), _) => (read(title, path)?, format!("the file `{}`", path.display())),
        (None, Some(path)) => (read(title, &path)?, format!("the file `{}`", path.display())),
        (None, None) => from_variable(title, args, variable)?,
    };
    let key = SecretKey::parse(&text).map(|key| key.found_in(source.clone()));
    key.map_err(|error| {
        Failure::new(
            FailureCode::KeyInvalid,
            anyhow::Error::new(error).context(format!("{title}: {source}")),
            "no request was made for this target; set it to the instance's secret key (Clerk Dashboard, API keys)",
        )
    })
}

fn mounted(title: &str, args: &KeyArgs, variable: &str) -> Result<Option<PathBuf>, Failure> {
    // A variable that is set to nothing is how pipelines say that it is not set.
    let named = args.secrets_dir.as_ref().filter(|folder| !folder.as_os_str().is_empty());
    let Some(folder) = named else { return Ok(None) };
    if !folder.is_dir() {
        return Err(Failure::new(
            FailureCode::KeyUnreadable,
            anyhow::anyhow!("{}: there is no folder of secrets `{}`", title, folder.display()),
            "no request was made for this target; check `--secrets-dir` and CLERKFORM_SECRETS_DIR",
        ));
    }
    let path = folder.join(variable);
    Ok(path.exists().then_some(path))
}

fn read(title: &str, path: &Path) -> Result<String, Failure> {
    let failure = |error: anyhow::Error| {
        Failure::new(
            FailureCode::KeyUnreadable,
            error.context(format!(
                "{}: cannot read the secret key from `{}`",
                title,
                path.display()
            )),
            "no request was made for this target; check the path and its permissions",
        )
    };
    let bytes = input::bytes(path, MAX_BYTES).map_err(|error| failure(error.into()))?;
    if bytes.len() > MAX_BYTES {
        return Err(failure(anyhow::anyhow!("it is larger than any key")));
    }
    String::from_utf8(bytes).map_err(|_| failure(anyhow::anyhow!("it is not text")))
}

/// The text of a variable, and where it was found.
fn from_variable(title: &str, args: &KeyArgs, variable: &str) -> Result<(String, String), Failure> {
    if let Ok(text) = std::env::var(variable) {
        return Ok((text, format!("the variable {variable}")));
    }
    for path in args.env_files.iter().rev() {
        if let Some(text) = env_file::value(&read(title, path)?, variable) {
            return Ok((text, format!("{variable} in the file `{}`", path.display())));
        }
    }
    Err(missing(title, variable))
}

fn missing(title: &str, variable: &str) -> Failure {
    let problem = format!("{title}: there is no secret key in {variable}");
    let failure =
        |problem, help| Failure::new(FailureCode::KeyMissing, anyhow::Error::msg(problem), help);
    if let Some(path) = nearby(title, variable) {
        let path = path.display().to_string();
        let seen =
            format!("{problem}; `{}` has it, and is not read automatically", printable(&path));
        return failure(seen, format!("add `--env-file {}`", quoted(&path)));
    }
    let help = format!(
        "set the variable {variable}, or name a file with `--secret-key-file`; `--sandbox` needs \
         no key"
    );
    Failure { help_for_several: Some(HELP_FOR_SEVERAL), ..failure(problem, help) }
}

/// The file in the working directory, or beside the configuration, that gives the variable a value.
fn nearby(title: &str, variable: &str) -> Option<PathBuf> {
    let beside = Path::new(title).parent().unwrap_or(Path::new(""));
    let folders = [Path::new(""), beside];
    let mut paths = folders.into_iter().flat_map(|folder| ENV_FILES.map(|name| folder.join(name)));
    paths.find(|path| {
        let is_file = path.is_file();
        let text = is_file.then(|| input::bytes(path, MAX_BYTES).ok()).flatten();
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        text.is_some_and(|text| env_file::value(&text, variable).is_some())
    })
}
