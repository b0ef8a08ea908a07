//! The real binary, killed at its n-th call of the operating system for every n, or told by it that
//! one went wrong. Whatever the state is then, it can be read and claims nothing false, `plan`
//! works, one `apply` converges, and a second plan is empty.
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

    use clerkform::catalog::SECTIONS;
    use clerkform::config::{SourceFile, check};
    use clerkform::state::State;
    use libtest_mimic::{Arguments, Trial};
    use serde_json::{Map, Value};
    use tempfile::TempDir;

    use crate::support::fake::{Answer, Asked, Fake, Script};
    use crate::support::place::FILE;
    use crate::support::program::{self, clerkform};
    use crate::support::strace::{self, End, Fault, Traced};

    /// What a run is about.
    #[derive(Clone, Copy, Debug)]
    struct Story {
        name: &'static str,
        /// What was applied before; nothing for a first run.
        earlier: Option<&'static str>,
        file: &'static str,
        /// The environments, each with the variable of its key; none for the file itself.
        targets: &'static [(Option<&'static str>, &'static str)],
    }

    const ALONE: &[(Option<&str>, &str)] = &[(None, "CLERK_SECRET_KEY")];
    const STORIES: [Story; 4] = [
        Story { name: "a_first_run", earlier: None, file: FILE, targets: ALONE },
        Story {
            name: "a_later_run",
            earlier: Some(
                "instance: {hibp: false, test_mode: true}\nrestrictions: {blocklist: false}\n",
            ),
            file: "instance: {hibp: true, test_mode: true}\nrestrictions: {blocklist: true}\n\
                   organization_settings: {enabled: true}\n",
            targets: ALONE,
        },
        Story {
            name: "a_run_with_a_release",
            earlier: Some(
                "instance: {hibp: false, test_mode: true}\nrestrictions: {blocklist: false}\n\
                 organization_settings: {enabled: true, max_allowed_memberships: 5}\n",
            ),
            file: "instance: {hibp: true}\nrestrictions: {blocklist: true, allowlist: true}\n\
                   organization_settings: {max_allowed_memberships: 7}\n",
            targets: ALONE,
        },
        Story {
            name: "a_run_of_two_targets",
            earlier: None,
            file: "instance: {hibp: true}\nrestrictions: {blocklist: true}\nenvironments:\n  a:\n    \
                   target: {secret_key_env: KEY_A}\n    organization_settings: {enabled: true}\n  \
                   b:\n    target: {secret_key_env: KEY_B}\n    instance: {test_mode: true}\n",
            targets: &[(Some("a"), "KEY_A"), (Some("b"), "KEY_B")],
        },
    ];

    /// One kind of call: the names that systems have for it, of which each uses one, and at how many
    /// of them a run at least can be hit: fewer would mean that nothing was. They are counted for each
    /// thread, and each target may be written by one of its own.
    #[derive(Clone, Copy, Debug)]
    struct Kind {
        name: &'static str,
        calls: &'static str,
        at_least: usize,
        error: Option<&'static str>,
    }

    const KINDS: [Kind; 9] = [
        Kind { name: "open", calls: "?openat", at_least: 4, error: Some("ENOSPC") },
        Kind { name: "write", calls: "?write", at_least: 4, error: Some("ENOSPC") },
        Kind { name: "mode", calls: "?fchmod", at_least: 1, error: Some("EPERM") },
        Kind { name: "sync", calls: "?fsync,?fdatasync", at_least: 2, error: Some("EIO") },
        Kind { name: "rename", calls: "/^rename", at_least: 1, error: Some("EIO") },
        Kind { name: "cut", calls: "?ftruncate", at_least: 1, error: Some("EIO") },
        Kind { name: "lock", calls: "?flock", at_least: 1, error: Some("EIO") },
        Kind { name: "request", calls: "?writev,?sendto,?sendmsg", at_least: 3, error: None },
        Kind { name: "answer", calls: "?recvfrom,?recvmsg", at_least: 3, error: None },
    ];

    pub fn run() {
        let is_missing = strace::is_missing();
        let mut trials = Vec::new();
        for story in STORIES {
            for kind in KINDS {
                let name = format!("{}_killed_at_every_{}_converges", story.name, kind.name);
                trials.push(Trial::test(name, move || {
                    killed_at_every(story, kind);
                    Ok(())
                }));
                let Some(error) = kind.error else { continue };
                let name = format!("{}_whose_{}_fails_tells_the_truth", story.name, kind.name);
                trials.push(Trial::test(name, move || {
                    failing_at_every(story, kind, error);
                    Ok(())
                }));
            }
        }
        let trials = trials.into_iter().map(|trial| trial.with_ignored_flag(is_missing));
        libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit()
    }

    fn killed_at_every(story: Story, kind: Kind) {
        let scene = Scene::new(story);
        for nth in 1.. {
            let place = scene.place();
            // What is opened before, to load and to read, changes nothing.
            let paths = if kind.name == "open" { place.own_files() } else { Vec::new() };
            let fault = Fault { calls: kind.calls, what: "signal=SIGKILL", nth };
            let command = place.command(&["apply", "--yes"]);
            let Traced { end, was_hit, said } = strace::run(&command, fault, &paths);
            assert!(matches!(end, End::Killed | End::Exited(0)), "{fault:?}: {end:?} {said}");
            place.is_truthful_and_converges(&format!("{fault:?}"));
            if !was_hit {
                assert!(nth > kind.at_least, "only {} kills at a {}", nth - 1, kind.name);
                break;
            }
        }
    }

    fn failing_at_every(story: Story, kind: Kind, error: &str) {
        let scene = Scene::new(story);
        let mut failures = 0;
        for nth in 1.. {
            let place = scene.place();
            let what = format!("error={error}");
            let fault = Fault { calls: kind.calls, what: &what, nth };
            let command = place.command(&["apply", "--yes"]);
            let Traced { end, was_hit, said } = strace::run(&command, fault, &place.own_files());
            let told = format!("{fault:?}: {end:?} {said}");
            let accepted = place.accepted();
            match end {
                End::Exited(0) => {}
                End::Exited(1) => assert!(accepted.is_empty(), "{told}"),
                End::Exited(3) => assert!(!accepted.is_empty(), "{told}"),
                End::Exited(_) | End::Killed => panic!("{told}"),
            }
            place.has_nothing_else(&told);
            place.is_truthful_and_converges(&told);
            failures += usize::from(end != End::Exited(0));
            if !was_hit {
                assert_eq!(end, End::Exited(0), "{told}");
                break;
            }
        }
        assert!(failures > 0, "no {} ever failed", kind.name);
    }

    /// By name of the variable of the key, section and field.
    type World = BTreeMap<(String, String, String), Value>;

    /// Where a story begins: what stands in the folder and what the service holds.
    struct Scene {
        story: Story,
        files: BTreeMap<String, Vec<u8>>,
        world: World,
    }

    impl Scene {
        fn new(story: Story) -> Self {
            let empty = Self { story, files: BTreeMap::new(), world: World::new() };
            let Some(earlier) = story.earlier else { return empty };
            let place = empty.place();
            fs::write(place.folder.path().join("clerk.yaml"), earlier).unwrap();
            place.succeeds(&["apply", "--yes"]);
            let read = |name: String| {
                let bytes = fs::read(place.folder.path().join(&name)).unwrap();
                (name, bytes)
            };
            let files = place.names().into_iter().filter(|name| name.ends_with("state.json"));
            Self { files: files.map(read).collect(), world: place.world(), ..empty }
        }

        fn place(&self) -> Place<'_> {
            let folder = tempfile::tempdir().unwrap();
            for (name, bytes) in &self.files {
                fs::write(folder.path().join(name), bytes).unwrap();
            }
            fs::write(folder.path().join("clerk.yaml"), self.story.file).unwrap();
            // Of several targets the same service would be the same instance.
            let untold = Answer { status: 404, ..Answer::default() };
            let script = Script::from([("GET /v1/instance".to_owned(), vec![untold])]);
            Place { scene: self, folder, fake: Fake::start(script) }
        }
    }

    /// A folder of its own, and a service, for one run and what is done after it.
    struct Place<'a> {
        scene: &'a Scene,
        folder: TempDir,
        fake: Fake,
    }

    impl Place<'_> {
        fn command(&self, words: &[&str]) -> Command {
            let mut command = clerkform(self.folder.path());
            command.args(words).env("CLERK_API_URL", &self.fake.url);
            for (environment, variable) in self.scene.story.targets {
                command.env(variable, key(variable));
                command.args(environment.iter().flat_map(|name| ["--env", name]));
            }
            command
        }

        fn succeeds(&self, words: &[&str]) -> String {
            let ran = program::run(&mut self.command(words));
            assert_eq!(ran.exit, 0, "{words:?} {ran:?}");
            ran.stdout
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.folder.path()).unwrap();
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
        }

        /// The files that a run writes, and their folder.
        fn own_files(&self) -> Vec<PathBuf> {
            // As the system tells the path of what is open.
            let folder = dunce::canonicalize(self.folder.path()).unwrap();
            let mut files = vec![folder.clone()];
            for state in self.states() {
                files.push(folder.join(format!("{state}.lock")));
                files.push(folder.join(format!(".{state}.clerkform.tmp")));
                files.push(folder.join(state));
            }
            files
        }

        fn states(&self) -> Vec<String> {
            self.scene.story.targets.iter().map(|(environment, _)| state_of(*environment)).collect()
        }

        /// The calls that the service was sent and so accepted, in their order.
        fn accepted(&self) -> Vec<(String, &'static str, Map<String, Value>)> {
            self.fake.settle();
            let calls = self.fake.asked();
            let calls = calls.iter().filter(|asked| asked.what.starts_with("PATCH "));
            calls.map(|asked| self.understood(asked)).collect()
        }

        fn understood(&self, asked: &Asked) -> (String, &'static str, Map<String, Value>) {
            let sent = &asked.headers["authorization"];
            let variables = self.scene.story.targets.iter().map(|(_, variable)| *variable);
            let variable = variables.into_iter().find(|it| sent.ends_with(&key(it))).unwrap();
            let path = asked.what.trim_start_matches("PATCH ");
            let section = SECTIONS.iter().find(|section| section.path == path).unwrap();
            (variable.to_owned(), section.name, serde_json::from_str(&asked.body).unwrap())
        }

        /// What the service holds by now.
        fn world(&self) -> World {
            let mut world = self.scene.world.clone();
            for (variable, section, body) in self.accepted() {
                for (field, value) in body {
                    world.insert((variable.clone(), section.to_owned(), field), value);
                }
            }
            world
        }

        fn is_truthful_and_converges(&self, told: &str) {
            let world = self.world();
            for (environment, variable) in self.scene.story.targets {
                self.claims_nothing_false(*environment, variable, &world, told);
            }
            let plan = program::run(&mut self.command(&["plan", "--detailed-exitcode"]));
            assert!([0, 2].contains(&plan.exit), "{told}: {plan:?}");
            self.succeeds(&["apply", "--yes"]);
            self.is_as_wanted(told);
            self.succeeds(&["plan", "--detailed-exitcode"]);
            self.has_nothing_else(told);
        }

        /// No temporary file is left.
        fn has_nothing_else(&self, told: &str) {
            let states = self.states();
            for name in self.names() {
                let is_expected = name == "clerk.yaml"
                    || states.iter().any(|it| *it == name || format!("{it}.lock") == name);
                assert!(is_expected, "{told}: {name} is left");
            }
        }

        fn claims_nothing_false(
            &self,
            environment: Option<&str>,
            variable: &str,
            world: &World,
            told: &str,
        ) {
            let name = state_of(environment);
            let sent: Vec<_> =
                self.accepted().into_iter().filter(|(target, ..)| target == variable).collect();
            let Ok(bytes) = fs::read(self.folder.path().join(&name)) else {
                assert!(sent.is_empty(), "{told}: {sent:?} was sent without an intent");
                assert!(!self.scene.files.contains_key(&name), "{told}: the state is gone");
                return;
            };
            let state = State::parse(&bytes).unwrap_or_else(|error| panic!("{told}: {error}"));
            let known = state.known();
            for ((section, field), known) in &known {
                let at = (variable.to_owned(), (*section).to_owned(), (*field).to_owned());
                if let Some(claimed) = known.certain() {
                    assert_eq!(world.get(&at), Some(claimed), "{told}: {at:?}");
                }
            }
            for (_, section, body) in &sent {
                for (field, value) in body {
                    let known = known.get(&(*section, field.as_str()));
                    let is_covered =
                        known.is_some_and(|it| it.uncertain || it.recorded == Some(value));
                    assert!(is_covered, "{told}: {section}.{field} was sent and is not known");
                }
            }
        }

        /// The service holds what the file asks for.
        fn is_as_wanted(&self, told: &str) {
            let world = self.world();
            let source = SourceFile::new("clerk.yaml", self.scene.story.file.as_bytes()).unwrap();
            let configuration = check(&source).configuration.unwrap();
            for (environment, variable) in self.scene.story.targets {
                for setting in configuration.desired(*environment).unwrap().settings {
                    let (section, field) = (setting.section.name, setting.field.name);
                    let at = ((*variable).to_owned(), section.to_owned(), field.to_owned());
                    assert_eq!(world.get(&at), Some(&*setting.value), "{told}: {at:?}");
                }
            }
        }
    }

    /// A made-up key, another for each variable.
    fn key(variable: &str) -> String {
        format!("sk_test_madeUp{}", variable.replace('_', ""))
    }

    fn state_of(environment: Option<&str>) -> String {
        environment.map_or("clerk.state.json".to_owned(), |name| format!("clerk.{name}.state.json"))
    }
}
