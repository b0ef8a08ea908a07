//! The options of an `apply` that the command which finishes it has to repeat.

use std::ffi::OsStr;
use std::path::Path;

use super::shared::DEFAULT_URL;
use super::{ApplyArgs, TargetArgs};
use crate::catalog::API_VERSION;
use crate::commands::files::input::is_stdin;
use crate::plan::RunOptions;

impl ApplyArgs {
    /// Those that were given. What the environment says it says to the next command as well.
    pub fn again(&self) -> RunOptions {
        let keys = &self.service.keys;
        let mut means = OptionWords::default();
        means.flag("--strict", self.strict);
        for file in &keys.env_files {
            means.path("--env-file", file);
        }
        if let Some(file) = &keys.secret_key_file {
            means.path("--secret-key-file", file);
        }
        let folder = keys.secrets_dir.as_deref();
        if let Some(folder) = folder.filter(|it| !is_set("CLERKFORM_SECRETS_DIR", it.as_os_str())) {
            means.path("--secrets-dir", folder);
        }
        let url = &self.service.api_url;
        if url != DEFAULT_URL && !is_set("CLERK_API_URL", url) {
            means.value("--api-url", &url.to_string_lossy());
        }
        let version = self.service.api_version.as_str();
        if version != API_VERSION {
            means.value("--api-version", version);
        }
        let standard_input = self.files.files.iter().any(|file| is_stdin(file));
        let standard_input = self.files.stdin_filename.clone().filter(|_| standard_input);
        if let Some(name) = &standard_input {
            means.value("--stdin-filename", name);
        }
        RunOptions { selection: self.targets.again().0, means: means.0, standard_input }
    }
}

impl TargetArgs {
    fn again(&self) -> OptionWords {
        let mut words = OptionWords::default();
        for environment in &self.environments {
            words.value("-e", environment);
        }
        words.flag("--all-envs", self.all_envs);
        words.flag("--sandbox", self.sandbox);
        let state = self.state.as_deref().filter(|state| !state.is_empty());
        if let Some(state) = state.filter(|state| !is_set("CLERKFORM_STATE", OsStr::new(state))) {
            words.value("--state", state);
        }
        words
    }
}

/// Whether the environment sets a variable to this.
fn is_set(variable: &str, to: &OsStr) -> bool {
    std::env::var_os(variable).is_some_and(|value| value == to)
}

#[derive(Default)]
struct OptionWords(Vec<String>);

impl OptionWords {
    fn flag(&mut self, name: &str, given: bool) {
        self.0.extend(given.then(|| name.to_owned()));
    }

    fn value(&mut self, name: &str, value: &str) {
        self.0.extend([name.to_owned(), value.to_owned()]);
    }

    fn path(&mut self, name: &str, path: &Path) {
        self.value(name, &path.display().to_string());
    }
}
