//! A page for each command. The main one holds what is common to all of them.

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::sections;
use crate::commands::args::CommandLine;

/// The section of the manual that holds commands.
const SECTION: &str = "1";
const MANUAL: &str = "Clerkform Manual";
/// The day on which the words of the pages last changed; renewed with a release.
const CHANGED: &str = "2026-11-25";
/// How many bytes a line has at most, where it can be broken.
const WIDTH: usize = 80;
/// How every part begins: what an apostrophe is to `groff` and to others.
const APOSTROPHE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// A page of the manual.
pub struct ManPage {
    /// Such as `clerkform-plan.1`.
    pub file: String,
    /// In the language of `man`.
    pub text: String,
}

/// Every page, the main one first.
pub fn all() -> Vec<ManPage> {
    let mut main = CommandLine::command().disable_help_subcommand(true);
    main.build();
    let mut pages = vec![page(&main, &[sections::common(&main), sections::examples(&main)])];
    below(&main, &mut pages);
    pages
}

/// The pages of the commands below one, in its order.
fn below(command: &Command, pages: &mut Vec<ManPage>) {
    for inner in command.get_subcommands() {
        let rest = [sections::exits(inner), sections::examples(inner), see_also(command)];
        pages.push(page(inner, &rest));
        below(inner, pages);
    }
}

fn page(command: &Command, rest: &[Roff]) -> ManPage {
    let page = Man::new(command.clone()).section(SECTION);
    let mut text = Vec::new();
    // Nothing can fail here: a `Vec` takes whatever it is given.
    let _ = page
        .render_name_section(&mut text)
        .and_then(|()| page.render_synopsis_section(&mut text))
        .and_then(|()| page.render_description_section(&mut text))
        .and_then(|()| page.render_options_section(&mut text));
    if command.has_subcommands() {
        let _ = page.render_subcommands_section(&mut text);
    }
    for section in rest {
        let _ = section.to_writer(&mut text);
    }
    let text = format!("{}{}", title(command), tidy(&String::from_utf8_lossy(&text)));
    ManPage { file: page.get_filename(), text }
}

/// The first line. Its date is a fixed one, since the same sources make the same page on every day.
fn title(command: &Command) -> String {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_uppercase();
    let version = env!("CARGO_PKG_VERSION");
    format!("{APOSTROPHE}.TH {name} {SECTION} \"{CHANGED}\" \"clerkform {version}\" \"{MANUAL}\"\n")
}

/// What was rendered in parts as one page, without what a checker minds: the prelude of each part,
/// a break around an empty line, spaces at a line's end, and long lines.
fn tidy(text: &str) -> String {
    let text = text.replace(APOSTROPHE, "").replace("\n.br\n\n.br\n", "\n.sp\n");
    text.lines().flat_map(folded).fold(String::new(), |text, line| text + &line + "\n")
}

/// A line in lines that are short. One that begins with a request stays whole, and none comes to
/// begin like one.
fn folded(line: &str) -> Vec<String> {
    let is_request = |word: &str| word.starts_with(['.', '\'']);
    if is_request(line) {
        return vec![line.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(last) if length(last) + 1 + length(word) <= WIDTH || is_request(word) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The bytes of a text as `man` reads it: what is not ASCII becomes an escape such as `\[u2026]`.
fn length(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { c.escape_unicode().len() }).sum()
}

/// Where to read on: the page of the command above.
fn see_also(above: &Command) -> Roff {
    let name = above.get_display_name().unwrap_or_else(|| above.get_name());
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold(name), roman(format!("({SECTION})"))]);
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_folded_where_no_request_comes_to_stand_first() {
        let long = format!("{} .gitignore stays in its line", "word ".repeat(16).trim_end());
        let expected = format!("{} .gitignore\nstays in its line\n", "word ".repeat(16).trim_end());
        assert_eq!(tidy(&long), expected);
        let escapes = format!("{} in the next", "a… ".repeat(7).trim_end());
        let expected = format!("{} in the\nnext\n", "a… ".repeat(7).trim_end());
        assert_eq!(tidy(&escapes), expected);
        let request = format!(".SH \"{}\"", "WORD ".repeat(20));
        assert_eq!(tidy(&request), format!("{request}\n"));
        assert_eq!(tidy("a \n.br\n\n.br\nb"), "a\n.sp\nb\n");
    }
}
