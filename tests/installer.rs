//! `packaging/install.sh` with a release's page on loopback: it installs what it can trust, and leaves
//! nothing else behind. That of Windows is run by the release's workflow, on Windows.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use support::action::root;
use support::downloads::Downloads;
use support::installing::commands;
use support::program::{Ran, run};
use support::release::{PAGE, TARGET, TARGETS, VERSION, archive, copied, no_scripts};
use support::tools;
use tempfile::TempDir;

fn main() {
    let no_scripts = no_scripts();
    let no_curl = no_scripts || tools::is_not_installed("curl");
    let no_wget = no_scripts || tools::is_not_installed("wget");
    tools::run([
        ("it_installs_the_newest_release_or_the_named_one", installs as fn(), no_curl),
        ("one_line_of_the_readme_installs_it", of_the_readme, no_curl),
        ("it_does_without_curl", with_wget, no_wget),
        ("it_leaves_nothing_of_what_it_cannot_trust", leaves_nothing, no_curl),
        ("it_knows_each_machine", machines, no_curl),
        ("half_of_it_does_nothing", half, no_curl),
    ])
}

/// A home to install into.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder }
    }

    /// Runs a script of the installer's text with further variables, as `curl … | sh` does.
    fn shell(&self, text: &str, variables: &[(&str, &str)]) -> Ran {
        let file = self.folder.path().join("tmp.sh");
        fs::write(&file, text).unwrap();
        let mut shell = Command::new("/bin/sh");
        shell.stdin(fs::File::open(file).unwrap()).current_dir(&self.folder).env_clear();
        shell.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.folder.path());
        run(shell.env("TMPDIR", self.folder.path().join("tmp")).envs(variables.iter().copied()))
    }

    fn installs(&self, variables: &[(&str, &str)]) -> Ran {
        self.shell(&installer(), variables)
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join(".local/bin/clerkform")
    }

    /// Every file that is there, but for the script.
    fn files(&self) -> String {
        let mut find = Command::new("find");
        find.args([".", "-type", "f", "!", "-name", "tmp.sh"]).current_dir(&self.folder);
        run(&mut find).stdout.trim().to_owned()
    }
}

fn installer() -> String {
    fs::read_to_string(root().join("packaging/install.sh")).unwrap()
}

fn installs() {
    let (served, home) = (Downloads::start(&PAGE), Home::new());
    let base = ("CLERKFORM_BASE_URL", served.url.as_str());
    let ran = home.installs(&[base]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.stdout.contains(&format!("installed version {VERSION}")), "{ran:?}");
    assert!(ran.stdout.contains("is not on your PATH"), "{ran:?}");
    assert_eq!(served.asked(), ["latest/download/SHA256SUMS".to_owned(), place()]);
    assert_eq!(home.files(), "./.local/bin/clerkform");
    assert_eq!(run(Command::new(home.program()).arg("--version")).exit, 0);

    // A second time, over a program that runs, by a version and into a folder.
    let folder = home.folder.path().join("my tools");
    let ran = home.installs(&[
        base,
        ("CLERKFORM_VERSION", &format!("v{VERSION}")),
        ("CLERKFORM_INSTALL_DIR", folder.to_str().unwrap()),
    ]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(served.asked(), [format!("download/v{VERSION}/SHA256SUMS"), place()]);
    assert_eq!(run(Command::new(folder.join("clerkform")).arg("--version")).exit, 0);
    let mut sandbox = Command::new(home.program()).arg("sandbox").spawn().unwrap();
    let ran = home.installs(&[base]);
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
    assert_eq!(ran.exit, 0, "{ran:?}");
}

/// The line, with the page of the tests in the place of the project's.
fn of_the_readme() {
    let commands = commands("a shell");
    let (served, home) = (Downloads::start(&PAGE), Home::new());
    let page = "https://github.com/OWNER/clerkform/releases";
    let line = commands[0].replace(page, &served.url);
    assert_ne!(line, commands[0]);
    let ran = home.shell(&line, &[("CLERKFORM_BASE_URL", served.url.as_str())]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(served.asked()[0], "latest/download/install.sh", "{ran:?}");
    assert!(home.program().exists(), "{ran:?}");
    assert_eq!(run(Command::new(home.program()).arg("--version")).exit, 0);
}

/// Where this machine's archive is.
fn place() -> String {
    format!("download/v{VERSION}/{}", archive(TARGET))
}

/// A folder with nothing on its path but what the installer needs, and what is named.
fn path_with(home: &Home, tools: &[&str]) -> String {
    let bin = home.folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let needed =
        ["cat", "chmod", "cp", "grep", "gzip", "mkdir", "mktemp", "mv", "rm", "tar", "uname"];
    for tool in needed.iter().chain(tools) {
        let link = format!("ln -s \"$(command -v {tool})\" bin");
        let ran = run(Command::new("sh").args(["-c", &link]).current_dir(&home.folder));
        assert_eq!(ran.exit, 0, "{tool}: {ran:?}");
    }
    bin.display().to_string()
}

fn with_wget() {
    let served = Downloads::start(&PAGE);
    for tools in [["wget", "openssl"], ["wget", "sha256sum"]] {
        let home = Home::new();
        let path = path_with(&home, &tools);
        let ran = home.installs(&[("CLERKFORM_BASE_URL", &served.url), ("PATH", &path)]);
        assert!(ran.exit == 0 && home.program().exists(), "{ran:?}");
    }
    for (tools, part) in [(["wget"], "cannot be checked"), (["sha256sum"], "neither curl nor wget")]
    {
        let home = Home::new();
        let path = path_with(&home, &tools);
        let ran = home.installs(&[("CLERKFORM_BASE_URL", &served.url), ("PATH", &path)]);
        assert!(ran.exit == 1 && ran.stderr.contains(part), "{ran:?}");
        assert_eq!(home.files(), "");
    }
}

/// A page that a test may break, with a server of it.
fn broken() -> (TempDir, Downloads) {
    let folder = tempfile::tempdir().unwrap();
    copied(&PAGE, folder.path());
    let served = Downloads::start(folder.path());
    (folder, served)
}

fn leaves_nothing() {
    let (folder, served) = broken();
    let base = ("CLERKFORM_BASE_URL", served.url.as_str());
    let refused = |variables: &[(&str, &str)], part: &str| {
        let home = Home::new();
        let ran = home.installs(variables);
        assert!(ran.exit == 1 && ran.stderr.contains(part), "{part}: {ran:?}");
        assert_eq!(home.files(), "", "{part}");
        assert!(!home.program().parent().unwrap().exists(), "{part}");
    };
    served.cut(1);
    refused(&[base], "could not be fetched");

    let path = folder.path().join(place());
    let archive = fs::read(&path).unwrap();
    fs::write(&path, &archive[..archive.len() / 2]).unwrap();
    refused(&[base], "has another checksum than its release says");
    fs::remove_file(&path).unwrap();
    refused(&[base], "could not be fetched");

    refused(&[base, ("CLERKFORM_VERSION", "99.0.0")], "could not be fetched");
    refused(&[base, ("CLERKFORM_VERSION", "1/../..")], "is no version");
    refused(&[("CLERKFORM_BASE_URL", "http://mirror.example")], "has to begin with https://");
    refused(&[("CLERKFORM_BASE_URL", "http://127.0.0.1.example")], "has to begin with https://");

    // Checksums that are not of what was asked for, and none for this machine.
    let other = folder.path().join("download/v99.0.0");
    fs::create_dir(&other).unwrap();
    fs::copy(folder.path().join("latest/download/SHA256SUMS"), other.join("SHA256SUMS")).unwrap();
    refused(&[base, ("CLERKFORM_VERSION", "99.0.0")], &format!("is of version {VERSION}"));
    fs::write(folder.path().join("latest/download/SHA256SUMS"), "").unwrap();
    refused(&[base], "names no archive for");

    // What is installed already stays.
    let home = Home::new();
    fs::create_dir_all(home.program().parent().unwrap()).unwrap();
    fs::write(home.program(), "former").unwrap();
    assert_eq!(home.installs(&[base]).exit, 1);
    assert_eq!(
        (fs::read(home.program()).unwrap(), home.files().as_str()),
        (b"former".into(), "./.local/bin/clerkform")
    );
}

fn machines() {
    let folder = tempfile::tempdir().unwrap();
    let served = Downloads::start(folder.path());
    fs::create_dir_all(folder.path().join("latest/download")).unwrap();
    let lines = TARGETS.map(|target| format!("{:064}  {}\n", 0, archive(target)));
    fs::write(folder.path().join("latest/download/SHA256SUMS"), lines.concat()).unwrap();
    for (system, machine, translated, expected) in [
        ("Linux", "x86_64", "", Ok("x86_64-unknown-linux-musl")),
        ("Linux", "aarch64", "", Ok("aarch64-unknown-linux-musl")),
        ("Darwin", "x86_64", "0", Ok("x86_64-apple-darwin")),
        ("Darwin", "x86_64", "1", Ok("aarch64-apple-darwin")),
        ("Darwin", "arm64", "0", Ok("aarch64-apple-darwin")),
        ("MINGW64_NT-10.0", "x86_64", "", Err("use install.ps1")),
        ("FreeBSD", "amd64", "", Err("no release for FreeBSD")),
        ("Linux", "riscv64", "", Err("no release for riscv64")),
    ] {
        let home = Home::new();
        let stand_ins = format!(
            "uname() {{ if [ \"$1\" = -s ]; then echo {system}; else echo {machine}; fi; }}\n\
             sysctl() {{ echo {translated}; }}\n"
        );
        let ran = home.shell(&(stand_ins + &installer()), &[("CLERKFORM_BASE_URL", &served.url)]);
        assert_eq!(ran.exit, 1, "{ran:?}");
        match expected {
            Ok(target) => {
                let last = served.asked().pop().unwrap();
                assert_eq!(last, format!("download/v{VERSION}/{}", archive(target)));
            }
            Err(part) => assert!(ran.stderr.contains(part), "{ran:?}"),
        }
    }
}

fn half() {
    let (served, text) = (Downloads::start(&PAGE), installer());
    for part in [1, 2, 3] {
        let home = Home::new();
        let ran =
            home.shell(&text[..text.len() * part / 4], &[("CLERKFORM_BASE_URL", &served.url)]);
        assert_eq!((served.asked(), home.files().as_str()), (vec![], ""), "{ran:?}");
    }
}
