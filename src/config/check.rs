//! The steps of a check, and its findings in order: each told once, none with a secret.

mod blank;
pub(super) mod meaning;
pub(super) mod near;
mod origin;
mod placeholder;
pub(super) mod schema;
mod shape;
mod unknown;
mod wording;

use super::place::{self, joined};
use super::secrets::{self, Secret};
use super::yaml::node::{Content, Node};
use super::yaml::recover;
use super::{Configuration, ExtendedPath, MOST_FINDINGS, SourceFile, overlay};
use crate::catalog::schema::{ENVIRONMENTS, EXTENDS};
use crate::finding::{Code, Finding, Severity, Span};
use crate::text::LineIndex;

/// What checking a file yields.
#[derive(Debug)]
pub struct Checked {
    /// Every problem, by place.
    pub findings: Vec<Finding>,
    /// What the file asks for; `None` where any finding is an error.
    pub configuration: Option<Configuration>,
}

/// A file by itself: what it says, before the files that it extends are known.
#[derive(Debug)]
pub struct FilePart {
    /// Its own layers, as far as they could be read.
    pub(super) layers: Configuration,
    /// The files that it extends.
    pub(super) extends: Vec<ExtendedPath>,
    /// The problems of its text and of each layer by itself.
    pub(super) findings: Vec<Finding>,
    /// What its targets make of its settings, where it extends nothing.
    pub(super) of_targets: Vec<Finding>,
    /// Whether nothing is missing that could be an overlay.
    pub(super) is_certain: bool,
}

impl FilePart {
    /// A file that could not be read.
    pub fn unreadable(name: &str, finding: Finding) -> Self {
        Self {
            layers: overlay::configuration(name, None),
            extends: Vec::new(),
            findings: vec![finding],
            of_targets: Vec::new(),
            is_certain: true,
        }
    }

    /// The files that it extends.
    pub fn extends(&self) -> &[ExtendedPath] {
        &self.extends
    }

    /// Whether these are all that somebody meant it to extend.
    pub fn tells_what_it_extends(&self) -> bool {
        let hides = |finding: &Finding| {
            matches!(finding.code, Code::YamlSyntax | Code::DuplicateKey)
                || finding.path.split('/').nth(1) == Some(EXTENDS)
        };
        !self.findings.iter().any(hides)
    }
}

/// Checks a file by itself: syntax, schema, meaning, secrets.
pub fn part(source: &SourceFile) -> FilePart {
    let document = recover::read(&source.text);
    let root = document.root.as_ref();
    let mut findings = document.findings;
    let layers = overlay::configuration(&source.name, root);
    if let Some(root) = root {
        findings.extend(schema::check(root));
        findings.extend(meaning::layers(&layers, root));
    }
    findings.extend(secrets_of(&source.text, root));
    // What could not be read might be an overlay that makes up for what the base says.
    let is_certain = document.is_whole || !source.text.contains(ENVIRONMENTS);
    let extends = overlay::extends(root);
    let of_targets = if extends.is_empty() { of_targets(&layers, is_certain) } else { Vec::new() };
    FilePart {
        findings: distinct(findings, &source.name, root),
        of_targets: distinct(of_targets, &source.name, root),
        layers,
        extends,
        is_certain,
    }
}

/// What the targets of a file make of its settings; of one that is not certain, what no overlay can
/// make up for.
pub(super) fn of_targets(configuration: &Configuration, is_certain: bool) -> Vec<Finding> {
    if is_certain { meaning::targets(configuration) } else { meaning::conflicts(configuration) }
}

/// Checks a file that extends nothing. What it would extend is left out.
pub fn check(source: &SourceFile) -> Checked {
    let FilePart { layers, findings, mut of_targets, extends, is_certain } = part(source);
    if !extends.is_empty() {
        of_targets = distinct(self::of_targets(&layers, is_certain), &source.name, None);
    }
    let findings: Vec<Finding> = findings.into_iter().chain(of_targets).collect();
    let is_sound = is_sound(&findings);
    Checked { findings: told(findings), configuration: is_sound.then_some(layers) }
}

/// Whether nothing stops a run.
pub(super) fn is_sound(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}

/// The findings of one text as they are shown.
pub(super) fn presentable(findings: Vec<Finding>, file: &str, root: Option<&Node>) -> Vec<Finding> {
    told(distinct(findings, file, root))
}

/// The findings of one text in order, each once and none with a secret.
fn distinct(mut findings: Vec<Finding>, file: &str, root: Option<&Node>) -> Vec<Finding> {
    findings.sort();
    findings.dedup_by(|later, told| {
        let is_same =
            (told.span, told.code, &told.message) == (later.span, later.code, &later.message);
        let is_written = |path| root.is_some_and(|root| is_written_at(root, path, later.span));
        if is_same && !is_written(&told.path) && is_written(&later.path) {
            told.path = std::mem::take(&mut later.path);
        }
        is_same
    });
    for finding in &mut findings {
        file.clone_into(&mut finding.file);
        if let (Code::DuplicateKey, Some(root)) = (finding.code, root) {
            let mapping = pointer_at(root, (finding.span.line, finding.span.column));
            finding.path.insert_str(0, &mapping);
        }
        hide_secrets(finding);
    }
    findings
}

/// Masks the secrets in what is said.
pub(super) fn hide_secrets(finding: &mut Finding) {
    for text in [Some(&mut finding.message), finding.help.as_mut(), Some(&mut finding.path)] {
        if let Some(text) = text.filter(|text| secrets::holds_secret(text)) {
            *text = secrets::masked(text).into_owned();
        }
    }
}

/// The findings of one file by place, and no more of them than anybody reads.
pub(super) fn told(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort();
    if findings.len() > MOST_FINDINGS {
        // An error is what stops a run, so one is among those that are told.
        let left = findings.split_off(MOST_FINDINGS);
        let error = left.iter().find(|finding| finding.severity == Severity::Error);
        let Some(Finding { file, span, code, .. }) = error.or(left.first()) else {
            return findings;
        };
        let message = format!("more than {MOST_FINDINGS} problems: the rest are not listed");
        findings.push(
            Finding::new(file, *span, *code, message).help("fix these first, then check again"),
        );
    }
    findings
}

/// Whether a place belongs to what a pointer names without the help of an alias or a merge key:
/// then all that it stands in reaches around it.
fn is_written_at(root: &Node, pointer: &str, place: Span) -> bool {
    let place = (place.line, place.column);
    let mut names = pointer.split('/').skip(1).map(place::unescaped).peekable();
    let mut node = root;
    while let Some(name) = names.next() {
        let Span { line, column, end_line, end_column } = node.span;
        if place < (line, column) || (end_line, end_column) <= place {
            return false;
        }
        let inner = node.child(&name);
        match inner {
            Some(inner) => node = inner,
            None => return names.peek().is_none(),
        }
    }
    true
}

fn secrets_of(text: &str, root: Option<&Node>) -> Vec<Finding> {
    let secrets = secrets::find(text);
    if secrets.is_empty() {
        return Vec::new();
    }
    let (index, mut findings) = (LineIndex::of(text), Vec::new());
    for Secret { range, kind } in secrets {
        let span = index.span(range);
        let what = kind.title();
        let message = format!("this looks like {what}, and a configuration must not contain one");
        let finding = Finding::new("", span, Code::SecretInConfig, message).help(
            "remove it, revoke it if the file was ever shared, and keep the new one in the \
             environment (`CLERK_SECRET_KEY`) or in its own file (`--secret-key-file`)",
        );
        // Looking for the value is slow in a large file, and past this nothing is told.
        let is_told = findings.len() <= MOST_FINDINGS;
        let pointer =
            root.filter(|_| is_told).map(|root| pointer_at(root, (span.line, span.column)));
        findings.push(finding.path(pointer.unwrap_or_default()));
    }
    findings
}

/// The JSON pointer of the innermost value that stands at a place.
fn pointer_at(root: &Node, place: (usize, usize)) -> String {
    let holds =
        |span: Span| (span.line, span.column) <= place && place < (span.end_line, span.end_column);
    let mut node = root;
    let mut pointer = String::new();
    loop {
        let next = match &*node.content {
            Content::Map(mapping) => mapping
                .iter()
                .find(|entry| holds(entry.key.span) || holds(entry.value.span))
                .map(|entry| (entry.key.text.clone(), &entry.value)),
            Content::List(items) => items
                .iter()
                .enumerate()
                .find(|(_, item)| holds(item.span))
                .map(|(index, item)| (index.to_string(), item)),
            _ => None,
        };
        let Some((segment, inner)) = next else { return pointer };
        pointer = joined(&pointer, &segment);
        node = inner;
    }
}
