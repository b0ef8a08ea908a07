//! The document of `diff`.

use serde_json::{Value, json};

use crate::plan::compare::{Side, SideComparison};
use crate::render::{FORMAT_VERSION, document};

/// A comparison as one document.
pub fn json(found: &SideComparison) -> String {
    let differences: Vec<Value> = found
        .differences
        .iter()
        .map(|it| {
            json!({
                "section": it.section.name,
                "field": it.field.name,
                "left": it.left,
                "right": it.right,
            })
        })
        .collect();
    document(&json!({
        "format_version": FORMAT_VERSION,
        "left": side(&found.left),
        "right": side(&found.right),
        "differences": differences,
        "summary": {"differences": differences.len()},
    }))
}

fn side(side: &Side) -> Value {
    json!({"config": side.config, "environment": side.environment})
}
