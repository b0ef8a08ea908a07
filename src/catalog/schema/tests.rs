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
fn every_field_has_its_type_and_words() {
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
        assert_eq!(schema.get("deprecationMessage").is_some(), field.is_deprecated());
    }
}

#[test]
fn a_field_has_an_example_that_fits_or_all_its_values() {
    for (_, field, schema) in fields() {
        let lists_all = matches!(field.kind, Kind::Boolean | Kind::Text(Shape::OneOf(_)));
        assert_eq!(schema.get("examples").is_none(), lists_all, "{}", field.name);
        for schema in [&schema, &schema["items"]] {
            for example in schema["examples"].as_array().into_iter().flatten() {
                assert!(jsonschema::draft7::is_valid(schema, example), "{}", field.name);
            }
        }
    }
}

#[test]
fn a_default_is_told_and_never_filled_in() {
    let (mut told, mut in_one_environment) = (0, 0);
    for (_, field, schema) in fields() {
        assert!(schema.get("default").is_none(), "{}", field.name);
        let text = |key: &str| schema[key].as_str().unwrap().to_owned();
        if let Some(default) = field.default {
            told += 1;
            assert!(text("description").contains(&format!("Default: {default}, ")));
            assert!(text("markdownDescription").contains(&format!("**Default**: {default}, ")));
        }
        if let Some((environment, default)) = field.default_in {
            in_one_environment += 1;
            let default = format!("{default} in {environment}, ");
            assert!(text("description").contains(&format!("Default: {default}")));
            assert!(text("markdownDescription").contains(&format!("**Default**: {default}")));
        }
    }
    assert!(told > 1 && in_one_environment > 1);
}

#[test]
fn every_pattern_has_words_for_people() {
    fn visit(value: &Value, seen: &mut usize) {
        if let Value::Object(members) = value {
            if members.get("pattern").is_some_and(Value::is_string) {
                *seen += 1;
                let message = members["patternErrorMessage"].as_str().unwrap();
                assert!(message.starts_with("Must ") && message.ends_with('.'), "{message}");
            }
            members.values().for_each(|member| visit(member, seen));
        }
    }
    let mut seen = 0;
    visit(&configuration(), &mut seen);
    assert_eq!(seen, 6);
}

#[test]
fn sections_target_and_overlays_are_objects_that_allow_nothing_else() {
    let schema = configuration();
    let definitions = schema["definitions"].as_object().unwrap();
    assert_eq!(definitions.len(), SECTIONS.len() + 4);
    for (name, definition) in definitions.iter().filter(|(name, _)| *name != EXTENDS) {
        assert_eq!(definition["type"], "object", "{name}");
        if name != ENVIRONMENTS {
            assert_eq!(definition["additionalProperties"], false, "{name}");
        }
    }
    assert!(definitions[OVERLAY]["properties"].get(ENVIRONMENTS).is_none());
    assert!(schema["properties"].get(ENVIRONMENTS).is_some());
    assert!(definitions[OVERLAY]["properties"].get(EXTENDS).is_none());
    assert!(schema["properties"].get(EXTENDS).is_some());
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
