//! The frame of a page: its head with the content policy, the verdict, and where it comes from. The
//! policy lets this page's own style and script run and nothing else, so that no value can.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::text::shown;
use crate::render::comment::links::ForgeCommit;
use crate::render::text::escape::{Breaks, escaped};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How many hexadecimal digits of a commit are shown.
const SHORT_COMMIT: usize = 12;

/// What is known of where a page comes from. Each is told by the command; nothing is looked up.
#[derive(Clone, Debug, Default)]
pub struct PageOrigin<'a> {
    /// The commit that has the files.
    pub commit: Option<&'a ForgeCommit>,
    /// When the page was made, as it is to be shown.
    pub date: Option<String>,
}

/// How good what a page tells is, which is the color of its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageMood {
    /// Nothing is to be done.
    Good,
    /// Something changes.
    Change,
    /// Something changes that is worth a second look.
    Caution,
    /// Something failed.
    Bad,
}

/// What stands around the content of a page.
#[derive(Clone, Debug)]
pub struct PageFrame<'a> {
    /// What kind of page it is.
    pub title: &'a str,
    /// What it comes to, in one sentence.
    pub verdict: &'a str,
    /// How good that is.
    pub mood: PageMood,
    /// Where it comes from.
    pub origin: &'a PageOrigin<'a>,
    /// What else is to be known at once.
    pub facts: Vec<Markup>,
}

impl PageFrame<'_> {
    /// The page around this content.
    pub fn around(self, content: &Markup) -> String {
        let Self { title, verdict, mood, origin, facts } = self;
        let mood = match mood {
            PageMood::Good => "good",
            PageMood::Change => "change",
            PageMood::Caution => "caution",
            PageMood::Bad => "bad",
        };
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                (head(title, verdict))
                body {
                    header class=(mood) {
                        p.eyebrow { (title) }
                        h1 { (shown(verdict)) }
                        div.facts {
                            @for fact in facts { span { (fact) } }
                            (from(origin))
                        }
                    }
                    main { (content) }
                    footer { "Made by clerkform " (env!("CARGO_PKG_VERSION")) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        // Whatever a template shows without `shown` is visible all the same.
        escaped(&page.into_string(), Breaks::Kept).into_owned()
    }
}

fn head(title: &str, verdict: &str) -> Markup {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (shown(verdict)) " " (title) }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn from(origin: &PageOrigin<'_>) -> Markup {
    let PageOrigin { commit, date } = origin;
    html! {
        @if let Some(commit) = commit {
            @let short: String = commit.hash().chars().take(SHORT_COMMIT).collect();
            span { "commit " a href=(commit.url()) rel="noreferrer" { code { (short) } } }
        }
        @if let Some(date) = date { span { (shown(date)) } }
    }
}

/// The hash by which a content policy knows an inline element.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::HOSTILE;

    fn page(origin: &PageOrigin<'_>, content: &Markup) -> String {
        let facts = vec![html! { (HOSTILE) }];
        PageFrame { title: "t", verdict: HOSTILE, mood: PageMood::Good, origin, facts }
            .around(content)
    }

    #[test]
    fn a_page_lets_nothing_run_but_its_own_script() {
        let page = page(&PageOrigin::default(), &html! { p { (HOSTILE) } });
        for (tag, text) in [("style", STYLE), ("script", SCRIPT)] {
            assert_eq!(page.matches(&format!("<{tag}")).count(), 1);
            assert!(page.contains(&format!("<{tag}>{text}</{tag}>")));
            assert!(page.contains(&format!("{tag}-src '{}'", hash(text))));
        }
    }

    #[test]
    fn a_hash_is_the_one_that_a_browser_computes() {
        assert_eq!(hash("alert(1)"), "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
    }

    #[test]
    fn nothing_hidden_is_in_a_page_however_it_got_there() {
        let page = page(&PageOrigin::default(), &html! { p title=(HOSTILE) { (HOSTILE) } });
        assert_eq!(page, escaped(&page, Breaks::Kept));
        assert!(page.contains("\\u{202e}"));
    }

    #[test]
    fn the_commit_is_a_link_and_the_date_beside_it() {
        let hash = "0123456789abcdef0123";
        let commit = ForgeCommit::on_gitlab("https://forge.example/o/r", hash).unwrap();
        let date = Some("26 November 2026".to_owned());
        let page = page(&PageOrigin { commit: Some(&commit), date }, &html! {});
        for part in [
            "commit <a href=\"https://forge.example/o/r/-/commit/0123456789abcdef0123\" \
             rel=\"noreferrer\"><code>0123456789ab</code></a>",
            "<span>26 November 2026</span>",
        ] {
            assert!(page.contains(part), "{page}");
        }
    }
}
