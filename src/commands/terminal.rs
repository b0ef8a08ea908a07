//! What the streams show, and who watches them: colors, links, and a spinner for whoever sits at a
//! terminal. Settings are variables, as other tools have them.

use std::io::{self, IsTerminal};

use super::activity::Audience;
use super::args::ColorChoice;
use crate::render::text::palette::{CodeLinks, Palette};

/// How much is said on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// Notes, and how work goes.
    Normal,
    /// Each request and its answer.
    Verbose,
}

/// One of the two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// What is at the other end of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StreamEnd {
    /// A file, a pipe, a program.
    Other,
    /// A terminal that shows an escape sequence as it is: a console of Windows in which they cannot
    /// be switched on.
    Bare,
    /// A terminal.
    Terminal,
}

impl Stream {
    fn end(self) -> StreamEnd {
        let is_terminal = match self {
            Self::Output => io::stdout().is_terminal(),
            Self::Error => io::stderr().is_terminal(),
        };
        match is_terminal {
            false => StreamEnd::Other,
            true if self.takes_escapes() => StreamEnd::Terminal,
            true => StreamEnd::Bare,
        }
    }

    /// Has a console of Windows act on escape sequences, as far as it can.
    #[cfg(windows)]
    fn takes_escapes(self) -> bool {
        let console = match self {
            Self::Output => console::Term::stdout(),
            Self::Error => console::Term::stderr(),
        };
        console.features().colors_supported()
    }

    #[cfg(not(windows))]
    #[expect(clippy::unused_self, reason = "Windows has consoles that do not")]
    const fn takes_escapes(self) -> bool {
        true
    }
}

/// Who watches standard error. Where a pipeline runs, a terminal is none.
pub(super) fn audience(verbosity: Verbosity, variable: &impl Fn(&str) -> String) -> Audience {
    match verbosity {
        Verbosity::Quiet => Audience::Nobody,
        // A spinner needs no escape sequences on Windows.
        Verbosity::Normal
            if !is_pipeline(variable)
                && variable("TERM") != "dumb"
                && Stream::Error.end() != StreamEnd::Other =>
        {
            Audience::Terminal
        }
        Verbosity::Normal | Verbosity::Verbose => Audience::Log,
    }
}

/// The colors of a stream.
pub(super) fn palette(
    choice: ColorChoice,
    stream: Stream,
    variable: &impl Fn(&str) -> String,
) -> Palette {
    let end = stream.end();
    let palette =
        if is_colored(choice, end, variable) { Palette::colored() } else { Palette::plain() };
    let links = if choice == ColorChoice::Never { CodeLinks::Off } else { links(end, variable) };
    palette.linking(links)
}

fn is_colored(choice: ColorChoice, end: StreamEnd, variable: &impl Fn(&str) -> String) -> bool {
    let has = |name: &str| !variable(name).is_empty();
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if has("NO_COLOR") => false,
        ColorChoice::Auto if has("CLICOLOR_FORCE") && variable("CLICOLOR_FORCE") != "0" => true,
        ColorChoice::Auto => end == StreamEnd::Terminal && variable("TERM") != "dumb",
    }
}

/// Whether a stream shows links: the terminals that are known to, or where `FORCE_HYPERLINK` says
/// so, as other tools have it.
fn links(end: StreamEnd, variable: &impl Fn(&str) -> String) -> CodeLinks {
    let forced = variable("FORCE_HYPERLINK");
    if !forced.is_empty() {
        return if matches!(&*forced, "0" | "false") { CodeLinks::Off } else { CodeLinks::On };
    }
    let has = |name: &str| !variable(name).is_empty();
    let (program, term) = (variable("TERM_PROGRAM"), variable("TERM"));
    let is_known = PROGRAMS.contains(&&*program)
        || TERMS.contains(&&*term)
        || ["WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].into_iter().any(has)
        || variable("VTE_VERSION").parse().is_ok_and(|version: u32| version >= 5_000);
    let is_on = end == StreamEnd::Terminal && is_known && term != "dumb" && !is_pipeline(variable);
    if is_on { CodeLinks::On } else { CodeLinks::Off }
}

/// What `TERM_PROGRAM` is in terminals that show links.
const PROGRAMS: [&str; 8] =
    ["Hyper", "WarpTerminal", "WezTerm", "ghostty", "iTerm.app", "rio", "tabby", "vscode"];
/// What `TERM` is in others.
const TERMS: [&str; 6] = ["alacritty", "foot", "rio", "wezterm", "xterm-ghostty", "xterm-kitty"];

/// Whether a pipeline runs the program.
fn is_pipeline(variable: &impl Fn(&str) -> String) -> bool {
    !matches!(&*variable("CI"), "" | "0" | "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An environment of one variable.
    fn only(set: Option<(&str, &str)>) -> impl Fn(&str) -> String {
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        move |name| match &set {
            Some((known, value)) if known == name => value.clone(),
            _ => String::new(),
        }
    }

    #[test]
    fn colors_are_for_terminals_that_act_on_them_unless_somebody_says_otherwise() {
        use ColorChoice::{Always, Auto, Never};

        for (choice, end, set, expected) in [
            (Auto, StreamEnd::Terminal, None, true),
            (Auto, StreamEnd::Bare, None, false),
            (Auto, StreamEnd::Other, None, false),
            (Auto, StreamEnd::Terminal, Some(("TERM", "dumb")), false),
            (Auto, StreamEnd::Terminal, Some(("NO_COLOR", "1")), false),
            (Auto, StreamEnd::Bare, Some(("CLICOLOR_FORCE", "1")), true),
            (Auto, StreamEnd::Other, Some(("CLICOLOR_FORCE", "0")), false),
            (Always, StreamEnd::Bare, Some(("NO_COLOR", "1")), true),
            (Never, StreamEnd::Terminal, Some(("CLICOLOR_FORCE", "1")), false),
        ] {
            assert_eq!(is_colored(choice, end, &only(set)), expected, "{choice:?} {end:?} {set:?}");
        }
    }

    #[test]
    fn links_are_for_terminals_that_show_them() {
        for (end, set, expected) in [
            (StreamEnd::Terminal, Some(("WT_SESSION", "1")), CodeLinks::On),
            (StreamEnd::Bare, Some(("WT_SESSION", "1")), CodeLinks::Off),
            (StreamEnd::Other, Some(("WT_SESSION", "1")), CodeLinks::Off),
            (StreamEnd::Terminal, None, CodeLinks::Off),
            (StreamEnd::Other, Some(("FORCE_HYPERLINK", "1")), CodeLinks::On),
            (StreamEnd::Terminal, Some(("FORCE_HYPERLINK", "0")), CodeLinks::Off),
        ] {
            assert_eq!(links(end, &only(set)), expected, "{end:?} {set:?}");
        }
    }
}
