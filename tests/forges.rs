//! Findings as forges read them: paths from the root of the repository whatever the working
//! directory, and SARIF of which Microsoft's validator, with GitHub's rules, has nothing to say.
//! The validator is installed by `tests/setup.sh`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::program::{Ran, binary, clerkform, run};
use support::tools;

fn main() {
    let is_missing = tools::is_missing(VALIDATOR, "the SARIF validator");
    tools::run([
        ("a_path_starts_at_the_root_of_the_repository", paths as fn(), false),
        ("without_a_repository_a_path_starts_at_the_working_directory", no_repository, false),
        ("a_link_is_followed_within_the_repository", links, cfg!(not(unix))),
        ("a_comment_links_to_the_commit_that_is_proposed", commits, false),
        ("no_name_is_a_command_to_a_runner", names, cfg!(not(unix))),
        ("the_validator_has_nothing_to_say_of_any_finding", every_finding, is_missing),
        ("the_validator_has_nothing_to_say_of_hostile_files", hostile, is_missing || cfg!(windows)),
    ])
}

/// The folder of the validator.
const VALIDATOR: &str = "sarif";

/// A repository with a folder `infra`, in which the commands run.
fn repository() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(".git"), "gitdir: elsewhere").unwrap();
    let infra = root.path().join("infra");
    fs::create_dir(&infra).unwrap();
    (root, infra)
}

const WRONG: &str = "instance:\n  hbip: true\n";

/// The path of the one finding, as each format tells it.
fn told(folder: &Path, words: &[&str]) -> [String; 3] {
    let printed = |format: &str| {
        let mut command = clerkform(folder);
        let ran = run(command.args(["validate", "--output-format", format]).args(words));
        assert_eq!(ran.exit, 1, "{ran:?}");
        ran.stdout
    };
    let json = |format: &str| serde_json::from_str::<Value>(&printed(format)).unwrap();
    let annotation = printed("github");
    let (_, file) = annotation.split_once("file=").unwrap();
    let issue = &json("gitlab")[0]["location"]["path"];
    let result = &json("sarif")["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    [
        file.split_once(',').unwrap().0.to_owned(),
        issue.as_str().unwrap().to_owned(),
        result["artifactLocation"]["uri"].as_str().unwrap().to_owned(),
    ]
}

fn paths() {
    let (root, infra) = repository();
    fs::write(root.path().join("top.yaml"), WRONG).unwrap();
    fs::write(infra.join("clerk.yaml"), WRONG).unwrap();
    let whole = dunce::canonicalize(&infra).unwrap().join("clerk.yaml");
    for (words, expected) in [
        (&[][..], "infra/clerk.yaml"),
        (&["./clerk.yaml"], "infra/clerk.yaml"),
        (&["../infra/clerk.yaml"], "infra/clerk.yaml"),
        (&[whole.to_str().unwrap()], "infra/clerk.yaml"),
        (&["../top.yaml"], "top.yaml"),
        (&["gone.yaml"], "infra/gone.yaml"),
        (&["../infra/../gone.yaml"], "gone.yaml"),
    ] {
        assert_eq!(told(&infra, words), [expected; 3], "{words:?}");
    }
    let named = ["clerk.yaml", "../infra/clerk.yaml"];
    let mut command = clerkform(&infra);
    let ran = run(command.args(["validate", "--output-format", "gitlab"]).args(named));
    let issues: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
}

fn no_repository() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("clerk.yaml"), WRONG).unwrap();
    assert_eq!(told(folder.path(), &["inner/clerk.yaml"]), ["inner/clerk.yaml"; 3]);
    let outside = dunce::canonicalize(&inner).unwrap().join("clerk.yaml");
    let outside = outside.to_str().unwrap().replace('\\', "/");
    let other = tempfile::tempdir().unwrap();
    let [file, path, uri] = told(other.path(), &[&outside]);
    assert_eq!(path, outside);
    assert_eq!(file, outside.replace(':', "%3A"));
    assert!(uri.starts_with("file:///") && uri.ends_with("/inner/clerk.yaml"), "{uri}");
}

#[cfg(unix)]
fn links() {
    use std::os::unix::fs::symlink;

    let (root, infra) = repository();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(root.path().join("top.yaml"), WRONG).unwrap();
    fs::write(elsewhere.path().join("far.yaml"), WRONG).unwrap();
    symlink("../top.yaml", infra.join("clerk.yaml")).unwrap();
    symlink(elsewhere.path().join("far.yaml"), infra.join("far.yaml")).unwrap();
    assert_eq!(told(&infra, &["clerk.yaml"]), ["top.yaml"; 3]);
    assert_eq!(told(&infra, &["far.yaml"]), ["infra/far.yaml"; 3]);
}

#[cfg(not(unix))]
fn links() {}

fn commits() {
    let (root, infra) = repository();
    fs::write(infra.join("clerk.yaml"), "instance:\n  hibp: true\n").unwrap();
    let event = root.path().join("event.json");
    let event = event.to_str().unwrap();
    let [merge, head] = ["a".repeat(40), "b".repeat(40)];
    let proposed = format!("{{\"pull_request\": {{\"head\": {{\"sha\": \"{head}\"}}}}}}");
    fs::write(event, proposed).unwrap();
    let place = |variables: &[(&str, &str)]| {
        let mut command = clerkform(&infra);
        command.args(["plan", "--output-format", "markdown"]);
        command.env_remove("GITHUB_WORKSPACE").env_remove("CI_PROJECT_DIR");
        command.env_remove("GITHUB_EVENT_PATH");
        let ran = run(command.envs(variables.iter().copied()));
        assert_eq!(ran.exit, 0, "{ran:?}");
        let row = ran.stdout.lines().find(|line| line.starts_with("| `instance.hibp` |"));
        row.unwrap().rsplit(" | ").next().unwrap().trim_end_matches(" |").to_owned()
    };
    let on_github = [
        ("GITHUB_SERVER_URL", "https://github.example"),
        ("GITHUB_REPOSITORY", "acme/settings"),
        ("GITHUB_SHA", merge.as_str()),
    ];
    let on_gitlab = [
        ("CI_PROJECT_URL", "https://gitlab.example/acme/settings"),
        ("CI_COMMIT_SHA", merge.as_str()),
    ];
    let link = |start: &str, commit: &str| {
        format!("[`clerk.yaml:2`]({start}blob/{commit}/infra/clerk.yaml#L2)")
    };
    let github = "https://github.example/acme/settings/";
    assert_eq!(place(&on_github), link(github, &merge));
    assert_eq!(
        place(&[&on_github[..], &[("GITHUB_EVENT_PATH", event)]].concat()),
        link(github, &head)
    );
    assert_eq!(place(&on_gitlab), link("https://gitlab.example/acme/settings/-/", &merge));
    assert_eq!(place(&[]), "`clerk.yaml:2`");
    // What a job cloned beside its own repository is not there.
    let elsewhere = [("GITHUB_WORKSPACE", "/")];
    assert_eq!(place(&[&on_github[..], &elsewhere].concat()), "`clerk.yaml:2`");
}

/// What the validator says of a file, a line each.
fn complaints(folder: &Path, file: &str, rules: &[&str]) -> Vec<String> {
    let mut node = Command::new("node");
    node.args(["-p", "require('@microsoft/sarif-multitool')"])
        .current_dir(tools::folder(VALIDATOR));
    let mut validator = Command::new(run(&mut node).stdout.trim());
    // One of its rules looks whether URIs can be reached: nothing leaves this machine.
    validator
        .args(["validate", file, "--rule-kind"])
        .args(rules)
        .current_dir(folder)
        .env("HOME", folder)
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
        .envs([("HTTPS_PROXY", "http://127.0.0.1:9"), ("HTTP_PROXY", "http://127.0.0.1:9")]);
    let ran = run(&mut validator);
    assert!(ran.stdout.contains("1 files scanned"), "{ran:?}");
    let said =
        |line: &&str| [": error ", ": warning ", ": note "].iter().any(|of| line.contains(of));
    ran.stdout.lines().filter(said).map(str::to_owned).collect()
}

/// Checks a report with GitHub's rules, of whatever weight, and with the errors and warnings among
/// the general ones. Gives back the run.
fn assert_nothing_to_say(folder: &Path, file: &str) -> Value {
    let github = complaints(folder, file, &["Ghas", "--level", "Error;Warning;Note"]);
    assert!(github.is_empty(), "{github:#?}");
    let mut general = complaints(folder, file, &["Sarif"]);
    // There is no page yet to which it could point: `Cargo.toml` has a placeholder.
    general.retain(|line| !line.contains("does not provide 'informationUri'"));
    assert!(general.is_empty(), "{general:#?}");
    let report = fs::read_to_string(folder.join(file)).unwrap();
    serde_json::from_str::<Value>(&report).unwrap()["runs"][0].take()
}

fn validate(folder: &Path, files: &[String]) -> Value {
    run(clerkform(folder).args(["validate", "--report", "sarif=report.sarif"]).args(files));
    assert_nothing_to_say(folder, "report.sarif")
}

fn every_finding() {
    let (root, _) = repository();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files = vec!["gone.yaml".to_owned(), "infra".to_owned()];
    for case in fs::read_dir(cases).unwrap() {
        let case = case.unwrap();
        for file in fs::read_dir(case.path()).unwrap().map(Result::unwrap) {
            if file.path().extension().is_some_and(|ending| ending == "yaml") {
                let name = format!("{}-{}", files.len(), file.file_name().display());
                fs::copy(file.path(), root.path().join(&name)).unwrap();
                files.push(name);
            }
        }
    }
    let results = validate(root.path(), &files)["results"].take();
    assert!(results.as_array().unwrap().len() > 20);

    fs::write(root.path().join("good.yaml"), "instance: {hibp: true}\n").unwrap();
    let results = validate(root.path(), &["good.yaml".to_owned()])["results"].take();
    assert!(results.as_array().unwrap().is_empty());

    // It would have said something.
    let report = fs::read_to_string(root.path().join("report.sarif")).unwrap();
    fs::write(root.path().join("bad.sarif"), report.replace("fullDescription", "other")).unwrap();
    assert!(!complaints(root.path(), "bad.sarif", &["Ghas"]).is_empty());
}

fn hostile() {
    let (root, _) = repository();
    let bad = "</script>\u{1b}[2J\u{202e}[x](https://e.x) {0} %25 ,::error::y ##[error]";
    let files: Vec<String> =
        ["a b,c:d%2F?e#f\\g.yaml", "-x=\"'`&<>.yaml", "\u{202e}ü\n\t\u{1b}.yaml"]
            .iter()
            .map(|name| format!("./{name}"))
            .collect();
    for file in &files {
        let quoted = serde_json::to_string(bad).unwrap();
        let text = format!("{quoted}: 1\ninstance:\n  {quoted}: 2\n  support_email: {quoted}\n");
        fs::write(root.path().join(file), text).unwrap();
    }
    let results = validate(root.path(), &files)["results"].take();
    assert_eq!(results.as_array().unwrap().len(), 9);

    let ran =
        run(clerkform(root.path()).args(["validate", "--output-format", "github"]).args(&files));
    assert_eq!(ran.stdout.lines().count(), 9);
    assert_inert(&ran);
}

/// Nothing in a log is a command, but for the annotations of findings.
fn assert_inert(ran: &Ran) {
    for line in ran.stdout.lines().chain(ran.stderr.lines()) {
        let is_command = line.trim_start().starts_with("::") || line.contains("##[");
        assert!(line.starts_with("::error file=") || !is_command, "{line}");
        assert!(!line.contains(['\r', '\u{1b}', '\u{202e}']), "{line}");
    }
}

fn names() {
    let folder = tempfile::tempdir().unwrap();
    for (number, name) in ["a\n::error::b", "::error::c", "##[error]d", "e\r::f", "'g\u{202e}\\"]
        .into_iter()
        .enumerate()
    {
        let file = format!("{name}.yaml");
        let file = file.as_str();
        let of = |words: &[&str], exit: i32| {
            let ran = run(clerkform(folder.path()).args(words));
            assert_eq!(ran.exit, exit, "{ran:?}");
            assert_inert(&ran);
            ran
        };
        of(&["init", file], 0);
        fs::write(folder.path().join(file), "restrictions: {blocklist: true}\n").unwrap();
        of(&["plan", file, "--sandbox", "--out", &format!("{name}.json"), "-v"], 0);
        of(&["apply", file, "--sandbox", "--yes", "-v"], 0);
        of(&["plan", file, "-e", name], 64);
        of(&["plan", file, &format!("--env={name}")], 64);
        of(&["explain", name], 1);
        fs::write(folder.path().join(file), "restrictions: {allowlist: true}\n").unwrap();
        let told = of(&["drift", file, "--sandbox", "-v"], 2).stderr;
        // What is told to be run is run as it stands.
        let (_, rest) = told.split_once('`').unwrap();
        let (command, _) = rest.split_once('`').unwrap();
        let words = command.strip_prefix("clerkform ").unwrap();
        let mut bash = Command::new("bash");
        bash.current_dir(folder.path()).env("CLERKFORM", binary());
        let ran = run(bash.args(["-c", &format!("\"$CLERKFORM\" {words} --yes")]));
        assert_eq!(ran.exit, 0, "{number}: {command}: {ran:?}");
    }
}
