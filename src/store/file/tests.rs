//! Real files and real locks. What only Unix has, other processes included, is in a file of its own.

#[cfg(unix)]
mod on_unix;

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::state::{InstanceRef, Intent};
use crate::store::lock_within;

fn state(serial: u64) -> State {
    let mut state = State::fresh("l".to_owned(), None, InstanceRef::default());
    state.serial = serial;
    state
}

fn store_in(folder: &TempDir) -> (FileStore, PathBuf) {
    let path = folder.path().join("clerk.state.json");
    (FileStore::new(path.to_str().unwrap()), path)
}

fn read(store: &FileStore) -> Option<State> {
    store.read().unwrap().map(|stored| stored.state)
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn error_of<T>(result: Result<T, StoreError>) -> StoreError {
    result.err().unwrap()
}

#[test]
fn a_state_that_is_missing_is_none_and_looking_for_it_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    assert_eq!(read(&store), None);
    let deep = FileStore::new(folder.path().join("a/b/c.json").to_str().unwrap());
    assert_eq!(read(&deep), None);
    assert_eq!(names_in(folder.path()), [""; 0]);
}

#[test]
fn what_is_written_is_read_again_and_nothing_but_the_lock_stays_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    let lock = store.lock().unwrap();
    for serial in 1..=2 {
        lock.write(&state(serial)).unwrap();
        assert_eq!(read(&store), Some(state(serial)));
    }
    assert_eq!(fs::read(path).unwrap(), state(2).to_bytes());
    assert_eq!(names_in(folder.path()), ["clerk.state.json", "clerk.state.json.lock"]);
}

#[test]
fn the_folder_of_a_state_is_made_when_a_run_locks_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("a/b/c.json").to_str().unwrap());
    store.lock().unwrap().write(&state(1)).unwrap();
    assert_eq!(read(&store), Some(state(1)));
}

#[test]
fn a_damaged_or_newer_state_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    for (bytes, code) in [
        (&b"{"[..], "state-damaged"),
        (b"\xff\x00", "state-damaged"),
        (b"{\"format_version\": 9}", "state-newer"),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = error_of(store.read());
        assert_eq!(error.code().as_str(), code);
        assert!(error.to_string().starts_with(store.location.as_str()), "{error}");
        assert!(!error.help().is_empty());
    }
}

#[test]
fn a_state_of_more_than_16_mib_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    File::create(&path).unwrap().set_len(LARGEST_STATE + 1).unwrap();
    assert_eq!(error_of(store.read()).code().as_str(), "state-too-large");
    assert_eq!(error_of(store.lock()).code().as_str(), "state-too-large");
    assert_eq!(fs::metadata(&path).unwrap().len(), LARGEST_STATE + 1);

    // Nor is one written that could not be read again.
    fs::remove_file(&path).unwrap();
    let mut large = state(1);
    let text = json!("x".repeat(usize::try_from(LARGEST_STATE).unwrap()));
    large.applied.entry("instance".to_owned()).or_default().insert("hibp".to_owned(), text);
    let lock = store.lock().unwrap();
    assert_eq!(error_of(lock.write(&large)).code().as_str(), "state-too-large");
    assert!(!path.exists());
}

#[test]
fn a_folder_is_no_state() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    fs::create_dir(&path).unwrap();
    for error in [error_of(store.read()), error_of(store.lock())] {
        assert_eq!(error.code().as_str(), "state-not-a-file");
        assert!(error.help().contains("end the value of `--state` with `/`"));
    }
    assert_eq!(names_in(folder.path()), ["clerk.state.json"]);
}

#[test]
fn a_state_below_a_file_cannot_be_read_or_locked() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let store = FileStore::new(folder.path().join("file/clerk.state.json").to_str().unwrap());
    assert_eq!(error_of(store.read()).code().as_str(), "state-io");
    assert_eq!(error_of(store.lock()).code().as_str(), "state-io");
}

#[test]
fn a_write_that_fails_leaves_the_old_state_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    let lock = store.lock().unwrap();
    lock.write(&state(1)).unwrap();
    drop(lock);
    // The neighbor that the bytes pass through has a name that is too long for a file.
    let long = FileStore::new(path.with_file_name("s".repeat(248)).to_str().unwrap());
    let lock = long.lock().unwrap();
    let error = error_of(lock.write(&state(2)));
    assert_eq!(error.code().as_str(), "state-io");
    assert!(error.to_string().contains("cannot write the state"), "{error}");
    assert_eq!(read(&long), None);
    drop(lock);

    // What a run that was killed left behind is no obstacle, and goes.
    let neighbor = folder.path().join(".clerk.state.json.clerkform.tmp");
    for half in [&b""[..], &state(2).to_bytes()[..9], &state(2).to_bytes()] {
        fs::write(&neighbor, half).unwrap();
        store.lock().unwrap().write(&state(2)).unwrap();
        assert!(!neighbor.exists());
    }
}

#[test]
fn what_somebody_else_put_beside_a_state_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    let neighbor = folder.path().join(".clerk.state.json.clerkform.tmp");
    fs::write(&neighbor, "a diary").unwrap();
    store.lock().unwrap().write(&state(1)).unwrap();
    assert_eq!(fs::read_to_string(&neighbor).unwrap(), "a diary");
    assert_eq!(read(&store), Some(state(1)));

    let lock = folder.path().join("clerk.state.json.lock");
    for text in ["[[package]]\n", "12 on here\n", &"x".repeat(9999)] {
        fs::write(&lock, text).unwrap();
        let error = error_of(store.lock());
        assert_eq!(error.code().as_str(), "lock-foreign");
        assert!(!error.help().is_empty());
        assert_eq!(fs::read_to_string(&lock).unwrap(), text);
    }
    fs::write(&lock, "lock of clerkform: process 4711 on a.host (https://ci.example.com/1)\n")
        .unwrap();
    store.lock().unwrap();
    assert_eq!(fs::read(path).unwrap(), state(1).to_bytes());
}

#[test]
fn a_state_that_was_replaced_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    store.lock().unwrap().write(&state(1)).unwrap();
    let other_lineage = State { lineage: "m".to_owned(), ..state(2) };
    let other_content = State { environment: Some("dev".to_owned()), ..state(2) };
    for other in [state(3).to_bytes(), other_lineage.to_bytes(), other_content.to_bytes()] {
        let lock = store.lock().unwrap();
        lock.write(&state(2)).unwrap();
        fs::write(&path, &other).unwrap();
        let error = error_of(lock.write(&state(4)));
        assert_eq!(error.code().as_str(), "state-replaced");
        assert!(error.to_string().contains("it was serial 2 of lineage l"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), other);
    }
    let lock = store.lock().unwrap();
    fs::write(&path, "no state").unwrap();
    assert_eq!(error_of(lock.write(&state(4))).code().as_str(), "state-replaced");
    assert_eq!(fs::read_to_string(&path).unwrap(), "no state");
}

#[test]
fn a_state_that_vanished_is_written_again_only_where_it_tells_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    store.lock().unwrap().write(&state(1)).unwrap();
    let lock = store.lock().unwrap();
    fs::remove_file(&path).unwrap();
    let intent =
        Intent { run: "r".to_owned(), by: "b".to_owned(), lease_until: None, calls: Vec::new() };
    let begun = state(1).begin(intent, InstanceRef::default());
    assert_eq!(error_of(lock.write(&begun)).code().as_str(), "state-replaced");
    assert!(!path.exists());
    lock.write(&state(3)).unwrap();
    assert_eq!(read(&store), Some(state(3)));
}

#[test]
fn a_second_run_is_told_who_holds_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    let lock = store.lock().unwrap();
    let error = error_of(store.lock());
    assert_eq!(error.code().as_str(), "locked");
    if cfg!(unix) {
        assert!(error.to_string().ends_with(&format!("process {}", holder())), "{error}");
    }
    drop(lock);
    store.lock().unwrap();
}

#[test]
fn a_lock_without_a_descriptor_to_keep_is_taken_again_for_the_first_write() {
    let folder = tempfile::tempdir().unwrap();
    let (other, path) = store_in(&folder);
    let store = other.clone().keeping(Arc::new(KeptDescriptors::new(1)));
    let kept = FileStore { location: format!("{}.other", store.location), ..store.clone() };
    let keeps_the_only_one = kept.lock().unwrap();
    assert_eq!(error_of(kept.lock()).code().as_str(), "locked");

    let lock = store.lock().unwrap();
    drop(other.lock().unwrap());
    lock.write(&state(1)).unwrap();
    assert_eq!(error_of(other.lock()).code().as_str(), "locked");
    lock.write(&state(2)).unwrap();
    drop(lock);
    assert_eq!(read(&other), Some(state(2)));

    let (first, second) = (store.lock().unwrap(), store.lock().unwrap());
    first.write(&state(3)).unwrap();
    let error = error_of(second.write(&state(4)));
    assert_eq!(error.code().as_str(), "locked");
    assert!(error.to_string().contains("another run took this state"), "{error}");
    drop(first);
    let error = error_of(second.write(&state(4)));
    assert!(error.to_string().contains("it is serial 3 of lineage l"), "{error}");
    assert_eq!(fs::read(path).unwrap(), state(3).to_bytes());
    drop(keeps_the_only_one);
    let _keeps_it_now = store.lock().unwrap();
    assert_eq!(error_of(other.lock()).code().as_str(), "locked");
}

#[test]
#[cfg(unix)]
fn a_lock_without_a_state_goes_with_the_run_that_made_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    let path = folder.path().join("clerk.state.json.lock");
    drop(store.lock().unwrap());
    assert_eq!(names_in(folder.path()), [""; 0]);
    // Whoever waited for it with the file open holds nothing.
    let first = store.lock().unwrap();
    let (waiting, origin) = store.open_lock(&path).unwrap();
    assert!(origin == Origin::Found && durable::is_at(&waiting, &path));
    drop(first);
    assert!(store.hold(&waiting).is_ok() && !durable::is_at(&waiting, &path));
    let second = store.lock().unwrap();
    assert_eq!(error_of(store.lock()).code().as_str(), "locked");
    // One that somebody else put in its place is not this run's to take away.
    fs::remove_file(&path).unwrap();
    fs::write(&path, "").unwrap();
    drop(second);
    assert_eq!(names_in(folder.path()), ["clerk.state.json.lock"]);
    // It was there before.
    drop(store.lock().unwrap());
    assert_eq!(names_in(folder.path()), ["clerk.state.json.lock"]);
}

#[test]
fn what_an_older_lock_says_is_no_obstacle_and_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    let path = folder.path().join("clerk.state.json.lock");
    let text = "lock of clerkform: process 99999 on a host that is no more, with a long name\n";
    fs::write(&path, text).unwrap();
    let lock = store.lock().unwrap();
    if cfg!(unix) {
        assert_eq!(fs::read_to_string(&path).unwrap(), holder::lock_text());
    }
    drop(lock);
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn a_lock_that_is_no_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    fs::create_dir(folder.path().join("clerk.state.json.lock")).unwrap();
    let error = error_of(store.lock());
    assert_eq!(error.code().as_str(), "state-not-a-file");
    assert!(error.to_string().contains("clerk.state.json.lock: "), "{error}");
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn without_patience_there_is_one_try() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    let _lock = store.lock().unwrap();
    assert_eq!(error_of(block_on(lock_within(&store, Duration::ZERO))).code().as_str(), "locked");
}

#[test]
fn patience_ends_with_the_holders_name_or_with_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_in(&folder);
    let mut held = Some(store.lock().unwrap());

    let patience = Duration::from_millis(60);
    let start = Instant::now();
    assert_eq!(error_of(block_on(lock_within(&store, patience))).code().as_str(), "locked");
    assert!(start.elapsed() >= patience);

    block_on(async {
        let release = async {
            tokio::task::yield_now().await;
            held.take();
        };
        let (lock, ()) = tokio::join!(lock_within(&store, Duration::from_secs(60)), release);
        lock.unwrap();
    });
}

#[test]
fn only_a_lock_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = store_in(&folder);
    fs::create_dir(path).unwrap();
    let result = block_on(lock_within(&store, Duration::from_secs(600)));
    assert_eq!(error_of(result).code().as_str(), "state-not-a-file");
}
