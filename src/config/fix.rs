//! Deprecated names replaced by their successors in the text: only the tokens of the keys change,
//! and everything around them stays as it is. What comes out is read again, and has to mean the
//! same but for the names; where it would not, there is a finding and no new text.

mod same;

use std::collections::{BTreeMap, BTreeSet};

pub use self::same::Replacement;
use self::same::{Difference, Renames, compare};
use super::check::meaning;
use super::check::presentable;
use super::place::joined;
use super::yaml::node::{Key, Mapping, Node};
use super::yaml::recover::{self, Document};
use super::{LARGEST, SourceFile};
use crate::catalog::schema::ENVIRONMENTS;
use crate::catalog::{Field, SECTIONS, Section};
use crate::finding::{Code, Finding, Severity, Span};
use crate::text::LineIndex;

/// A text in which no replaceable name is left.
#[derive(Clone, Debug)]
pub struct Repair {
    /// The whole text, without a byte-order mark; the same as before where nothing is replaced.
    pub text: String,
    /// The replacements, by place.
    pub replacements: Vec<Replacement>,
    /// The deprecated fields that nothing replaces, by place.
    pub kept: Vec<Kept>,
}

/// A deprecated field that has no successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where its name stands.
    pub at: Span,
    /// The section of [`Self::field`].
    pub section: &'static Section,
    /// The field.
    pub field: &'static Field,
}

/// Replaces every deprecated name that has a successor, or tells why that is not safe.
pub fn fix(source: &SourceFile) -> Result<Repair, Vec<Finding>> {
    let Document { root, findings, .. } = recover::read(&source.text);
    let root = root.as_ref();
    repaired(&source.text, root, findings)
        .map_err(|findings| presentable(findings, &source.name, root))
}

fn repaired(
    text: &str,
    root: Option<&Node>,
    findings: Vec<Finding>,
) -> Result<Repair, Vec<Finding>> {
    let is_obstacle =
        |finding: &Finding| matches!(finding.code, Code::YamlSyntax | Code::DuplicateKey);
    none_of(findings.into_iter().filter(is_obstacle).collect())?;
    let layers = layers(root);
    let sites = deprecated(&layers);
    none_of(sites.iter().filter_map(|site| conflict(site, &layers)).collect())?;
    let renames = renames(&sites);
    let (text, replacements) = spliced(text, &renames)?;
    // Where only an alias is to be renamed, the text is the same and does not do.
    if let Some(root) = root.filter(|_| !renames.is_empty()) {
        verified(root, &text, &renames)?;
    }
    Ok(Repair { text, replacements, kept: kept(&sites) })
}

fn none_of(findings: Vec<Finding>) -> Result<(), Vec<Finding>> {
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// The base or an overlay.
struct FixLayer<'d> {
    pointer: String,
    mapping: &'d Mapping,
}

impl<'d> FixLayer<'d> {
    fn key(&self, section: &Section, field: &str) -> Option<&'d Key> {
        let fields = self.mapping.get(section.name)?.value.as_map()?;
        fields.get(field).map(|entry| &entry.key)
    }
}

/// A place where a deprecated field is set.
struct Site<'d> {
    /// The number of its layer.
    layer: usize,
    section: &'static Section,
    field: &'static Field,
    key: &'d Key,
}

/// The base, then the overlays.
fn layers(root: Option<&Node>) -> Vec<FixLayer<'_>> {
    let Some(base) = root.and_then(Node::as_map) else { return Vec::new() };
    let overlays = base.get(ENVIRONMENTS).and_then(|entry| entry.value.as_map());
    let overlays = overlays.into_iter().flat_map(Mapping::iter).filter_map(|entry| {
        let pointer = joined(&joined("", ENVIRONMENTS), &entry.key.text);
        Some(FixLayer { pointer, mapping: entry.value.as_map()? })
    });
    std::iter::once(FixLayer { pointer: String::new(), mapping: base }).chain(overlays).collect()
}

/// Every deprecated field that is set, whatever its value.
fn deprecated<'d>(layers: &[FixLayer<'d>]) -> Vec<Site<'d>> {
    let mut sites = Vec::new();
    for (number, layer) in layers.iter().enumerate() {
        for section in SECTIONS {
            for field in section.fields.iter().filter(|field| field.is_deprecated()) {
                if let Some(key) = layer.key(section, field.name) {
                    sites.push(Site { layer: number, section, field, key });
                }
            }
        }
    }
    sites
}

const fn start(span: Span) -> (usize, usize) {
    (span.line, span.column)
}

/// The finding where a target would have the field and its successor: within one layer, or with
/// one of them in the base and the other in an overlay.
fn conflict(site: &Site<'_>, layers: &[FixLayer<'_>]) -> Option<Finding> {
    let Site { section, field, key, .. } = site;
    let successor = field.successor()?;
    let own = &layers[site.layer];
    let others = if site.layer == 0 { &layers[1..] } else { &layers[..1] };
    let mut candidates = std::iter::once(own).chain(others);
    let rival = candidates.find_map(|layer| layer.key(section, successor))?;
    let told = meaning::both_set(field, successor, &format!("line {}", rival.span.line));
    let path = joined(&joined(&own.pointer, section.name), field.name);
    Some(Finding { span: key.span, path, ..told })
}

/// The fields that stay, each place once.
fn kept(sites: &[Site<'_>]) -> Vec<Kept> {
    let stays = |site: &&Site<'_>| site.field.successor().is_none();
    let places: BTreeMap<_, _> = sites
        .iter()
        .filter(stays)
        .map(|Site { section, field, key, .. }| {
            (start(key.span), Kept { at: key.span, section, field })
        })
        .collect();
    places.into_values().collect()
}

/// The replacements to make, each place once.
fn renames(sites: &[Site<'_>]) -> Renames {
    let rename = |Site { field, key, .. }: &Site<'_>| {
        let new = field.successor()?;
        Some((start(key.span), Replacement { at: key.span, old: field.name, new }))
    };
    sites.iter().filter_map(rename).collect()
}

/// Makes sure that the text with the new names means the same.
fn verified(root: &Node, text: &str, renames: &Renames) -> Result<(), Vec<Finding>> {
    let document = recover::read(text);
    let is_sound = document.is_whole && text.len() <= LARGEST;
    let Some(after) = document.root.filter(|_| is_sound) else {
        let first = renames.values().next().map_or(Span::START, |first| first.at);
        let is_larger = text.len() > LARGEST;
        let message = if is_larger {
            "with the new names the file would exceed 1 MiB and could no longer be read"
        } else {
            "with the new names the file could no longer be read"
        };
        let help = if is_larger {
            "make the file smaller first"
        } else {
            "replace them by hand, and check what `clerkform validate` says"
        };
        return Err(vec![refusal(first, message.to_owned()).help(help)]);
    };
    compare(root, &after, renames).map_err(|Difference { at, pointer }| {
        let message = format!("replacing {} would change what this means", names(renames));
        let help = "write it out instead of an alias or a merge key, or replace the name by hand";
        vec![refusal(at, message).help(help).path(pointer)]
    })
}

/// The old names as a message lists them.
fn names(renames: &Renames) -> String {
    let names: BTreeSet<&str> = renames.values().map(|rename| rename.old).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" and ")
}

fn refusal(at: Span, message: String) -> Finding {
    Finding { severity: Severity::Error, ..Finding::new("", at, Code::DeprecatedField, message) }
}

/// Puts the new names into the text.
fn spliced(text: &str, renames: &Renames) -> Result<(String, Vec<Replacement>), Vec<Finding>> {
    let index = LineIndex::of(text);
    let (mut result, mut replacements) = (String::with_capacity(text.len()), Vec::new());
    let mut from = 0;
    for rename in renames.values() {
        let range = index.range(rename.at);
        let token = text.get(range.clone()).unwrap_or_default();
        // An alias follows the key that it repeats.
        if token.starts_with('*') {
            continue;
        }
        let token = renamed(token, rename).ok_or_else(|| {
            let message = format!(
                "`{}` is written in a way that cannot be replaced automatically",
                rename.old
            );
            vec![refusal(rename.at, message).help(format!("write `{}` by hand", rename.new))]
        })?;
        result.push_str(&text[from..range.start]);
        result.push_str(&token);
        from = range.end;
        replacements.push(*rename);
    }
    result.push_str(&text[from..]);
    Ok((result, replacements))
}

/// The token of a key with its new name, in the quotes of the old one.
fn renamed(token: &str, rename: &Replacement) -> Option<String> {
    let Replacement { old, new, .. } = rename;
    let is_quoted = |quote| token.len() > 1 && token.starts_with(quote) && token.ends_with(quote);
    match ['"', '\''].into_iter().find(|quote| is_quoted(*quote)) {
        Some(quote) => Some(format!("{quote}{new}{quote}")),
        None => (token == *old).then(|| (*new).to_owned()),
    }
}
