//! What comes between while `import` reads: a signal, another file, another run. The real binary,
//! real signals, real files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;
use std::process::{Child, Stdio};

use support::fake::{Answer, Fake, Fault, Script};
#[cfg(unix)]
use support::program::binary;
use support::program::{KEY, Ran, clerkform, run};
use tempfile::TempDir;

/// The last thing that is read when nothing has to be read twice.
const LAST: &str = "PATCH /v1/beta_features/instance_settings";

/// An empty folder, and a service that has not yet answered the last request of an import.
struct Place {
    folder: TempDir,
    fake: Fake,
    import: Child,
}

impl Place {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
        // Without a `GET` that shows anything there is nothing to look at a second time.
        let none = Answer { status: 404, ..Answer::default() };
        let fake = Fake::start(Script::from([
            ("GET /v1/instance".to_owned(), vec![none]),
            (LAST.to_owned(), vec![hang, Answer::default()]),
        ]));
        let mut command = clerkform(folder.path());
        command
            .args(["import", "--no-schema"])
            .env("CLERK_SECRET_KEY", KEY)
            .env("CLERK_API_URL", &fake.url);
        let import = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        fake.wait_for(LAST);
        Self { folder, fake, import }
    }

    /// Lets the service answer, and tells how the import ended and which files there are.
    fn end(self) -> (Ran, Vec<(String, String)>) {
        self.fake.let_go();
        let output = self.import.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let ran = Ran {
            exit: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        let mut files: Vec<(String, String)> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_none_or(|ending| ending != "lock"))
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, fs::read_to_string(path).unwrap())
            })
            .collect();
        files.sort();
        (ran, files)
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_nothing_written() {
    for name in ["-INT", "-TERM"] {
        let mut place = Place::start();
        let pid = place.import.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
        place.import.wait().unwrap();
        let (ran, files) = place.end();
        assert_eq!(ran.exit, 130, "{ran:?}");
        assert!(ran.stdout.is_empty() && files.is_empty(), "{ran:?} {files:?}");
    }
}

#[test]
fn a_file_that_appears_meanwhile_is_left_alone() {
    for (name, text, code) in [
        ("clerk.yaml", "instance: {}\n", "file-exists"),
        ("clerk.state.json", "{}", "state-exists"),
    ] {
        let place = Place::start();
        fs::write(place.folder.path().join(name), text).unwrap();
        let (ran, files) = place.end();
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(ran.stderr.contains(code), "{ran:?}");
        assert_eq!(files, [(name.to_owned(), text.to_owned())]);
    }
}

/// Runs `import` in a folder with these words, and tells what it did and how often it asked.
fn import(folder: &Path, words: &[&str]) -> (Ran, usize) {
    import_from(Script::new(), folder, words)
}

/// The same with a service that answers as the script says.
fn import_from(script: Script, folder: &Path, words: &[&str]) -> (Ran, usize) {
    let fake = Fake::start(script);
    let mut command = clerkform(folder);
    command.arg("import").args(words);
    command.env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &fake.url);
    let ran = run(&mut command);
    (ran, fake.asked().len())
}

#[test]
fn a_state_that_another_run_holds_is_left_to_it_before_any_request() {
    let folder = tempfile::tempdir().unwrap();
    let lock = fs::File::create(folder.path().join("clerk.state.json.lock")).unwrap();
    lock.lock().unwrap();
    let (ran, asked) = import(folder.path(), &[]);
    assert_eq!((ran.exit, asked), (75, 0), "{ran:?}");
    assert!(!folder.path().join("clerk.yaml").exists());
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = Answer { status: 401, ..Answer::default() };
    let script = Script::from([("GET /v1/instance".to_owned(), vec![refusal])]);
    let (ran, asked) = import_from(script, folder.path(), &[]);
    assert!(ran.exit == 1 && asked > 0, "{ran:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn places_that_cannot_be_written_are_found_out_before_any_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("file"), "").unwrap();
    let mut there = vec!["file"];
    let mut refused = vec![
        (&["-o", "missing/clerk.yaml"][..], 1),
        (&["-o", "missing/clerk.yaml", "--extends", "file"], 1),
        (&["-o", "folder/"], 64),
        (&["-o", "file/clerk.yaml"], 1),
        (&["--state", "file/s.json"], 1),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", path.join("dangling.state.json")).unwrap();
        there.insert(0, "dangling.state.json");
        refused.push((&["-o", "dangling.yaml"], 1));
    }
    for (words, exit) in refused {
        let (ran, asked) = import(path, words);
        assert_eq!((ran.exit, asked), (exit, 0), "{words:?} {ran:?}");
        let mut names: Vec<_> =
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, there, "{words:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_shell_reads_the_command_that_is_told_next() {
    let folder = tempfile::tempdir().unwrap();
    let binary = binary();
    let path = std::env::join_paths([binary.parent().unwrap()]).unwrap();
    for words in [
        &["-o", "q r.yaml", "--state", "q $r's.json"][..],
        &["-o", "*;.yaml", "-e", "staging"],
        &["-o=-x.yaml"],
    ] {
        // Without a `GET` that shows anything there is nothing to look at a second time.
        let none = Answer { status: 404, ..Answer::default() };
        let script = Script::from([("GET /v1/instance".to_owned(), vec![none])]);
        let (ran, _) = import_from(script, folder.path(), words);
        assert_eq!(ran.exit, 0, "{ran:?}");
        let command = ran.stderr.split('`').nth(1).unwrap();
        let shell = Command::new("/bin/sh")
            .args(["-c", command])
            .current_dir(folder.path())
            .env("PATH", &path)
            .env_remove("CLERKFORM_STATE")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&shell.stdout);
        assert!(shell.status.success() && told.contains("No changes"), "{command}: {shell:?}");
    }
}

#[test]
fn what_shows_nothing_leaves_a_file_of_comments_and_an_empty_state() {
    let (ran, files) = Place::start().end();
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(files.len(), 2);
    let state: serde_json::Value = serde_json::from_str(&files[0].1).unwrap();
    assert_eq!((&state["serial"], &state["applied"]), (&1.into(), &serde_json::json!({})));
    assert!(!files[0].1.contains(KEY) && !files[1].1.contains(KEY));
}

#[test]
fn only_what_differs_from_the_extended_file_is_written_and_all_that_is_seen_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("apps")).unwrap();
    let base = "restrictions: {blocklist: false, allowlist: true}\ninstance: {hibp: true}\n";
    fs::write(folder.path().join("base.yaml"), base).unwrap();
    let import = |words: &[&str]| {
        let words = ["import", "--sandbox", "--no-schema", "-o", "apps/a.yaml", "--extends"]
            .into_iter()
            .chain(words.iter().copied());
        run(clerkform(folder.path()).args(words))
    };
    assert_eq!(import(&["gone.yaml"]).exit, 64);
    assert_eq!(import(&["apps"]).exit, 64);
    let ran = import(&["base.yaml"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let text = fs::read_to_string(folder.path().join("apps/a.yaml")).unwrap();
    assert!(text.contains("\nextends: ../base.yaml\n"), "{text}");
    assert!(!text.contains("blocklist: "), "{text}");
    assert!(text.contains("\n  allowlist: false\n"), "{text}");
    let state = fs::read_to_string(folder.path().join("apps/a.sandbox.state.json")).unwrap();
    assert!(state.contains("\"blocklist\": false"), "{state}");
    // What Clerk does not show is the base's to say, and the next plan sends it.
    assert!(!text.contains("hibp"), "{text}");
    assert!(!text.contains("shows no changes"), "{text}");
    let ran = run(clerkform(folder.path()).args(["plan", "--sandbox", "apps/a.yaml"]));
    assert!(ran.stdout.contains("+ hibp: true  base.yaml:2:12  new"), "{ran:?}");
    assert!(ran.stdout.contains("Plan: 1 call changes 1 setting in 1 target."), "{ran:?}");
}
