//! One run of the `git` on the path, and what its complaints mean.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::NamedTempFile;
use tokio::process::Command;
use tokio::time::timeout;

use crate::store::{SharedFault, date};
use crate::text::sanitize;

/// How long git may take. Nothing that it moves here is large.
const LONGEST: Duration = Duration::from_secs(30);

/// The variables by which git gives up itself over HTTP, a moment before it would be ended: what it has
/// started for that would outlive it.
const LOW_SPEED: [(&str, &str); 2] =
    [("GIT_HTTP_LOW_SPEED_LIMIT", "1"), ("GIT_HTTP_LOW_SPEED_TIME", "28")];

/// How much is shown of what git says.
const LONGEST_QUOTE: usize = 300;

/// The variable by which git traces what it says over HTTP, without credentials.
const TRACE: &str = "GIT_TRACE_CURL";

/// Who wrote the commits. They are in no history but their own.
const AUTHOR: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "clerkform"),
    ("GIT_AUTHOR_EMAIL", "clerkform@localhost"),
    ("GIT_COMMITTER_NAME", "clerkform"),
    ("GIT_COMMITTER_EMAIL", "clerkform@localhost"),
];

/// What git says where somebody has to prove who they are, or may not do it.
const DENIED: [&str; 13] = [
    "authentication failed",
    "could not read username",
    "could not read password",
    "permission denied",
    "permission to",
    "access denied",
    "returned error: 401",
    "returned error: 403",
    "not allowed to",
    "write access",
    "insufficient permission",
    "unable to create temporary object directory",
    "host key verification failed",
];

/// What it says of a repository that belongs to another user, in later versions and in earlier ones.
const NOT_OWNED: [&str; 2] = ["dubious ownership", "unsafe repository"];

/// What it says where nothing is at the remote.
const MISSING: [&str; 5] = [
    "does not appear to be a git repository",
    "repository not found",
    "' not found",
    "does not exist",
    "could not be found",
];

/// What it says where the network fails.
const UNREACHABLE: [&str; 9] = [
    "operation too slow",
    "could not resolve",
    "couldn't connect",
    "failed to connect",
    "connection refused",
    "connection reset",
    "timed out",
    "network is unreachable",
    "hung up",
];

/// Why a remote refuses to move a ref that somebody else has moved meanwhile.
const OVERTAKEN: [&str; 8] = [
    "stale info",
    "fetch first",
    "non-fast-forward",
    "needs force",
    "already exists",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value provided",
];

/// What says no more than that something failed.
const EMPTY_WORDS: [&str; 7] = [
    "to add an exception for this directory",
    "git config --global --add safe.directory",
    "could not read from remote repository",
    "please make sure you have the correct access rights",
    "and the repository exists",
    "failed to push some refs to",
    "the remote end hung up unexpectedly",
];

/// How a run of git ended.
pub(super) struct Said {
    /// Whether it ended with 0.
    pub is_success: bool,
    /// Its standard output.
    pub output: Vec<u8>,
    /// Its standard error.
    pub complaint: String,
}

/// Runs git in a folder to its end, in a language that is known, without asking anybody.
pub(super) async fn run(folder: &Path, words: &[&str], input: Stdio) -> io::Result<Said> {
    ended(Command::new("git"), folder, words, input).await
}

/// The same for a command that reads from a remote; with what the clock of the remote shows in seconds
/// since 1970, where it is reached over HTTP. Git itself keeps that to itself, but traces it.
pub(super) async fn run_dated(folder: &Path, words: &[&str]) -> io::Result<(Said, Option<u64>)> {
    let mut git = Command::new("git");
    if std::env::var_os(TRACE).is_some() {
        return Ok((ended(git, folder, words, Stdio::null()).await?, None));
    }
    let trace = NamedTempFile::new()?;
    git.env(TRACE, trace.path()).env("GIT_TRACE_CURL_NO_DATA", "1");
    git.env("GIT_TRACE_REDACT", "1");
    let said = ended(git, folder, words, Stdio::null()).await?;
    let traced = std::fs::read(trace.path()).unwrap_or_default();
    Ok((said, date_of(&String::from_utf8_lossy(&traced))))
}

/// The last time that is told in a trace of HTTP.
fn date_of(trace: &str) -> Option<u64> {
    trace.lines().rev().find_map(|line| {
        let (_, header) = line.split_once("<= Recv header: ")?;
        let (name, value) = header.split_once(':')?;
        date::seconds(value).filter(|_| name.eq_ignore_ascii_case("date"))
    })
}

async fn ended(mut git: Command, folder: &Path, words: &[&str], input: Stdio) -> io::Result<Said> {
    git.current_dir(folder).args(words).env("LC_ALL", "C").env("LANGUAGE", "C").envs(AUTHOR);
    // The time of a commit tells by which clock it was made.
    git.env_remove("GIT_AUTHOR_DATE").env_remove("GIT_COMMITTER_DATE");
    if std::env::var_os("GIT_TERMINAL_PROMPT").is_none() {
        git.env("GIT_TERMINAL_PROMPT", OsStr::new("0"));
    }
    if LOW_SPEED.iter().all(|(name, _)| std::env::var_os(name).is_none()) {
        git.envs(LOW_SPEED);
    }
    git.stdin(input).kill_on_drop(true);
    let ended = timeout(LONGEST, git.output()).await;
    let ended = ended.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok(Said {
        is_success: ended.status.success(),
        output: ended.stdout,
        complaint: String::from_utf8_lossy(&ended.stderr).into_owned(),
    })
}

/// What git's complaint means, and what of it is worth showing.
pub(super) fn trouble(complaint: &str) -> (SharedFault, String) {
    let lower = complaint.to_lowercase();
    let says = |any: &[&str]| any.iter().any(|words| lower.contains(words));
    let fault = if says(&["not a git repository (or any"]) {
        SharedFault::NoRepository
    } else if says(&NOT_OWNED) {
        SharedFault::NotOwned
    } else if says(&DENIED) {
        SharedFault::Unreadable
    } else if says(&MISSING) {
        SharedFault::NoRemote
    } else if says(&UNREACHABLE) {
        SharedFault::Unreachable
    } else {
        SharedFault::Unclear
    };
    (fault, told(complaint))
}

/// Whether the ref is not where the push expects it, before the remote was asked to move it.
pub(super) fn is_stale(said: &Said) -> bool {
    let output = String::from_utf8_lossy(&said.output);
    output.lines().any(|line| line.starts_with("!\t") && line.contains("(stale info)"))
}

/// Why the remote refuses to move the ref for good, in its own words; `None` where it did not say
/// so, or somebody else was faster.
pub(super) fn refusal(said: &Said) -> Option<String> {
    let output = String::from_utf8_lossy(&said.output);
    let refused = output.lines().find_map(|line| line.strip_prefix("!\t"))?;
    let (_, summary) = refused.split_once('\t')?;
    let is_overtaken = OVERTAKEN.iter().any(|words| summary.contains(words));
    // Its object store cannot be written to: that is told on the other stream.
    if is_overtaken || summary.contains("unpacker error") {
        return None;
    }
    let remarks: Vec<&str> =
        said.complaint.lines().filter_map(|line| line.strip_prefix("remote:")).collect();
    let reason = summary.split_once('(').map_or(summary, |(_, reason)| reason);
    let reason = reason.trim_end_matches(')');
    let told: Vec<&str> = [reason]
        .into_iter()
        .chain(remarks.into_iter().map(str::trim).filter(|remark| !remark.is_empty()))
        .collect();
    Some(shown(&told.join("; ")))
}

/// The lines of a complaint that say something.
fn told(complaint: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in complaint.lines() {
        let line = ["fatal:", "error:", "remote:", "ssh:", "ERROR:"]
            .iter()
            .find_map(|begin| line.strip_prefix(begin))
            .unwrap_or(line)
            .trim();
        let lower = line.to_lowercase();
        let is_empty = line.is_empty() || EMPTY_WORDS.iter().any(|words| lower.contains(words));
        if !is_empty && !lines.contains(&line) {
            lines.push(line);
        }
    }
    shown(&lines.join("; "))
}

/// A text of git's for people.
pub(super) fn shown(text: &str) -> String {
    sanitize(&without_credentials(text), LONGEST_QUOTE)
}

/// A text without what stands before the host in its URLs, and without their queries: remotes are
/// configured with tokens.
fn without_credentials(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = after.find(|c: char| c == '\'' || c == '"' || c.is_whitespace());
        let (url, after) = after.split_at(end.unwrap_or(after.len()));
        let authority = url.split('/').next().unwrap_or_default();
        let url = authority.rfind('@').map_or(url, |at| {
            shown.push_str("***");
            &url[at..]
        });
        match url.find(['?', '#']) {
            Some(at) => shown.extend([&url[..=at], "***"]),
            None => shown.push_str(url),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(summary: &str, complaint: &str) -> Option<String> {
        let output = format!("To x\n!\tabc:refs/clerkform/a\t{summary}\nDone\n").into_bytes();
        refusal(&Said { is_success: false, output, complaint: complaint.to_owned() })
    }

    #[tokio::test]
    async fn git_gives_up_over_http_before_it_is_ended() {
        let shown = "alias.shown=!echo $GIT_HTTP_LOW_SPEED_LIMIT $GIT_HTTP_LOW_SPEED_TIME";
        let here = std::env::current_dir().unwrap();
        let said = run(&here, &["-c", shown, "shown"], Stdio::null()).await.unwrap();
        let shown = String::from_utf8(said.output).unwrap();
        let (limit, seconds) = shown.trim().split_once(' ').unwrap();
        assert_eq!(limit, "1");
        assert!(Duration::from_secs(seconds.parse().unwrap()) < LONGEST);
    }

    #[test]
    fn the_last_time_of_a_trace_is_what_the_remote_shows() {
        let line = |header| format!("09:30:36.123 http.c:889   <= Recv header: {header}\n");
        let trace = [
            line("HTTP/1.1 200 OK"),
            line("Date: Fri, 27 Nov 2026 08:37:25 GMT"),
            line("date: Fri, 27 Nov 2026 08:37:26 GMT"),
            line("Last-Modified: Fri, 27 Nov 2026 08:37:27 GMT"),
            line("date: soon"),
        ];
        assert_eq!(date_of(&trace.concat()), Some(1_795_768_646));
        assert_eq!(date_of("== Info: Connected\n"), None);
    }

    #[test]
    fn a_remote_that_was_overtaken_has_not_refused() {
        for summary in [
            "[rejected] (stale info)",
            "[rejected] (fetch first)",
            "[remote rejected] (cannot lock ref 'a': is at 1 but expected 2)",
            "[remote rejected] (failed to update ref)",
            "[remote rejected] (incorrect old value provided)",
            "[remote rejected] (unpacker error)",
        ] {
            assert_eq!(refused(summary, ""), None, "{summary}");
        }
        let hook = "remote: no states here\nremote: \nerror: failed to push some refs to 'x'\n";
        assert_eq!(
            refused("[remote rejected] (pre-receive hook declined)", hook).as_deref(),
            Some("pre-receive hook declined; no states here")
        );
        let said = Said { is_success: false, output: Vec::new(), complaint: String::new() };
        assert_eq!(refusal(&said), None);
    }

    #[test]
    fn a_complaint_is_understood_and_shown_without_secrets() {
        use SharedFault::{NoRemote, NoRepository, NotOwned, Unclear, Unreachable, Unreadable};
        let general = "fatal: Could not read from remote repository.\n\nPlease make sure you have \
                       the correct access rights\nand the repository exists.\n";
        for (complaint, fault, told) in [
            (
                format!("fatal: 'up' does not appear to be a git repository\n{general}"),
                NoRemote,
                "'up' does not appear to be a git repository",
            ),
            (
                format!("git@example.com: Permission denied (publickey).\n{general}"),
                Unreadable,
                "git@example.com: Permission denied (publickey).",
            ),
            (
                "remote: Permission to a/b.git denied to bot.\nfatal: unable to access \
                 'https://x:ghs_secret@example.com/a/b.git/': The requested URL returned error: \
                 403\n"
                .to_owned(),
                Unreadable,
                "Permission to a/b.git denied to bot.; unable to access \
                 'https://***@example.com/a/b.git/': The requested URL returned error: 403",
            ),
            (
                "fatal: unable to access 'https://t@k@example.invalid/a/': Could not resolve host: \
                 example.invalid\n"
                .to_owned(),
                Unreachable,
                "unable to access 'https://***@example.invalid/a/': Could not resolve host: \
                 example.invalid",
            ),
            ("fatal: Operation too slow.\n".to_owned(), Unreachable, "Operation too slow."),
            (
                "fatal: repository 'https://example.com/a?token=secret/' not found\n".to_owned(),
                NoRemote,
                "repository 'https://example.com/a?***' not found",
            ),
            (
                "fatal: not a git repository (or any of the parent directories): .git\n".to_owned(),
                NoRepository,
                "not a git repository (or any of the parent directories): .git",
            ),
            (
                format!(
                    "fatal: detected dubious ownership in repository at '/builds/app'\nTo add an \
                     exception for this directory, call:\n\n\tgit config --global --add \
                     safe.directory /builds/app\n{general}"
                ),
                NotOwned,
                "detected dubious ownership in repository at '/builds/app'",
            ),
            ("fatal: \u{1b}[2J odd\n".to_owned(), Unclear, "\\u{1b}[2J odd"),
        ] {
            assert_eq!(trouble(&complaint), (fault, told.to_owned()));
        }
    }
}
