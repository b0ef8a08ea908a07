//! The page of a plan in a real browser, headless: its filter works with 500 instances, it fits a
//! phone, paper and a keyboard, and nothing in a value runs. `benches/page.sh` times it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
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
        ("a_plan_of_500_instances_is_filtered", filtered as fn(), is_missing),
        ("equal_instances_are_told_once_and_each_is_found", grouped, is_missing),
        ("a_table_is_sorted_by_its_heads", sorted, is_missing),
        ("a_page_fits_a_phone_paper_and_a_keyboard", fitting, is_missing),
        ("a_page_without_its_script_shows_everything", scriptless, is_missing),
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
        Self::named("clerk.yaml", configuration, words, exit)
    }

    fn named(name: &str, configuration: &str, words: &[&str], exit: i32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), configuration).unwrap();
        let ran =
            run(clerkform(folder.path()).args(words).args(["--report", "html=page.html", name]));
        assert_eq!(ran.exit, exit, "{ran:?}");
        Self { folder }
    }

    /// The document once its script has run, opened with this behind the `#`.
    fn opened(&self, hash: &str) -> String {
        let Opened { document, refused } = self.browse(&format!("page.html#{hash}"));
        assert_eq!(refused, Vec::<String>::new());
        document
    }

    fn size(&self) -> u64 {
        fs::metadata(self.folder.path().join("page.html")).unwrap().len()
    }

    /// What a script in a page around this one learns of it; `sandbox` is what an `iframe` that is
    /// as wide as a phone has for an attribute.
    fn probed(&self, sandbox: &str) -> Value {
        let probe =
            include_str!("page/probe.html").replace("<iframe", &format!("<iframe {sandbox}"));
        fs::write(self.folder.path().join("probe.html"), probe).unwrap();
        let Opened { document, .. } = self.browse("probe.html");
        let (_, rest) = document.split_once("<pre>").expect("the probe has its result");
        serde_json::from_str(rest.split_once("</pre>").unwrap().0).unwrap()
    }

    fn browse(&self, name: &str) -> Opened {
        let folder = self.folder.path();
        let output = Command::new(BROWSER)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            // No update, no report: nothing leaves this machine.
            .args([
                "--disable-background-networking",
                "--no-first-run",
                "--disable-component-update",
            ])
            .args(["--proxy-server=127.0.0.1:9", "--allow-file-access-from-files"])
            .arg("--enable-logging=stderr")
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .arg(format!("file://{}/{name}", folder.display()))
            .output()
            .unwrap();
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let refused = log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned);
        Opened { document: String::from_utf8(output.stdout).unwrap(), refused: refused.collect() }
    }
}

/// A document that a browser opened.
struct Opened {
    document: String,
    /// What its console says, such as what the content policy refused.
    refused: Vec<String>,
}

/// What the page says of how much is shown.
fn told(document: &str) -> &str {
    let (_, rest) = document.split_once("role=\"status\"").expect("the page has its filter");
    rest.split_once('>').unwrap().1.split_once('<').unwrap().0
}

/// A file for 500 instances, each with so many memberships and with or without an allowlist.
fn many(memberships: &dyn Fn(usize) -> usize, allowlist: &dyn Fn(usize) -> bool) -> String {
    let mut text = "instance: {hibp: true}\nenvironments:\n".to_owned();
    for number in 0..500 {
        let (memberships, allowlist) = (memberships(number), allowlist(number));
        writeln!(text, "  e{number}:\n    target: {{secret_key_env: K{number}}}").unwrap();
        writeln!(text, "    restrictions: {{allowlist: {allowlist}}}").unwrap();
        writeln!(text, "    organization_settings: {{max_allowed_memberships: {memberships}}}")
            .unwrap();
    }
    text
}

/// One in which no two of them are the same.
fn different() -> String {
    many(&|number| number, &|number| number % 5 == 0)
}

fn filtered() {
    let page = Page::of(&different(), &["plan", "--all-envs", "--quiet"], 0);
    assert!(page.size() < 1_300_000, "{}", page.size());
    for (hash, expected) in [
        ("", "500 instances, 1600 entries"),
        ("find=allowlist", "500 of 500 instances, 600 of 1600 entries shown"),
        ("find=e499%5D", "1 of 500 instances, 3 of 1600 entries shown"),
        ("find=e499%5D+hibp", "1 of 500 instances, 1 of 1600 entries shown"),
        ("find=restrictions&kinds=new", "500 of 500 instances, 500 of 1600 entries shown"),
        ("kinds=warning", "100 of 500 instances, 100 of 1600 entries shown"),
        ("kinds=", "0 of 500 instances, 0 of 1600 entries shown"),
        ("t499", "500 instances, 1600 entries"),
    ] {
        let document = page.opened(hash);
        assert_eq!(told(&document), expected, "{hash}");
    }
    assert_eq!(
        page.probed("")["steps"],
        json!([
            "1 of 500 instances, 1 of 1600 entries shown; 1 open",
            "0 of 500 instances, 0 of 1600 entries shown; 1 open",
            "500 instances, 1600 entries; 0 open",
        ])
    );
    let document = page.opened("find=e499%5D+hibp");
    let shown = |mark: &str| {
        document.matches(mark).count()
            - document.match_indices(mark).filter(|(at, _)| is_hidden(&document[*at..])).count()
    };
    let marks = ["<details class=\"instance\"", "<tr id=", "<li class=\"soft\" id=\"t"];
    assert_eq!(marks.map(shown), [1, 1, 1]);
    // A row counts what is shown of it.
    let (_, row) = document.split_once("<tr id=\"e0\"").unwrap();
    let (row, _) = row.split_once("</tr>").unwrap();
    assert!(row.contains("<span class=\"number\">1</span> of 500"), "{row}");
}

fn grouped() {
    let equal = many(&|_| 20, &|_| false);
    let page = Page::of(&equal, &["plan", "--all-envs", "--quiet"], 0);
    assert!(page.size() < 300_000, "{}", page.size());
    let document = page.opened("");
    assert_eq!(document.matches("<details class=\"instance\"").count(), 1);
    assert_eq!(document.matches("<tr id=").count(), 3);
    for (hash, expected) in [
        ("", "500 instances, 1500 entries"),
        ("find=e123%5D", "1 of 500 instances, 3 of 1500 entries shown"),
        ("find=clerk.e123.state.json+hibp", "1 of 500 instances, 1 of 1500 entries shown"),
        ("find=hibp", "500 of 500 instances, 500 of 1500 entries shown"),
    ] {
        assert_eq!(told(&page.opened(hash)), expected, "{hash}");
    }
    let document = page.opened("find=e123%5D");
    let names = document.match_indices("<li class=\"soft\" id=\"t");
    let shown: Vec<_> = names.filter(|(at, _)| !is_hidden(&document[*at..])).collect();
    assert_eq!(shown.len(), 1);
    assert!(document[shown[0].0..].starts_with("<li class=\"soft\" id=\"t123\""));
    assert!(document.contains("<span class=\"soft shown\">(1 shown)</span>"));
}

fn sorted() {
    let file = "instance: {hibp: true}\nenvironments:\n  \
        a: {organization_settings: {max_allowed_memberships: 9}}\n  \
        b: {organization_settings: {max_allowed_memberships: 10}}\n  \
        c: {organization_settings: {max_allowed_memberships: 100}}\n";
    let page = Page::of(file, &["plan", "--all-envs", "--quiet"], 0);
    let found = page.probed("");
    let by = |column: usize| &found["sorted"][column];
    // By its value, not by its letters; one head at a time says how it is sorted.
    let after = json!([
        ["ascending", "9", "10", "100", "true"],
        ["descending", "true", "100", "10", "9"],
        1
    ]);
    assert_eq!(by(2), &after);
    let instances = by(4);
    assert_eq!(instances[0].as_array().unwrap().last().unwrap(), "3 of 3", "{instances}");
    assert_eq!(instances[1][1], "3 of 3", "{instances}");
    assert_eq!(found["sorted"].as_array().unwrap().len(), 5);
    // Without the script there is nothing to press.
    let plain = page.probed("sandbox=\"allow-same-origin\"");
    assert_eq!(plain["sorted"], json!([]));
}

fn fitting() {
    let wide = "w".repeat(5000);
    let file = format!(
        "instance: {{clerk_js_version: {wide}, allowed_origins: [\"https://{wide}\"]}}\n\
         environments: {{a: {{restrictions: {{allowlist: true}}}}, b: {{protect: {{rules_enabled: true}}}}}}\n"
    );
    let plan = Page::of(&file, &["plan", "--all-envs", "--quiet"], 0).probed("");
    let drift = Page::of("restrictions: {blocklist: true}\n", &["drift", "--sandbox", "-q"], 2);
    for found in [plan, drift.probed("")] {
        assert!(found["wide"].as_u64() <= found["room"].as_u64(), "{found}");
        assert_eq!(found["folded_on_paper"], 0, "{found}");
        assert_eq!(found["focused_by_slash"], "search", "{found}");
        assert_eq!(found["script"], true, "{found}");
        assert_eq!(found["position"], "sticky", "{found}");
    }
}

fn scriptless() {
    let file = "restrictions: {blocklist: true}\norganization_settings: {enabled: true}\n";
    let found = Page::of(file, &["plan", "--quiet"], 0).probed("sandbox=\"allow-same-origin\"");
    assert_eq!(found["script"], false, "{found}");
    assert_eq!((&found["filter"], &found["shown"]), (&json!(false), &json!(2)), "{found}");
}

/// Whether an element is hidden, by its first tag.
fn is_hidden(rest: &str) -> bool {
    rest.split_once('>').is_some_and(|(tag, _)| tag.contains(" hidden"))
}

fn quiet() {
    // A browser takes a slash for a blank there, and a setting takes no blank.
    let value = serde_json::to_string(&HOSTILE.replace(' ', "/")).unwrap();
    let file = format!(
        "instance: {{clerk_js_version: {value}}}\n\
         oauth_application_settings: {{default_scopes: [{value}, a]}}\n"
    );
    let name = HOSTILE.replace('/', "_");
    let page = Page::named(
        &format!("{name}.yaml"),
        &file,
        &["plan", "--quiet", "--state", &format!("{name}.json")],
        0,
    );
    let document = page.opened("");
    assert!(document.contains("Plan: 2 calls change 2 settings in 1 target."), "{document}");
    for element in ["<img", "<script>document"] {
        assert!(!document.contains(element), "{document}");
    }
    assert_eq!(told(&document), "1 instance, 2 entries");
}

fn drifted() {
    let file = "restrictions: {blocklist: true}\norganization_settings: {enabled: true}\n";
    let document = Page::of(file, &["drift", "--sandbox", "--quiet"], 2).opened("");
    assert!(document.contains(" Clerk drift</title>"), "{document}");
    assert_eq!(told(&document), "1 instance, 2 entries");
    assert!(document.contains("data-name=\"Live\">false<"), "{document}");
}
