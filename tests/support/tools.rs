//! Tests that need a tool which `tests/setup.sh` installs. Without it they are listed as ignored,
//! and what is skipped is said loudly.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Trial};

/// A test: its name, what it does, and whether something that it needs is missing.
pub type Test = (&'static str, fn(), bool);

/// Runs the tests as `cargo test` shows them, and ends the process.
pub fn run(tests: impl IntoIterator<Item = Test>) -> ! {
    let trials = tests.into_iter().map(|(name, test, is_missing)| {
        let trial = Trial::test(name, move || {
            test();
            Ok(())
        });
        trial.with_ignored_flag(is_missing)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit()
}

/// Where `tests/setup.sh` installs a tool.
pub fn folder(tool: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools").join(tool)
}

/// Whether a tool is missing. The file `installed` is the last that is written.
pub fn is_missing(tool: &str, title: &str) -> bool {
    let is_missing = !folder(tool).join("installed").exists();
    if is_missing {
        skipped(title);
    }
    is_missing
}

/// Whether a program is not on the path. Says so.
pub fn is_not_installed(program: &str) -> bool {
    let is_missing = Command::new(program).arg("--version").output().is_err();
    if is_missing {
        skipped(program);
    }
    is_missing
}

/// Says that something is missing.
#[allow(clippy::print_stderr, reason = "what is skipped is said loudly")]
pub fn skipped(title: &str) {
    eprintln!("SKIPPED: {title} is missing; tests/setup.sh installs it");
}
