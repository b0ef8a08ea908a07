//! What leaves the machine, and where to: the key in one header of one host, the version of the API
//! beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::process::Command;

use support::fake::{Fake, Script};
use support::program::{KEY, Ran, clerkform, run};
use tempfile::TempDir;

const FILE: &str = "instance: {hibp: true}\n\
                    restrictions: {blocklist: true}\n\
                    organization_settings: {enabled: true}\n";

/// A folder with a configuration, and a service to apply it to.
struct Place {
    folder: TempDir,
    fake: Fake,
}

impl Place {
    fn new(script: Script) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("clerk.yaml"), FILE).unwrap();
        Self { folder, fake: Fake::start(script) }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = clerkform(self.folder.path());
        command.args(words).env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &self.fake.url);
        command
    }

    fn run(&self, words: &[&str]) -> Ran {
        run(&mut self.command(words))
    }
}

#[test]
fn the_key_travels_in_one_header_and_nowhere_else() {
    let place = Place::new(Script::new());
    let ran = place.run(&["apply", "--yes", "-v"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    for asked in place.fake.asked() {
        assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
        assert!(!asked.what.contains(KEY) && !asked.body.contains(KEY));
    }
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY));
    for file in fs::read_dir(place.folder.path()).unwrap() {
        let path = file.unwrap().path();
        assert!(!fs::read_to_string(&path).unwrap().contains(KEY), "{}", path.display());
    }
}

#[test]
fn every_request_names_the_version_of_the_api_that_the_program_knows_or_is_told() {
    let version = |words: &[&str]| {
        let place = Place::new(Script::new());
        // In the vendor's own libraries this variable is the version in the path.
        let ran = run(place.command(words).env("CLERK_API_VERSION", "v1"));
        assert_eq!(ran.exit, 0, "{ran:?}");
        let asked = place.fake.asked();
        assert_eq!(asked.len(), 4);
        let versions = asked.iter().map(|asked| asked.headers["clerk-api-version"].clone());
        let mut versions: Vec<String> = versions.collect();
        versions.dedup();
        versions
    };
    assert_eq!(version(&["apply", "--yes"]), [clerkform::catalog::API_VERSION]);
    assert_eq!(version(&["apply", "--yes", "--api-version", "2025-11-10"]), ["2025-11-10"]);

    let place = Place::new(Script::new());
    let ran = place.run(&["apply", "--yes", "--api-version", "v1 x"]);
    assert_eq!(ran.exit, 64, "{ran:?}");
    assert!(place.fake.asked().is_empty());
}
