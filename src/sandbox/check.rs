//! Whether the service would take a value for a field: its type, and the few limits that it has.

use std::collections::HashSet;

use serde_json::Value;

use super::response::ErrorResponse;
use crate::catalog::{Empty, Field, Kind, Shape, as_stored, is_subdomain};

/// What is wrong with `value`, if anything is.
pub(super) fn problem(field: &Field, value: &Value) -> Option<ErrorResponse> {
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
            ("form_param_format_invalid", "must be an email address")
        }
        (Kind::Text(Shape::OneOf(words)), Value::String(text))
            if !words.contains(&text.as_str()) =>
        {
            ("form_param_value_invalid", "is not one of the allowed values")
        }
        (Kind::Text(Shape::Alphanumeric), Value::String(text)) if !is_alphanumeric(text) => {
            ("form_param_format_invalid", "must consist of letters and digits only")
        }
        (Kind::Text(_), Value::String(_)) => return None,
        (Kind::Text(_), _) => ("form_param_type_invalid", "must be a string"),
        (Kind::Set(shape), Value::Array(items)) => return problem_of_list(field, shape, items),
        (Kind::Set(_), _) => ("form_param_type_invalid", "must be a list of strings"),
    };
    Some(about(field, code, must))
}

fn problem_of_list(field: &Field, shape: Shape, items: &[Value]) -> Option<ErrorResponse> {
    let Some(texts) = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>() else {
        return Some(about(field, "form_param_type_invalid", "must be a list of strings"));
    };
    if field.most.is_some_and(|most| texts.len() > most) {
        return Some(about(field, "form_param_value_invalid", "has too many entries"));
    }
    let (code, must) = match shape {
        // What the service adds by itself may come back to it.
        Shape::OneOf(words)
            if texts
                .iter()
                .any(|text| !words.contains(text) && !field.echo_adds.contains(text)) =>
        {
            ("form_param_value_invalid", "has an entry that is not one of the allowed ones")
        }
        Shape::Country if !texts.iter().all(|text| is_country_code(text)) => {
            ("form_param_format_invalid", "must be two-letter country codes in capitals")
        }
        Shape::Subdomain if !texts.iter().all(|text| is_subdomain(&as_stored(text))) => {
            ("form_param_format_invalid", "must be hosts, or wildcards before one")
        }
        _ if texts.iter().any(|text| field.refuses.contains(text)) => {
            ("form_param_value_invalid", "has an entry that is not allowed")
        }
        _ if field.refuses_repetition
            && texts.iter().collect::<HashSet<_>>().len() < texts.len() =>
        {
            ("form_param_value_invalid", "has an entry more than once")
        }
        _ => return None,
    };
    Some(about(field, code, must))
}

fn about(field: &Field, code: &'static str, must: &str) -> ErrorResponse {
    let name = field.name;
    ErrorResponse::new(code, format!("{name} {must}.")).with("param_name", name)
}

fn is_alphanumeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// By its form: a code that means no country is accepted, and dropped later.
fn is_country_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
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
            ("domains_enrollment_modes", json!(null), Some("form_param_nil")),
            ("max_allowed_memberships", json!(0), None),
            ("max_allowed_memberships", json!(-1), Some("form_param_value_invalid")),
            ("max_allowed_memberships", json!(5.5), Some("form_param_type_invalid")),
            ("max_allowed_memberships", json!("5"), Some("form_param_type_invalid")),
            ("support_email", json!("help@example.com"), None),
            ("support_email", json!(""), None),
            ("support_email", json!(null), None),
            ("support_email", json!(7), Some("form_param_type_invalid")),
            ("clerk_js_version", json!("canary"), None),
            ("from_email_address", json!("noreply7"), None),
            ("from_email_address", json!("no.reply"), Some("form_param_format_invalid")),
            ("from_email_address", json!(""), Some("form_param_format_invalid")),
            ("domains_enrollment_modes", json!(["automatic_invitation"]), None),
            ("domains_enrollment_modes", json!(["manual_invitation"]), None),
            ("domains_enrollment_modes", json!(["automatic"]), Some("form_param_value_invalid")),
            ("blocked_country_codes", json!(["FR", "ZZ"]), None),
            ("blocked_country_codes", json!([]), None),
            ("blocked_country_codes", json!(null), None),
            ("blocked_country_codes", json!(["fr"]), Some("form_param_format_invalid")),
            ("blocked_country_codes", json!(["FRA"]), Some("form_param_format_invalid")),
            ("blocked_country_codes", json!(["FR", "FR"]), Some("form_param_value_invalid")),
            ("default_scopes", json!(["email", "profile"]), None),
            ("default_scopes", json!([]), None),
            ("default_scopes", json!(null), None),
            ("default_scopes", json!(["email", "email"]), Some("form_param_value_invalid")),
            ("default_scopes", json!(["offline_access"]), Some("form_param_value_invalid")),
            ("pkce_required", json!(true), None),
            ("aud_claim_enabled", json!(null), None),
            ("subdomain_allowlist_enabled", json!("on"), Some("form_param_type_invalid")),
            ("allowed_subdomains", json!(["App.example.com.", "*.example.com"]), None),
            ("allowed_subdomains", json!(["app.example.com", "App.example.com"]), None),
            ("allowed_subdomains", json!(["https://a.example"]), Some("form_param_format_invalid")),
            ("allowed_subdomains", json!([]), None),
            ("allowed_subdomains", json!(null), None),
            ("allowed_origins", json!(["capacitor://localhost"]), None),
            ("allowed_origins", json!([]), None),
            ("allowed_origins", json!(null), None),
            ("experimental_allowed_origins", json!(null), Some("form_param_nil")),
            ("allowed_origins", json!("a://b"), Some("form_param_type_invalid")),
            ("allowed_origins", json!(["a://b", 1]), Some("form_param_type_invalid")),
        ];
        for (name, value, expected) in table {
            assert_eq!(code(name, &value), expected, "{name}: {value}");
        }
    }

    #[test]
    fn a_choice_is_one_of_its_words() {
        let name = "preferred_sign_in_strategy_when_password_required";
        for (word, expected) in
            [("otp", None), ("", None), ("passkey", Some("form_param_value_invalid"))]
        {
            assert_eq!(code(name, &json!(word)), expected, "{word}");
        }
    }

    #[test]
    fn a_list_has_its_longest() {
        let codes = |count: u8| -> Vec<String> {
            let letter = |index: u8| char::from(b'A' + index);
            (0..count).map(|at| [letter(at / 26), letter(at % 26)].iter().collect()).collect()
        };
        assert_eq!(code("blocked_country_codes", &json!(codes(250))), None);
        let found = code("blocked_country_codes", &json!(codes(251)));
        assert_eq!(found, Some("form_param_value_invalid"));
    }

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for text in ["help", "@example.com", "a@b", "a@.b", "a@b.", "a b@c.de", "a@b@c.de"] {
            let found = code("support_email", &json!(text));
            assert_eq!(found, Some("form_param_format_invalid"), "{text}");
        }
    }
}
