//! The packages of `packaging/npm`, `packaging/pypi` and `packaging/pre-commit`, made of the program as
//! it is built for the tests: from a registry on loopback, the real package managers install it and
//! run it. They are installed by `tests/setup.sh`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![cfg(unix)]

#[path = "packages/desk.rs"]
mod desk;
#[path = "packages/launcher.rs"]
mod launcher;
#[path = "packages/managers.rs"]
mod managers;
#[path = "packages/packed.rs"]
mod packed;
#[path = "packages/registry.rs"]
mod registry;
mod support;
#[path = "packages/wheels.rs"]
mod wheels;

use std::process::Command;

use support::tools::{self, Test};

fn main() {
    let no_python = lacks("python3", &["-c", "import tomllib"], "Python 3.11 or newer");
    let no_node = lacks("node", &["--version"], "Node.js");
    let no_npm = no_python || no_node || lacks("npm", &["--version"], "npm");
    let no_managers =
        no_npm || tools::is_missing(managers::MANAGERS, "package managers, and a second Node.js");
    let no_backend = no_python || tools::is_missing(registry::BACKEND, "what pip builds with");
    let no_hooks = no_backend || tools::is_missing(wheels::PRE_COMMIT, "pre-commit");
    let no_floor = no_managers || tools::is_missing("house", "a program for older systems");
    let tests: [Test; 24] = [
        ("npm_installs_the_program", managers::npm, no_npm),
        ("npx_runs_the_program", managers::npx, no_npm),
        ("node_js_is_enough_as_the_readme_says", managers::of_the_readme, no_npm),
        ("without_optional_packages_it_says_what_to_do", managers::omitted, no_npm),
        ("pnpm_installs_and_runs_the_program", managers::with_pnpm, no_managers),
        ("yarn_runs_the_program_without_node_modules", managers::with_yarn_pnp, no_managers),
        ("yarn_runs_the_program_in_node_modules", managers::with_yarn_node_modules, no_managers),
        ("a_signal_for_the_launcher_ends_the_program", launcher::signals, no_managers),
        ("a_killed_program_ends_the_launcher", launcher::killed, no_managers),
        ("the_end_of_the_program_is_that_of_the_launcher", launcher::ends, no_managers),
        ("a_program_that_cannot_be_started_is_named", launcher::no_start, no_managers),
        ("a_platform_without_a_package_is_named", launcher::no_platform, no_npm),
        ("ctrl_c_in_a_terminal_is_heard_once", launcher::terminal, no_npm),
        ("pip_installs_the_program_and_removes_it", wheels::pip, no_python),
        ("uv_installs_and_runs_the_program", wheels::uv, no_managers),
        ("python_is_enough_as_the_readme_says", wheels::of_the_readme, no_managers),
        ("a_wheel_keeps_what_it_promises_of_glibc", wheels::floors, no_floor),
        ("pre_commit_installs_the_hooks_with_the_wheel", wheels::pre_commit, no_hooks),
        ("the_packaged_hooks_are_the_projects_own", wheels::same_hooks, no_python),
        ("packages_are_made_alike_twice", packed::alike, no_python),
        ("every_package_has_the_version_of_the_manifest", packed::versions, no_python),
        ("a_version_is_written_as_python_does", packed::python_versions, no_python),
        ("only_a_finished_program_for_the_system_is_packed", packed::wrong_programs, no_python),
        ("an_artefact_has_a_limit_to_its_size", packed::sizes, no_python),
    ];
    tools::run(tests)
}

/// Whether a command fails, and says what is missing then.
fn lacks(program: &str, words: &[&str], title: &str) -> bool {
    let output = Command::new(program).args(words).output();
    let lacks = !output.is_ok_and(|output| output.status.success());
    if lacks {
        tools::skipped(title);
    }
    lacks
}
