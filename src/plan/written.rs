//! The document of a plan or a drift as it is written: its targets become trees one at a time, so
//! that a fleet costs little more than its text.

use serde_json::{Map, Value};

use super::checksum::{DIGEST, TARGETS, digest_by_target};
use super::document::{Documented, PlanDocument, TargetDocument};

/// A document that is to be written.
pub struct WrittenDocument<'a, R: Documented> {
    /// Its members but the targets and the digest.
    head: Map<String, Value>,
    run: &'a R,
}

impl<'a, R: Documented> WrittenDocument<'a, R>
where
    TargetDocument: for<'t> From<&'t R::Target>,
{
    /// The document of a run.
    pub fn of(run: &'a R) -> Self {
        let mut head = match PlanDocument::about(run).to_value() {
            Value::Object(head) => head,
            _ => Map::new(),
        };
        head.retain(|name, _| ![DIGEST, TARGETS].contains(&name.as_str()));
        Self { head, run }
    }

    /// The document but for its targets, and for the digest that needs them.
    pub fn head(&self) -> Value {
        Value::Object(self.head.clone())
    }

    /// Its targets.
    pub fn targets(&self) -> impl Iterator<Item = Value> {
        self.run.targets().iter().map(tree)
    }

    /// The whole document as a text of many lines, with sorted names. `written` makes the texts of
    /// some targets, in their order.
    pub fn pretty(&self, written: impl Fn(&[R::Target]) -> Vec<WrittenTarget>) -> String {
        let mut frame = self.head.clone();
        frame.insert(DIGEST.to_owned(), BLANK_DIGEST.into());
        frame.insert(TARGETS.to_owned(), Value::Null);
        let frame = format!("{:#}", Value::Object(frame));
        // Only a member of the document itself begins a line so: no text has a line break.
        let hole = format!("\n  \"{TARGETS}\": ");
        let (before, after) = frame.split_once(&format!("{hole}null")).unwrap_or_default();
        let mut text = before.to_owned() + &hole + "[";
        let targets = self.run.targets();
        let lines =
            targets.chunks(AT_ONCE).flat_map(written).map(|WrittenTarget { line, block }| {
                text.push_str(if text.ends_with('[') { "" } else { "," });
                text.push_str(&block);
                line
            });
        let digest = digest_by_target(&self.head, lines);
        text.push_str(if targets.is_empty() { "]" } else { "\n  ]" });
        text.push_str(after);
        // It stands before the targets, and can be told after them.
        let member = |digest: &str| format!("\n  \"{DIGEST}\": \"{digest}\"");
        if let Some(at) = before.find(&member(BLANK_DIGEST)) {
            text.replace_range(at..at + member(BLANK_DIGEST).len(), &member(&digest));
        }
        text
    }
}

/// How many targets are trees and texts of their own at once: few, since one may have a long list.
const AT_ONCE: usize = 32;

/// The place of a digest, as long as one.
const BLANK_DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The texts of one target of a document.
pub struct WrittenTarget {
    /// In one line, as the digest is told of it.
    line: String,
    /// In many lines, each at its place in the document.
    block: String,
}

impl WrittenTarget {
    /// The texts of a target.
    pub fn of<T>(target: &T) -> Self
    where
        TargetDocument: for<'t> From<&'t T>,
    {
        let tree = tree(target);
        // Every member is a plain value, so nothing in it can fail.
        let block = serde_json::to_string_pretty(&tree).unwrap_or_default();
        // A text in JSON has no line break, so that each one is the layout's.
        let block = format!("\n{block}").replace('\n', "\n    ");
        Self { line: serde_json::to_string(&tree).unwrap_or_default(), block }
    }
}

fn tree<T>(target: &T) -> Value
where
    TargetDocument: for<'t> From<&'t T>,
{
    serde_json::to_value(TargetDocument::from(target)).unwrap_or_default()
}
