//! Links, pipes, modes and processes. A test that needs a second process, another umask or a limit
//! starts this very program again with one test of it: the functions that begin with `child`.

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Child, Command, Output, Stdio};

use super::*;

/// Tells a child which state it is about.
const CHILD_STATE: &str = "CLERKFORM_TEST_STATE";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_link_is_written_through_and_the_lock_is_where_the_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink("elsewhere/real.json", &path).unwrap();
    assert_eq!(read(&store), None);
    for serial in 1..=2 {
        store.lock().unwrap().write(&state(serial)).unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(read(&store), Some(state(serial)));
    }
    assert_eq!(names_in(&elsewhere), ["real.json", "real.json.lock"]);

    let direct = FileStore::new(elsewhere.join("real.json").to_str().unwrap());
    let _lock = store.lock().unwrap();
    assert_eq!(error_of(direct.lock()).code().as_str(), "locked");
}

#[test]
fn a_pipe_is_refused_without_waiting_for_its_other_end() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    make_pipe(&path);
    for error in [error_of(store.read()), error_of(store.lock())] {
        assert_eq!(error.code().as_str(), "state-not-a-file");
        assert!(error.to_string().contains("a named pipe"), "{error}");
    }
    fs::remove_file(&path).unwrap();
    make_pipe(&folder.path().join("clerk.state.json.lock"));
    assert_eq!(error_of(store.lock()).code().as_str(), "state-not-a-file");
}

#[test]
fn a_device_is_no_state() {
    assert_eq!(error_of(FileStore::new("/dev/full").read()).code().as_str(), "state-not-a-file");
    assert_eq!(error_of(FileStore::new("/dev/null").lock()).code().as_str(), "state-not-a-file");
}

#[test]
fn a_pipe_that_took_the_place_of_a_state_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    let lock = store.lock().unwrap();
    make_pipe(&path);
    assert_eq!(error_of(lock.write(&state(1))).code().as_str(), "state-replaced");
    assert!(path.exists() && !path.is_file());
}

#[test]
fn what_a_linked_lock_leads_to_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    let precious = folder.path().join("precious");
    fs::write(&precious, "kept").unwrap();
    symlink(&precious, folder.path().join("clerk.state.json.lock")).unwrap();
    assert_eq!(error_of(store.lock()).code().as_str(), "state-not-a-file");
    assert_eq!(fs::read_to_string(precious).unwrap(), "kept");
}

#[test]
fn the_mode_of_a_state_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    let lock = store.lock().unwrap();
    for kept in [0o600, 0o664, 0o640] {
        lock.write(&state(1)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
        lock.write(&state(2)).unwrap();
        assert_eq!(mode(&path), kept);
    }
}

#[test]
fn a_new_state_has_the_mode_that_the_umask_leaves() {
    for (umask, expected) in [("022", 0o644), ("027", 0o640), ("002", 0o664)] {
        let folder = tempfile::tempdir().unwrap();
        let (_, path) = store_in(&folder);
        let output = run_child(&format!("umask {umask}"), "child_writes", &path);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(mode(&path), expected, "umask {umask}");
    }
}

#[test]
fn a_disk_that_is_full_in_mid_write_leaves_the_old_state_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    store.lock().unwrap().write(&state(1)).unwrap();
    // A limit on the size of files fails a write in its middle, as a full disk does.
    let limit = "trap '' XFSZ; ulimit -f 4";
    let output = run_child(limit, "child_writes_much", &path);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("state-io: free some space on that disk and try again"), "{output:?}");
    assert_eq!(fs::read(&path).unwrap(), state(1).to_bytes());
    assert_eq!(names_in(folder.path()), ["clerk.state.json", "clerk.state.json.lock"]);
}

#[test]
fn a_lock_keeps_another_process_out_and_goes_with_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    let mut child = start_child(":", "child_holds_the_lock", &path);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("held")));

    let error = error_of(store.lock());
    assert!(error.to_string().contains(&format!("process {} on ", child.id())), "{error}");

    child.kill().unwrap();
    child.wait().unwrap();
    store.lock().unwrap().write(&state(1)).unwrap();
}

/// This program again, with one test of it, after some commands of the shell.
fn start_child(setup: &str, test: &str, state: &Path) -> Child {
    let test = format!("store::file::tests::on_unix::{test}");
    Command::new("sh")
        .arg("-c")
        .arg(format!("{setup}; exec \"$0\" --exact \"$1\" --ignored --nocapture"))
        .arg(env::current_exe().unwrap())
        .arg(test)
        .env(CHILD_STATE, state)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn run_child(setup: &str, test: &str, state: &Path) -> Output {
    start_child(setup, test, state).wait_with_output().unwrap()
}

fn store_of_child() -> Option<FileStore> {
    env::var(CHILD_STATE).ok().map(FileStore::new)
}

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn child_writes() {
    let Some(store) = store_of_child() else { return };
    store.lock().unwrap().write(&state(1)).unwrap();
}

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn child_writes_much() {
    let Some(store) = store_of_child() else { return };
    let mut large = state(2);
    let text = json!("x".repeat(100_000));
    large.applied.entry("instance".to_owned()).or_default().insert("hibp".to_owned(), text);
    let error = error_of(store.lock().unwrap().write(&large));
    println!("{}: {}", error.code(), error.help());
}

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn child_holds_the_lock() {
    let Some(store) = store_of_child() else { return };
    let _lock = store.lock().unwrap();
    println!("held");
    // Until it is killed, or the test that started it is gone.
    let _ = io::stdin().read_to_end(&mut Vec::new());
}
