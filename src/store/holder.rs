//! Who a run is to others: process id and host, as the lock and the intent name it.

use std::process::{self, Command};
use std::sync::LazyLock;
use std::{env, fs};

use super::asked::{LONGEST, printed};
use crate::text::sanitize;

/// How much is shown of a name that came from elsewhere.
const LONGEST_NAME: usize = 120;

/// The variables by which a job of a CI system tells its page, in pieces that are joined.
const JOB_PAGES: [&[&str]; 5] = [
    &["CI_JOB_URL"],
    &["GITHUB_SERVER_URL", "/", "GITHUB_REPOSITORY", "/actions/runs/", "GITHUB_RUN_ID"],
    &["CIRCLE_BUILD_URL"],
    &["BUILDKITE_BUILD_URL"],
    &["BUILD_URL"],
];

/// This process, as `PID on HOST`, and the page of its CI job in brackets where the environment
/// tells one.
pub fn holder() -> String {
    // A fleet names it for each of its targets, and the host is read from a file.
    static HOLDER: LazyLock<String> = LazyLock::new(|| {
        let job = job().map_or_else(String::new, |job| format!(" ({job})"));
        format!("{} on {}{job}", process::id(), host())
    });
    HOLDER.clone()
}

/// How the text of a lock begins. A number and a host alone may stand in anybody's file.
const MARK: &str = concat!("lock of ", env!("CARGO_PKG_NAME"), ": process ");

/// The text of a lock that this process holds.
pub(super) fn lock_text() -> String {
    format!("{MARK}{}\n", holder())
}

/// The holder that a lock's text or an intent names, in words for the run that has to wait.
pub(super) fn describe(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    let line = line.strip_prefix(MARK).unwrap_or(line);
    match line.split_once(' ') {
        None if line.is_empty() => "an unknown process".to_owned(),
        Some((pid, _)) if pid.parse::<u32>().is_ok() => {
            format!("process {}", sanitize(line, LONGEST_NAME))
        }
        _ => sanitize(line, LONGEST_NAME),
    }
}

/// Whether a text is what a lock of this program holds.
pub(super) fn is_lock_text(text: &str) -> bool {
    let line = text.strip_suffix('\n').unwrap_or(text);
    !line.contains('\n') && line.strip_prefix(MARK).is_some_and(|by| parts(by).is_some())
}

/// Whether a holder is another process of this host that is still alive, and is this program. Where
/// the system does not tell, nobody is.
pub(super) fn is_alive(by: &str) -> bool {
    parts(by).is_some_and(|(pid, on)| {
        pid != process::id() && on == host() && program(pid).is_some_and(|it| it == own_program())
    })
}

/// The process and the host that a holder's name tells.
fn parts(by: &str) -> Option<(u32, &str)> {
    let (pid, on) = by.split_once(" on ")?;
    let on = on.split_once(" (").map_or(on, |(host, _)| host);
    (!on.trim().is_empty()).then_some((pid.parse().ok()?, on))
}

/// The name of the program that a process runs; `None` where there is no such process, or it only
/// waits for its parent to notice its end.
#[cfg(target_os = "linux")]
fn program(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (begin, rest) = stat.rsplit_once(')')?;
    let state = rest.trim_start().chars().next()?;
    (!matches!(state, 'Z' | 'X')).then(|| begin.split_once('(').map(|(_, name)| name.to_owned()))?
}

#[cfg(windows)]
fn program(pid: u32) -> Option<String> {
    let mut tasks = Command::new("tasklist");
    tasks.args(["/FI", &format!("PID eq {pid}"), "/FO", "CSV", "/NH"]);
    listed(&printed(&mut tasks, LONGEST)?, pid)
}

/// The program of a process in a list of Windows: a line each, `"NAME","PID","SESSION",…`.
#[cfg(any(windows, test))]
fn listed(tasks: &str, pid: u32) -> Option<String> {
    let number = format!("\"{pid}\"");
    let mut lines = tasks.lines().filter_map(|line| line.split_once(','));
    let (name, _) = lines.find(|(_, rest)| rest.split(',').next() == Some(&*number))?;
    Some(name.trim_matches('"').to_owned())
}

#[cfg(not(any(target_os = "linux", windows)))]
fn program(pid: u32) -> Option<String> {
    let mut ps = Command::new("ps");
    ps.args(["-o", "comm=", "-p", &pid.to_string()]);
    let path = printed(&mut ps, LONGEST)?;
    path.trim().rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The name of this program as the system shortens it: two versions of it may share a state.
fn own_program() -> String {
    program(process::id()).unwrap_or_else(|| env!("CARGO_PKG_NAME").to_owned())
}

/// The page of the CI job that this run is a part of.
fn job() -> Option<String> {
    JOB_PAGES.iter().find_map(|pieces| {
        let pieces = pieces.iter().map(|piece| {
            let is_variable = piece.starts_with(|first: char| first.is_ascii_uppercase());
            if is_variable { variable(piece) } else { Some((*piece).to_owned()) }
        });
        let page: String = pieces.collect::<Option<_>>()?;
        let is_plain = page.bytes().all(|byte| byte.is_ascii_graphic() && byte != b')');
        (page.starts_with("http") && is_plain).then_some(page)
    })
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
    name(&printed(&mut Command::new("hostname"), LONGEST)?)
}

fn name(text: &str) -> Option<String> {
    let name = text.lines().next()?.trim();
    (!name.is_empty()).then(|| sanitize(name, LONGEST_NAME))
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn a_holder_names_its_process_and_its_host() {
        let holder = holder();
        let (pid, host) = parts(&holder).unwrap();
        assert_eq!(pid, process::id());
        assert!(!host.is_empty() && !host.contains('\n'));
        assert!(is_lock_text(&lock_text()));
        assert_eq!(describe(&lock_text()), describe(&holder));
    }

    #[test]
    fn only_what_a_lock_holds_is_taken_for_one() {
        for (text, expected) in [
            ("lock of clerkform: process 12 on here\n", true),
            ("lock of clerkform: process 12 on here (https://ci.example.com/jobs/1)\n", true),
            ("lock of clerkform: process 12 on here\nand more\n", false),
            ("lock of clerkform: process 12\n", false),
            ("lock of clerkform: process 12 on ", false),
            ("lock of clerkform: process -1 on here\n", false),
            ("lock of clerkform: see the manual\n", false),
            // The name that others give their locks as well.
            ("12 on here\n", false),
            ("[[package]]\nname = \"a\"\n", false),
            ("{}", false),
        ] {
            assert_eq!(is_lock_text(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_holder_is_alive_only_as_another_process_of_this_program_here() {
        // Another program that lives until it is killed.
        let (waiting, words) =
            if cfg!(windows) { ("cmd", ["/C", "pause"]) } else { ("sh", ["-c", "read line"]) };
        let mut child = Command::new(waiting).args(words).stdin(Stdio::piped()).spawn().unwrap();
        let here = host();
        let (own, other) = (process::id(), child.id());
        assert_eq!(program(own), Some(own_program()));
        for by in [
            format!("{own} on {here}"),
            // It lives, and is another program, such as one that was given the number of a dead run.
            format!("{other} on {here}"),
            format!("{own} on elsewhere"),
            "nobody".to_owned(),
        ] {
            assert!(!is_alive(&by), "{by}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(program(other), None);
    }

    #[test]
    fn a_list_of_windows_tells_the_program_of_a_process() {
        let list = "\"cmd.exe\",\"12\",\"Console\",\"1\",\"4,012 K\"\r\n\
                    \"clerkform.exe\",\"112\",\"Console\",\"1\",\"9,912 K\"\r\n";
        assert_eq!(listed(list, 112).as_deref(), Some("clerkform.exe"));
        assert_eq!(listed(list, 12).as_deref(), Some("cmd.exe"));
        assert_eq!(listed(list, 1), None);
        assert_eq!(listed("INFO: No tasks are running which match the criteria.\r\n", 12), None);
    }

    #[test]
    fn the_text_of_a_lock_is_shown_whatever_it_holds() {
        for (text, expected) in [
            ("lock of clerkform: process 12 on here\n", "process 12 on here"),
            ("12 on here", "process 12 on here"),
            ("", "an unknown process"),
            ("\n", "an unknown process"),
            ("somebody", "somebody"),
            ("somebody \u{1b}[2J", "somebody \\u{1b}[2J"),
        ] {
            assert_eq!(describe(text), expected);
        }
        assert!(describe(&"x".repeat(5000)).chars().count() < 200);
    }
}
