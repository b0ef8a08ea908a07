//! Where a secret key comes from: the environment, a file, or a folder of mounted secrets. Never
//! from a flag's value or the configuration.

use std::path::{Path, PathBuf};

use crate::api::SecretKey;
use crate::commands::args::ServiceArgs;
use crate::commands::failure::Failure;
use crate::commands::files::input;
use crate::config::Target;
use crate::failure::FailureCode;

/// No key is longer; a file that is, is another file.
const MAX_BYTES: usize = 64 * 1024;

/// The key of a target: from `--secret-key-file`, else from `--secrets-dir`, else from the
/// environment.
pub fn of(title: &str, target: &Target, args: &ServiceArgs) -> Result<SecretKey, Failure> {
    let variable = target.key_variable();
    let (text, source) = match (&args.secret_key_file, mounted(title, args, variable)?) {
        (Some(path), _) => (read(title, path)?, format!("the file `{}`", path.display())),
        (None, Some(path)) => (read(title, &path)?, format!("the file `{}`", path.display())),
        (None, None) => (from_environment(title, variable)?, format!("the variable {variable}")),
    };
    let key = SecretKey::parse(&text).map(|key| key.found_in(source.clone()));
    key.map_err(|error| {
        Failure::new(
            FailureCode::KeyInvalid,
            anyhow::Error::new(error).context(format!("{title}: {source}")),
            "put the secret key of the instance there (Clerk Dashboard, API keys); no request was \
             made",
        )
    })
}

fn mounted(title: &str, args: &ServiceArgs, variable: &str) -> Result<Option<PathBuf>, Failure> {
    // A variable that is set to nothing is how pipelines say that it is not set.
    let named = args.secrets_dir.as_ref().filter(|folder| !folder.as_os_str().is_empty());
    let Some(folder) = named else { return Ok(None) };
    if !folder.is_dir() {
        return Err(Failure::new(
            FailureCode::KeyUnreadable,
            anyhow::anyhow!("{}: there is no folder of secrets `{}`", title, folder.display()),
            "check `--secrets-dir` and CLERKFORM_SECRETS_DIR; no request was made",
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
            "check the path and its permissions; no request was made",
        )
    };
    let bytes = input::bytes(path, MAX_BYTES).map_err(|error| failure(error.into()))?;
    if bytes.len() > MAX_BYTES {
        return Err(failure(anyhow::anyhow!("it is larger than any key")));
    }
    String::from_utf8(bytes).map_err(|_| failure(anyhow::anyhow!("it is not text")))
}

fn from_environment(title: &str, variable: &str) -> Result<String, Failure> {
    std::env::var(variable).map_err(|_| {
        Failure::new(
            FailureCode::KeyMissing,
            anyhow::anyhow!("{title}: there is no secret key in {variable}"),
            format!(
                "set the variable {variable}, or name a file with `--secret-key-file`; \
                 `--sandbox` needs no key"
            ),
        )
    })
}
