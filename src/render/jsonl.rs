//! A document as lines, so that nobody has to hold all of it: one JSON document for each target as
//! it ends, and one for what the run comes to.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, text};

/// The line of one target: its member of the document's `targets`.
pub fn target(mut document: Value) -> String {
    document["format_version"] = json!(FORMAT_VERSION);
    line(&document)
}

/// The last line: the document without its targets, and without the digest that needs them.
pub fn end(mut document: Value) -> String {
    if let Some(members) = document.as_object_mut() {
        members.remove("targets");
        members.remove("digest");
    }
    line(&document)
}

/// All lines of a document.
pub fn whole(mut document: Value) -> String {
    let targets = document["targets"].take();
    lines(targets.as_array().into_iter().flatten().cloned(), document)
}

/// All lines of a document whose targets come one by one.
pub fn lines(targets: impl Iterator<Item = Value>, rest: Value) -> String {
    targets.map(target).collect::<String>() + &end(rest)
}

/// A document in one line, with nothing in it that a terminal would act on.
pub fn line(document: &Value) -> String {
    text::escape::json(format!("{document}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{HOSTILE, is_quiet};

    #[test]
    fn each_target_is_a_line_and_the_last_one_is_the_rest() {
        let document = json!({
            "format_version": 1,
            "targets": [{"config": "a.yaml"}, {"config": HOSTILE}],
            "digest": "of all of it",
            "summary": {"targets": 2},
        });
        let shown = whole(document);
        assert!(is_quiet(&shown), "{shown}");
        let lines: Vec<Value> =
            shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            lines,
            [
                json!({"format_version": 1, "config": "a.yaml"}),
                json!({"format_version": 1, "config": HOSTILE}),
                json!({"format_version": 1, "summary": {"targets": 2}}),
            ]
        );
    }
}
