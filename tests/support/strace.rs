//! Faults put into the real binary by `strace`: killed at its n-th call of the operating system, or
//! told by it that something went wrong.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::tools;

/// How a run under it ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// It was killed, so the n-th call came.
    Killed,
    /// It ended by itself with this exit code.
    Exited(i32),
}

/// What is done to a call.
#[derive(Clone, Copy, Debug)]
pub struct Fault<'a> {
    /// Which, such as `?fsync,?fdatasync`: as `strace` takes a set, and counted each for itself.
    pub calls: &'a str,
    /// What happens, such as `signal=SIGKILL` or `error=EIO`.
    pub what: &'a str,
    /// At which of them, from 1 on.
    pub nth: usize,
}

/// Whether it is missing here, or may not trace.
pub fn is_missing() -> bool {
    let hit = Fault { calls: "exit_group", what: "signal=SIGKILL", nth: 1 };
    let has_strace = Command::new("strace").arg("-V").output().is_ok();
    let is_missing = !has_strace || run(&Command::new("true"), hit, &[]).end != End::Killed;
    if is_missing {
        tools::skipped("strace, or the right to trace a process,");
    }
    is_missing
}

/// A run that has ended.
#[derive(Debug)]
pub struct Traced {
    /// How.
    pub end: End,
    /// Whether such a call came.
    pub was_hit: bool,
    /// What it printed.
    pub said: String,
}

/// Runs a command with a fault in it; only calls about one of the paths count, where there are any.
pub fn run(command: &Command, fault: Fault<'_>, paths: &[PathBuf]) -> Traced {
    let Fault { calls, what, nth } = fault;
    injected(command, calls, &format!("{what}:when={nth}"), paths)
}

/// Runs a command of which each such call takes longer, by so many milliseconds.
pub fn slowed(command: &Command, calls: &str, milliseconds: u32) -> Traced {
    injected(command, calls, &format!("delay_enter={}", 1000 * milliseconds), &[])
}

fn injected(command: &Command, calls: &str, what: &str, paths: &[PathBuf]) -> Traced {
    let log = tempfile::NamedTempFile::new().expect("a file can be made");
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "-e", &format!("trace={calls}"), "-o"]).arg(log.path());
    for path in paths {
        traced.arg("-P").arg(path);
    }
    traced.args(["-e", &format!("inject={calls}:{what}")]);
    traced.arg(command.get_program()).args(command.get_args());
    traced.current_dir(command.get_current_dir().unwrap_or(Path::new(".")));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    let output = traced.stdin(Stdio::null()).output().expect("strace starts");
    let end = match output.status.signal() {
        Some(9) => End::Killed,
        _ => End::Exited(output.status.code().unwrap_or(-1)),
    };
    let log = std::fs::read_to_string(log.path()).unwrap_or_default();
    let was_told = ["(INJECTED)", "(DELAYED)"].into_iter().any(|mark| log.contains(mark));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Traced { was_hit: was_told || end == End::Killed, end, said }
}
