//! The JSON Schema of a configuration file, built from the catalogue: what `clerkform schema`
//! prints, what editors read, and what every file is checked against.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{
    Aspect, EnvironmentType, Fact, Field, Kind, SECTIONS, Section, Shape, facts, subdomain,
};

/// The key of the target, at the top level and in overlays.
pub const TARGET: &str = "target";
/// The key of the files that a file builds on, at the top level only.
pub const EXTENDS: &str = "extends";
/// The key of the overlays, at the top level only.
pub const ENVIRONMENTS: &str = "environments";
/// What `target` is for.
pub const TARGET_MEANING: &str = "What this file may be applied to. Anything else is rejected.";
/// What `extends` is for.
pub const EXTENDS_MEANING: &str = "Files with settings that this one builds on: a path, or a list \
    of paths, relative to this file and inside the repository. Their settings, targets and \
    environments lie under those of this file; of several files, a later one wins.";
/// What `environments` is for.
pub const ENVIRONMENTS_MEANING: &str = "Overlays, by environment name: the same keys as at the top \
    level, merged over it field by field. Choose the environments to plan and apply on the \
    command line, with `-e NAME` or `--all-envs`.";
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
    /// Its purpose.
    pub meaning: &'static str,
    /// A value that could stand in a file.
    pub example: &'static str,
    /// The form that it has to have, as the end of a sentence that begins with "must be".
    pub rule: &'static str,
}

/// Every member of `target`, in the order in which people are shown them.
pub static MEMBERS: [Member; 3] = [
    Member {
        name: INSTANCE_ID,
        meaning: "The ID of the only instance this file may be applied to, as shown in the Clerk \
            Dashboard. Any other instance is rejected before anything is changed.",
        example: "ins_2abc",
        rule: "an instance ID: visible ASCII characters without spaces, such as `ins_2abc`",
    },
    Member {
        name: ENVIRONMENT_TYPE,
        meaning: "The only kind of instance this file may be applied to. The prefix of a secret \
            key tells which kind it is for, so a wrong key is rejected before any request.",
        example: "production",
        rule: "`development` or `production`",
    },
    Member {
        name: SECRET_KEY_ENV,
        meaning: "The environment variable that holds the secret key; `CLERK_SECRET_KEY` by \
            default. The key itself must not be in the file.",
        example: "ACME_CLERK_KEY",
        rule: "the name of an environment variable: letters, digits and `_`, not starting with a \
            digit",
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
        definitions.insert(EXTENDS.to_owned(), extends_schema());

        let mut properties = layer_properties();
        for name in [ENVIRONMENTS, EXTENDS] {
            properties.insert(name.to_owned(), reference(name));
        }
        let mut schema = Schema::default();
        schema.insert("title".to_owned(), "clerkform configuration".into());
        schema.insert(
            "description".to_owned(),
            "The settings of a Clerk instance, as `clerkform` should keep them. A setting that is \
             absent is left alone."
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

/// The members that the base and an overlay share.
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
        "description": "What differs in one environment: the same keys as at the top level, merged \
            over it field by field.",
        "type": "object",
        "properties": layer_properties(),
        "additionalProperties": false,
    })
}

/// One path or several: keywords for texts and for lists heed only what is one.
fn extends_schema() -> Value {
    json!({
        "title": "Extends",
        "description": EXTENDS_MEANING,
        "markdownDescription": EXTENDS_MEANING,
        "type": ["string", "array"],
        "minLength": 1,
        "items": { "type": "string", "minLength": 1 },
        "uniqueItems": true,
        "examples": ["../base.yaml", ["../base.yaml", "../eu.yaml"]],
    })
}

fn environments_schema() -> Value {
    json!({
        "title": "Environments",
        "description": ENVIRONMENTS_MEANING,
        "markdownDescription": ENVIRONMENTS_MEANING,
        "type": "object",
        "propertyNames": {
            "title": "environment",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$",
            "patternErrorMessage": "Must start with a letter or digit, followed by letters, \
                digits, `_` and `-`.",
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
    schema.insert("type".to_owned(), "string".into());
    let pattern = match member.name {
        ENVIRONMENT_TYPE => {
            schema.insert(ENUM.to_owned(), json!(EnvironmentType::ALL));
            return Value::Object(schema);
        }
        SECRET_KEY_ENV => "^[A-Za-z_][A-Za-z0-9_]*$",
        _ => "^[!-~]+$",
    };
    schema.insert(EXAMPLES.to_owned(), json!([member.example]));
    insert_pattern(&mut schema, pattern, &format!("Must be {}.", member.rule));
    Value::Object(schema)
}

/// The schema of a field. It has no `default`, which would say what a setting is that is absent:
/// absent is left alone. Editors would also write every default as soon as a section is begun.
fn field_schema(section: &Section, field: &Field) -> Value {
    let mut schema = Map::new();
    let mut put = |key: &str, value: Value| schema.insert(key.to_owned(), value);
    put("title", format!("{}.{}", section.name, field.name).into());
    put("description", description(section, field).into());
    put("markdownDescription", markdown(section, field).into());
    if let Some(deprecated) = field.deprecated {
        put("deprecated", true.into());
        put("deprecationMessage", format!("Deprecated: {}.", deprecated.advice()).into());
    }
    // Where all values are listed anyway an example would only be written before one is chosen.
    if !matches!(field.kind, Kind::Boolean | Kind::Text(Shape::OneOf(_))) {
        put(EXAMPLES, json_of(field.example).into_iter().collect());
    }
    let word = match field.kind {
        Kind::Boolean => "boolean",
        Kind::Integer { minimum } => {
            put("minimum", minimum.into());
            "integer"
        }
        Kind::Text(shape) => {
            insert_rule(&mut schema, shape);
            // A value has to be among those of an enumeration whatever its type is.
            if let (true, Some(Value::Array(words))) = (field.nullable, schema.get_mut(ENUM)) {
                words.push(Value::Null);
            }
            "string"
        }
        Kind::Set(shape) => {
            put("items", item_schema(field, shape));
            put("uniqueItems", true.into());
            if let Some(most) = field.most {
                put("maxItems", most.into());
            }
            "array"
        }
    };
    let types = if field.nullable { json!([word, "null"]) } else { word.into() };
    schema.insert("type".to_owned(), types);
    Value::Object(schema)
}

/// The schema of a list's entry, which editors explain and complete by itself.
fn item_schema(field: &Field, shape: Shape) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "string".into());
    schema.insert("markdownDescription".to_owned(), field.meaning.into());
    insert_rule(&mut schema, shape);
    if !field.refuses.is_empty() {
        schema.insert("not".to_owned(), json!({ ENUM: field.refuses }));
    }
    if let (false, Some(entries)) = (schema.contains_key(ENUM), json_of(field.example)) {
        schema.insert(EXAMPLES.to_owned(), entries);
    }
    Value::Object(schema)
}

const ENUM: &str = "enum";
const EXAMPLES: &str = "examples";

/// The part of a text's shape that a schema can say.
fn insert_rule(schema: &mut Map<String, Value>, shape: Shape) {
    match shape {
        Shape::Any | Shape::Email | Shape::Origin => {}
        Shape::OneOf(words) => drop(schema.insert(ENUM.to_owned(), json!(words))),
        Shape::Alphanumeric => {
            insert_pattern(schema, "^[A-Za-z0-9]+$", "Must consist of letters and digits only.");
        }
        Shape::Country => insert_pattern(
            schema,
            "^[A-Z]{2}$",
            "Must be a country code of two capital letters, such as `DE`.",
        ),
        Shape::Subdomain => {
            schema.insert("maxLength".to_owned(), subdomain::LONGEST.into());
            insert_pattern(
                schema,
                subdomain::PATTERN,
                "Must be a lowercase host, such as `app.example.com`, or a wildcard, such as \
                 `*.example.com`.",
            );
        }
    }
}

/// A pattern, with what editors say in its place of a text that does not match.
fn insert_pattern(schema: &mut Map<String, Value>, pattern: &str, message: &str) {
    schema.insert("pattern".to_owned(), pattern.into());
    schema.insert("patternErrorMessage".to_owned(), message.into());
}

/// A catalogue entry's JSON. One that is not JSON is left out, and a test says that there is none.
fn json_of(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// The description for whatever shows no Markdown: what decides whether to set a field at all.
fn description(section: &Section, field: &Field) -> String {
    let mut text = field.meaning.to_owned();
    for Fact { aspect, text: fact } in facts(section, field) {
        if matches!(aspect, Aspect::Default | Aspect::Deprecated) {
            text.push_str(&format!(" {}: {fact}", aspect.label()));
        }
    }
    text
}

/// The description for a hover: what is peculiar about a field, a paragraph each. Editors put the
/// title before it, and the examples after it.
fn markdown(section: &Section, field: &Field) -> String {
    let mut text = field.meaning.to_owned();
    for Fact { aspect, text: fact } in facts(section, field) {
        if aspect.is_for_authors() {
            text.push_str(&format!("\n\n**{}**: {fact}", aspect.label()));
        }
    }
    text
}

/// Reads a name that an environment can have.
pub fn environment_name(name: &str) -> Result<String, String> {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name == RESERVED_ENVIRONMENT {
        return Err("this name is reserved; use `--sandbox` for the sandbox".to_owned());
    }
    if name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(inner) {
        return Ok(name.to_owned());
    }
    Err("a name consists of letters, digits, `_` and `-`, and starts with a letter or digit"
        .to_owned())
}

#[cfg(test)]
mod tests;
