//! The configuration that `init` writes: every setting, in comments. As written it asks for
//! nothing; a line becomes a setting when the `# ` before it goes.

use super::annotate::{TARGET, commented, meaning, modeline, prose, title};
use crate::catalog::{EnvironmentType, Field, SECTIONS, Section};

const HEADER: &str = "The settings of a Clerk instance. Lines that start with `##` explain; to \
    manage a setting, uncomment it (remove the `# `) and its section's name above it. Settings \
    that are not listed are left alone. Check the file with `clerkform validate`, see what would \
    change with `clerkform plan`, and change it with `clerkform apply`.";

const EXTENDS: &str = "Settings that several files share can stand in a file that they extend: a path \
    as seen from this one, or a list of paths. What this file sets wins.";

const ENVIRONMENTS: &str = "One file for several instances: each environment takes the keys above, \
    merged field by field over those outside it. Choose with `-e NAME`, or use `--all-envs` for \
    all of them.";

/// The text of a new configuration. `schema` is what editors load the schema from: a path as seen
/// from the file, or a URL.
pub fn starter(schema: &str) -> String {
    modeline(schema) + &without_schema()
}

/// The same for editors that are told of no schema.
pub fn without_schema() -> String {
    let mut out = prose(HEADER, "");
    out.push('\n');
    out.push_str(&prose(EXTENDS, ""));
    out.push_str(&commented(&["extends: ../base.yaml"]));
    out.push('\n');
    out.push_str(&prose(TARGET, ""));
    out.push_str(&commented(&[
        "target:",
        "  instance_id: ins_2abc",
        "  environment_type: production",
        "  secret_key_env: ACME_CLERK_KEY",
    ]));
    for each in SECTIONS {
        out.push('\n');
        out.push_str(&section(each));
    }
    out.push('\n');
    out.push_str(&prose(ENVIRONMENTS, ""));
    out.push_str(&environments());
    out
}

fn section(section: &Section) -> String {
    let mut out = prose(&title(section), "");
    out.push_str(&commented(&[&format!("{}:", section.name)]));
    let current = section.fields.iter().filter(|field| !field.is_deprecated());
    for (index, field) in current.enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&prose(&meaning(field), "  "));
        out.push_str(&commented(&[&setting(field, "  ")]));
    }
    out
}

/// The line that sets a field to its example. JSON is YAML.
fn setting(field: &Field, indent: &str) -> String {
    format!("{indent}{}: {}", field.name, field.example)
}

/// An overlay for each kind of instance, with a setting that makes sense in it.
fn environments() -> String {
    let mut out = commented(&["environments:"]);
    for kind in EnvironmentType::ALL {
        let variable = format!("      secret_key_env: CLERK_{}_KEY", kind.as_str().to_uppercase());
        out.push_str(&commented(&[
            &format!("  {kind}:"),
            "    target:",
            &format!("      environment_type: {kind}"),
            &variable,
        ]));
        let special = SECTIONS.into_iter().find_map(|section| {
            section
                .fields
                .iter()
                .find(|field| {
                    field.only_in == Some(kind) && !field.is_deprecated() && !field.is_gone
                })
                .map(|field| (section, field))
        });
        if let Some((section, field)) = special {
            out.push_str(&commented(&[
                &format!("    {}:", section.name),
                &setting(field, "      "),
            ]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::config;

    /// The file with every setting taken out of its comment.
    fn uncommented(starter: &str) -> String {
        starter
            .lines()
            .skip(1)
            .map(|line| line.strip_prefix("# ").unwrap_or(line))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn read(yaml: &str) -> Map<String, Value> {
        serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{error}: {yaml}"))
    }

    #[test]
    fn the_first_line_is_for_editors() {
        for schema in ["../schema/clerkform.schema.json", "https://example.com/s.json"] {
            let text = starter(schema);
            let first = format!("# yaml-language-server: $schema={schema}");
            assert_eq!(text.lines().next(), Some(first.as_str()));
        }
        assert_eq!(starter("a\nb: c").lines().nth(1), starter("x").lines().nth(1));
    }

    #[test]
    fn as_written_it_asks_for_nothing() {
        let text = starter("x");
        assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }

    #[test]
    fn uncommented_it_sets_every_field_to_its_example() {
        let file = read(&uncommented(&starter("x")));
        for section in SECTIONS {
            let set = file[section.name].as_object().unwrap();
            for field in section.fields {
                let expected = (!field.is_deprecated())
                    .then(|| serde_json::from_str::<Value>(field.example).unwrap());
                assert_eq!(set.get(field.name), expected.as_ref(), "{}", field.name);
            }
        }
        assert_eq!(file["extends"], "../base.yaml");
        assert_eq!(file["target"]["environment_type"], "production");
        for kind in EnvironmentType::ALL {
            let overlay = &file["environments"][kind.as_str()];
            assert_eq!(overlay["target"]["environment_type"], kind.as_str());
        }
        assert_eq!(file.len(), SECTIONS.len() + 3);
    }

    #[test]
    fn one_setting_can_be_taken_out_alone_with_its_section() {
        let text = starter("x")
            .replace("\n# instance:\n", "\ninstance:\n")
            .replace("\n#   hibp: true\n", "\n  hibp: true\n");
        assert_eq!(Value::Object(read(&text)), serde_json::json!({"instance": {"hibp": true}}));
    }

    /// Whether a file stays as it is when it is formatted.
    fn is_formatted(text: &str) -> bool {
        let source = config::SourceFile::new("clerk.yaml", text.as_bytes()).unwrap();
        config::format(&source).unwrap() == text
    }

    #[test]
    fn whatever_is_uncommented_the_file_is_formatted_and_the_rest_stays_ready() {
        let text = starter("x");
        for section in SECTIONS {
            let (before, after) = text.split_once(&format!("\n# {}:\n", section.name)).unwrap();
            let before = format!("{before}\n{}:", section.name);
            let mut all = format!("\n{after}");
            for field in section.fields.iter().filter(|field| !field.is_deprecated()) {
                let line = setting(field, "  ");
                let (comment, line) = (format!("\n# {line}\n"), format!("\n{line}\n"));
                let alone = format!("\n{after}").replacen(&comment, &line, 1);
                assert!(is_formatted(&format!("{before}{alone}")), "{line}");
                all = all.replacen(&comment, &line, 1);
            }
            assert!(is_formatted(&format!("{before}{all}")), "{all}");
        }
    }

    #[test]
    fn an_editor_that_takes_one_sign_off_every_line_leaves_explanations_in_comments() {
        let text = starter("x")
            .lines()
            .skip(1)
            .map(|line| {
                let line = line.strip_prefix('#').unwrap_or(line);
                line.strip_prefix(' ').unwrap_or(line)
            })
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(read(&text), read(&uncommented(&starter("x"))));
    }
}
