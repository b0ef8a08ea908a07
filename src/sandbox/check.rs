//! Whether the service would take a value for a field: its type, and the few limits that it has.

use serde_json::Value;

use super::response::Problem;
use crate::catalog::{Empty, Field, Kind, Shape};

/// What is wrong with `value`, if anything is.
pub(super) fn problem(field: &Field, value: &Value) -> Option<Problem> {
    let (code, must) = match (field.kind, value) {
        (_, Value::Null) if field.nullable => return None,
        (_, Value::Null) => ("form_param_nil", "cannot be null"),
        (Kind::Boolean, Value::Bool(_)) => return None,
        (Kind::Boolean, _) => ("form_param_type_invalid", "must be true or false"),
        (Kind::Integer { minimum }, Value::Number(number)) => match number.as_i64() {
            Some(number) if number >= minimum => return None,
            Some(_) => ("form_param_value_invalid", "is too small"),
            None => ("form_param_type_invalid", "must be a whole number"),
        },
        (Kind::Integer { .. }, _) => ("form_param_type_invalid", "must be a whole number"),
        (Kind::Text(_), Value::String(text)) if text.is_empty() && field.empty == Empty::Clears => {
            return None;
        }
        (Kind::Text(Shape::Email), Value::String(text)) if !is_email(text) => {
            ("form_param_format_invalid", "must be an e-mail address")
        }
        (Kind::Text(Shape::OneOf(words)), Value::String(text))
            if !words.contains(&text.as_str()) =>
        {
            ("form_param_value_invalid", "is not one of the values that it can have")
        }
        (Kind::Text(_), Value::String(_)) => return None,
        (Kind::Text(_), _) => ("form_param_type_invalid", "must be a string"),
        (Kind::Set(_), Value::Array(items)) if items.iter().all(Value::is_string) => return None,
        (Kind::Set(_), _) => ("form_param_type_invalid", "must be a list of strings"),
    };
    let name = field.name;
    Some(Problem::new(code, format!("{name} {must}.")).with("param_name", name))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let has_labels = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    !local.is_empty() && has_labels && !text.contains(char::is_whitespace) && !domain.contains('@')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::SECTIONS;

    fn code(name: &str, value: &Value) -> Option<&'static str> {
        let field = SECTIONS.into_iter().find_map(|section| section.field(name)).unwrap();
        let problem = problem(field, value)?;
        assert_eq!(problem.meta["param_name"], name);
        Some(problem.code)
    }

    #[test]
    fn types_and_limits_are_held_against_the_catalogue() {
        let table = [
            ("hibp", json!(false), None),
            ("hibp", json!(null), None),
            ("hibp", json!("true"), Some("form_param_type_invalid")),
            ("cookieless_dev", json!(null), None),
            ("max_allowed_memberships", json!(0), None),
            ("max_allowed_memberships", json!(-1), Some("form_param_value_invalid")),
            ("max_allowed_memberships", json!(5.5), Some("form_param_type_invalid")),
            ("max_allowed_memberships", json!("5"), Some("form_param_type_invalid")),
            ("support_email", json!("help@example.com"), None),
            ("support_email", json!(""), None),
            ("support_email", json!(null), None),
            ("support_email", json!(7), Some("form_param_type_invalid")),
            ("clerk_js_version", json!("canary"), None),
            ("allowed_origins", json!(["capacitor://localhost"]), None),
            ("allowed_origins", json!([]), None),
            ("allowed_origins", json!(null), Some("form_param_nil")),
            ("allowed_origins", json!("a://b"), Some("form_param_type_invalid")),
            ("allowed_origins", json!(["a://b", 1]), Some("form_param_type_invalid")),
        ];
        for (name, value, expected) in table {
            assert_eq!(code(name, &value), expected, "{name}: {value}");
        }
    }

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for text in ["help", "@example.com", "a@b", "a@.b", "a@b.", "a b@c.de", "a@b@c.de"] {
            let found = code("support_email", &json!(text));
            assert_eq!(found, Some("form_param_format_invalid"), "{text}");
        }
    }
}
