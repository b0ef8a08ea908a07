//! The warnings of a plan as a reviewer reads them: equal ones once, with how many instances they
//! are about and how many of those are in production.

use std::collections::HashMap;

use super::advice::{Advice, MANY};
use crate::catalog::EnvironmentType;
use crate::finding::{Code, Finding};
use crate::plan::TargetInfo;
use crate::render::comment::alert::{Alert, Weight};
use crate::render::comment::links::SourceLinks;
use crate::render::text::escape::sentence;
use crate::render::text::markdown::{inline, named, prose};
use crate::render::text::words::{add, count, list};

/// A warning that is the same wherever it stands.
struct AdviceGroup<'a> {
    finding: &'a Finding,
    /// Each place once.
    places: Vec<(&'a str, usize)>,
    /// Those that it is about, each with its number in the plan.
    about: Vec<(usize, TargetInfo<'a>)>,
}

/// What makes two warnings the same, wherever they stand.
type Essence<'a> = (Code, &'a str, Option<&'a str>);

fn groups<'a>(found: &[Advice<'a>]) -> Vec<AdviceGroup<'a>> {
    let mut groups: Vec<AdviceGroup<'_>> = Vec::new();
    let mut known: HashMap<Essence<'_>, usize> = HashMap::new();
    for advice in found {
        let finding = advice.finding;
        let essence = (finding.code, finding.message.as_str(), finding.help.as_deref());
        let at = *known.entry(essence).or_insert(groups.len());
        let place = (finding.file.as_str(), finding.span.line);
        match groups.get_mut(at) {
            Some(group) => {
                if !group.places.contains(&place) {
                    group.places.push(place);
                }
                group.about.extend(&advice.about);
            }
            None => groups.push(AdviceGroup {
                finding,
                places: vec![place],
                about: advice.about.clone(),
            }),
        }
    }
    groups
}

/// The warnings as one alert. Where there are several targets each says which it is about.
pub(super) fn warnings(found: &[Advice<'_>], targets: usize, links: &SourceLinks<'_>) -> Alert {
    let items = groups(found).iter().map(|group| item(group, targets, links)).collect();
    Alert { weight: Weight::Warning, lead: String::new(), items, noun: "warning" }
}

fn item(group: &AdviceGroup<'_>, targets: usize, links: &SourceLinks<'_>) -> String {
    let AdviceGroup { finding, places, about } = group;
    let about = if targets == 1 { String::new() } else { whom(about) };
    problem(finding, &format!("{about} at {}", told(places, links)))
}

/// A finding as Markdown, with words behind its name.
pub(crate) fn problem(finding: &Finding, about: &str) -> String {
    let mut out = format!(
        "**{}**{about}: {}",
        title(finding.code.as_str()),
        prose(&sentence(&finding.message))
    );
    if let Some(help) = finding.help.as_deref() {
        add(&mut out, format_args!("\\\nhelp: {}", prose(&sentence(help))));
    }
    out
}

/// A code as people read it: `may-lock-out` is "May lock out".
fn title(code: &str) -> String {
    let words = code.replace(['-', '_'], " ");
    let mut rest = words.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    inline(&first.into_iter().chain(rest).collect::<String>())
}

/// A number of places: the first of them stands for the rest.
pub(super) fn told(places: &[(&str, usize)], links: &SourceLinks<'_>) -> String {
    match places {
        [] => String::new(),
        [(file, line), rest @ ..] => {
            let first = links.place(file, *line);
            match rest.len() {
                0 => first,
                more => format!("{first} and {more} more"),
            }
        }
    }
}

/// Which targets are meant, and how many of them are in production.
fn whom(about: &[(usize, TargetInfo<'_>)]) -> String {
    if about.len() <= MANY {
        let titles: Vec<_> = about.iter().map(|(_, target)| named(&target.title())).collect();
        return format!(" in {}", list(&titles));
    }
    let instances = count(about.len(), "instance");
    let production = about.iter().filter(|(_, target)| is_production(target)).count();
    match production {
        0 => format!(" in {instances}"),
        all if all == about.len() => format!(" in {instances}, all of them in production"),
        some => format!(" in {instances}, {some} of them in production"),
    }
}

fn is_production(target: &TargetInfo<'_>) -> bool {
    let known = target.instance.and_then(|it| it.environment_type);
    known.or(target.target.environment_type) == Some(EnvironmentType::Production)
}
