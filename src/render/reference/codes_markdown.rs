//! The codes of findings as one Markdown document: `docs/codes.md`.

use super::codes::consequence;
use super::settings::first_sentence;
use crate::finding::{Code, Example, Page};
use crate::render::text::words::{add, wrap};

/// How wide prose is.
const WIDTH: usize = 100;

/// The document: a table of contents, then a page for each code.
pub fn document() -> String {
    let mut out = String::from("# Codes of findings\n\n");
    let intro = "Each problem that `clerkform` finds in a file or in a plan has a code, which \
        stays the same over versions: tools filter on it. `clerkform explain CODE` prints what \
        stands here. An error stops the run; a warning stops it only with `--strict`.";
    out.push_str(&prose(intro));
    out.push_str("\n| code | severity | |\n| --- | --- | --- |\n");
    for code in Code::ALL {
        let severity = code.severity().as_str();
        let short = first_sentence(code.meaning());
        add(&mut out, format_args!("| [`{code}`](#{code}) | {severity} | {short} |\n"));
    }
    for code in Code::ALL {
        out.push_str(&page(*code));
    }
    out
}

fn page(code: Code) -> String {
    let Page { meaning, given, wrong, right, why } = code.page();
    let mut out = format!("\n## {code}\n\n{}\n", prose(meaning));
    out.push_str(&prose(consequence(code.severity())));
    if let Some(members) = given {
        out.push_str(&block("While the state holds", "text", members));
    }
    out.push_str(&example("Wrong", wrong));
    out.push_str(&example("Right", right));
    add(&mut out, format_args!("\n{}", prose(&format!("Why: {why}"))));
    out
}

fn example(title: &str, example: Example) -> String {
    match example {
        Example::File(text) => block(title, "yaml", text),
        Example::Command(words) => block(title, "console", &format!("$ clerkform {words}\n")),
    }
}

fn block(title: &str, language: &str, text: &str) -> String {
    format!("\n{title}:\n\n```{language}\n{text}```\n")
}

fn prose(text: &str) -> String {
    wrap(text, WIDTH).join("\n") + "\n"
}
