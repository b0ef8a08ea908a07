//! What is packed: the same bytes each time, one version, nothing but a finished program for the
//! right system, and no artefact above its size.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::registry::{PLATFORM, TARGET, VERSION, registry, root, script, scripted};
use super::support::program::run;

/// The files of a folder that have an ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|it| it == ending)).collect();
    paths.sort();
    paths
}

/// The `package.json` of an npm package.
fn manifest(package: &Path) -> Value {
    let mut tar = Command::new("tar");
    let ran = run(tar.arg("-xOzf").arg(package).arg("package/package.json"));
    assert_eq!(ran.exit, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

/// What a wheel tells of itself.
fn metadata(wheel: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut python = Command::new("python3");
    let ran = run(python.args(["-m", "zipfile", "-e"]).arg(wheel).arg(folder.path()));
    assert_eq!(ran.exit, 0, "{ran:?}");
    let name = format!("clerkform-{VERSION}.dist-info/METADATA");
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// A second run of the packers writes the same bytes.
pub fn alike() {
    let folder = tempfile::tempdir().unwrap();
    let again = folder.path().to_str().unwrap();
    let packed = format!("{TARGET}={}", registry().program.display());
    for packer in ["packaging/npm/pack.py", "packaging/pypi/pack.py"] {
        let printed = scripted(packer, &[again, &packed]).stdout;
        assert!(printed.lines().count() > 0);
        for path in printed.lines().map(Path::new) {
            let name = path.file_name().unwrap();
            let first = if path.extension().unwrap() == "whl" {
                &registry().wheels
            } else {
                &registry().npm
            };
            let same = fs::read(path).unwrap() == fs::read(first.join(name)).unwrap();
            assert!(same, "{}", name.display());
        }
    }
}

/// Every package has the version of `Cargo.toml`, and no file says another one.
pub fn versions() {
    let packages = files(&registry().npm, "tgz");
    assert_eq!(packages.len(), 7);
    for package in &packages {
        let manifest = manifest(package);
        assert_eq!(manifest["version"], VERSION, "{manifest}");
        assert_eq!(manifest.get("scripts"), None, "{manifest}");
        match manifest["optionalDependencies"].as_object() {
            None => assert_eq!(manifest["preferUnplugged"], true, "{manifest}"),
            Some(others) => {
                assert_eq!(manifest["bin"], json!({"clerkform": "clerkform.js"}));
                assert_eq!(others.len(), packages.len() - 1);
                assert!(others.values().all(|version| version == VERSION), "{manifest}");
            }
        }
        if let Some((os, cpu)) = manifest["name"].as_str().unwrap()[1..]
            .strip_prefix("clerkform/")
            .and_then(|platform| platform.split_once('-'))
        {
            assert_eq!((&manifest["os"], &manifest["cpu"]), (&json!([os]), &json!([cpu])));
        }
    }

    let [wheel] = &files(&registry().wheels, "whl")[..] else { panic!("one wheel") };
    let metadata = metadata(wheel);
    assert!(metadata.contains(&format!("\nVersion: {VERSION}\n")), "{metadata}");

    let hooks = tempfile::tempdir().unwrap();
    scripted("packaging/pre-commit/pack.py", &[hooks.path().to_str().unwrap()]);
    let project = fs::read_to_string(hooks.path().join("pyproject.toml")).unwrap();
    assert!(project.contains(&format!("version = \"{VERSION}\"")), "{project}");
    assert!(project.contains(&format!("\"clerkform=={VERSION}\"")), "{project}");

    for folder in ["npm", "pypi", "pre-commit", "registry"] {
        for entry in fs::read_dir(root().join("packaging").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            assert!(!text.contains(VERSION), "{} has a version of its own", path.display());
        }
    }
}

/// The version as Python writes it, where it can.
pub fn python_versions() {
    let script = "import project; project.VERSION = __import__('sys').argv[1]\n\
                  import packages; print(packages.python_version())";
    for (version, expected) in [
        ("1.20.3", Some("1.20.3")),
        ("1.0.0-alpha.1", Some("1.0.0a1")),
        ("1.0.0-beta.2", Some("1.0.0b2")),
        ("1.0.0-rc.10", Some("1.0.0rc10")),
        ("1.0.0-nightly", None),
    ] {
        let mut python = Command::new("python3");
        python.current_dir(root().join("packaging")).env("PYTHONDONTWRITEBYTECODE", "1");
        let ran = run(python.args(["-c", script, version]));
        match expected {
            Some(expected) => assert_eq!((ran.exit, ran.stdout.trim()), (0, expected), "{ran:?}"),
            None => assert!(ran.exit == 1 && ran.stderr.contains(version), "{ran:?}"),
        }
    }
}

/// What a packer says when it is given these words.
fn refused(packer: &str, words: &[&str]) -> String {
    let ran = run(script(packer).args(words));
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{ran:?}");
    ran.stderr
}

/// A program for another system, one that is not static, and no program at all.
pub fn wrong_programs() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let program = registry().program.to_str().unwrap();
    let text = root().join("Cargo.toml");
    for packer in ["packaging/npm/pack.py", "packaging/pypi/pack.py"] {
        let packed =
            |target: &str, program: &str| refused(packer, &[out, &format!("{target}={program}")]);
        let said = packed("x86_64-pc-windows-msvc", program);
        assert!(said.contains("is not a program for win32-x64"), "{said}");
        let said = packed(TARGET, text.to_str().unwrap());
        assert!(said.contains(&format!("is not a program for {PLATFORM}")), "{said}");
        let said = packed("x86_64-unknown-freebsd", program);
        assert!(said.contains("no packages are made for `x86_64-unknown-freebsd`"), "{said}");
        if let Some(machine) = TARGET.strip_suffix("-gnu") {
            let said = packed(&format!("{machine}-musl"), program);
            assert!(said.contains("is not static"), "{said}");
        }
        assert!(refused(packer, &[out, TARGET]).starts_with("usage: pack.py OUT"));
    }
    assert!(files(Path::new(out), "tgz").is_empty() && files(Path::new(out), "whl").is_empty());
}

/// An artefact above its limit is told, and so is one that has none.
pub fn sizes() {
    let folder = tempfile::tempdir().unwrap();
    let sized = |name: &str, size: u64| {
        let path = folder.path().join(name);
        // The image is a folder.
        let file = if name == "image" { path.join("blobs/layer") } else { path.clone() };
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::File::create(&file).unwrap().set_len(size).unwrap();
        let ran = run(script("packaging/sizes.py").arg(path));
        (ran.exit, ran.stdout + &ran.stderr)
    };
    for name in [
        format!("clerkform-{VERSION}.tgz"),
        format!("clerkform-linux-x64-{VERSION}.tgz"),
        format!("clerkform-{VERSION}-py3-none-win_arm64.whl"),
        "image".to_owned(),
    ] {
        let (exit, said) = sized(&name, 0);
        assert_eq!(exit, 0, "{said}");
        let limit = said.trim_end().rsplit(' ').nth(1).unwrap().replace('.', "");
        let limit = limit.parse::<u64>().unwrap() * 10_000;
        assert!(limit > 0 && sized(&name, limit).0 == 0, "{said}");
        let (exit, said) = sized(&name, limit + 1);
        assert!(exit == 1 && said.starts_with("error: ") && said.contains(&name), "{said}");
    }
    let (exit, said) = sized("clerkform.exe", 1);
    assert!(exit == 1 && said.contains("there is no limit for this artefact"), "{said}");

    let launcher = registry().npm.join(format!("clerkform-{VERSION}.tgz"));
    scripted("packaging/sizes.py", &[launcher.to_str().unwrap()]);
}
