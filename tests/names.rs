//! What files are called: names that are no text, files that are not there, and places in a
//! repository that came without its `.git`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;

use serde_json::Value;
use support::fake::Script;
use support::place::Place;
use support::program::run;

#[test]
fn a_file_that_is_not_there_is_told_in_a_line_and_its_help() {
    let place = Place::new(Script::new());
    let ran = place.run(&["validate", "gone.yaml"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert_eq!(lines[0], "error[unreadable-file]: there is no file `gone.yaml`");
    assert!(lines[1].starts_with("  help: "), "{ran:?}");
    assert!(!ran.stdout.contains("-->") && !ran.stdout.contains('|'), "{ran:?}");
}

#[test]
fn annotations_name_files_as_the_runner_s_repository_does() {
    let place = Place::new(Script::new());
    fs::create_dir_all(place.path("apps/web")).unwrap();
    fs::write(place.path("apps/web/clerk.yaml"), "instance: {hbip: true}\n").unwrap();
    let outside = tempfile::tempdir().unwrap();
    let path = |variables: &[(&str, &std::path::Path)]| {
        let mut command = place.command(&["validate", "--output-format", "gitlab"]);
        command.current_dir(place.path("apps"));
        command.arg("web/clerk.yaml").env_remove("GITHUB_WORKSPACE").env_remove("CI_PROJECT_DIR");
        let ran = run(command.envs(variables.iter().copied()));
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        report[0]["location"]["path"].as_str().unwrap().to_owned()
    };
    let root = place.folder.path();
    assert_eq!(path(&[]), "web/clerk.yaml");
    assert_eq!(path(&[("GITHUB_WORKSPACE", root)]), "apps/web/clerk.yaml");
    assert_eq!(path(&[("CI_PROJECT_DIR", root)]), "apps/web/clerk.yaml");
    assert_eq!(path(&[("GITHUB_WORKSPACE", outside.path())]), "web/clerk.yaml");
    let both = [("GITHUB_WORKSPACE", outside.path()), ("CI_PROJECT_DIR", root)];
    assert_eq!(path(&both), "apps/web/clerk.yaml");
    // What git says is nearer.
    fs::create_dir(place.path("apps/.git")).unwrap();
    assert_eq!(path(&[("GITHUB_WORKSPACE", root)]), "web/clerk.yaml");
}

#[test]
#[cfg(target_os = "linux")]
fn two_names_that_are_not_utf_8_come_to_no_state_at_all() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let place = Place::new(Script::new());
    let names = [&b"a\xff.yaml"[..], b"a\xfe.yaml"].map(OsStr::from_bytes);
    for name in names {
        fs::write(place.folder.path().join(name), "instance: {hibp: true}\n").unwrap();
    }
    let before = fs::read_dir(place.folder.path()).unwrap().count();
    for words in [
        &["validate"][..],
        &["plan"],
        &["apply", "--yes"],
        &["drift"],
        &["state", "show"],
        &["state", "adopt"],
        &["import", "-o"],
    ] {
        for name in names {
            let ran = run(place.command(words).arg(name));
            assert_eq!(ran.exit, 1, "{words:?}: {ran:?}");
            let said = format!("{}{}", ran.stdout, ran.stderr);
            let shown = format!("a\\x{:02X}.yaml", name.as_bytes()[1]);
            assert!(said.contains(&shown) && said.contains("UTF-8"), "{words:?}: {ran:?}");
        }
    }
    assert!(place.fake.asked().is_empty());
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), before);
}
