//! What npm, pnpm and yarn install is the program.

use std::fs;

use super::desk::Desk;
use super::registry::{PLATFORM, VERSION, root};
use super::support::installing::commands;
use super::support::program::run;
use super::support::tools;

/// The folder of the package managers, of `uv` and of a second Node.js.
pub const MANAGERS: &str = "packagers";

/// The words of a command that begins with a script of Node.js.
fn by_node(script: &str, words: &[&str]) -> Vec<String> {
    let script = tools::folder(MANAGERS).join("node_modules").join(script);
    let start = ["node".to_owned(), script.to_str().unwrap().to_owned()];
    start.into_iter().chain(words.iter().map(|word| (*word).to_owned())).collect()
}

fn pnpm(words: &[&str]) -> Vec<String> {
    by_node("pnpm/bin/pnpm.mjs", words)
}

fn yarn(words: &[&str]) -> Vec<String> {
    by_node("@yarnpkg/cli-dist/bin/yarn.js", words)
}

fn succeed(desk: &Desk, words: &[String]) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    desk.succeed(words[0], &words[1..]);
}

fn assert_is_the_program(desk: &Desk, words: &[String]) {
    desk.assert_is_the_program(&words.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Installs with npm, and from then on without it.
pub fn npm() {
    let desk = Desk::new();
    let installed = desk.succeed("npm", &["install", "clerkform"]);
    assert!(installed.stdout.contains("added 2 packages"), "{installed:?}");
    desk.assert_is_the_program(&["npx", "--no", "--", "clerkform"]);
    desk.assert_is_the_program(&[desk.path("node_modules/.bin/clerkform").to_str().unwrap()]);

    let schema = fs::read(desk.path("node_modules/clerkform/clerkform.schema.json")).unwrap();
    assert_eq!(schema, fs::read(root().join("schema/clerkform.schema.json")).unwrap());
    let platforms: Vec<_> = fs::read_dir(desk.path("node_modules/@clerkform"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(platforms, [PLATFORM]);

    // What the lock file says holds on every platform.
    let lock = fs::read_to_string(desk.path("package-lock.json")).unwrap();
    assert_eq!(lock.matches(&format!("\"version\": \"{VERSION}\"")).count(), 7, "{lock}");
}

/// Runs without an installation.
pub fn npx() {
    let desk = Desk::new();
    desk.assert_is_the_program(&["npx", "--yes", "clerkform"]);
    assert!(!desk.path("node_modules").exists());
}

/// What the README tells those who have Node.js.
pub fn of_the_readme() {
    let commands = commands("Node.js");
    let [once, installed] = commands.as_slice() else { panic!("{commands:?}") };
    let desk = Desk::new();
    desk.assert_plans(once);
    desk.shell(installed);
    let manifest = fs::read_to_string(desk.path("package.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["devDependencies"]["clerkform"], format!("^{VERSION}"));
    desk.assert_is_the_program(&[desk.path("node_modules/.bin/clerkform").to_str().unwrap()]);
}

/// Says what to do where the platform's package was left out.
pub fn omitted() {
    let desk = Desk::new();
    desk.succeed("npm", &["install", "--omit=optional", "clerkform"]);
    let ran = run(&mut desk.command(desk.path("node_modules/.bin/clerkform")));
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""), "{ran:?}");
    assert!(ran.stderr.contains(&format!("the package @clerkform/{PLATFORM}")), "{ran:?}");
    assert!(ran.stderr.contains("npm install --include=optional"), "{ran:?}");
    desk.succeed("npm", &["install", "--include=optional"]);
    desk.assert_is_the_program(&[desk.path("node_modules/.bin/clerkform").to_str().unwrap()]);
}

/// Both ways of pnpm.
pub fn with_pnpm() {
    let desk = Desk::new();
    assert_is_the_program(&desk, &pnpm(&["--silent", "dlx", "clerkform"]));
    succeed(&desk, &pnpm(&["add", "clerkform"]));
    assert_is_the_program(&desk, &pnpm(&["exec", "clerkform"]));
}

/// Yarn without `node_modules`, and without an installation.
pub fn with_yarn_pnp() {
    let desk = Desk::new();
    succeed(&desk, &yarn(&["add", "clerkform"]));
    assert!(desk.path(".pnp.cjs").exists() && !desk.path("node_modules").exists());
    assert_is_the_program(&desk, &yarn(&["clerkform"]));
    assert_is_the_program(&desk, &yarn(&["dlx", "--quiet", "clerkform"]));
}

/// Yarn with `node_modules`.
pub fn with_yarn_node_modules() {
    let desk = Desk::new();
    desk.write("project/.yarnrc.yml", "nodeLinker: node-modules\n");
    succeed(&desk, &yarn(&["add", "clerkform"]));
    assert!(desk.launcher().exists());
    assert_is_the_program(&desk, &yarn(&["clerkform"]));
}
