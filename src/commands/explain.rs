//! `explain`: what a setting, or the code of a finding, is.

use super::args::ExplainArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use crate::catalog::{self, SECTIONS};
use crate::config::nearest;
use crate::finding::Code;
use crate::render::{explain, explain_code, explain_file};

/// Runs the command.
pub fn run(args: &ExplainArgs, console: &Console) -> Result<Exit, Failure> {
    let text = match &args.what {
        None => explain::overview(),
        Some(what) => of(what).ok_or_else(|| unknown(what))?,
    };
    console.result(&text);
    Ok(Exit::Done)
}

fn of(what: &str) -> Option<String> {
    if let Some(code) = Code::ALL.iter().find(|code| code.as_str() == what) {
        return Some(explain_code::code(*code));
    }
    if let Some(text) = explain_file::explained(what) {
        return Some(text);
    }
    match what.split_once('.') {
        None => catalog::section(what).map(explain::section),
        Some((section, field)) => {
            let section = catalog::section(section)?;
            Some(explain::field(section, section.field(field)?))
        }
    }
}

fn unknown(what: &str) -> Failure {
    let fields = SECTIONS.into_iter().flat_map(|section| {
        section.fields.iter().map(|field| format!("{}.{}", section.name, field.name))
    });
    let names: Vec<String> = SECTIONS
        .into_iter()
        .map(|section| section.name.to_owned())
        .chain(fields)
        .chain(explain_file::names())
        .chain(Code::ALL.iter().map(ToString::to_string))
        .collect();
    let bare = names.iter().filter(|name| name.ends_with(&format!(".{what}")));
    let near: Vec<&str> = bare.map(String::as_str).collect();
    let help = if near.is_empty() {
        match nearest(what, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`clerkform explain` lists everything that there is".to_owned(),
        }
    } else {
        format!("did you mean `{}`?", near.join("` or `"))
    };
    let shown = crate::render::escape::printable(what).into_owned();
    Failure::new(
        "unknown-name",
        anyhow::anyhow!("there is no section, field or code `{shown}`"),
        help,
    )
}
