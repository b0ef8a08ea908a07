//! The entries of block mappings, each with the comments that are about it.

use std::ops::Range;

use super::lines::LaidLines;
use super::order::{self, Order};
use crate::config::yaml::outline::{Laid, OutlineShape, Pair, Reference};

/// How many spaces a level is.
const STEP: usize = 2;

/// What editors read, wherever it stands: it is about the whole file.
const MODELINE: &str = "# yaml-language-server:";

/// A text that is being laid out.
pub(super) struct LaidPage<'p, 't> {
    pub lines: &'p LaidLines<'t>,
    pub references: &'p [Reference],
    pub order: Order,
}

/// A mapping and the lines around it that are its own.
struct LaidMapping<'p> {
    pairs: &'p [Pair],
    /// From the line after its key to the last one that is about it.
    range: Range<usize>,
    indent: usize,
}

/// An entry and what is about it, all as lines.
struct LaidBlock<'p> {
    pair: &'p Pair,
    /// The comments above it.
    lead: Range<usize>,
    /// The key, the value, and the comments within.
    body: Range<usize>,
    /// The comments below it.
    trail: Range<usize>,
    /// Whether a blank line sets it off from what stands above.
    is_apart: bool,
}

impl LaidBlock<'_> {
    fn range(&self) -> Range<usize> {
        self.lead.start.min(self.body.start)..self.trail.end.max(self.body.end)
    }
}

impl<'p> LaidPage<'p, '_> {
    /// The whole document; `None` where its keys do not stand as such keys usually do.
    pub fn whole(&self, pairs: &'p [Pair]) -> Option<Vec<String>> {
        let mut out = Vec::new();
        let root = LaidMapping { pairs, range: 0..self.lines.len(), indent: 0 };
        self.mapping(&root, &mut Vec::new(), &mut out)?;
        Some(out)
    }

    fn mapping(
        &self,
        mapping: &LaidMapping<'p>,
        path: &mut Vec<&'p str>,
        out: &mut Vec<String>,
    ) -> Option<()> {
        let (header, blocks, footer) = self.divided(mapping)?;
        self.comments(header.clone(), mapping.indent, out);
        let order = self.ordered(&blocks, path);
        let has_gaps = blocks.iter().skip(1).any(|block| block.is_apart);
        let mut is_ended = !header.is_empty() && blocks[0].is_apart;
        for (nth, position) in order.iter().enumerate() {
            let block = &blocks[*position];
            // What was the first one has nothing above it to be set off from.
            let is_apart = block.is_apart || (*position == 0 && has_gaps);
            if is_ended || (nth > 0 && is_apart) {
                out.push(String::new());
            }
            self.block(block, mapping.indent, path, out);
            is_ended = !block.trail.is_empty() && nth + 1 < order.len();
        }
        if !footer.is_empty() {
            out.push(String::new());
            self.comments(footer, mapping.indent, out);
        }
        Some(())
    }

    fn ordered(&self, blocks: &[LaidBlock<'_>], path: &[&str]) -> Vec<usize> {
        let kept = (0..blocks.len()).collect();
        if self.order == Order::File {
            return kept;
        }
        let names: Vec<Option<&str>> =
            blocks.iter().map(|block| block.pair.name.as_deref()).collect();
        let ranges: Vec<Range<usize>> = blocks.iter().map(LaidBlock::range).collect();
        let order = order::sorted(path, &names);
        if order::is_possible(&order, &ranges, self.references) { order } else { kept }
    }

    /// What stands above all entries, the entries, and what stands below them.
    fn divided(
        &self,
        LaidMapping { pairs, range, .. }: &LaidMapping<'p>,
    ) -> Option<(Range<usize>, Vec<LaidBlock<'p>>, Range<usize>)> {
        let column = pairs.first()?.column;
        let is_usual =
            |pair: &Pair| pair.column == column && self.lines.indent(pair.line - 1) == column - 1;
        if !pairs.iter().all(is_usual) || pairs[0].line <= range.start {
            return None;
        }
        let (header, mut lead, mut is_apart) = self.head(range.start..pairs[0].line - 1);
        let mut blocks = Vec::with_capacity(pairs.len());
        let mut footer = range.end..range.end;
        for (index, pair) in pairs.iter().enumerate() {
            let content = self.content_end(pair);
            let next = pairs.get(index + 1).map(|next| next.line - 1);
            let gap = content..next.unwrap_or(range.end).max(content);
            if next.is_some() && gap.clone().any(|at| !self.is_free(at)) {
                return None;
            }
            let gap = self.gap(gap, column - 1, next.is_none());
            let body = pair.line - 1..gap.within.end;
            let block = LaidBlock { pair, lead, body, trail: gap.below, is_apart };
            blocks.push(block);
            (lead, is_apart) = (gap.above.clone(), gap.is_apart);
            if next.is_none() {
                footer = self.lines.without_end(gap.above);
            }
        }
        Some((header, blocks, footer))
    }

    /// Whether a line holds nothing that has a meaning.
    fn is_free(&self, at: usize) -> bool {
        self.lines.is_blank(at) || self.lines.is_comment(at)
    }

    /// The line behind an entry's value. The blank lines below a text that keeps them are its own.
    fn content_end(&self, pair: &Pair) -> usize {
        let mut end = pair.value.end_line.max(pair.line);
        if let OutlineShape::Mapping(pairs) = &pair.value.shape {
            return pairs.last().map_or(end, |last| self.content_end(last).max(end));
        }
        if self.sign(&pair.value).is_some_and(|sign| sign.contains('+')) {
            while end < self.lines.len() && self.lines.is_blank(end) {
                end += 1;
            }
        }
        end
    }

    /// The `|` or `>` with which a text begins, and what stands right behind it.
    fn sign(&self, value: &Laid) -> Option<&str> {
        let start = self.lines.from(value.line, value.column);
        let is_block = matches!(value.shape, OutlineShape::Scalar) && start.starts_with(['|', '>']);
        is_block.then(|| start.split([' ', '#']).next().unwrap_or_default())
    }

    /// What stands above the first entry: what is about the whole, and what is about the entry.
    fn head(&self, head: Range<usize>) -> (Range<usize>, Range<usize>, bool) {
        let fixed = head.clone().rev().find(|at| {
            !self.is_free(*at) || self.lines.get(*at).trim_start().starts_with(MODELINE)
        });
        let fixed = fixed.map_or(head.start, |at| at + 1);
        let blank = head.clone().rev().find(|at| self.lines.is_blank(*at));
        let start = blank.map_or(fixed, |at| (at + 1).max(fixed));
        let header = self.lines.without_start(head.start..start);
        let is_apart = blank.is_some_and(|at| at >= fixed);
        (self.lines.without_end(header), start..head.end, is_apart)
    }

    /// To what the lines between two entries belong, or the ones below the last entry.
    fn gap(&self, gap: Range<usize>, indent: usize, is_last: bool) -> Gap {
        let is_deeper = |at: &usize| self.lines.is_comment(*at) && self.lines.indent(*at) > indent;
        let deeper = gap.clone().rev().find(is_deeper).map_or(gap.start, |at| at + 1);
        let blank = (deeper..gap.end).find(|at| self.lines.is_blank(*at));
        let is_below = |at: &usize| self.is_free(*at) && !self.lines.is_blank(*at);
        let run = (deeper..gap.end).take_while(is_below).count();
        let below = if blank.is_some() || is_last { deeper + run } else { deeper };
        let rest = below..gap.end;
        let above = self.lines.without_start(rest.clone());
        Gap {
            is_apart: above.start > rest.start,
            within: gap.start..deeper,
            below: deeper..below,
            above,
        }
    }

    /// Comments and blank lines, no two of the latter together.
    fn comments(&self, range: Range<usize>, indent: usize, out: &mut Vec<String>) {
        let range = self.lines.without_start(range);
        for at in range {
            let line = self.lines.get(at).trim();
            if !line.is_empty() {
                let indent = if self.lines.is_commented_out(at) { 0 } else { indent };
                out.push(format!("{:indent$}{line}", ""));
            } else if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
        }
    }

    fn block(
        &self,
        block: &LaidBlock<'p>,
        indent: usize,
        path: &mut Vec<&'p str>,
        out: &mut Vec<String>,
    ) {
        let LaidBlock { pair, lead, body, trail, .. } = block;
        self.comments(lead.clone(), indent, out);
        let key = self.lines.get(body.start).trim_start();
        let is_cut =
            matches!(pair.value.shape, OutlineShape::Scalar) && pair.value.end_line > pair.line;
        let key = if is_cut { key } else { key.trim_end() };
        out.push(format!("{:indent$}{key}", ""));
        let inner = body.start + 1..body.end;
        let before = out.len();
        path.push(pair.name.as_deref().unwrap_or_default());
        let laid = match &pair.value.shape {
            OutlineShape::Mapping(pairs) => {
                let mapping = LaidMapping { pairs, range: inner.clone(), indent: indent + STEP };
                self.mapping(&mapping, path, out)
            }
            OutlineShape::Collection | OutlineShape::Scalar => None,
        };
        path.pop();
        if laid.is_none() {
            out.truncate(before);
            self.shifted(pair, inner, indent, out);
        }
        self.comments(trail.clone(), indent, out);
    }

    /// The further lines of a value that is moved as it is.
    fn shifted(&self, pair: &Pair, inner: Range<usize>, indent: usize, out: &mut Vec<String>) {
        let Pair { value, line, column, .. } = pair;
        let end = self.content_end(pair);
        let is_text = self.sign(value).is_some();
        let counts = |at: &usize| {
            *at < end && !self.lines.is_blank(*at) && (is_text || !self.lines.is_comment(*at))
        };
        let least = inner.clone().filter(counts).map(|at| self.lines.indent(at)).min();
        let start = self.lines.from(value.line, value.column);
        let keeps_distance = (value.line == *line && start.starts_with(['[', '{', '"', '\'']))
            || self.sign(value).is_some_and(|sign| sign.contains(|c: char| c.is_ascii_digit()));
        let (from, to) = match least {
            Some(least) if !keeps_distance => (least, indent + STEP),
            _ => (column - 1, indent),
        };
        for at in inner {
            let (text, had) = (self.lines.get(at), self.lines.indent(at));
            let is_own = at < end && (is_text || !self.lines.is_comment(at));
            let has = if self.lines.is_commented_out(at) && !is_own {
                0
            } else if is_own {
                (had + to).saturating_sub(from)
            } else {
                (had + to).saturating_sub(from).max(indent + STEP)
            };
            if text.trim().is_empty() && !(is_text && had > from && at < end) {
                out.push(String::new());
            } else {
                out.push(format!("{:has$}{}", "", &text[had..]));
            }
        }
    }
}

/// The lines between two entries.
struct Gap {
    /// Deeper comments: inside of what stands above.
    within: Range<usize>,
    /// Comments about what stands above.
    below: Range<usize>,
    /// Comments about what comes next.
    above: Range<usize>,
    /// Whether a blank line stands before those.
    is_apart: bool,
}
