//! `explain`: what a setting, or the code of a finding or of a failure, is.

use super::args::ExplainArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use crate::catalog::{self, SECTIONS, Section};
use crate::config::nearest;
use crate::failure::FailureCode;
use crate::finding::Code;
use crate::render::reference::layout::first_sentence;
use crate::render::reference::settings;
use crate::render::reference::{codes, file};

/// Runs the command.
pub fn run(args: &ExplainArgs, console: &Console) -> Result<Exit, Failure> {
    let text = match &args.what {
        None => settings::overview(),
        Some(what) => of(what).ok_or_else(|| unknown(what))?,
    };
    console.result(&text);
    Ok(Exit::Done)
}

fn of(what: &str) -> Option<String> {
    if let Some(code) = Code::ALL.iter().find(|code| code.as_str() == what) {
        return Some(codes::code(*code));
    }
    if let Some(code) = FailureCode::named(what) {
        return Some(codes::failure(code));
    }
    if let Some(text) = file::explained(what) {
        return Some(text);
    }
    match what.split_once('.') {
        None => catalog::section(what).map(settings::section),
        Some((section, field)) => {
            let section = catalog::section(section)?;
            Some(settings::field(section, section.field(field)?))
        }
    }
}

/// A name that is explained.
pub struct Explained {
    /// A section, a field with its section, a key of the file, or a code.
    pub name: String,
    /// Its meaning, in a sentence; empty where the name says it all.
    pub meaning: String,
}

impl Explained {
    fn new(name: impl Into<String>, meaning: &str) -> Self {
        let meaning = if meaning.is_empty() { String::new() } else { first_sentence(meaning) };
        Self { name: name.into(), meaning }
    }
}

/// Every name that is explained.
pub fn names() -> impl Iterator<Item = Explained> {
    let keys = file::names().map(|name| Explained::new(name, ""));
    let codes = Code::ALL.iter().map(|code| Explained::new(code.as_str(), code.meaning()));
    let failures =
        FailureCode::ALL.iter().map(|code| Explained::new(code.as_str(), code.meaning()));
    SECTIONS.into_iter().flat_map(names_in).chain(keys).chain(codes).chain(failures)
}

/// A section and its fields.
pub fn names_in(section: &'static Section) -> impl Iterator<Item = Explained> {
    let fields = section
        .fields
        .iter()
        .map(|field| Explained::new(format!("{}.{}", section.name, field.name), field.meaning));
    std::iter::once(Explained::new(section.name, section.meaning)).chain(fields)
}

fn unknown(what: &str) -> Failure {
    let names: Vec<String> = names().map(|explained| explained.name).collect();
    let bare = names.iter().filter(|name| name.ends_with(&format!(".{what}")));
    let near: Vec<&str> = bare.map(String::as_str).collect();
    let help = if near.is_empty() {
        match nearest(what, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "run `clerkform explain` for a list".to_owned(),
        }
    } else {
        format!("did you mean `{}`?", near.join("` or `"))
    };
    let shown = crate::render::text::escape::printable(what).into_owned();
    Failure::new(
        FailureCode::UnknownName,
        anyhow::anyhow!("there is no section, field or code `{shown}`"),
        help,
    )
}
