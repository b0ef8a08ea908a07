//! The ways to install the program, as the README has them.

use super::action::root;

/// The commands for those who have something, in their order.
pub fn commands(having: &str) -> Vec<String> {
    let page = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let start = format!("| {having} | ");
    let ways = page.lines().find_map(|line| line.strip_prefix(&start));
    let ways = ways.unwrap_or_else(|| panic!("no way to install for those who have {having}"));
    ways.split('`').skip(1).step_by(2).map(|command| command.replace(r"\|", "|")).collect()
}
