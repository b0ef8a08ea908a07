//! The configuration that `import` writes: what a live instance is set to, and in comments what
//! cannot be read or must not stand in a file. What is written passes every check of this program.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::annotate::{TARGET, commented, meaning, modeline, prose, title};
use super::inherited::ImportBase;
use super::value::own;
use crate::catalog::schema::{
    self, ENVIRONMENT_TYPE, ENVIRONMENTS, EXTENDS, INSTANCE_ID, SECRET_KEY_ENV,
    TARGET as TARGET_KEY,
};
use crate::catalog::{EnvironmentType, Field, Read, SECTIONS, Section};
use crate::config::{self, SourceFile, holds_secret, masked};
use crate::finding::{Code, Finding};
use crate::render::text::escape::{self, printable};
use crate::render::text::words::{add, count};
use crate::render::text::yaml::inline;
use crate::state::{Live, Values};

/// Lists with more entries have a line for each.
const SHORT_LIST: usize = 4;

/// How long a value may be that stands in a comment.
const LONGEST_COMMENT: usize = 200;

const HEADER: &str = "The settings of a Clerk instance when `clerkform import` read it.";

const WHOLE: &str = "The state beside this file records the same, so `clerkform plan` shows no changes \
    until you edit something here.";

const BASE: &str = "Settings that are as in the file that this one extends stand there alone. The state \
    beside this file records both, so what `clerkform plan` shows now is what that file asks for and \
    Clerk does not show.";

const SIGNS: &str = "Lines that start with `##` explain. Settings that start with a single `#` are not \
    managed: uncomment one, and its section's name above it, to manage it. Settings that are not \
    listed are left alone.";

const OVERLAY: &str = "One file for several instances: each environment has its own settings, \
    merged field by field over those outside `environments`. Choose this one with";

/// Where the configuration is to stand.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The place that editors load the schema from: a path as seen from the file, or a URL; `None`
    /// where they are told of none.
    pub schema: Option<&'a str>,
    /// The overlay that everything stands in.
    pub environment: Option<&'a str>,
    /// The kind of instance that the key belongs to.
    pub environment_type: EnvironmentType,
    /// The file that it extends.
    pub base: Option<ImportBase<'a>>,
}

/// A configuration, and what it comes to.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The text of the file.
    pub text: String,
    /// What it asks for.
    pub values: Values,
    /// What stands in it as a comment.
    pub comments: Vec<CommentedField>,
}

/// A field that stands in the file as a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentedField {
    /// Its section's name.
    pub section: &'static str,
    /// Its name.
    pub field: &'static str,
    /// Why, in a sentence without a full stop: data, which a view has to escape.
    pub reason: String,
}

impl Imported {
    /// How many settings there are.
    pub fn settings(&self) -> usize {
        self.values.values().map(BTreeMap::len).sum()
    }

    /// What was written where, in a line.
    pub fn summary(&self, config: &str, state: &str) -> String {
        let (config, state) = (printable(config), printable(state));
        let settings = count(self.settings(), "setting");
        format!(
            "Wrote {config} and {state}: {settings}, {} more in comments.\n",
            self.comments.len()
        )
    }

    /// The same, and why what is a comment is one.
    pub fn document(&self, config: &str, state: &str) -> String {
        let commented = self.comments.iter().map(|CommentedField { section, field, reason }| {
            json!({"section": section, "field": field, "reason": reason})
        });
        crate::render::document(&json!({
            "format_version": crate::render::FORMAT_VERSION,
            "config": config,
            "state": state,
            "imported": self.settings(),
            "commented": commented.collect::<Value>(),
        }))
    }
}

/// The configuration of an instance as it was read.
pub fn imported(live: &Live, frame: &Frame<'_>) -> Imported {
    let mut draft = Draft::of(live, frame);
    loop {
        let text = draft.text();
        let findings = problems(&text);
        if findings.is_empty() || draft.give_way(&findings) == Moved::No {
            return draft.finish(text);
        }
    }
}

/// Everything that there is to say of a text, be it only a warning.
fn problems(text: &str) -> Vec<Finding> {
    match SourceFile::new("", text.as_bytes()) {
        Ok(source) => config::check(&source).findings,
        Err(too_large) => vec![too_large],
    }
}

/// The file that is about to be written.
struct Draft<'a> {
    frame: &'a Frame<'a>,
    instance_id: Stand,
    lines: Vec<SettingLine>,
}

/// One setting of it.
struct SettingLine {
    section: &'static Section,
    field: &'static Field,
    stand: Stand,
}

/// How a value stands in the file.
enum Stand {
    /// As what is asked for.
    Setting(Value),
    /// In the file that is extended, and nowhere else.
    Inherited(Value),
    /// In a comment: why, and the value where it may be shown.
    Comment { reason: String, value: Option<Value> },
}

/// Whether anything became a comment, or less of one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    Yes,
    No,
}

impl Stand {
    fn comment(reason: impl Into<String>) -> Self {
        Self::Comment { reason: reason.into(), value: None }
    }

    fn of(section: &Section, field: &Field, live: &Live) -> Self {
        match (field.read, live.seen(section, field)) {
            (Read::Nowhere, _) => Self::comment("Clerk does not show this value"),
            (Read::InAnotherForm, _) => Self::comment("Clerk shows this value in a different form"),
            (Read::Shown, None) => Self::comment(match live.unread(section, field) {
                Some(why) => format!("it could not be read ({})", sanitize(why)),
                None => "it was not read".to_owned(),
            }),
            (Read::Shown, Some(seen)) if seen.value.is_null() => Self::comment("it is null now"),
            (Read::Shown, Some(seen)) => Self::Setting(own(field, &seen.value)),
        }
    }

    /// The same where another file is extended: `None` where that one decides.
    fn over(self, section: &Section, field: &Field, base: ImportBase<'_>) -> Option<Self> {
        if let Some(name) = base.former_name(section, field) {
            let reason = format!("`{}` sets `{name}`, its deprecated name", base.path);
            return Some(Self::comment(reason));
        }
        match (base.value(section, field), self) {
            (Some(value), Self::Setting(seen)) if field.same(value, &seen) => {
                Some(Self::Inherited(value.clone()))
            }
            (Some(_), Self::Comment { .. }) => None,
            (_, stand) => Some(stand),
        }
    }

    /// Makes a comment of a setting.
    fn give_way(&mut self, finding: &Finding) {
        let Self::Setting(value) = self else { return };
        let written = inline(value);
        let is_shown = finding.code != Code::SecretInConfig
            && !holds_secret(&written)
            && written.len() <= LONGEST_COMMENT;
        let value = is_shown.then(|| std::mem::take(value));
        *self = Self::Comment { reason: sanitize(&finding.message), value };
    }

    /// The value is shown no more, not even in a comment.
    fn withdraw(&mut self, finding: &Finding) {
        self.give_way(finding);
        if let Self::Comment { value, .. } = self {
            *value = None;
        }
    }

    /// How much of the value there is to be seen.
    const fn rank(&self) -> usize {
        match self {
            Self::Setting(_) => 2,
            Self::Comment { value: Some(_), .. } => 1,
            Self::Inherited(_) | Self::Comment { value: None, .. } => 0,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Setting(value) => value.to_string().len(),
            Self::Inherited(_) | Self::Comment { .. } => 0,
        }
    }

    /// The lines of a setting, or of the comment in its place.
    fn lines(&self, name: &str, example: &str, indent: &str) -> String {
        match self {
            Self::Setting(Value::Array(entries)) if entries.len() > SHORT_LIST => {
                let mut out = format!("{indent}{name}:\n");
                for entry in entries {
                    add(&mut out, format_args!("{indent}  - {}\n", inline(entry)));
                }
                out
            }
            Self::Setting(value) => format!("{indent}{name}: {}\n", inline(value)),
            Self::Inherited(_) => String::new(),
            Self::Comment { reason, value } => {
                let value = value.as_ref().map_or_else(|| example.to_owned(), inline);
                let why = prose(&format!("Not set here: {}.", escape::sentence(reason)), indent);
                why + &commented(&[&format!("{indent}{name}: {value}")])
            }
        }
    }
}

/// A reason that comes from elsewhere, without a secret.
fn sanitize(reason: &str) -> String {
    masked(reason).into_owned()
}

impl<'a> Draft<'a> {
    fn of(live: &Live, frame: &'a Frame<'a>) -> Self {
        let id = live.instance.id.as_deref();
        let of = |section: &'static Section| {
            let current = section.fields.iter().filter(|field| !field.is_deprecated());
            current.filter_map(move |field| {
                let stand = Stand::of(section, field, live);
                let stand = match frame.base {
                    None => stand,
                    Some(base) => stand.over(section, field, base)?,
                };
                Some(SettingLine { section, field, stand })
            })
        };
        Self {
            frame,
            instance_id: id.map_or_else(
                || Stand::comment("Clerk did not report the instance's ID"),
                |id| Stand::Setting(id.into()),
            ),
            lines: SECTIONS.into_iter().flat_map(of).collect(),
        }
    }

    /// Every value, with the pointer to it.
    fn stands(&mut self) -> impl Iterator<Item = (String, &mut Stand)> {
        let base = self.frame.environment.map(|name| format!("/{ENVIRONMENTS}/{name}"));
        let base = base.unwrap_or_default();
        let id = (format!("{base}/{TARGET_KEY}/{INSTANCE_ID}"), &mut self.instance_id);
        let lines = self.lines.iter_mut();
        std::iter::once(id).chain(lines.map(move |line| {
            (format!("{base}/{}/{}", line.section.name, line.field.name), &mut line.stand)
        }))
    }

    fn rank(&mut self) -> usize {
        self.stands().map(|(_, stand)| stand.rank()).sum()
    }

    /// Makes comments of what the findings are about.
    fn give_way(&mut self, findings: &[Finding]) -> Moved {
        let before = self.rank();
        for finding in findings {
            let concerned = if finding.code == Code::UnreadableFile {
                self.stands().max_by_key(|(_, stand)| stand.size())
            } else {
                let is_in = |pointer: &str| {
                    let rest = finding.path.strip_prefix(pointer);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                self.stands().find(|(pointer, _)| is_in(pointer))
            };
            match concerned {
                Some((_, stand)) => stand.give_way(finding),
                None => self.stands().for_each(|(_, stand)| stand.withdraw(finding)),
            }
        }
        if self.rank() < before { Moved::Yes } else { Moved::No }
    }

    fn text(&self) -> String {
        let mut out = self.frame.schema.map(modeline).unwrap_or_default();
        let next = if self.frame.base.is_some() { BASE } else { WHOLE };
        out += &(prose(&format!("{HEADER} {next} {SIGNS}"), "") + "\n");
        if let Some(base) = self.frame.base {
            add(&mut out, format_args!("{EXTENDS}: {}\n\n", inline(&base.path.into())));
        }
        let mut indent = "";
        if let Some(name) = self.frame.environment {
            out += &prose(&format!("{OVERLAY} `-e {name}`."), "");
            add(&mut out, format_args!("{ENVIRONMENTS}:\n  {}:\n", inline(&name.into())));
            indent = "    ";
        }
        out += &self.target(indent);
        for section in SECTIONS {
            let text = self.section(section, indent);
            if !text.is_empty() {
                out.push('\n');
                out += &text;
            }
        }
        out
    }

    fn target(&self, indent: &str) -> String {
        let inner = format!("{indent}  ");
        let example = |name| schema::member(name).map_or("", |member| member.example);
        let mut out = prose(TARGET, indent);
        add(&mut out, format_args!("{indent}{TARGET_KEY}:\n"));
        out += &self.instance_id.lines(INSTANCE_ID, example(INSTANCE_ID), &inner);
        let kind = self.frame.environment_type;
        add(&mut out, format_args!("{inner}{ENVIRONMENT_TYPE}: {kind}\n"));
        out + &commented(&[&format!("{inner}{SECRET_KEY_ENV}: {}", example(SECRET_KEY_ENV))])
    }

    fn section(&self, section: &Section, indent: &str) -> String {
        let inner = format!("{indent}  ");
        let is_here = |line: &&SettingLine| {
            line.section == section && !matches!(line.stand, Stand::Inherited(_))
        };
        let lines = || self.lines.iter().filter(is_here);
        if lines().next().is_none() {
            return String::new();
        }
        let is_managed = lines().any(|line| matches!(line.stand, Stand::Setting(_)));
        let key = format!("{indent}{}:", section.name);
        let mut out = prose(&title(section), indent);
        out += &if is_managed { key + "\n" } else { commented(&[&key]) };
        for (index, SettingLine { field, stand, .. }) in lines().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            out += &prose(&meaning(field), &inner);
            out += &stand.lines(field.name, field.example, &inner);
        }
        out
    }

    fn finish(self, text: String) -> Imported {
        let (mut values, mut comments) = (Values::new(), Vec::new());
        for SettingLine { section, field, stand } in self.lines {
            let (section, field) = (section.name, field.name);
            match stand {
                Stand::Setting(value) | Stand::Inherited(value) => {
                    values.entry(section.to_owned()).or_default().insert(field.to_owned(), value);
                }
                Stand::Comment { reason, .. } => {
                    comments.push(CommentedField { section, field, reason });
                }
            }
        }
        Imported { text, values, comments }
    }
}

#[cfg(test)]
mod tests;
