//! `packaging/pack.sh`, the step of a release that makes everything of finished binaries. That for this
//! machine is a small one which starts the program under test; the others are heads of their kind. What
//! measures wheels and makes the SBOM in a release are stand-ins here.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::action::root;
use support::program::{binary, run};
use support::release::{EPOCH, TARGET, VERSION, archive, no_scripts, static_program};
use support::tools;

const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

fn main() {
    let is_other = !TARGET.ends_with("musl") || !Path::new(CERTIFICATES).exists();
    let is_missing = no_scripts() || is_other || static_program().is_none() || no_metadata();
    if is_other {
        tools::skipped("Linux with certificates");
    }
    tools::run([("everything_is_packed_of_finished_binaries", packed as fn(), is_missing)])
}

/// Whether what the other systems' binaries are linked with is not on this machine. Says so.
fn no_metadata() -> bool {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--locked", "--offline", "--format-version=1"]).current_dir(root());
    let is_missing = run(&mut cargo).exit != 0;
    if is_missing {
        tools::skipped("what other systems' binaries are linked with (`cargo fetch`)");
    }
    is_missing
}

/// The head of a program for a target.
fn head(target: &str) -> Vec<u8> {
    let is_arm = target.starts_with("aarch64");
    let mut head = vec![0; 256];
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    if target.contains("linux") {
        put(0, b"\x7fELF\x02\x01");
        put(18, &[if is_arm { 183 } else { 62 }]);
    } else if target.contains("apple") {
        put(0, b"\xcf\xfa\xed\xfe");
        put(4, &[if is_arm { 12 } else { 7 }, 0, 0, 1]);
    } else {
        put(0, b"MZ");
        put(60, &[128]);
        put(128, b"PE\0\0");
        put(132, if is_arm { &[0x64, 0xaa] } else { &[0x64, 0x86] });
    }
    head
}

/// Starts the program under test, in its place.
const START: &str = "use std::os::unix::process::CommandExt;\n\
    fn main() { panic!(\"{}\", std::process::Command::new(env!(\"PROGRAM\"))\
    .args(std::env::args_os().skip(1)).exec()) }\n";

/// Writes the folders of finished binaries.
fn programs(folder: &Path) {
    for target in [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
        "aarch64-pc-windows-msvc",
    ] {
        let of_target = folder.join(format!("program-{target}"));
        fs::create_dir_all(&of_target).unwrap();
        let name = if target.contains("windows") { "clerkform.exe" } else { "clerkform" };
        fs::write(of_target.join(name), head(target)).unwrap();
    }
    let start = folder.with_file_name("start.rs");
    fs::write(&start, START).unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "-C", "target-feature=+crt-static", "-C", "strip=symbols"]);
    rustc.arg(start).arg("-o").arg(folder.join(format!("program-{TARGET}/clerkform")));
    let ran = run(rustc.env("PROGRAM", binary()));
    assert_eq!(ran.exit, 0, "{ran:?}");
}

fn packed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    programs(&file("programs"));
    let stand_ins = format!(
        "mkdir bin && cd bin\n\
         printf '#!/bin/sh\\necho \"{{}}\" >clerkform.cdx.json\\n' >cargo-cyclonedx\n\
         printf '#!/bin/sh\\necho \"{{\\\\\"overall_tag\\\\\": \\\\\"manylinux_2_17_\\\\\"}}\"\\n' >auditwheel\n\
         printf 'def where(): return \"{CERTIFICATES}\"\\n' >certifi.py && chmod +x *"
    );
    assert_eq!(run(Command::new("sh").args(["-c", &stand_ins]).current_dir(&folder)).exit, 0);
    let path = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    let path = std::env::join_paths([file("bin")].into_iter().chain(path)).unwrap();
    let mut pack = Command::new(root().join("packaging/pack.sh"));
    pack.arg(file("programs")).arg(file("packed")).env("SOURCE_DATE_EPOCH", EPOCH);
    pack.env("CARGO_NET_OFFLINE", "true").env("PATH", path).env("PYTHONPATH", file("bin"));
    let ran = run(&mut pack);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.stdout.ends_with(&format!("25 artefacts are of version {VERSION}\n")), "{ran:?}");

    let held = |name: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(file("packed").join(name)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let release = held("release");
    for target in support::release::TARGETS {
        assert!(release.contains(&archive(target)), "{release:?}");
    }
    for name in
        ["SHA256SUMS", "install.sh", "install.ps1", &format!("clerkform-{VERSION}.cdx.json")]
    {
        assert!(release.contains(name), "{name} is not in {release:?}");
    }
    assert_eq!((release.len(), held("npm").len(), held("wheels").len()), (10, 7, 8));
    assert!(held("image").contains("index.json") && held("managers").len() == 2);
    let left = run(Command::new("git").args(["status", "--porcelain"]).current_dir(root())).stdout;
    assert!(!left.contains("cdx.json") && !left.contains("__pycache__"), "{left}");
}
