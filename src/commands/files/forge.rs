//! The commit of a forge that a pipeline runs for, as its variables tell.

use std::fs::File;
use std::io::Read;

use serde_json::Value;

use super::repository::Repository;
use crate::render::comment::links::ForgeCommit;

/// More than any event of GitHub's has bytes.
const LARGEST: u64 = 32 << 20;

/// The commit that has the files of this run; `None` where no forge runs it, or where the files are
/// in another repository than the one that it checked out.
pub fn commit(repository: &Repository) -> Option<ForgeCommit> {
    if !repository.is_the_runner_s() {
        return None;
    }
    github().or_else(gitlab)
}

fn github() -> Option<ForgeCommit> {
    let [server, name] = [variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?];
    let commit = proposed().or_else(|| variable("GITHUB_SHA"))?;
    ForgeCommit::on_github(&server, &name, &commit)
}

/// The commit that a pull request proposes. What runs is its merge, which is gone after the next
/// push.
fn proposed() -> Option<String> {
    let file = File::open(variable("GITHUB_EVENT_PATH")?).ok()?;
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).ok()?;
    let event: Value = serde_json::from_str(&text).ok()?;
    event["pull_request"]["head"]["sha"].as_str().map(str::to_owned)
}

fn gitlab() -> Option<ForgeCommit> {
    ForgeCommit::on_gitlab(&variable("CI_PROJECT_URL")?, &variable("CI_COMMIT_SHA")?)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
