//! The codes of findings and of failures as one Markdown document: `docs/codes.md`.

use super::codes::{consequence, ending};
use super::layout::first_sentence;
use crate::failure::FailureCode;
use crate::finding::{Code, Example, Page};
use crate::render::text::words::{add, wrap};

/// How wide prose is.
const WIDTH: usize = 100;

/// The document: for each of both kinds a table of contents, then a page for each code.
pub fn document() -> String {
    let mut out = String::from("# Codes\n\n");
    let intro = "Every problem that `clerkform` finds in a file or a plan has a code, and so does \
        every reason for a command to fail. Codes do not change between versions, so tools can \
        filter on them. `clerkform explain CODE` prints the same text. A call that the service \
        refuses has the service's own code, which is not listed here.";
    out.push_str(&prose(intro));
    findings(&mut out);
    failures(&mut out);
    out
}

fn findings(out: &mut String) {
    out.push_str("\n## Findings\n\n");
    out.push_str(&prose("An error stops the run; a warning stops it only with `--strict`."));
    out.push_str("\n| code | severity | |\n| --- | --- | --- |\n");
    for code in Code::ALL {
        let severity = code.severity().as_str();
        let short = first_sentence(code.meaning());
        add(out, format_args!("| [`{code}`](#{code}) | {severity} | {short} |\n"));
    }
    for code in Code::ALL {
        out.push_str(&page(*code));
    }
}

fn failures(out: &mut String) {
    out.push_str("\n## Failures\n\n");
    out.push_str(&prose(
        "A failure is `error[CODE]` on standard error, and `error` in a JSON document: of the \
         command as a whole, or of one call.",
    ));
    out.push_str("\n| code | exit | |\n| --- | --- | --- |\n");
    for code in FailureCode::ALL {
        let exit =
            if code.is_of_call() { "1, 3".to_owned() } else { code.exit().code().to_string() };
        let (anchor, short) = (code.as_str().to_lowercase(), first_sentence(code.meaning()));
        add(out, format_args!("| [`{code}`](#{anchor}) | {exit} | {short} |\n"));
    }
    for code in FailureCode::ALL {
        let (meaning, ending) = (prose(code.meaning()), prose(&ending(*code)));
        let remedy = prose(&format!("What to do: {}", code.remedy()));
        add(out, format_args!("\n### {code}\n\n{meaning}\n{remedy}\n{ending}"));
    }
}

fn page(code: Code) -> String {
    let Page { meaning, given, wrong, right, why } = code.page();
    let mut out = format!("\n### {code}\n\n{}\n", prose(meaning));
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
