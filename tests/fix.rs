//! `fix` on what a case's folder cannot hold: standard input, modes, links, and other programs that
//! read its diff.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stderr, reason = "who runs it is told what was not tried")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use support::program::{Ran, clerkform, run};

const OLD: &str = "instance:\n  hibp: true\n  cookieless_dev: true # mine\n";
const NEW: &str = "instance:\n  hibp: true\n  url_based_session_syncing: true # mine\n";

/// Runs `fix` with a file as standard input.
fn fix_stdin(text: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("input");
    fs::write(&path, text).unwrap();
    let input = Stdio::from(fs::File::open(path).unwrap());
    run(clerkform(folder.path()).arg("fix").args(arguments).stdin(input))
}

#[test]
fn standard_input_comes_out_repaired_and_the_report_beside_it() {
    for (before, after) in [
        (OLD.to_owned(), NEW.to_owned()),
        (format!("\u{feff}{OLD}"), format!("\u{feff}{NEW}")),
        (OLD.replace('\n', "\r\n"), NEW.replace('\n', "\r\n")),
        (NEW.to_owned(), NEW.to_owned()),
        (String::new(), String::new()),
    ] {
        let ran = fix_stdin(&before, &["-", "--stdin-filename", "shop.yaml"]);
        assert_eq!((ran.exit, &ran.stdout), (0, &after), "{}", ran.stderr);
        let told = "shop.yaml:3:3: cookieless_dev → url_based_session_syncing\n";
        assert_eq!(ran.stderr.contains(told), before != after, "{}", ran.stderr);
    }
}

#[test]
fn standard_input_that_is_refused_does_not_come_out() {
    let ran = fix_stdin("instance: [\n", &["-"]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("--> -:1:11"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn the_mode_of_a_file_and_the_link_to_it_are_kept() {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let (link, real) = (folder.path().join("clerk.yaml"), folder.path().join("shop/real.yaml"));
    fs::create_dir(folder.path().join("shop")).unwrap();
    symlink("shop/real.yaml", &link).unwrap();
    for mode in [0o600, 0o664, 0o755] {
        fs::write(&real, OLD).unwrap();
        fs::set_permissions(&real, Permissions::from_mode(mode)).unwrap();
        let ran = run(clerkform(folder.path()).arg("fix"));
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert_eq!(fs::read_to_string(&real).unwrap(), NEW);
        assert_eq!(fs::metadata(&real).unwrap().mode() & 0o7777, mode);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(real.parent().unwrap()).unwrap().count(), 1);
    }
}

#[test]
fn a_file_in_which_nothing_is_replaced_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clerk.yaml");
    let long_ago = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for (text, words, exit) in [(NEW, &["fix"][..], 0), (OLD, &["fix", "--diff"], 1)] {
        fs::write(&path, text).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        assert_eq!(run(clerkform(folder.path()).args(words)).exit, exit);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = pipe.clone();
    let writer = std::thread::spawn(move || fs::write(writer, OLD).unwrap());
    let ran = run(clerkform(folder.path()).args(["fix", "pipe"]));
    writer.join().unwrap();
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("cannot write `pipe`: it is not a regular file"), "{}", ran.stderr);
    assert!(!fs::metadata(pipe).unwrap().is_file());
}

/// Whether a program took the diff, on standard input, and made the repaired text of it; `None`
/// where the program is not installed.
fn applied(program: &str, arguments: &[&str], folder: &Path, diff: &str) -> Option<()> {
    let patch = folder.join("the.patch");
    fs::write(&patch, diff).unwrap();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        // So that a repository above the folder is of no concern.
        .env("GIT_CEILING_DIRECTORIES", folder)
        // Git for Windows is installed with its own mind on line breaks.
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(fs::File::open(patch).unwrap())
        .output();
    let Ok(output) = output else {
        eprintln!("`{program}` is not installed, so it is not tried");
        return None;
    };
    assert!(output.status.success(), "{program}: {output:?}\n{diff}");
    Some(())
}

#[test]
fn other_programs_apply_the_diff() {
    for (name, text) in [
        ("clerk.yaml", OLD.to_owned()),
        ("./clerk.yaml", format!("\u{feff}{}", OLD.trim_end())),
        ("of the shop.yaml", OLD.replace('\n', "\r\n")),
        ("shop/é.yaml", format!("{}{OLD}{}", "# a\n".repeat(9), "# b\n".repeat(9))),
    ] {
        let expected = text.replace("cookieless_dev", "url_based_session_syncing");
        for (program, arguments) in
            [("git", &["apply", "-p0", "-"][..]), ("patch", &["-p0", "--binary"][..])]
        {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
            let diff = run(clerkform(folder.path()).args(["fix", "--diff", name])).stdout;
            if applied(program, arguments, folder.path(), &diff).is_some() {
                assert_eq!(fs::read_to_string(&path).unwrap(), expected, "{program} {name}");
            }
        }
    }
}
