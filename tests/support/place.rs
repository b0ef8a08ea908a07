//! A folder with a configuration of three sections, and a service to apply it to.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::fake::{Fake, Script};
use super::program::{KEY, Ran, clerkform, run};

/// One call for each of the three sections.
pub const FILE: &str = "instance: {hibp: true}\n\
                        restrictions: {blocklist: true}\n\
                        organization_settings: {enabled: true}\n";

/// A folder with a configuration, and a service to apply it to.
pub struct Place {
    /// Where the program runs.
    pub folder: TempDir,
    /// What it asks.
    pub fake: Fake,
    /// What it asks in its place.
    service: Option<String>,
}

impl Place {
    /// A new folder, and a service that answers as the script says.
    pub fn new(script: Script) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::write(folder.path().join("clerk.yaml"), FILE).expect("the folder can be written to");
        Self { folder, fake: Fake::start(script), service: None }
    }

    /// The same with another service.
    pub fn asking(self, url: &str) -> Self {
        Self { service: Some(url.to_owned()), ..self }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, to be run in the folder against the service.
    pub fn command(&self, words: &[&str]) -> Command {
        let url = self.service.as_ref().unwrap_or(&self.fake.url);
        let mut command = clerkform(self.folder.path());
        command.args(words).env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", url);
        command
    }

    /// Runs it to its end.
    pub fn run(&self, words: &[&str]) -> Ran {
        run(&mut self.command(words))
    }

    /// Starts it.
    pub fn start(&self, words: &[&str]) -> Child {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    }

    /// The state beside the configuration.
    pub fn state(&self) -> Value {
        let bytes = fs::read(self.path("clerk.state.json")).expect("there is a state");
        serde_json::from_slice(&bytes).expect("a state is JSON")
    }
}
