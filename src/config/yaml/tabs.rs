//! Tabs where only spaces may stand: before a key, a dash or what a dash nests, outside brackets.
//! The parser lets some of them pass that other readers refuse. A tab that only separates, such as
//! one after a colon, before a comment or between brackets, is nobody's mistake.

use granit_parser::{Event, ScalarStyle, Span, StructureStyle};

/// Looks at the white space between the events of a text.
pub(super) struct Tabs<'t> {
    text: &'t str,
    /// How far the text has been looked at.
    at: usize,
    /// The first tab since the line or the last indicator began.
    tab: Option<usize>,
    /// Whether nothing but white space and indicators came in this line.
    is_leading: bool,
    /// Whether a `-`, `?` or `:` began this line.
    has_indicator: bool,
    /// For each open collection whether it has brackets.
    open: Vec<bool>,
}

impl<'t> Tabs<'t> {
    /// For a text; `None` where it has no tab at all.
    pub fn of(text: &'t str) -> Option<Self> {
        text.contains('\t').then(|| Self {
            text,
            at: 0,
            tab: None,
            is_leading: true,
            has_indicator: false,
            open: Vec::new(),
        })
    }

    /// The offset of a tab that may not stand before an event. Events come in their order.
    pub fn before(&mut self, event: &Event<'_>, span: &Span) -> Option<usize> {
        let (start, end) = (span.start.byte_offset()?, span.end.byte_offset()?);
        let is_block = !self.open.contains(&true);
        let mut wrong = if is_block { self.scan(start) } else { None };
        let is_structure = match event {
            Event::MappingStart(style, ..) => {
                self.open.push(*style == StructureStyle::Flow);
                *style != StructureStyle::Flow
            }
            // Its dash has been looked at.
            Event::SequenceStart(style, ..) => {
                self.open.push(*style == StructureStyle::Flow);
                false
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.open.pop();
                false
            }
            Event::Scalar(..) | Event::Alias(..) | Event::UnresolvedAlias(..) => {
                !self.has_indicator && self.is_key(start, end)
            }
            _ => return None,
        };
        if is_block && is_structure {
            wrong = wrong.or_else(|| self.tab.take());
        }
        if end > start {
            self.pass(event, end);
        }
        wrong
    }

    /// Goes on behind what an event stands for. A block scalar ends with lines, the last of which
    /// may be the next one's white space.
    fn pass(&mut self, event: &Event<'_>, end: usize) {
        self.at = self.at.max(end);
        self.is_leading = false;
        if let Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) = event {
            let line = self.text[..end].rfind('\n').map_or(0, |at| at + 1);
            if self.text[line..end].trim().is_empty() {
                (self.at, self.tab, self.is_leading, self.has_indicator) =
                    (line, None, true, false);
            }
        }
    }

    /// Whether what stands there is a key with its colon behind it.
    fn is_key(&self, start: usize, end: usize) -> bool {
        let rest = self.text.get(end..).unwrap_or_default();
        end > start && rest.trim_start_matches([' ', '\t']).starts_with(':')
    }

    /// Looks at what stands before an offset: white space, comments, indicators, what may come
    /// before a value, and the sign of a block scalar, behind which nothing is structure.
    fn scan(&mut self, to: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut wrong = None;
        while self.at < to {
            let at = self.at;
            self.at += 1;
            match bytes[at] {
                b'\n' => {
                    self.tab = None;
                    self.is_leading = true;
                    self.has_indicator = false;
                }
                b'\t' if self.is_leading => self.tab = self.tab.or(Some(at)),
                b' ' | b'\t' | b'\r' => {}
                b'-' | b'?' | b':' if self.is_leading && self.is_indicator(at) => {
                    wrong = wrong.or(self.tab.take());
                    self.has_indicator = true;
                }
                b'#' => self.at = self.behind(at, |byte| byte == b'\n').min(to),
                b'|' | b'>' => self.at = to,
                b'&' | b'!' => {
                    self.at = self.behind(at, |byte| byte.is_ascii_whitespace()).min(to);
                    self.is_leading = false;
                }
                _ => self.is_leading = false,
            }
        }
        wrong
    }

    fn is_indicator(&self, at: usize) -> bool {
        self.text.as_bytes().get(at + 1).is_none_or(u8::is_ascii_whitespace)
    }

    fn behind(&self, at: usize, is_end: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[at..];
        at + rest.iter().position(|byte| is_end(*byte)).unwrap_or(rest.len())
    }
}

/// The offset of the tab of which the parser complains at some place before or after it.
pub(super) fn blamed(text: &str, offset: usize) -> Option<usize> {
    if let Some(tab) = leading(text, offset) {
        return Some(tab);
    }
    if text.get(offset..)?.starts_with('\t') {
        return Some(offset);
    }
    // What goes on over several lines is told at its first one.
    let mut at = offset;
    for (line, content) in text[offset..].split('\n').enumerate() {
        let tab = content.find(|letter| letter != ' ').filter(|_| !content.trim().is_empty());
        if let Some(tab) = tab.filter(|tab| line > 0 && content[*tab..].starts_with('\t')) {
            return Some(at + tab);
        }
        at += content.len() + 1;
    }
    None
}

/// The offset of the first tab among the white space and indicators with which the line of a place
/// begins, where nothing else stands before the place.
pub(super) fn leading(text: &str, offset: usize) -> Option<usize> {
    let before = text.get(..offset)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let is_bare = before[start..].chars().all(|letter| " \t-?:".contains(letter));
    let tab = start + before[start..].find('\t')?;
    is_bare.then_some(tab)
}
