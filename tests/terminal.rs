//! What a person sees of a run that takes its time: on a terminal a spinner and a bar, which leave
//! nothing behind; and in a log plain lines. Python's `pty` is the terminal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};

use support::fake::{Answer, Fault, Script};
use support::place::Place;
use support::program::{KEY, binary, run};

/// Runs a program with standard error, and with `both` standard output too, at a terminal of 100
/// columns, and passes on what appears there.
const TERMINAL: &str = r#"
import fcntl, os, pty, struct, subprocess, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
out = slave if sys.argv[1] == "both" else subprocess.DEVNULL
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=out, stderr=slave)
os.close(slave)
while True:
    try:
        seen = os.read(master, 65536)
    except OSError:
        seen = b""
    if not seen:
        break
    os.write(1, seen)
sys.exit(child.wait())
"#;

/// A run at a terminal.
struct Session {
    child: Child,
    seen: String,
}

impl Session {
    /// Starts the program; `streams` is `both` or `errors`.
    fn start(place: &Place, streams: &str, variables: &[(&str, &str)], words: &[&str]) -> Self {
        let mut command = Command::new("python3");
        command.args(["-c", TERMINAL, streams]).arg(binary()).args(words);
        command.current_dir(place.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
        for variable in [
            "CI",
            "CLICOLOR_FORCE",
            "DOMTERM",
            "FORCE_HYPERLINK",
            "KONSOLE_VERSION",
            "NO_COLOR",
            "TERM_PROGRAM",
            "VTE_VERSION",
            "WT_SESSION",
        ] {
            command.env_remove(variable);
        }
        command.env("TERM", "xterm-256color").env("CLERK_SECRET_KEY", KEY);
        command.env("CLERK_API_URL", &place.fake.url).envs(variables.iter().copied());
        Self { child: command.spawn().expect("python3 starts"), seen: String::new() }
    }

    /// Waits until a text has appeared.
    fn wait_for(&mut self, text: &str) {
        let stream = self.child.stdout.as_mut().expect("a pipe");
        let mut bytes = [0; 4096];
        while !self.seen.contains(text) {
            let number = stream.read(&mut bytes).expect("the terminal lives");
            assert!(number > 0, "{text:?} never came: {:?}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..number]));
        }
    }

    /// Waits for its end: everything that appeared, and the exit code.
    fn end(mut self) -> (String, i32) {
        let stream = self.child.stdout.as_mut().expect("a pipe");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("the terminal lives");
        let exit = self.child.wait().expect("it ends").code().unwrap_or(-1);
        (self.seen + &String::from_utf8_lossy(&rest), exit)
    }
}

/// What is left on the screen of what appeared: a line that was cleared or written over is not.
fn left(seen: &str) -> String {
    let mut screen: Vec<String> = vec![String::new()];
    let mut row = 0;
    let mut rest = seen;
    while let Some(first) = rest.chars().next() {
        let mut skip = first.len_utf8();
        match first {
            '\r' if rest.starts_with("\r\n") => {}
            '\r' => screen[row].clear(),
            '\n' => {
                row += 1;
                screen.resize(screen.len().max(row + 1), String::new());
            }
            '\u{1b}' if rest.starts_with("\u{1b}[") => {
                let end = rest.find(|c: char| c.is_ascii_alphabetic()).expect("a sequence ends");
                match &rest[end..=end] {
                    "A" => row = row.saturating_sub(1),
                    "K" => screen[row].clear(),
                    "m" => {}
                    other => panic!("an unexpected sequence {other} in {seen:?}"),
                }
                skip = end + 1;
            }
            _ => screen[row].push(first),
        }
        rest = &rest[skip..];
    }
    screen.join("\n").trim_end().to_owned()
}

fn hanging() -> Script {
    let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
    Script::from([("PATCH /v1/instance/restrictions".to_owned(), vec![hang])])
}

/// An apply of a file whose second call is answered when the test says so.
fn place(script: Script) -> Place {
    let place = Place::new(script);
    fs::write(place.path("clerk.yaml"), "restrictions: {blocklist: true}\n").unwrap();
    place
}

#[test]
fn a_terminal_shows_the_call_in_hand_and_in_the_end_each_call_once() {
    let place = place(hanging());
    let mut session = Session::start(&place, "both", &[], &["apply", "--yes", "clerk.yaml"]);
    session.wait_for("clerk.yaml: PATCH /v1/instance/restrictions");
    place.fake.let_go();
    let (seen, exit) = session.end();
    assert_eq!(exit, 0, "{seen:?}");
    let left = left(&seen);
    assert!(left.ends_with("verified\n\nApply: 1 call applied in 1 target."), "{left}");
    assert_eq!(left.matches("PATCH").count(), 2, "the plan, and its result: {left}");
}

#[test]
fn a_code_is_a_link_on_a_terminal_that_knows_links_and_nowhere_else() {
    let link = "/docs/codes.md#unknown-field\u{1b}\\unknown-field\u{1b}]8;;\u{1b}\\";
    let place = place(Script::new());
    fs::write(place.path("clerk.yaml"), "instance: {hibp: true, hibq: true}\n").unwrap();
    for (variables, words, is_linked) in [
        (&[("TERM_PROGRAM", "iTerm.app")][..], &["validate"][..], true),
        (&[("TERM_PROGRAM", "iTerm.app")], &["validate", "--color", "never"], false),
        (&[("TERM_PROGRAM", "iTerm.app"), ("CI", "1")], &["validate"], false),
        (&[("TERM_PROGRAM", "iTerm.app"), ("FORCE_HYPERLINK", "0")], &["validate"], false),
        (&[("FORCE_HYPERLINK", "1")], &["validate"], true),
        (&[], &["validate"], false),
    ] {
        let (seen, exit) = Session::start(&place, "both", variables, words).end();
        assert_eq!((seen.contains(link), exit), (is_linked, 1), "{variables:?} {seen:?}");
        assert!(is_linked || !seen.contains("\u{1b}]8"), "{seen:?}");
    }
    let piped = run(place.command(&["validate"]).env("TERM_PROGRAM", "iTerm.app"));
    assert!(!format!("{piped:?}").contains("codes.md"), "{piped:?}");
}

#[test]
fn nothing_is_drawn_where_nobody_would_see_it_well() {
    for (words, variables) in
        [(&["--quiet"][..], &[][..]), (&[], &[("TERM", "dumb")][..]), (&[], &[("CI", "true")])]
    {
        let place = place(hanging());
        let words = [&["apply", "--yes", "clerk.yaml"], words].concat();
        let session = Session::start(&place, "errors", variables, &words);
        place.fake.wait_for("PATCH /v1/instance/restrictions");
        place.fake.let_go();
        assert_eq!(session.end(), (String::new(), 0), "{words:?} {variables:?}");
    }
}

#[test]
fn a_further_try_is_told_on_a_terminal_and_in_a_log() {
    let busy = Answer { status: 503, ..Answer::default() };
    let script = || {
        let answers = vec![busy.clone(), Answer::default()];
        Script::from([("PATCH /v1/instance/restrictions".to_owned(), answers)])
    };
    let told = "clerk.yaml: PATCH /v1/instance/restrictions: 503, trying again in 1 s (2nd try)";
    let first = place(script());
    let mut session = Session::start(&first, "errors", &[], &["apply", "--yes", "clerk.yaml"]);
    session.wait_for(told);
    let (seen, exit) = session.end();
    assert_eq!((left(&seen).as_str(), exit), ("", 0));

    let second = place(script());
    let ran = run(&mut second.command(&["apply", "--yes", "clerk.yaml"]));
    assert_eq!((ran.stderr.as_str(), ran.exit), (&*format!("{told}\n"), 0));
    assert!(ran.stdout.contains("verified, 2 attempts"), "{ran:?}");
    let third = place(script());
    let ran = run(&mut third.command(&["apply", "--yes", "clerk.yaml", "--quiet"]));
    assert_eq!((ran.stderr.as_str(), ran.exit), ("", 0));
}

#[test]
fn a_bar_counts_the_targets_of_a_fleet_that_are_done() {
    let place = place(hanging());
    fs::write(
        place.path("clerk.yaml"),
        "environments:\n  a: {instance: {hibp: true}, target: {secret_key_env: A}}\n  \
         b: {restrictions: {blocklist: true}, target: {secret_key_env: B}}\n",
    )
    .unwrap();
    let silent = Answer { status: 404, ..Answer::default() };
    let mut script = hanging();
    script.insert("GET /v1/instance".to_owned(), vec![silent]);
    place.fake.play(script);
    let keys = [("A", "sk_test_fleetMemberA"), ("B", "sk_test_fleetMemberB")];
    let words = ["apply", "--yes", "--all-envs", "clerk.yaml"];
    let mut session = Session::start(&place, "both", &keys, &words);
    session.wait_for(" 1/2 ");
    place.fake.let_go();
    let (seen, exit) = session.end();
    assert_eq!(exit, 0, "{seen:?}");
    assert!(left(&seen).ends_with("Apply: 1 call applied in each of 2 targets."), "{seen:?}");
}

#[test]
fn who_waits_for_another_run_is_told_so() {
    let place = place(hanging());
    let mut first = place.start(&["apply", "--yes", "clerk.yaml"]);
    place.fake.wait_for("PATCH /v1/instance/restrictions");
    let words = ["apply", "--yes", "--lock-timeout", "60", "clerk.yaml"];
    let mut session = Session::start(&place, "errors", &[], &words);
    session.wait_for("another run holds this state");
    place.fake.let_go();
    assert!(first.wait().unwrap().success());
    let (seen, exit) = session.end();
    assert_eq!((left(&seen).as_str(), exit), ("", 0));
}
