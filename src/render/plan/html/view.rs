//! All of a page's targets and entries, and how an entry names those that it is about.

use maud::{Markup, html};

use super::entries::{PageBlock, PageEntry, blocks, entries};
use super::page_target::PageTarget;
use super::words::Words;
use crate::render::comment::links::SourceLinks;
use crate::render::page::{ranges, shown};

/// Up to this many targets are named at once.
const NAMED: usize = 3;

/// What a page shows.
pub(super) struct PageView<'a> {
    pub words: &'static Words,
    pub targets: Vec<PageTarget<'a>>,
    /// Whether all targets are of one file.
    is_one_file: bool,
    pub entries: Vec<PageEntry<'a>>,
    pub blocks: Vec<PageBlock>,
}

impl<'a> PageView<'a> {
    pub(super) fn new(
        words: &'static Words,
        targets: Vec<PageTarget<'a>>,
        links: &SourceLinks<'_>,
    ) -> Self {
        let entries = entries(&targets, links);
        let blocks = blocks(&targets, &entries);
        let is_one_file = targets.windows(2).all(|two| two[0].info.config == two[1].info.config);
        Self { words, targets, is_one_file, entries, blocks }
    }

    /// Whether there is more than one target to tell apart.
    pub(super) fn has_several(&self) -> bool {
        self.targets.len() > 1
    }

    /// A target's name, as a link to where it stands. The environments of one file are told by
    /// theirs alone.
    fn link(&self, number: usize) -> Markup {
        let info = self.targets[number].info;
        let title = match info.environment {
            Some(environment) if self.is_one_file => environment.to_owned(),
            _ => info.title(),
        };
        html! { a href={ "#t" (number) } { (shown(&title)) } }
    }

    fn links(&self, members: &[usize]) -> Markup {
        html! {
            @for (at, member) in members.iter().enumerate() {
                @if at > 0 { ", " }
                (self.link(*member))
            }
        }
    }

    /// The targets that an entry is about: a few by name, all as such, those of a block as a link to
    /// it, and others unfolded.
    pub(super) fn members(&self, members: &[usize]) -> Markup {
        let (number, all) = (members.len(), self.targets.len());
        let counted = html! { span.number { (number) } " of " (all) };
        if number == all {
            return counted;
        }
        if number <= NAMED {
            return self.links(members);
        }
        if let Some(block) = self.blocks.iter().position(|block| block.members == members) {
            return html! { a href={ "#b" (block) } { (counted) } };
        }
        html! {
            details {
                summary { (counted) }
                (self.links(members))
            }
        }
    }
}

impl PageEntry<'_> {
    /// Its targets as the script reads them.
    pub(super) fn ranges(&self) -> String {
        ranges(&self.members)
    }
}
