//! States on a disk that takes its time: no target waits for another's, and what is written is the
//! same as one by one. The real binary, with `strace` in the place of a slow disk.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    on_unix::run();
}

#[cfg(unix)]
mod on_unix {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::PathBuf;
    use std::process::Command;

    use libtest_mimic::{Arguments, Trial};
    use serde_json::Value;
    use tempfile::TempDir;

    use crate::support::fake::{Answer, Fake, Script};
    use crate::support::program::clerkform;
    use crate::support::strace::{self, End, Fault};

    const SYNCS: &str = "?fsync,?fdatasync";

    pub fn run() {
        let is_missing = strace::is_missing();
        let trials = [
            Trial::test("a_slow_disk_of_one_target_keeps_no_other_from_its_calls", || {
                one_is_slow();
                Ok(())
            }),
            Trial::test("states_are_the_same_whether_written_side_by_side_or_one_by_one", || {
                side_by_side_or_one_by_one();
                Ok(())
            }),
        ];
        let trials = trials.map(|trial| trial.with_ignored_flag(is_missing));
        libtest_mimic::run(&Arguments::from_args(), trials.into()).exit()
    }

    fn one_is_slow() {
        let fleet = Fleet::of(2);
        // Two seconds for the first sync of its intent.
        let slow = Fault { calls: SYNCS, what: "delay_enter=2000000", nth: 1 };
        let folder = dunce::canonicalize(fleet.folder.path()).unwrap();
        let intent: PathBuf = folder.join(".clerk.e0.state.json.clerkform.tmp");
        let ran = strace::run(&fleet.apply(&["--all-envs"]), slow, &[intent]);
        assert_eq!((&ran.end, ran.was_hit), (&End::Exited(0), true), "{}", ran.said);
        fleet.fake.settle();
        let calls = fleet.fake.asked().into_iter().filter(|it| it.what.starts_with("PATCH "));
        let keys: Vec<String> = calls.map(|it| it.headers["authorization"].clone()).collect();
        let (first, last) = keys.split_at(3);
        assert!(first.iter().all(|key| key.ends_with("Member1")), "{keys:?}");
        assert!(last.len() == 3 && last.iter().all(|key| key.ends_with("Member0")), "{keys:?}");
    }

    fn side_by_side_or_one_by_one() {
        const TARGETS: usize = 24;
        let (together, apart) = (Fleet::of(TARGETS), Fleet::of(TARGETS));
        let ran = strace::slowed(&together.apply(&["--all-envs"]), SYNCS, 12);
        assert_eq!((&ran.end, ran.was_hit), (&End::Exited(0), true), "{}", ran.said);
        for n in 0..TARGETS {
            let output = apart.apply(&["-e", &format!("e{n}")]).output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
        assert_eq!(together.states().len(), TARGETS);
        assert_eq!(together.states(), apart.states());
    }

    /// A folder with a file of many environments, three calls each, and a service that tells no
    /// instance, so that it can be all of them.
    struct Fleet {
        folder: TempDir,
        fake: Fake,
        targets: usize,
    }

    impl Fleet {
        fn of(targets: usize) -> Self {
            let silent = Answer { status: 404, ..Answer::default() };
            let fake = Fake::start(Script::from([("GET /v1/instance".to_owned(), vec![silent])]));
            let folder = tempfile::tempdir().unwrap();
            let mut file = "instance: {hibp: true}\nrestrictions: {blocklist: true}\n\
                            organization_settings: {max_allowed_memberships: 7}\nenvironments:\n"
                .to_owned();
            for n in 0..targets {
                file += &format!("  e{n}: {{target: {{secret_key_env: KEY_{n}}}}}\n");
            }
            fs::write(folder.path().join("clerk.yaml"), file).unwrap();
            Self { folder, fake, targets }
        }

        fn apply(&self, words: &[&str]) -> Command {
            let mut command = clerkform(self.folder.path());
            command.args(["apply", "--yes", "--parallelism", "50"]).args(words);
            command.env("CLERK_API_URL", &self.fake.url);
            for n in 0..self.targets {
                command.env(format!("KEY_{n}"), format!("sk_test_fleetMember{n}"));
            }
            command
        }

        /// The text of each state by its name, but for the lineage, which is another each time.
        fn states(&self) -> BTreeMap<String, String> {
            let names = fs::read_dir(self.folder.path()).unwrap();
            let names = names.map(|it| it.unwrap().file_name().into_string().unwrap());
            let state = |name: String| {
                let text = fs::read_to_string(self.folder.path().join(&name)).unwrap();
                let state: Value = serde_json::from_str(&text).unwrap();
                (name, text.replace(state["lineage"].as_str().unwrap(), "the lineage"))
            };
            names.filter(|name| name.ends_with(".state.json")).map(state).collect()
        }
    }
}
