//! What a file without errors asks for, target by target.

use serde_json::json;

use super::checked;
use crate::catalog::EnvironmentType;
use crate::config::{Configuration, Desired};

const FILE: &str = "\
organization_settings: {max_allowed_memberships: 0x10, enabled: ~}
instance:
  support_email: help@example.com
  allowed_origins: [\"https://b.example\", \"https://a.example\"]
  hibp: true
target: {instance_id: ins_1, secret_key_env: A_KEY}
environments:
  staging:
    target: {environment_type: development}
    instance: {allowed_origins: [\"https://c.example\"], test_mode: true}
  production: {}
";

fn configuration(text: &str) -> Configuration {
    let checked = checked(text);
    assert!(checked.configuration.is_some(), "{:?}", checked.findings);
    checked.configuration.unwrap()
}

fn settings(desired: &Desired) -> Vec<(String, serde_json::Value)> {
    let settings = desired.settings.iter();
    settings
        .map(|setting| (setting.pointer.clone(), serde_json::Value::clone(&setting.value)))
        .collect()
}

#[test]
fn the_base_has_its_settings_in_the_order_of_the_catalogue() {
    let desired = configuration(FILE).desired(None).unwrap();
    assert_eq!(
        settings(&desired),
        [
            ("/instance/hibp".to_owned(), json!(true)),
            ("/instance/support_email".to_owned(), json!("help@example.com")),
            (
                "/instance/allowed_origins".to_owned(),
                json!(["https://b.example", "https://a.example"])
            ),
            ("/organization_settings/enabled".to_owned(), json!(null)),
            ("/organization_settings/max_allowed_memberships".to_owned(), json!(16)),
        ]
    );
    assert_eq!(desired.file, "clerk.yaml");
    assert_eq!(desired.target.environment_type, None);
}

#[test]
fn an_overlay_is_merged_over_the_base_field_by_field() {
    let configuration = configuration(FILE);
    assert_eq!(configuration.environments().collect::<Vec<_>>(), ["staging", "production"]);
    let desired = configuration.desired(Some("staging")).unwrap();
    assert_eq!(
        settings(&desired)[..4],
        [
            ("/environments/staging/instance/test_mode".to_owned(), json!(true)),
            ("/instance/hibp".to_owned(), json!(true)),
            ("/instance/support_email".to_owned(), json!("help@example.com")),
            (
                "/environments/staging/instance/allowed_origins".to_owned(),
                json!(["https://c.example"])
            ),
        ]
    );
    assert_eq!(desired.environment.as_deref(), Some("staging"));
    assert_eq!(desired.target.instance_id.as_deref(), Some("ins_1"));
    assert_eq!(desired.target.environment_type, Some(EnvironmentType::Development));
    assert_eq!(desired.target.secret_key_env.as_deref(), Some("A_KEY"));
    let (key, at) = (desired.settings[0].key, desired.settings[0].at);
    assert_eq!((key.line, key.column, at.line, at.column), (10, 56, 10, 67));
    assert!(configuration.desired(Some("nope")).is_none());
    assert_eq!(configuration.desired(Some("production")).unwrap().settings.len(), 5);
}

#[test]
fn an_overlay_can_take_a_value_back_to_null() {
    let text = "instance: {hibp: true}\nenvironments: {a: {instance: {hibp: null}}}";
    let desired = configuration(text).desired(Some("a")).unwrap();
    assert_eq!(settings(&desired), [("/environments/a/instance/hibp".to_owned(), json!(null))]);
}

#[test]
fn json_is_read_as_well() {
    let text = "{\"instance\": {\"hibp\": true, \"support_email\": \"a\\u0040b.de\"}}";
    let desired = configuration(text).desired(None).unwrap();
    assert_eq!(desired.settings[1].value.as_ref(), "a@b.de");
}

#[test]
fn a_setting_behind_an_alias_keeps_the_place_of_its_key() {
    let text = "environments:\n  a: &a {instance: {hibp: true}}\n  b: *a\n";
    let desired = configuration(text).desired(Some("b")).unwrap();
    assert_eq!((desired.settings[0].key.line, desired.settings[0].key.column), (2, 21));
    assert_eq!(desired.settings[0].pointer, "/environments/b/instance/hibp");
}

#[test]
fn what_an_alias_repeats_is_told_once_with_the_path_at_which_it_is_written() {
    super::assert_told(&[
        (
            "instance: &i {support_email: xx, cookieless_dev: true}\nenvironments: {a: {instance: *i}, b: {instance: {<<: *i}}}\n",
            &[
                "1:30-1:32 invalid-value /instance/support_email",
                "1:34-1:48 deprecated-field /instance/cookieless_dev",
            ],
        ),
        (
            "environments: {z: {instance: &i {hibp: 1}}, a: {instance: *i}}\ninstance: *i\n",
            &["1:40-1:41 wrong-type /environments/z/instance/hibp"],
        ),
    ]);
}
