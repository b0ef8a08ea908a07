//! Files that extend each other: the layers of each with those that lie under them. Where the files
//! are, and that a path leads to one, somebody else has found out.

use super::check::{self, FilePart, hide_secrets};
use super::quote::quote;
use super::{Configuration, ExtendedPath};
use crate::finding::{Code, Finding};

/// How many levels of files may lie under a file.
const MOST_LEVELS: usize = 16;

/// Why a path leads to no file that can be extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It begins at the root of a disk.
    Absolute,
    /// Nothing is there.
    Missing,
    /// It is a folder, or something else that is no file.
    NoFile,
    /// It is not in the repository.
    OutsideRepository,
    /// It is not in the working directory, and there is no repository.
    OutsideFolder,
    /// The system does not let it be read.
    Unreadable,
}

/// A file, and where the paths lead that it extends: the place of a file among all of them.
pub type Links = Vec<Result<usize, Obstacle>>;

/// Every file of a run, with those that are extended.
#[derive(Debug, Default)]
pub struct Family {
    members: Vec<FamilyMember>,
}

#[derive(Debug)]
struct FamilyMember {
    part: FilePart,
    /// The files that it extends, as far as they can be.
    bases: Vec<usize>,
    /// Whether it is known what lies under it.
    is_known: bool,
    /// How many levels of files lie under it.
    levels: usize,
    /// The problems of its paths.
    findings: Vec<Finding>,
    /// Its layers as those of a file that extends it have them.
    extended: Option<Configuration>,
}

/// The verdict on one file as a target.
#[derive(Debug)]
pub struct Judged {
    /// What its targets make of the settings, wherever those stand.
    pub findings: Vec<Finding>,
    /// What it asks for; `None` where something is wrong with it or with what it extends.
    pub configuration: Option<Configuration>,
}

impl Family {
    /// Puts each file over those that it extends.
    pub fn of(parts: Vec<(FilePart, Links)>) -> Self {
        let mut members = Vec::with_capacity(parts.len());
        for (part, links) in parts {
            let mut findings = Vec::new();
            let mut bases = Vec::new();
            for (path, link) in part.extends.iter().zip(links) {
                match link {
                    Ok(base) => bases.push(base),
                    Err(obstacle) => findings.push(obstacle.finding(path, &part.layers.file)),
                }
            }
            let is_known = findings.is_empty();
            members.push(FamilyMember {
                part,
                bases,
                is_known,
                levels: 0,
                findings,
                extended: None,
            });
        }
        let mut family = Self { members };
        if family.members.iter().any(|member| !member.bases.is_empty()) {
            family.stack();
        }
        family
    }

    /// The problems of one file by itself, by place; with what its targets make of its settings.
    pub fn findings(&self, index: usize, of_targets: Vec<Finding>) -> Vec<Finding> {
        let FamilyMember { part, findings, .. } = &self.members[index];
        let own = part.findings.iter().chain(findings).cloned();
        check::told(own.chain(of_targets).collect())
    }

    /// The files that a file extends, and that those extend: each once, the nearest first.
    pub fn bases(&self, index: usize) -> Vec<usize> {
        let mut found = vec![index];
        let mut looked_at = 0;
        while let Some(file) = found.get(looked_at) {
            for base in &self.members[*file].bases {
                if !found.contains(base) {
                    found.push(*base);
                }
            }
            looked_at += 1;
        }
        found.split_off(1)
    }

    /// The files that a file extends by itself.
    pub fn bases_of_its_own(&self, index: usize) -> &[usize] {
        &self.members[index].bases
    }

    /// Whether every path leads to a file of those that lie under this one.
    pub fn is_known(&self, index: usize) -> bool {
        self.members[index].is_known
    }

    /// The names of the environments that stand in a file and in those that it extends.
    pub fn own_environments(&self, index: usize) -> impl Iterator<Item = String> {
        let files = std::iter::once(index).chain(self.bases(index));
        let names = files.flat_map(|index| self.members[index].part.layers.environments());
        names.map(str::to_owned)
    }

    /// The names of a file's environments, however much else is wrong with it.
    pub fn environments(&self, index: usize) -> Vec<String> {
        self.layers(index).environments().map(str::to_owned).collect()
    }

    /// Takes a file for a target.
    pub fn judge(&self, index: usize) -> Judged {
        let member = &self.members[index];
        let FamilyMember { part, is_known, .. } = member;
        if part.extends.is_empty() {
            let is_sound = self.is_sound(index) && check::is_sound(&part.of_targets);
            let configuration = is_sound.then(|| part.layers.clone());
            return Judged { findings: part.of_targets.clone(), configuration };
        }
        let layers = self.layers(index);
        let mut findings = check::of_targets(&layers, part.is_certain && *is_known);
        for finding in &mut findings {
            if finding.file.is_empty() {
                finding.file.clone_from(&layers.file);
            }
            hide_secrets(finding);
        }
        let is_sound = self.is_sound(index) && check::is_sound(&findings);
        Judged { findings, configuration: is_sound.then_some(layers) }
    }

    /// Whether nothing is wrong with a file, nor with any that it extends.
    fn is_sound(&self, index: usize) -> bool {
        let is_well = |index: &usize| {
            let FamilyMember { part, findings, is_known, .. } = &self.members[*index];
            *is_known && check::is_sound(&part.findings) && findings.is_empty()
        };
        is_well(&index) && self.bases(index).iter().all(is_well)
    }

    /// The layers of a file over those that it extends, as far as they are known.
    fn layers(&self, index: usize) -> Configuration {
        let FamilyMember { part, bases, .. } = &self.members[index];
        let under = bases.iter().filter_map(|base| self.members[*base].extended.as_ref());
        match merged(under) {
            None => part.layers.clone(),
            Some(under) => under.under(&part.layers),
        }
    }

    /// Puts the files in an order in which each comes after those that it extends. What is left then
    /// extends itself, or a file that does.
    fn stack(&mut self) {
        let mut waiting: Vec<usize> = self.members.iter().map(|it| it.bases.len()).collect();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.members.len()];
        for (index, member) in self.members.iter().enumerate() {
            for base in &member.bases {
                users[*base].push(index);
            }
        }
        let mut ready: Vec<usize> =
            (0..self.members.len()).filter(|index| waiting[*index] == 0).collect();
        while let Some(index) = ready.pop() {
            self.measure(index);
            if !users[index].is_empty() {
                self.members[index].extended = Some(self.extended(index));
            }
            for user in &users[index] {
                waiting[*user] -= 1;
                if waiting[*user] == 0 {
                    ready.push(*user);
                }
            }
        }
        self.tell_circles(&waiting);
    }

    /// The layers of a file as those that extend it have them.
    fn extended(&self, index: usize) -> Configuration {
        let FamilyMember { part, bases, .. } = &self.members[index];
        let own = part.layers.extended();
        let under = bases.iter().filter_map(|base| self.members[*base].extended.as_ref());
        merged(under).map_or_else(|| own.clone(), |under| under.under(&own))
    }

    /// Counts the levels under a file whose bases are counted.
    fn measure(&mut self, index: usize) {
        let bases = self.members[index].bases.clone();
        let highest = bases.iter().map(|base| self.members[*base].levels + 1).max();
        let is_known = bases.iter().all(|base| self.members[*base].is_known);
        let member = &mut self.members[index];
        member.levels = highest.unwrap_or_default();
        member.is_known &= is_known;
        if member.levels == MOST_LEVELS + 1 {
            let deep = bases.iter().position(|base| self.members[*base].levels == MOST_LEVELS);
            self.refuse(index, deep.unwrap_or_default(), |path| {
                let path = quote(&path.path);
                (
                    format!(
                        "with {path} this file extends more than {MOST_LEVELS} levels of files"
                    ),
                    "bring some of those files together in one",
                )
            });
        }
    }

    /// Tells each circle once, at the path that closes it, and what is in one or leads to it.
    fn tell_circles(&mut self, waiting: &[usize]) {
        let mut walks = vec![0; self.members.len()];
        for start in (0..self.members.len()).filter(|index| waiting[*index] > 0) {
            self.members[start].is_known = false;
            let (walk, mut at) = (start + 1, start);
            while walks[at] == 0 {
                walks[at] = walk;
                let next = self.members[at].bases.iter().position(|base| waiting[*base] > 0);
                let Some(position) = next else { break };
                let base = self.members[at].bases[position];
                if walks[base] == walk {
                    self.refuse(at, position, |path| {
                        let path = quote(&path.path);
                        if at == base {
                            (
                                format!("{path} is this file, which cannot extend itself"),
                                "remove it",
                            )
                        } else {
                            let circle = "closes a circle: it leads back to this file";
                            (format!("{path} {circle}"), "remove it from one of the two files")
                        }
                    });
                }
                at = base;
            }
        }
    }

    /// Adds a finding about a path of a file that leads to one of its bases.
    fn refuse(
        &mut self,
        index: usize,
        base: usize,
        told: impl Fn(&ExtendedPath) -> (String, &'static str),
    ) {
        let member = &mut self.members[index];
        member.is_known = false;
        // Paths that lead nowhere are no bases, so that the place among them may be another one.
        let known: Vec<&str> = member.findings.iter().map(|it| it.path.as_str()).collect();
        let mut paths =
            member.part.extends.iter().filter(|it| !known.contains(&it.pointer.as_str()));
        let Some(path) = paths.nth(base) else { return };
        let (message, help) = told(path);
        let finding = at(path, &member.part.layers.file, &message, help);
        member.findings.push(finding);
    }
}

/// Layers over each other, the first at the bottom.
fn merged<'c>(layers: impl IntoIterator<Item = &'c Configuration>) -> Option<Configuration> {
    let mut layers = layers.into_iter();
    let first = layers.next()?.clone();
    Some(layers.fold(first, |under, over| under.under(over)))
}

fn at(path: &ExtendedPath, file: &str, message: &str, help: &str) -> Finding {
    let finding = Finding::new(file, path.at, Code::InvalidExtends, message);
    let mut finding = finding.help(help).path(&path.pointer);
    hide_secrets(&mut finding);
    finding
}

impl Obstacle {
    fn finding(self, path: &ExtendedPath, file: &str) -> Finding {
        let shown = quote(&path.path);
        let (message, help) = match self {
            Self::Absolute => (
                format!("{shown} is an absolute path"),
                "write the path as seen from this file, such as `../base.yaml`",
            ),
            Self::Missing => (
                format!("there is no file {shown}"),
                "the path is relative to the folder of this file; check it",
            ),
            Self::NoFile => (format!("{shown} is not a file"), "name a file in it"),
            Self::OutsideRepository => (
                format!("{shown} is outside the repository"),
                "move it into the repository: a file can extend only what is reviewed with it",
            ),
            Self::OutsideFolder => (
                format!("{shown} is outside the working directory"),
                "run clerkform in a folder that has both files, or make a git repository of it",
            ),
            Self::Unreadable => (format!("{shown} cannot be read"), "check its permissions"),
        };
        at(path, file, &message, help)
    }
}
