//! The document of a plan or a drift as it is written: its targets become trees one at a time, so
//! that a fleet costs little more than its text.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
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

    /// The whole document as a text of many lines, with sorted names.
    pub fn pretty(&self) -> String {
        let digest = digest_by_target(&self.head, self.targets());
        let mut head = self.head.clone();
        head.insert(DIGEST.to_owned(), digest.into());
        head.insert(TARGETS.to_owned(), Value::Null);
        // Every member is a plain value, so nothing in it can fail.
        serde_json::to_string_pretty(&Whole { head, targets: self.run.targets() })
            .unwrap_or_default()
    }
}

fn tree<T>(target: &T) -> Value
where
    TargetDocument: for<'t> From<&'t T>,
{
    serde_json::to_value(TargetDocument::from(target)).unwrap_or_default()
}

/// All members, with the targets in the place of theirs.
struct Whole<'a, T> {
    head: Map<String, Value>,
    targets: &'a [T],
}

/// The targets as a list of trees.
struct Trees<'a, T>(&'a [T]);

impl<T> Serialize for Whole<'_, T>
where
    TargetDocument: for<'t> From<&'t T>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(self.head.len()))?;
        for (name, value) in &self.head {
            if name == TARGETS {
                members.serialize_entry(name, &Trees(self.targets))?;
            } else {
                members.serialize_entry(name, value)?;
            }
        }
        members.end()
    }
}

impl<T> Serialize for Trees<'_, T>
where
    TargetDocument: for<'t> From<&'t T>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for target in self.0 {
            list.serialize_element(&tree(target))?;
        }
        list.end()
    }
}
