//! The page of a plan in a real browser, headless: it opens with 500 instances, its filter works,
//! and nothing in a value runs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

use support::program::{clerkform, run};
use support::tools;
use tempfile::TempDir;

const BROWSER: &str = "chromium";

/// What a value would do if anything in it ran.
const HOSTILE: &str =
    "\"><img src=x onerror=document.title=1></style><script>document.title=2</script>";

fn main() {
    let is_missing = Command::new(BROWSER)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_err();
    if is_missing {
        tools::skipped(BROWSER);
    }
    tools::run([
        ("a_plan_of_500_instances_opens_and_is_filtered", filtered as fn(), is_missing),
        ("nothing_in_a_value_runs", quiet, is_missing),
        ("drift_has_a_page_as_well", drifted, is_missing),
    ])
}

/// A page, and what a browser makes of it.
struct Page {
    folder: TempDir,
}

impl Page {
    fn of(configuration: &str, words: &[&str], exit: i32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("clerk.yaml"), configuration).unwrap();
        let ran = run(clerkform(folder.path()).args(words).args(["--report", "html=page.html"]));
        assert_eq!(ran.exit, exit, "{ran:?}");
        Self { folder }
    }

    /// The document once its script has run, opened with this behind the `#`.
    fn opened(&self, hash: &str) -> String {
        let url = format!("file://{}#{hash}", self.folder.path().join("page.html").display());
        let output = Command::new(BROWSER)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            // No update, no report: nothing leaves this machine.
            .args([
                "--disable-background-networking",
                "--no-first-run",
                "--disable-component-update",
            ])
            .args(["--proxy-server=127.0.0.1:9"])
            .arg(format!("--user-data-dir={}", self.folder.path().join("profile").display()))
            .arg(url)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What the page says of how much is shown.
fn told(document: &str) -> &str {
    let (_, rest) = document.split_once("role=\"status\">").expect("the page has its filter");
    rest.split_once('<').unwrap().0
}

fn many() -> String {
    let mut text = "instance: {hibp: true}\nenvironments:\n".to_owned();
    for number in 0..500 {
        let allowlist = number % 5 == 0;
        writeln!(text, "  e{number}:\n    target: {{secret_key_env: K{number}}}").unwrap();
        writeln!(text, "    restrictions: {{allowlist: {allowlist}}}").unwrap();
        writeln!(text, "    organization_settings: {{max_allowed_memberships: {number}}}").unwrap();
    }
    text
}

fn filtered() {
    let page = Page::of(&many(), &["plan", "--all-envs", "--quiet"], 0);
    for (hash, expected) in [
        ("", "1500 in all"),
        ("find=allowlist", "500 of 1500 shown"),
        ("find=e499%5D", "3 of 1500 shown"),
        ("find=e499%5D+hibp", "1 of 1500 shown"),
        ("kinds=changed,released", "0 of 1500 shown"),
        ("find=hibp&kinds=new", "500 of 1500 shown"),
    ] {
        let document = page.opened(hash);
        assert_eq!(told(&document), expected, "{hash}");
    }
    let document = page.opened("find=e499%5D+hibp");
    let shown = |mark: &str| {
        document.matches(mark).count()
            - document.match_indices(mark).filter(|(at, _)| is_hidden(&document[*at..])).count()
    };
    assert_eq!((shown("<details class=\"target\""), shown("<tr data-kind")), (1, 1));
}

/// Whether an element is hidden, by its first tag.
fn is_hidden(rest: &str) -> bool {
    rest.split_once('>').is_some_and(|(tag, _)| tag.contains(" hidden"))
}

fn quiet() {
    let value = serde_json::to_string(HOSTILE).unwrap();
    let file = format!(
        "instance: {{clerk_js_version: {value}}}\n\
         oauth_application_settings: {{default_scopes: [{value}, a]}}\n"
    );
    let document = Page::of(&file, &["plan", "--quiet"], 0).opened("");
    assert!(document.contains("<title>clerkform plan</title>"), "{document}");
    assert!(!document.contains("<img"), "{document}");
    assert_eq!(told(&document), "2 in all");
}

fn drifted() {
    let file = "restrictions: {blocklist: true}\norganization_settings: {enabled: true}\n";
    let document = Page::of(file, &["drift", "--sandbox", "--quiet"], 2).opened("");
    assert!(document.contains("<title>clerkform drift</title>"), "{document}");
    assert_eq!(told(&document), "2 in all");
    assert!(document.contains("data-name=\"Live\">false<"), "{document}");
}
