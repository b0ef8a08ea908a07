//! The warnings of a plan or a drift in its text: each stands with the targets that it is about,
//! and once, however many of them say the same.

use std::collections::{BTreeMap, BTreeSet};

use super::advice::Advice;
use crate::finding::Finding;
use crate::plan::TargetInfo;
use crate::render::findings::brief::brief;
use crate::render::text::palette::{Palette, paint};
use crate::render::text::place::places;
use crate::render::text::titles::titles;
use crate::render::text::words::{add, count};

/// One warning, wherever it stands.
struct Warned<'a> {
    /// As it is at each place.
    findings: Vec<&'a Finding>,
    /// The targets that it is about, by their numbers.
    about: BTreeMap<usize, TargetInfo<'a>>,
}

/// The warnings that are not told yet.
pub(super) struct Warnings<'a> {
    waiting: Vec<Warned<'a>>,
    told: usize,
}

impl<'a> Warnings<'a> {
    /// What is to be told.
    pub(super) fn of(advice: Vec<Advice<'a>>) -> Self {
        let mut waiting: Vec<Warned<'a>> = Vec::new();
        let mut known = std::collections::HashMap::new();
        for Advice { finding, about } in advice {
            let key = (finding.severity.as_str(), finding.code, &finding.message, &finding.help);
            let at = *known.entry(key).or_insert(waiting.len());
            if at == waiting.len() {
                waiting.push(Warned { findings: Vec::new(), about: BTreeMap::new() });
            }
            waiting[at].findings.push(finding);
            waiting[at].about.extend(about);
        }
        Self { told: waiting.len(), waiting }
    }

    /// How many there are, as a clause; `None` without any.
    pub(super) fn counted(&self) -> Option<String> {
        (self.told > 0).then(|| count(self.told, "warning"))
    }

    /// Those that begin with one of these targets. Which targets a warning is about is said where
    /// it is not all of these and no other.
    pub(super) fn of_targets(&mut self, members: &[usize], palette: &Palette) -> String {
        let members: BTreeSet<usize> = members.iter().copied().collect();
        let mut out = String::new();
        for warned in self.waiting.extract_if(.., |it| it.begins_in(&members)) {
            let place =
                places(warned.findings.iter().map(|it| (&*it.file, it.span.line, it.span.column)));
            out.push('\n');
            out.push_str(&brief(warned.findings[0], &place, "  ", palette));
            if !warned.about.keys().eq(&members) {
                let about = titles(warned.about.values().map(|it| (it.config, it.environment)));
                let about = format_args!("in {about}").to_string();
                add(&mut out, format_args!("    {}\n", paint(palette.faint, about)));
            }
        }
        out
    }
}

impl Warned<'_> {
    fn begins_in(&self, members: &BTreeSet<usize>) -> bool {
        self.about.keys().next().is_some_and(|first| members.contains(first))
    }
}
