//! Which style stands for what. A colour never says anything alone: each of these is used beside
//! a sign or a word, so that a view reads the same without colours.

use std::fmt::Display;

use anstyle::{AnsiColor, Effects, Style};

/// The page of all codes.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/codes.md");

/// Whether the codes of a view lead to their pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeLinks {
    /// They are words alone.
    #[default]
    Off,
    /// They are links, as terminals draw them (OSC 8).
    On,
}

/// The styles of one view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// Beside `error` and `x`.
    pub error: Style,
    /// Beside `warning`.
    pub warning: Style,
    /// Beside `help`.
    pub help: Style,
    /// Beside `+`: what is new, or went well.
    pub added: Style,
    /// Beside `-`: what goes, or is forgotten.
    pub removed: Style,
    /// Beside `~`: what gets another value.
    pub changed: Style,
    /// Beside `!` and `?`: what is not certain.
    pub caution: Style,
    /// Titles.
    pub strong: Style,
    /// Side notes: places, reasons, line numbers.
    pub faint: Style,
    /// Whether codes are links.
    pub links: CodeLinks,
}

impl Palette {
    /// No styles at all.
    pub const fn plain() -> Self {
        let none = Style::new();
        Self {
            error: none,
            warning: none,
            help: none,
            added: none,
            removed: none,
            changed: none,
            caution: none,
            strong: none,
            faint: none,
            links: CodeLinks::Off,
        }
    }

    /// The styles for a terminal that has colours: the sixteen that its owner chose.
    pub const fn colored() -> Self {
        Self {
            error: AnsiColor::BrightRed.on_default().effects(Effects::BOLD),
            warning: AnsiColor::Yellow.on_default().effects(Effects::BOLD),
            help: AnsiColor::BrightCyan.on_default().effects(Effects::BOLD),
            added: AnsiColor::Green.on_default(),
            removed: AnsiColor::Red.on_default(),
            changed: AnsiColor::Yellow.on_default(),
            caution: AnsiColor::Magenta.on_default().effects(Effects::BOLD),
            strong: Style::new().effects(Effects::BOLD),
            faint: Style::new().effects(Effects::DIMMED),
            links: CodeLinks::Off,
        }
    }

    /// The same, with codes as links or not.
    #[must_use]
    pub const fn linking(self, links: CodeLinks) -> Self {
        Self { links, ..self }
    }
}

/// A code of this program's; where the palette has links, one to its page.
pub(crate) fn linked(palette: &Palette, code: &str) -> String {
    match page_of(palette, code) {
        Some(url) => format!("\u{1b}]8;;{url}\u{1b}\\{code}\u{1b}]8;;\u{1b}\\"),
        None => code.to_owned(),
    }
}

/// Where the page of a code is; `None` where the palette has no links.
pub(crate) fn page_of(palette: &Palette, code: &str) -> Option<String> {
    let anchor = code.to_lowercase();
    (palette.links == CodeLinks::On).then(|| format!("{PAGES}#{anchor}"))
}

/// A text in a style; just the text where the style is empty.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_palette_adds_no_byte() {
        let plain = Palette::plain();
        assert_eq!(paint(plain.error, "error"), "error");
        assert_eq!(plain, Palette::default());
    }

    #[test]
    fn a_code_is_a_link_to_its_page_where_the_terminal_knows_links() {
        let page = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/codes.md#key-missing");
        assert_eq!(linked(&Palette::colored(), "key-missing"), "key-missing");
        assert_eq!(
            linked(&Palette::plain().linking(CodeLinks::On), "key-missing"),
            format!("\u{1b}]8;;{page}\u{1b}\\key-missing\u{1b}]8;;\u{1b}\\")
        );
    }

    #[test]
    fn a_style_ends_where_its_text_ends() {
        assert_eq!(paint(Palette::colored().added, "+"), "\u{1b}[32m+\u{1b}[0m");
    }
}
