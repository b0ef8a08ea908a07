//! The printed schema in the language server that editors have for YAML, which `tests/setup.sh`
//! installs: what it completes, explains and marks in a file whose first line is the one that
//! `init` writes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;

use clerkform::catalog::{Deprecated, Field, Kind, SECTIONS, Section, Shape};
use serde_json::{Value, json};
use support::language_server::LanguageServer;
use support::program::{clerkform, run};
use support::tools;
use tempfile::TempDir;

fn main() {
    let is_missing = tools::is_missing(SERVER, "the language server");
    let tests: [(_, fn()); 10] = [
        ("sections_are_completed_without_a_setting_in_them", sections),
        ("fields_are_completed_wherever_a_section_stands", fields),
        ("no_value_is_written_where_it_can_be_chosen", insertions),
        ("values_are_offered", values),
        ("a_hover_tells_meaning_and_default_once", hovers),
        ("a_wrong_value_is_marked_where_validate_finds_it", marks),
        ("a_deprecated_field_is_marked_and_not_offered", deprecated),
        ("what_is_valid_is_not_marked", valid),
        ("the_prepared_entry_tells_our_files_by_their_names", names),
        ("nothing_is_asked_of_the_network", network),
    ];
    tools::run(tests.map(|(name, test)| (name, test, is_missing)))
}

/// The folder of the language server.
const SERVER: &str = "editor";

/// A folder with the schema, as a user would have it, and an editor in it.
struct Editor {
    folder: TempDir,
    /// What `init` writes.
    starter: String,
    server: LanguageServer,
    opened: usize,
}

/// A document with a cursor in it.
struct Cursor(Value);

/// What the server says of a text.
#[derive(Debug)]
struct Mark {
    line: u64,
    column: u64,
    text: String,
    message: String,
}

impl Editor {
    fn start() -> Self {
        Self::with_schemas(json!({}))
    }

    /// An editor in which files have schemas by their names.
    fn with_schemas(schemas: Value) -> Self {
        // A pattern's `**` passes over folders whose names begin with a dot.
        let folder = tempfile::Builder::new().prefix("editor").tempdir().unwrap();
        let init = run(clerkform(folder.path()).arg("init"));
        assert_eq!(init.exit, 0, "{init:?}");
        let starter = fs::read_to_string(folder.path().join("clerk.yaml")).unwrap();
        let schema = run(clerkform(folder.path()).arg("schema")).stdout;
        fs::write(folder.path().join("clerkform.schema.json"), schema).unwrap();
        let program = tools::folder(SERVER).join("node_modules/.bin/yaml-language-server");
        let server = LanguageServer::start(&program, folder.path(), schemas);
        Self { folder, starter, server, opened: 0 }
    }

    /// The text with the line before it that tells the server of the schema.
    fn with_first_line(&self, text: &str) -> String {
        format!("{}\n{text}", self.starter.lines().next().unwrap())
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.path().join(name).display())
    }

    /// Opens a text as a new file, with the first line as `init` writes it.
    fn open(&mut self, text: &str) -> String {
        self.opened += 1;
        let uri = self.uri(&format!("{}.yaml", self.opened));
        self.server.open(&uri, &self.with_first_line(text));
        uri
    }

    /// Opens a text in which `|` is the cursor.
    fn place(&mut self, text: &str) -> Cursor {
        let (before, after) = text.split_once('|').unwrap();
        let uri = self.open(&format!("{before}{after}"));
        let column = before.rsplit('\n').next().unwrap().len();
        let position = json!({"line": before.matches('\n').count() + 1, "character": column});
        Cursor(json!({"textDocument": {"uri": uri}, "position": position}))
    }

    /// What is offered at the cursor: names, and what choosing them writes.
    fn completions(&mut self, text: &str) -> Vec<(String, String)> {
        let Cursor(at) = self.place(text);
        let answer = self.server.request("textDocument/completion", &at);
        let items = answer["items"].as_array().unwrap();
        let written = |item: &Value| item["textEdit"]["newText"].as_str().unwrap().to_owned();
        let name = |item: &Value| item["label"].as_str().unwrap().to_owned();
        items.iter().map(|item| (name(item), written(item))).collect()
    }

    fn names(&mut self, text: &str) -> Vec<String> {
        self.completions(text).into_iter().map(|(name, _)| name).collect()
    }

    fn hover(&mut self, text: &str) -> String {
        let Cursor(at) = self.place(text);
        let answer = self.server.request("textDocument/hover", &at);
        answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// What is marked in a text; lines and columns count from 1, as the program's do.
    fn marks(&mut self, text: &str) -> Vec<Mark> {
        let uri = self.open(text);
        let found = self.server.diagnostics(&uri);
        let whole = self.with_first_line(text);
        let mark = |finding: &Value| {
            let at = |end: &str, unit: &str| finding["range"][end][unit].as_u64().unwrap();
            let line = whole.lines().nth(usize::try_from(at("start", "line")).unwrap()).unwrap();
            let columns = [at("start", "character"), at("end", "character")]
                .map(|column| usize::try_from(column).unwrap());
            Mark {
                line: at("start", "line") + 1,
                column: at("start", "character") + 1,
                text: line[columns[0]..columns[1]].to_owned(),
                message: finding["message"].as_str().unwrap().to_owned(),
            }
        };
        found.iter().map(mark).collect()
    }
}

/// The fields that are still to be used.
fn current(section: &Section) -> Vec<&'static Field> {
    section.fields.iter().filter(|field| !field.is_deprecated()).collect()
}

/// The names, in the order in which the schema has them.
fn sorted(names: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    names
}

/// A name as the server's list shows it: a long one is cut.
fn label(name: &str) -> String {
    if name.len() > 60 { format!("{}...", &name[..57]) } else { name.to_owned() }
}

fn sections() {
    let mut editor = Editor::start();
    let layer = || SECTIONS.into_iter().map(|section| section.name).chain(["target"]);
    for (text, expected) in [
        ("|", sorted(layer().chain(["environments", "extends"]))),
        ("re|", sorted(layer().chain(["environments", "extends"]))),
        ("environments:\n  production:\n    |", sorted(layer())),
    ] {
        let offered = editor.completions(text);
        let names: Vec<&str> = offered.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, expected, "{text:?}");
        // What is no mapping stays in its line.
        for (name, written) in offered.iter().filter(|(name, _)| name != "extends") {
            assert_eq!(written.trim_end(), format!("{name}:"), "{text:?}");
            assert!(written.contains('\n'), "{written:?}");
        }
    }
    let environment = editor.completions("environments:\n  |");
    assert_eq!(environment, [("environment".to_owned(), "${1:environment}: ".to_owned())]);
}

fn fields() {
    let mut editor = Editor::start();
    for section in SECTIONS {
        let expected = sorted(current(section).into_iter().map(|field| field.name));
        let (name, letter) = (section.name, &expected[0][..1]);
        let expected: Vec<String> = expected.iter().map(|name| label(name)).collect();
        for text in [
            format!("{name}:\n  |"),
            format!("environments:\n  a:\n    {name}:\n      |"),
            format!("{name}: {{\n  |\n}}"),
            format!("{name}: {{{letter}|}}"),
            format!("environments: {{a: {{{name}: {{{letter}|}}}}}}"),
        ] {
            assert_eq!(editor.names(&text), expected, "{text:?}");
        }
    }
    let members = ["environment_type", "instance_id", "secret_key_env"];
    assert_eq!(editor.names("target:\n  |"), members);
    assert_eq!(editor.names("environments:\n  a:\n    target:\n      |"), members);
}

fn insertions() {
    let mut editor = Editor::start();
    for section in SECTIONS {
        let offered = editor.completions(&format!("{}:\n  |", section.name));
        for field in current(section) {
            let name = field.name;
            let (_, written) = offered.iter().find(|(shown, _)| *shown == label(name)).unwrap();
            match field.kind {
                Kind::Boolean | Kind::Text(Shape::OneOf(_)) => {
                    assert_eq!(written, &format!("{name}: "));
                }
                Kind::Integer { .. } | Kind::Text(_) => {
                    // An example, which is selected, so that the next letter replaces it.
                    assert!(written.starts_with(&format!("{name}: ${{1:")), "{written}");
                }
                Kind::Set(_) => assert_eq!(written, &format!("{name}:\n  - ${{1}}")),
            }
        }
    }
}

fn values() {
    let mut editor = Editor::start();
    let mut offers = |text: &str, expected: &[&str]| {
        assert_eq!(editor.names(text), expected, "{text:?}");
    };
    for place in ["instance:\n  hibp: |", "instance: {hibp: |}", "instance:\n  hibp: t|"] {
        offers(place, &["true", "false", "null"]);
    }
    offers("environments:\n  a:\n    instance: {test_mode: |}", &["true", "false", "null"]);
    offers(
        "instance:\n  preferred_sign_in_strategy_when_password_required: |",
        &["password", "otp", "\"\"", "null"],
    );
    let modes = ["automatic_invitation", "automatic_suggestion"];
    offers("organization_settings:\n  domains_enrollment_modes:\n    - |", &modes);
    offers("organization_settings:\n  domains_enrollment_modes: [|]", &modes);
    offers("organization_settings:\n  max_allowed_memberships: |", &["5", "null"]);
    offers("instance:\n  support_email: |", &["help@example.com", "null"]);
    offers("communication:\n  blocked_country_codes:\n    - |", &["AQ", "BV"]);
    offers("target:\n  environment_type: |", &["development", "production"]);
    offers(
        "environments:\n  a:\n    target: {environment_type: |}",
        &["development", "production"],
    );
}

fn hovers() {
    let mut editor = Editor::start();
    let mut defaults = 0;
    for section in SECTIONS {
        let field = section.fields[0].name;
        let shown = editor.hover(&format!("{}|:\n  {field}: null\n", section.name));
        assert!(shown.contains(section.meaning), "{shown}");
        for field in section.fields {
            let (above, name) = (section.name, field.name);
            for text in [
                format!("{above}:\n  {name}|: {}\n", field.example),
                format!("environments:\n  a:\n    {above}: {{{name}|: {}}}\n", field.example),
            ] {
                let shown = editor.hover(&text);
                assert_eq!(shown.matches(field.meaning).count(), 1, "{shown}");
                assert_eq!(shown.matches("####").count(), 1, "{shown}");
                assert!(shown.matches("Example:").count() <= 1, "{shown}");
                if let Some(default) = field.default {
                    defaults += 1;
                    let told = format!("**Default**: {default}, ");
                    assert_eq!(shown.matches(&told).count(), 1, "{shown}");
                }
            }
        }
    }
    assert!(defaults > 1);
    let entry = editor.hover("instance:\n  allowed_origins:\n    - |my-app://a\n");
    assert!(entry.contains("browser extensions"), "{entry}");
    let words = editor.hover("target:\n  environment_type|: production\n");
    assert!(words.contains("* `development`") && words.contains("a wrong key is rejected"));
    let overlays = editor.hover("environments|:\n  a:\n    instance:\n      hibp: true\n");
    assert!(overlays.contains("with `-e NAME` or `--all-envs`"), "{overlays}");
}

/// A text, what is marked in it, and what is said of that.
const WRONG: [(&str, &str, &str); 16] = [
    ("instance:\n  hibp: \"yes\"\n", "\"yes\"", "Expected one of boolean, null"),
    ("instance: {hibp: 1}\n", "1", "Expected one of boolean, null"),
    ("instance:\n  support_email: 5\n", "5", "Expected one of string, null"),
    ("organization_settings:\n  domains_enrollment_modes: null\n", "null", "array"),
    ("instance:\n  allowed_origins:\n    - a://b\n    - 5\n", "5", "string"),
    ("environments:\n  a:\n    instance:\n      hibp: 1\n", "1", "Expected one of boolean, null"),
    ("organization_settings:\n  max_allowed_memberships: -1\n", "-1", "below the minimum of 0"),
    ("communication: {blocked_country_codes: [DE, fr]}\n", "fr", "two capital letters"),
    ("instance: {allowed_subdomains: [App.example.com]}\n", "App.example.com", "lowercase"),
    ("instance_settings:\n  from_email_address: a@b\n", "a@b", "letters and digits"),
    ("target:\n  environment_type: prod\n", "prod", "\"development\", \"production\""),
    ("target:\n  secret_key_env: 1A\n", "1A", "name of an environment variable"),
    ("environments:\n  a b: {}\n", "a b", "start with a letter or digit"),
    ("environments:\n  sandbox: {}\n", "sandbox", "not allowed"),
    ("instance:\n  hibpp: true\n", "hibpp", "hibpp is not allowed"),
    ("restriction: {}\n", "restriction", "restriction is not allowed"),
];

fn marks() {
    let mut editor = Editor::start();
    for (text, marked, message) in WRONG {
        let marks = editor.marks(text);
        assert_eq!(marks.len(), 1, "{text:?}: {marks:?}");
        let mark = &marks[0];
        assert_eq!(mark.text, marked, "{text:?}");
        assert!(mark.message.contains(message), "{text:?}: {}", mark.message);

        fs::write(editor.folder.path().join("clerk.yaml"), editor.with_first_line(text)).unwrap();
        let mut validate = clerkform(editor.folder.path());
        let told = run(validate.args(["validate", "--output-format", "json"])).stdout;
        let told: Value = serde_json::from_str(&told).unwrap();
        let place = &told["diagnostics"][0];
        assert_eq!(place["line"], mark.line, "{text:?}: {told}");
        assert_eq!(place["column"], mark.column, "{text:?}: {told}");
    }
}

fn deprecated() {
    let mut editor = Editor::start();
    let mut seen = 0;
    for section in SECTIONS {
        for field in section.fields.iter().filter(|field| field.is_deprecated()) {
            seen += 1;
            let pair = format!("{}: {}", field.name, field.example);
            let marks = editor.marks(&format!("{}:\n  {pair}\n", section.name));
            assert_eq!(marks.len(), 1, "{marks:?}");
            assert_eq!(marks[0].text, pair);
            assert!(marks[0].message.starts_with("Deprecated: "), "{marks:?}");
            if let Some(Deprecated::ReplacedBy(name)) = field.deprecated {
                assert!(marks[0].message.contains(name), "{marks:?}");
            }
            let offered = editor.names(&format!("{}:\n  |", section.name));
            assert!(!offered.iter().any(|name| name == field.name), "{offered:?}");
        }
    }
    assert!(seen > 2);
}

fn valid() {
    let mut editor = Editor::start();
    let mut texts = vec![String::new(), editor.starter.clone()];
    for example in ["quickstart", "environments", "pipeline"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example);
        texts.push(fs::read_to_string(folder.join("clerk.yaml")).unwrap());
    }
    for text in texts {
        // Without a first line of its own.
        let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
        let marks = editor.marks(rest);
        assert!(marks.is_empty(), "{marks:?} in {text}");
    }
}

fn names() {
    let entry = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemastore/catalog-entry.json");
    let entry: Value = serde_json::from_str(&fs::read_to_string(entry).unwrap()).unwrap();
    let schema = "clerkform.schema.json";
    let mut editor = Editor::with_schemas(json!({ schema: entry["fileMatch"] }));
    for (name, is_ours) in [
        ("clerk.yaml", true),
        ("clerk.yml", true),
        ("apps/shop/clerk.production.yaml", true),
        ("my-clerk.yaml", false),
        ("clerk.state.json", false),
    ] {
        let uri = editor.uri(name);
        editor.server.open(&uri, "instance: {hibp: 1}\n");
        assert_eq!(editor.server.diagnostics(&uri).len(), usize::from(is_ours), "{name}");
    }
}

fn network() {
    let mut editor = Editor::start();
    assert!(!editor.names("instance:\n  |").is_empty());
    assert!(!editor.hover("instance|: {hibp: true}\n").is_empty());
    assert!(!editor.server.went_out());
}
