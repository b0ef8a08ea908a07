//! Keys that nothing knows, and what was probably meant.

use super::near::nearest;
use crate::catalog::SECTIONS;
use crate::catalog::schema::{ENVIRONMENTS, EXTENDS};
use crate::config::place::{self, SchemaNode};
use crate::config::quote::quote;
use crate::config::yaml::node::{Key, Mapping};
use crate::finding::{Code, Finding};

/// What is told about a key that has no business at a place.
pub(super) fn finding(key: &Key, place: SchemaNode, pointer: String) -> Finding {
    let name = quote(&key.text);
    let (code, message) = match place {
        SchemaNode::Overlay if [ENVIRONMENTS, EXTENDS].contains(&key.text.as_str()) => {
            (Code::UnknownSection, format!("{name} is not allowed inside an environment"))
        }
        SchemaNode::Root | SchemaNode::Overlay => {
            (Code::UnknownSection, format!("there is no section {name}"))
        }
        SchemaNode::Target => {
            (Code::UnknownField, format!("{} has no member {name}", place.title()))
        }
        _ => (Code::UnknownField, format!("{} has no field {name}", place.title())),
    };
    Finding::new("", key.span, code, message).help(help(&key.text, place)).path(pointer)
}

/// Whether a file has no key that is one of a configuration, or that might have been meant as one.
pub(super) fn is_foreign(root: &Mapping) -> bool {
    let is_ours = |key: &str| {
        place::top_names().any(|name| name == key) || meant(key, SchemaNode::Root).is_some()
    };
    // More keys are no sign of anything, and near names take time.
    !root.iter().take(MOST_KEYS).any(|entry| is_ours(&entry.key.text))
}

/// How many keys are looked at to tell what a file is.
const MOST_KEYS: usize = 100;

/// The message about the first key of such a file.
pub(super) fn foreign(key: &Key, pointer: String) -> Finding {
    let message = format!(
        "there is no section {}, and this does not look like a clerkform configuration: it has \
         none of its keys",
        quote(&key.text)
    );
    let help = "exclude the file if it is something else (`exclude` in a pre-commit hook), or \
        create one with `clerkform init`";
    Finding::new("", key.span, Code::UnknownSection, message).help(help).path(pointer)
}

fn help(word: &str, place: SchemaNode) -> String {
    meant(word, place).unwrap_or_else(|| {
        let names: Vec<String> = place.names().iter().map(|name| format!("`{name}`")).collect();
        format!("known here: {}", names.join(", "))
    })
}

/// What was probably meant.
fn meant(word: &str, place: SchemaNode) -> Option<String> {
    if let Some(help) = well_known(word, place).or_else(|| home_of(word, place)) {
        return Some(help);
    }
    if let Some(name) = nearest(word, place.names()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let elsewhere = SECTIONS.iter().flat_map(|section| section.fields).map(|field| field.name);
    nearest(word, elsewhere).and_then(|name| home_of(name, place))
}

/// Where a field or a section that exists belongs.
fn home_of(word: &str, place: SchemaNode) -> Option<String> {
    let is_here =
        |name: &str| matches!(place, SchemaNode::Section(section) if section.name == name);
    let homes: Vec<String> = SECTIONS
        .iter()
        .filter(|section| section.field(word).is_some() && !is_here(section.name))
        .map(|section| format!("`{}`", section.name))
        .collect();
    if !homes.is_empty() {
        return Some(format!("`{word}` is a field of {}", homes.join(" and ")));
    }
    let is_top = matches!(place, SchemaNode::Root | SchemaNode::Overlay);
    let known = place::top_names().find(|name| *name == word && !is_top)?;
    Some(format!("`{known}` belongs at the top level, without indentation"))
}

/// Keys that people try although no file may hold them.
fn well_known(word: &str, place: SchemaNode) -> Option<String> {
    let folded: String =
        word.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect();
    let help = match folded.as_str() {
        "environments" if matches!(place, SchemaNode::Overlay) => {
            "overlays do not nest: give each environment its own entry under `environments`"
        }
        "extends" if matches!(place, SchemaNode::Overlay) => {
            "write it at the top level: the environments of an extended file are merged by name"
        }
        "schema" if word.starts_with('$') => {
            "name the schema in a comment on the first line: `# yaml-language-server: $schema=…`"
        }
        "apiurl" | "clerkapiurl" | "baseurl" | "url" | "endpoint" | "host" => {
            "a file cannot decide where the secret key is sent: use `--api-url` or `CLERK_API_URL`"
        }
        "secretkey" | "clerksecretkey" | "apikey" | "secret" | "key" | "token" | "bearertoken" => {
            "keep the secret key out of files: put it in `CLERK_SECRET_KEY`, or name another \
             variable with `target.secret_key_env`"
        }
        _ => return None,
    };
    Some(help.to_owned())
}
