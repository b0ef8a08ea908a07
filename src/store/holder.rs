//! Who a run is to others: process id and host, as the lock and the intent name it.

use std::process::{self, Command, Stdio};
use std::{env, fs};

use crate::state::tame;

/// How much is shown of a name that came from elsewhere.
const LONGEST_NAME: usize = 120;

/// This process, as `PID on HOST`.
pub fn holder() -> String {
    format!("{} on {}", process::id(), host())
}

/// The holder that a lock's text names, in words for the run that has to wait.
pub(super) fn describe(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    match line.split_once(' ') {
        None if line.is_empty() => "a process that did not leave its name".to_owned(),
        Some((pid, _)) if pid.parse::<u32>().is_ok() => {
            format!("process {}", tame(line, LONGEST_NAME))
        }
        _ => tame(line, LONGEST_NAME),
    }
}

fn host() -> String {
    // The kernel's word before a file that may be out of date, and before variables that anyone
    // may set. Windows sets COMPUTERNAME; macOS has only the command.
    file("/proc/sys/kernel/hostname")
        .or_else(|| file("/etc/hostname"))
        .or_else(|| variable("HOSTNAME"))
        .or_else(|| variable("COMPUTERNAME"))
        .or_else(command)
        .unwrap_or_else(|| "unknown host".to_owned())
}

fn file(path: &str) -> Option<String> {
    name(&fs::read_to_string(path).ok()?)
}

fn variable(variable: &str) -> Option<String> {
    name(&env::var(variable).ok()?)
}

fn command() -> Option<String> {
    let output = Command::new("hostname").stdin(Stdio::null()).output().ok()?;
    name(&String::from_utf8_lossy(&output.stdout))
}

fn name(text: &str) -> Option<String> {
    let name = text.lines().next()?.trim();
    (!name.is_empty()).then(|| tame(name, LONGEST_NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_names_its_process_and_its_host() {
        let holder = holder();
        let (pid, host) = holder.split_once(" on ").unwrap();
        assert_eq!(pid, process::id().to_string());
        assert!(!host.is_empty() && !host.contains('\n'));
    }

    #[test]
    fn the_text_of_a_lock_is_shown_whatever_it_holds() {
        for (text, expected) in [
            ("12 on here\n", "process 12 on here"),
            ("", "a process that did not leave its name"),
            ("\n", "a process that did not leave its name"),
            ("somebody", "somebody"),
            ("somebody \u{1b}[2J", "somebody \\u{1b}[2J"),
        ] {
            assert_eq!(describe(text), expected);
        }
        assert!(describe(&"x".repeat(5000)).chars().count() < 200);
    }
}
