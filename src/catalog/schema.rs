//! The JSON Schema of a configuration file, built from the catalogue: what `clerkform schema`
//! prints, what editors read, and what every file is checked against.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{EnvironmentType, Field, Kind, SECTIONS, Section};

/// The key of the target, at the top level and in overlays.
pub const TARGET: &str = "target";
/// The key of the overlays, at the top level only.
pub const ENVIRONMENTS: &str = "environments";
/// What `target` is for.
pub const TARGET_MEANING: &str = "What this file may be applied to. Anything else is refused.";
/// What `environments` is for.
pub const ENVIRONMENTS_MEANING: &str = "Overlays by the name of their environment: the same keys \
    as in the file itself, merged field by field over it. A file that has any is planned and \
    applied for the environments that the command line names (`-e NAME` or `--all-envs`).";
/// The environment name that no file may use, since `--sandbox` does.
pub const RESERVED_ENVIRONMENT: &str = "sandbox";

/// The member of `target` that names the only instance.
pub const INSTANCE_ID: &str = "instance_id";
/// The member of `target` that names the only kind of instance.
pub const ENVIRONMENT_TYPE: &str = "environment_type";
/// The member of `target` that names the variable with the secret key.
pub const SECRET_KEY_ENV: &str = "secret_key_env";

/// A member of `target`: always a text that is not null.
#[derive(Debug)]
pub struct Member {
    /// The key in the file.
    pub name: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// A value that could stand in a file.
    pub example: &'static str,
    /// What it has to look like, as the end of a sentence that begins with "must be".
    pub rule: &'static str,
}

/// Every member of `target`, in the order in which people are shown them.
pub static MEMBERS: [Member; 3] = [
    Member {
        name: INSTANCE_ID,
        meaning: "The only instance that this file may be applied to, as Clerk's Dashboard shows \
                  its id. Any other instance is refused before anything is changed.",
        example: "ins_2abc",
        rule: "an instance's id: visible ASCII characters without a space, such as `ins_2abc`",
    },
    Member {
        name: ENVIRONMENT_TYPE,
        meaning: "The only kind of instance that this file may be applied to. A secret key tells \
                  by its prefix which kind it opens, so a wrong key is refused before any request.",
        example: "production",
        rule: "`development` or `production`",
    },
    Member {
        name: SECRET_KEY_ENV,
        meaning: "The name of the environment variable that holds the secret key. Without it \
                  `CLERK_SECRET_KEY` is read. The key itself must not stand in the file.",
        example: "ACME_CLERK_KEY",
        rule: "the name of an environment variable: letters, digits and `_`, not beginning with \
               a digit",
    },
];

/// The member of `target` of that name.
pub fn member(name: &str) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| member.name == name)
}

/// A whole configuration file. It has no fields: its schema is built from the catalogue, which is
/// the one place where a setting is declared.
#[derive(Debug)]
pub struct ConfigurationFile;

impl JsonSchema for ConfigurationFile {
    fn schema_name() -> Cow<'static, str> {
        "Configuration".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let definitions = generator.definitions_mut();
        for section in SECTIONS {
            definitions.insert(section.name.to_owned(), section_schema(section));
        }
        definitions.insert(TARGET.to_owned(), target_schema());
        definitions.insert(OVERLAY.to_owned(), overlay_schema());
        definitions.insert(ENVIRONMENTS.to_owned(), environments_schema());

        let mut properties = layer_properties();
        properties.insert(ENVIRONMENTS.to_owned(), reference(ENVIRONMENTS));
        let mut schema = Schema::default();
        schema.insert("title".to_owned(), "clerkform configuration".into());
        schema.insert(
            "description".to_owned(),
            "The settings of a Clerk instance that `clerkform` keeps as they are written here. A \
             setting that is absent is left alone."
                .into(),
        );
        // A file that is empty, or holds only comments, is null to every reader of YAML.
        schema.insert("type".to_owned(), json!(["object", "null"]));
        schema.insert("properties".to_owned(), properties.into());
        schema.insert("additionalProperties".to_owned(), false.into());
        schema
    }
}

/// The definition of an overlay; the file itself has no such key.
const OVERLAY: &str = "overlay";

/// The schema of a configuration file, as draft-07.
pub fn configuration() -> Value {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<ConfigurationFile>()
        .to_value()
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

/// What the base and an overlay have in common.
fn layer_properties() -> Map<String, Value> {
    SECTIONS
        .into_iter()
        .map(|section| section.name)
        .chain([TARGET])
        .map(|name| (name.to_owned(), reference(name)))
        .collect()
}

fn section_schema(section: &Section) -> Value {
    let properties: Map<String, Value> = section
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), field_schema(section, field)))
        .collect();
    json!({
        "title": section.title,
        "description": section.meaning,
        "markdownDescription": format!("{}\n\nSent with `PATCH {}`.", section.meaning, section.path),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn overlay_schema() -> Value {
    json!({
        "title": "Overlay",
        "description": "What is different in one environment: the same keys as in the file itself, \
                        merged field by field over it.",
        "type": "object",
        "properties": layer_properties(),
        "additionalProperties": false,
    })
}

fn environments_schema() -> Value {
    json!({
        "title": "Environments",
        "description": ENVIRONMENTS_MEANING,
        "type": "object",
        "propertyNames": {
            "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$",
            "not": { "const": RESERVED_ENVIRONMENT },
        },
        "additionalProperties": reference(OVERLAY),
    })
}

fn target_schema() -> Value {
    let properties: Map<String, Value> =
        MEMBERS.iter().map(|member| (member.name.to_owned(), member_schema(member))).collect();
    json!({
        "title": "Target",
        "description": TARGET_MEANING,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn member_schema(member: &Member) -> Value {
    let mut schema = Map::new();
    schema.insert("title".to_owned(), format!("{TARGET}.{}", member.name).into());
    schema.insert("description".to_owned(), member.meaning.into());
    schema.insert("markdownDescription".to_owned(), member.meaning.into());
    schema.insert("examples".to_owned(), json!([member.example]));
    schema.insert("type".to_owned(), "string".into());
    let (keyword, rule) = match member.name {
        ENVIRONMENT_TYPE => ("enum", json!(EnvironmentType::ALL)),
        SECRET_KEY_ENV => ("pattern", json!("^[A-Za-z_][A-Za-z0-9_]*$")),
        _ => ("pattern", json!("^[!-~]+$")),
    };
    schema.insert(keyword.to_owned(), rule);
    Value::Object(schema)
}

fn field_schema(section: &Section, field: &Field) -> Value {
    let mut schema = Map::new();
    let mut put = |key: &str, value: Value| schema.insert(key.to_owned(), value);
    put("title", format!("{}.{}", section.name, field.name).into());
    put("description", description(field).into());
    put("markdownDescription", markdown(field).into());
    put("examples", Value::Array(json_of(field.example).into_iter().collect()));
    if let Some(default) = field.default.and_then(json_of) {
        put("default", default);
    }
    if let Some(successor) = field.replaced_by {
        put("deprecated", true.into());
        put("deprecationMessage", format!("Use `{successor}` instead.").into());
    }
    let word = match field.kind {
        Kind::Boolean => "boolean",
        Kind::Integer { minimum } => {
            put("minimum", minimum.into());
            "integer"
        }
        Kind::Text(_) => "string",
        Kind::Set(_) => {
            put("items", json!({ "type": "string" }));
            put("uniqueItems", true.into());
            "array"
        }
    };
    put("type", if field.nullable { json!([word, "null"]) } else { word.into() });
    Value::Object(schema)
}

/// A catalogue entry's JSON. One that is not JSON is left out, and a test says that there is none.
fn json_of(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn description(field: &Field) -> String {
    match field.replaced_by {
        None => field.meaning.to_owned(),
        Some(successor) => format!("{} Deprecated: use `{successor}`.", field.meaning),
    }
}

/// The description for a hover: what is peculiar about a field, a line each.
fn markdown(field: &Field) -> String {
    let mut text = field.meaning.to_owned();
    let mut notes = Vec::new();
    if let Some(successor) = field.replaced_by {
        notes.push(format!("**Deprecated**: use `{successor}`."));
    }
    if let Some(default) = field.default {
        notes.push(format!("Clerk's default: `{default}`."));
    }
    if let Some(environment) = field.only_in {
        notes.push(format!("Has an effect in {environment} instances only."));
    }
    if let Some(guard) = field.guard {
        notes.push(format!("`{}` {}.", guard.weak, guard.loss));
    }
    if let Some(lockout) = field.lockout {
        notes.push(format!("Careful: {}; {}.", lockout.danger, lockout.advice));
    }
    notes.push(format!("Example: `{}`", field.example));
    for note in notes {
        text.push_str("\n\n");
        text.push_str(&note);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> impl Iterator<Item = (&'static Section, &'static Field, Value)> {
        let schema = configuration();
        SECTIONS.into_iter().flat_map(move |section| {
            let properties = schema["definitions"][section.name]["properties"].clone();
            section.fields.iter().map(move |field| (section, field, properties[field.name].clone()))
        })
    }

    fn every_key<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    found.push(key);
                    every_key(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| every_key(item, found)),
            _ => {}
        }
    }

    #[test]
    fn the_schema_is_draft_07_without_an_id_or_a_format() {
        let schema = configuration();
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
        let mut keys = Vec::new();
        every_key(&schema, &mut keys);
        for absent in ["$id", "format", "$defs", "anyOf", "nullable"] {
            assert!(!keys.contains(&absent), "{absent}");
        }
        assert!(keys.iter().all(|key| !key.starts_with("x-")));
        assert!(jsonschema::draft7::meta::is_valid(&schema));
    }

    #[test]
    fn every_field_has_its_type_words_and_an_example_that_fits() {
        for (section, field, schema) in fields() {
            let word = match field.kind {
                Kind::Boolean => "boolean",
                Kind::Integer { .. } => "integer",
                Kind::Text(_) => "string",
                Kind::Set(_) => "array",
            };
            let expected = if field.nullable { json!([word, "null"]) } else { json!(word) };
            assert_eq!(schema["type"], expected, "{}.{}", section.name, field.name);
            for key in ["title", "description", "markdownDescription"] {
                assert!(schema[key].is_string(), "{}.{} {key}", section.name, field.name);
            }
            let example = &schema["examples"][0];
            assert!(jsonschema::draft7::is_valid(&schema, example), "{}", field.name);
            assert_eq!(schema.get("default").is_some(), field.default.is_some());
            assert_eq!(schema.get("deprecationMessage").is_some(), field.replaced_by.is_some());
        }
    }

    #[test]
    fn sections_target_and_overlays_are_objects_that_allow_nothing_else() {
        let schema = configuration();
        let definitions = schema["definitions"].as_object().unwrap();
        assert_eq!(definitions.len(), SECTIONS.len() + 3);
        for (name, definition) in definitions {
            assert_eq!(definition["type"], "object", "{name}");
            if name != ENVIRONMENTS {
                assert_eq!(definition["additionalProperties"], false, "{name}");
            }
        }
        assert!(definitions[OVERLAY]["properties"].get(ENVIRONMENTS).is_none());
        assert!(schema["properties"].get(ENVIRONMENTS).is_some());
    }

    #[test]
    fn the_name_of_an_environment_is_checked_by_the_schema_too() {
        let schema = configuration();
        for (name, valid) in [
            ("production", true),
            ("0-a_B", true),
            ("sandbox", false),
            ("sandbox2", true),
            ("_a", false),
            ("a b", false),
            ("", false),
        ] {
            let file = json!({ "environments": { name: {} } });
            assert_eq!(jsonschema::draft7::is_valid(&schema, &file), valid, "{name:?}");
        }
    }
}
