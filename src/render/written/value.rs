//! Values as a file states them.

use std::collections::HashSet;

use serde_json::Value;

use crate::catalog::Field;

/// A value as a file states it: a list without repetition and without what the service adds to
/// every one, a number without a fraction that is none.
pub(super) fn own(field: &Field, value: &Value) -> Value {
    match value {
        Value::Array(entries) => {
            let mut seen = HashSet::new();
            let is_added =
                |entry: &Value| entry.as_str().is_some_and(|text| field.echo_adds.contains(&text));
            let kept = entries.iter().filter(|entry| !is_added(entry) && seen.insert(*entry));
            kept.cloned().collect()
        }
        Value::Number(number) if number.is_f64() => {
            // As the text of a number, since no conversion of a fraction is exact by its type.
            let whole = number.as_f64().filter(|number| number.fract() == 0.0);
            let whole = whole.map(|number| format!("{number:.0}"));
            whole
                .and_then(|text| text.parse::<i64>().ok())
                .map_or_else(|| value.clone(), Value::from)
        }
        _ => value.clone(),
    }
}
