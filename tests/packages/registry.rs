//! The packages of the program as it is built for the tests, packed once and served on loopback.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use super::support::program::{Ran, binary, run};
use super::support::tools;

/// The version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the program for this machine is packed as: it is linked with the system's libc.
pub const TARGET: &str = match (cfg!(target_os = "linux"), cfg!(target_arch = "aarch64")) {
    (true, true) => "aarch64-unknown-linux-gnu",
    (true, false) => "x86_64-unknown-linux-gnu",
    (false, true) => "aarch64-apple-darwin",
    (false, false) => "x86_64-apple-darwin",
};

/// The npm packages' name for it.
pub const PLATFORM: &str = match (cfg!(target_os = "linux"), cfg!(target_arch = "aarch64")) {
    (true, true) => "linux-arm64",
    (true, false) => "linux-x64",
    (false, true) => "darwin-arm64",
    (false, false) => "darwin-x64",
};

/// A wheel that packages of Python are built with; pip asks for it.
pub const BACKEND: &str = "backend";

/// Where this project is.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A script of this project, with no way to a network.
pub fn script(name: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(root().join(name)).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("CARGO_NET_OFFLINE", "true");
    command
}

/// Runs a script that has to succeed.
pub fn scripted(name: &str, words: &[&str]) -> Ran {
    let ran = run(script(name).args(words));
    assert_eq!(ran.exit, 0, "{name}: {ran:?}");
    ran
}

/// Packages, and a process that serves them for as long as the tests run.
pub struct Registry {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    /// The npm packages.
    pub npm: PathBuf,
    /// The wheels.
    pub wheels: PathBuf,
    /// The program that is in them.
    pub program: PathBuf,
    /// It ends with its standard input, and that with the tests.
    _server: Child,
}

/// The registry of all tests.
pub fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::start);
    &REGISTRY
}

impl Registry {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let [npm, wheels] = ["npm", "wheels"].map(|name| folder.join(name));
        fs::create_dir_all(&npm).unwrap();
        let program = stripped(&folder);
        let packed = format!("{TARGET}={}", program.display());
        scripted("packaging/npm/pack.py", &[npm.to_str().unwrap(), &packed]);
        scripted("tests/packages/others.py", &[npm.to_str().unwrap(), TARGET]);
        scripted("packaging/pypi/pack.py", &[wheels.to_str().unwrap(), &packed]);

        let mut command = script("packaging/registry/registry.py");
        command.args([&npm, &wheels]);
        if tools::folder(BACKEND).exists() {
            command.arg(tools::folder(BACKEND));
        }
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        Self { url, npm, wheels, program, _server: server }
    }
}

/// The program without what a debugger reads, which makes most of its size.
fn stripped(folder: &Path) -> PathBuf {
    let program = folder.join("clerkform");
    let strip = Command::new("strip").arg("-o").args([&program, &binary()]).status();
    if !strip.is_ok_and(|status| status.success()) {
        fs::copy(binary(), &program).unwrap();
    }
    program
}
