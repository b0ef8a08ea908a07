//! What a release consists of, made of the program as the tests are built with it: archives and what
//! package managers get. `tests/installer.rs` and `tests/image.rs` are about what their names say.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::action::root;
use support::program::run;
use support::release::{
    PAGE, PROGRAM, TARGET, TARGETS, VERSION, archive, copied, no_scripts, pack, script, scripted,
};
use support::tools;
use tempfile::TempDir;

const WINDOWS: &str = "x86_64-pc-windows-msvc";

fn main() {
    let no_scripts = no_scripts();
    let no_windows = no_scripts || is_unknown(WINDOWS);
    tools::run([
        ("an_archive_holds_what_it_should_and_is_made_alike_twice", alike as fn(), no_scripts),
        ("an_archive_for_windows_is_a_zip", for_windows, no_windows),
        ("a_binary_of_another_version_is_not_packed", another_version, no_scripts),
        ("package_managers_get_the_checksums_of_the_release", managers, no_scripts),
        ("a_tag_of_another_version_is_refused", tags, no_scripts),
        ("every_artefact_has_the_version_of_the_manifest", versions, no_scripts),
        ("what_is_packed_is_installed_and_tried", tried, no_scripts),
        ("the_scripts_and_the_manifest_agree_on_the_repository", agree, false),
    ])
}

/// Whether what a target is linked with is not on this machine. Says so.
fn is_unknown(target: &str) -> bool {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--locked", "--offline", "--format-version=1", "--filter-platform"]);
    let is_unknown = run(cargo.arg(target).current_dir(root())).exit != 0;
    if is_unknown {
        tools::skipped(&format!("what {target} is linked with (`cargo fetch`)"));
    }
    is_unknown
}

/// The paths and modes in an archive, below the folder of its name.
fn listed(command: &mut Command) -> BTreeSet<String> {
    let ran = run(command);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let top = |line: &str| line.split_once('/').map(|(_, path)| path.to_owned());
    ran.stdout.lines().filter_map(top).collect()
}

/// What an archive holds whose program is called so.
fn assert_holds_everything(held: &BTreeSet<String>, program: &str) {
    let mut pages = 0;
    for path in held {
        pages += usize::from(path.starts_with("man/clerkform") && path.ends_with(".1"));
    }
    let others = [
        program,
        "README.md",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "LICENSES-THIRD-PARTY.txt",
        "completions/clerkform.bash",
        "completions/_clerkform",
        "completions/clerkform.fish",
        "completions/clerkform.elv",
        "completions/_clerkform.ps1",
    ];
    for path in others {
        assert!(held.contains(path), "{path} is not in {held:?}");
    }
    assert!(pages > 20 && held.len() == pages + others.len(), "{held:?}");
}

fn alike() {
    let folder = tempfile::tempdir().unwrap();
    let name = archive(TARGET);
    let first = PAGE.join(format!("download/v{VERSION}")).join(&name);
    let ran = pack(TARGET, folder.path());
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.stdout.trim().ends_with(&name), "{ran:?}");
    assert!(fs::read(&first).unwrap() == fs::read(folder.path().join(&name)).unwrap());

    let mut tar = Command::new("tar");
    assert_holds_everything(&listed(tar.arg("-tzf").arg(&first)), "clerkform");
    let mut tar = Command::new("tar");
    assert_eq!(run(tar.arg("-xzf").arg(&first).current_dir(folder.path())).exit, 0);
    let unpacked = folder.path().join(name.strip_suffix(".tar.gz").unwrap());
    let ran = run(Command::new(unpacked.join("clerkform")).arg("--version"));
    assert_eq!(ran.stdout.trim(), format!("clerkform {VERSION}"), "{ran:?}");
    let notices = fs::read_to_string(unpacked.join("LICENSES-THIRD-PARTY.txt")).unwrap();
    // One that is linked, one that only builds, one that only tests.
    assert!(notices.contains("\nrustls 0.") && !notices.contains("\nserde_derive "));
    assert!(!notices.contains("\nproptest "));
    let page = fs::read_to_string(unpacked.join("man/clerkform.1")).unwrap();
    assert!(page.contains(".TH CLERKFORM 1"), "{page}");

    let mut check = Command::new("/bin/sh");
    let sums = "sha256sum --check SHA256SUMS || shasum -a 256 --check SHA256SUMS";
    let ran = run(check.args(["-c", sums]).current_dir(first.parent().unwrap()));
    assert!(ran.exit == 0 && ran.stdout.contains(&format!("{name}: OK")), "{ran:?}");
}

fn for_windows() {
    // The pages of a program that does not run here are printed by one that does.
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let made = folders.each_ref().map(|folder| {
        let binary = folder.path().join("clerkform.exe");
        fs::write(&binary, "MZ").unwrap();
        let mut script = script("archive.py");
        script.args(["--target", WINDOWS, "--binary"]).arg(&binary).arg("--run").arg(&*PROGRAM);
        let ran = run(script.arg("--out").arg(folder.path()));
        assert_eq!(ran.exit, 0, "{ran:?}");
        fs::read(folder.path().join(archive(WINDOWS))).unwrap()
    });
    assert!(made[0] == made[1]);
    let mut python = Command::new("python3");
    python.args(["-m", "zipfile", "-e"]).arg(folders[0].path().join(archive(WINDOWS))).arg("out");
    assert_eq!(run(python.current_dir(folders[0].path())).exit, 0);
    let mut find = Command::new("find");
    find.args([".", "-type", "f"]).current_dir(folders[0].path().join("out"));
    let held =
        listed(&mut find).iter().filter_map(|it| Some(it.split_once('/')?.1.to_owned())).collect();
    assert_holds_everything(&held, "clerkform.exe");
}

fn another_version() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("clerkform");
    // Not by this process: a thread that starts another program meanwhile would keep it open.
    let made = "printf '#!/bin/sh\\necho clerkform 99.0.0\\n' >clerkform && chmod +x clerkform";
    assert_eq!(run(Command::new("sh").args(["-c", made]).current_dir(&folder)).exit, 0);
    let mut script = script("archive.py");
    script.args(["--target", TARGET, "--binary"]).arg(&program).arg("--out").arg(folder.path());
    let ran = run(&mut script);
    assert!(ran.exit == 1 && ran.stderr.contains("is clerkform 99.0.0"), "{ran:?}");
    assert!(!folder.path().join(archive(TARGET)).exists());
}

/// Checksums of all targets, made up, in a file.
fn checksums(folder: &Path) -> (String, Vec<(String, String)>) {
    let sums = TARGETS.iter().enumerate();
    let sums: Vec<_> =
        sums.map(|(at, target)| (archive(target), format!("{:064x}", at + 0xabc))).collect();
    let lines: Vec<_> = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
    let path = folder.join("SHA256SUMS");
    fs::write(&path, lines.concat()).unwrap();
    (path.to_str().unwrap().to_owned(), sums)
}

fn managers() {
    let folder = tempfile::tempdir().unwrap();
    let (path, sums) = checksums(folder.path());
    let formula = scripted("homebrew.py", &[&path]);
    let manifest: Value = serde_json::from_str(&scripted("scoop.py", &[&path])).unwrap();
    let base = format!("{}/releases/download/v{VERSION}", env!("CARGO_PKG_REPOSITORY"));
    for (name, sum) in &sums {
        let url = format!("{base}/{name}");
        if name.contains("windows") {
            let machine = if name.contains("aarch64") { "arm64" } else { "64bit" };
            let of = &manifest["architecture"][machine];
            assert_eq!((of["url"].as_str(), of["hash"].as_str()), (Some(&*url), Some(&**sum)));
            assert_eq!(of["extract_dir"], name.strip_suffix(".zip").unwrap());
        } else {
            let line = format!("url \"{url}\"\n      sha256 \"{sum}\"\n");
            assert!(formula.contains(&line), "{line} in {formula}");
        }
    }
    assert_eq!(manifest["version"], VERSION);
    assert!(formula.contains(&format!("  version \"{VERSION}\"\n")), "{formula}");
    if !tools::is_not_installed("ruby") {
        let file = folder.path().join("clerkform.rb");
        fs::write(&file, &formula).unwrap();
        assert_eq!(run(Command::new("ruby").arg("-c").arg(&file)).exit, 0);
    }

    // A release that lacks one is not made known.
    let lines = fs::read_to_string(&path).unwrap();
    fs::write(&path, lines.split_once('\n').unwrap().1).unwrap();
    for name in ["homebrew.py", "scoop.py"] {
        let ran = run(script(name).arg(&path));
        assert!(ran.exit == 1 && ran.stderr.contains("has no checksum of"), "{ran:?}");
    }
}

fn agree() {
    let releases = format!("{}/releases", env!("CARGO_PKG_REPOSITORY"));
    for file in ["packaging/install.sh", "packaging/install.ps1"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(&releases), "{file} fetches from another repository");
    }
}

/// A copy of the manifest, the lock and the changelog with what checks them, of which a part is
/// replaced.
fn copy_with(file: &str, from: &str, to: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copy = format!(
        "mkdir packaging && cp '{root}/packaging/notes.py' '{root}/packaging/project.py' packaging &&\n\
         cp '{root}/Cargo.toml' '{root}/Cargo.lock' '{root}/CHANGELOG.md' .",
        root = root().display()
    );
    assert_eq!(run(Command::new("sh").args(["-c", &copy]).current_dir(&folder)).exit, 0);
    let changelog = folder.path().join("CHANGELOG.md");
    let text = fs::read_to_string(&changelog).unwrap();
    let heading = format!(
        "## [Unreleased]\n\n## [{VERSION}] - 2026-12-01\n\n### Added\n\n- All of it.\n\n## [0"
    );
    let (top, _) = text.split_once("## [").unwrap();
    fs::write(&changelog, format!("{top}{heading}.0.1]\n\n- Before.\n")).unwrap();
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}");
    fs::write(&path, text.replace(from, to)).unwrap();
    folder
}

fn tags() {
    let tag = format!("v{VERSION}");
    let own = format!("name = \"clerkform\"\nversion = \"{VERSION}\"");
    let other = "name = \"clerkform\"\nversion = \"99.0.0\"";
    let section = format!("## [{VERSION}]");
    for (tag, file, from, to, part) in [
        (&*tag, "CHANGELOG.md", "", "", None),
        ("v99.0.0", "CHANGELOG.md", "", "", Some("the tag is v99.0.0")),
        (VERSION, "CHANGELOG.md", "", "", Some("the tag is")),
        (&tag, "Cargo.toml", &own, other, Some("Cargo.toml is of version 99.0.0")),
        (&tag, "Cargo.lock", &own, other, Some("Cargo.lock is of version 99.0.0")),
        (&tag, "CHANGELOG.md", &section, "## [99.0.0]", Some("has no section")),
        (&tag, "CHANGELOG.md", "### Added\n\n- All of it.", "", Some("says nothing")),
    ] {
        let folder = copy_with(file, from, to);
        let mut notes = Command::new(folder.path().join("packaging/notes.py"));
        let ran = run(notes.arg(tag).env("PYTHONDONTWRITEBYTECODE", "1"));
        match part {
            None => assert_eq!((ran.exit, &*ran.stdout), (0, "### Added\n\n- All of it.\n")),
            Some(part) => assert!(ran.exit == 1 && ran.stderr.contains(part), "{part}: {ran:?}"),
        }
    }
}

/// Writes packages of a version in the form of npm's and Python's.
const PACKAGES: &str = r#"
import io, json, sys, tarfile, zipfile
version = sys.argv[1]
with tarfile.open("clerkform.tgz", "w:gz") as packed:
    text = json.dumps({"version": version, "optionalDependencies": {"a": sys.argv[2]}}).encode()
    entry = tarfile.TarInfo("package/package.json")
    entry.size = len(text)
    packed.addfile(entry, io.BytesIO(text))
with zipfile.ZipFile("clerkform.whl", "w") as packed:
    packed.writestr("clerkform.dist-info/METADATA", f"Name: clerkform\nVersion: {version}\n")
"#;

fn versions() {
    let folder = tempfile::tempdir().unwrap();
    let (sums, listed) = checksums(folder.path());
    for (name, _) in &listed {
        fs::write(folder.path().join(name), "").unwrap();
    }
    fs::write(folder.path().join("clerkform.rb"), scripted("homebrew.py", &[&sums])).unwrap();
    fs::write(folder.path().join("clerkform.json"), scripted("scoop.py", &[&sums])).unwrap();
    let packages = |version: &str, asked: &str| {
        let mut python = Command::new("python3");
        python.args(["-c", PACKAGES, version, asked]).current_dir(&folder);
        assert_eq!(run(&mut python).exit, 0);
    };
    let agree = |names: &[&str]| run(script("agree.py").args(names).current_dir(&folder));
    let names = ["SHA256SUMS", "clerkform.rb", "clerkform.json", "clerkform.tgz", "clerkform.whl"];
    packages(VERSION, VERSION);
    let ran = agree(&[&names[..], &[&listed[0].0, &listed[5].0]].concat());
    assert!(ran.exit == 0 && ran.stdout.starts_with("7 artefacts"), "{ran:?}");

    packages(VERSION, "99.0.0");
    let ran = agree(&["clerkform.tgz"]);
    assert!(ran.exit == 1 && ran.stderr.contains(&format!("is of {VERSION}, 99.0.0")), "{ran:?}");
    packages("99.0.0", VERSION);
    fs::write(folder.path().join("clerkform-99.0.0-x86_64-apple-darwin.tar.gz"), "").unwrap();
    fs::write(folder.path().join("clerkform.rb"), "nothing").unwrap();
    fs::remove_file(folder.path().join(&listed[0].0)).unwrap();
    for (name, part) in [
        ("clerkform.whl", "is of 99.0.0"),
        ("clerkform-99.0.0-x86_64-apple-darwin.tar.gz", "is of 99.0.0"),
        ("clerkform.rb", "is of no version"),
        ("SHA256SUMS", "names what is not there"),
        ("notes.txt", "is no artefact"),
    ] {
        let ran = agree(&[name]);
        assert!(ran.exit == 1 && ran.stderr.contains(part), "{name}: {ran:?}");
    }
}

fn tried() {
    let folder = tempfile::tempdir().unwrap();
    let (release, page) =
        (folder.path().join("release"), PAGE.join(format!("download/v{VERSION}")));
    fs::create_dir(&release).unwrap();
    copied(&page, &release);
    let ran = run(script("tryout.py").arg(folder.path()).env("HOME", folder.path()));
    assert!(ran.exit == 0 && ran.stdout.contains("ok: apply --sandbox --yes"), "{ran:?}");

    // A program that does not what it should is found out.
    let broken =
        "#!/bin/sh\ncase $1 in\n--version) echo clerkform VERSION ;;\nplna) exit 64 ;;\nesac\n";
    let broken = broken.replace("VERSION", VERSION);
    let made = format!("cat >broken <<'END' && chmod +x broken\n{broken}END");
    assert_eq!(run(Command::new("sh").args(["-c", &made]).current_dir(&folder)).exit, 0);
    let ran = run(script("smoke.py").arg(folder.path().join("broken")));
    assert!(ran.exit == 1 && ran.stderr.contains("ended with 0, not 2"), "{ran:?}");
}
