//! A release of the program as it is built for the tests, made by the scripts of `packaging/` once for
//! all tests of a run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::action::root;
use super::program::{Ran, binary, run};
use super::tools;

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The time that all files of the release have.
pub const EPOCH: &str = "1700000000";

/// The target of the release that is for this machine.
pub const TARGET: &str = if cfg!(all(target_os = "linux", target_arch = "aarch64")) {
    "aarch64-unknown-linux-musl"
} else if cfg!(target_os = "linux") {
    "x86_64-unknown-linux-musl"
} else if cfg!(target_arch = "aarch64") {
    "aarch64-apple-darwin"
} else {
    "x86_64-apple-darwin"
};

/// The six targets.
pub const TARGETS: [&str; 6] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
];

/// The name of a target's archive.
pub fn archive(target: &str) -> String {
    let ending = if target.contains("windows") { "zip" } else { "tar.gz" };
    format!("clerkform-{VERSION}-{target}.{ending}")
}

/// The folder of everything that this file makes for one of the tests.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"))
}

/// A script of `packaging/`, with this release's time and without a network.
pub fn script(name: &str) -> Command {
    let mut command = Command::new(root().join("packaging").join(name));
    command.env("SOURCE_DATE_EPOCH", EPOCH).env("CARGO_NET_OFFLINE", "true");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Runs a script of `packaging/` that has to succeed; gives back what it printed.
pub fn scripted(name: &str, words: &[&str]) -> String {
    let ran = run(script(name).args(words));
    assert_eq!(ran.exit, 0, "{name} {words:?}: {ran:?}");
    ran.stdout
}

/// The program as a release has it: stripped, and static where this machine can link so. Made of the
/// very library that the tests are built with, in a second and without a build of its own.
pub static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    fs::create_dir_all(folder()).expect("a new folder");
    static_program().unwrap_or_else(binary)
});

/// The static program, where this machine can link one.
pub fn static_program() -> Option<PathBuf> {
    static LINKED: LazyLock<Option<PathBuf>> = LazyLock::new(link);
    LINKED.clone()
}

fn link() -> Option<PathBuf> {
    let (made, dependencies) = (folder().join("clerkform"), binary().with_file_name("deps"));
    if !cfg!(target_os = "linux") || fs::create_dir_all(folder()).is_err() {
        return None;
    }
    let entries = fs::read_dir(&dependencies).ok()?.flatten();
    let libraries = entries.filter(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.starts_with("libclerkform-")
            && Path::new(&name).extension().is_some_and(|it| it == "rlib")
    });
    let newest =
        libraries.max_by_key(|entry| entry.metadata().and_then(|it| it.modified()).ok())?;
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--edition", "2024", "--crate-name", "clerkform", "src/main.rs"])
        .current_dir(root());
    rustc.arg("-L").arg(format!("dependency={}", dependencies.display()));
    rustc.arg("--extern").arg(format!("clerkform={}", newest.path().display()));
    rustc.args(["-C", "target-feature=+crt-static", "-C", "strip=symbols", "-o"]).arg(&made);
    let is_linked = run(&mut rustc).exit == 0;
    let is_right = is_linked && run(Command::new(&made).arg("--version")).exit == 0;
    is_right.then_some(made)
}

/// Packs the program for a target into a folder.
pub fn pack(target: &str, out: &Path) -> Ran {
    let mut script = script("archive.py");
    script.args(["--target", target, "--binary"]).arg(&*PROGRAM).arg("--out").arg(out);
    run(&mut script)
}

/// A release's page: `download/vVERSION/` with this machine's archive and the checksums, and
/// `latest/download/` with the checksums and the installer.
pub static PAGE: LazyLock<PathBuf> = LazyLock::new(|| {
    let page = folder().join("page");
    let _ = fs::remove_dir_all(&page);
    let (files, latest) = (page.join(format!("download/v{VERSION}")), page.join("latest/download"));
    let ran = pack(TARGET, &files);
    assert_eq!(ran.exit, 0, "{ran:?}");
    scripted("sums.py", &[files.to_str().expect("a name of ours")]);
    fs::create_dir_all(&latest).expect("a new folder");
    fs::copy(files.join("SHA256SUMS"), latest.join("SHA256SUMS")).expect("it was written");
    let installer = root().join("packaging/install.sh");
    fs::copy(installer, latest.join("install.sh")).expect("a file of the project");
    page
});

/// A copy of the page that a test may break.
pub fn copied(page: &Path, to: &Path) {
    for entry in fs::read_dir(page).expect("a folder") {
        let (from, to) = (entry.expect("an entry").path(), to.to_owned());
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            fs::create_dir(&to).expect("a new folder");
            copied(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a new file");
        }
    }
}

/// Whether the scripts cannot run here. Says so.
pub fn no_scripts() -> bool {
    let mut python = Command::new("python3");
    let has_python = python.args(["-c", "import tomllib"]).status().is_ok_and(|it| it.success());
    if !has_python {
        tools::skipped("Python 3.11");
    }
    !has_python || cfg!(not(unix))
}
