//! Which of the files that were found a run is about.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use super::changes::Changes;
use super::named::{MeantBy, MeantFile};
use super::sharded::in_shard;
use super::source::ReadFile;
use crate::config::Family;
use crate::plan::Shard;
use crate::render::text::escape::printable;
use crate::render::text::words::count;
use crate::store::location::Named;

/// The files of a run: first those that are meant, then those that `--exclude` leaves out, then those
/// that others extend.
pub(super) struct FoundFiles<'a> {
    pub meant: &'a [MeantFile],
    pub family: &'a Family,
    pub paths: &'a [PathBuf],
    /// The numbers of those that a file may extend of which nobody can read what it extends.
    pub guessed: &'a HashSet<usize>,
}

/// The numbers of the files that a run is about, and what is to be said of the others.
pub(super) struct Choice {
    pub targets: Vec<usize>,
    /// Those that may be bases.
    pub doubtful: Vec<usize>,
    /// Which files that a search found are no targets, a sentence each.
    pub bases: Vec<String>,
    /// Which files the options leave out, a sentence each.
    pub unselected: Vec<String>,
    /// The environments of those that the options leave out.
    pub environments: BTreeSet<String>,
}

/// Leaves out what a search found and another file extends, what did not change, and what is another
/// shard's.
pub(super) fn choose(
    found: &FoundFiles<'_>,
    since: Option<(&Changes, &str)>,
    shard: Option<Shard>,
) -> Choice {
    let FoundFiles { meant, family, paths, guessed } = found;
    let extended: HashSet<usize> =
        (0..paths.len()).flat_map(|index| family.bases_of_its_own(index)).copied().collect();
    let is_found = |index: &usize| meant[*index].by == MeantBy::Search;
    let is_base = |index: &usize| is_found(index) && extended.contains(index);
    let (extended, mut targets): (Vec<usize>, Vec<usize>) = (0..meant.len()).partition(is_base);
    let is_doubtful = |index: &mut usize| is_found(index) && guessed.contains(index);
    let doubtful: Vec<usize> = targets.extract_if(.., is_doubtful).collect();
    let told = [(&extended, "others extend"), (&doubtful, "a file with errors may extend")];
    let told = told.into_iter().filter(|(files, _)| !files.is_empty());
    let bases =
        told.map(|(files, who)| format!("Skipped {} that {who}.", count(files.len(), "file")));
    let bases = bases.collect();
    let (mut unselected, mut environments) = (Vec::new(), BTreeSet::new());
    if let Some((changes, revision)) = since {
        let concerns = |index: usize| {
            let mut own = std::iter::once(index).chain(family.bases(index));
            !family.is_known(index) || own.any(|index| changes.concern(&paths[index]))
        };
        let unchanged: Vec<usize> = targets.extract_if(.., |index| !concerns(*index)).collect();
        if !unchanged.is_empty() {
            let files = count(unchanged.len(), "file");
            unselected.push(format!("Skipped {files} unchanged since {}.", printable(revision)));
        }
        environments.extend(unchanged.iter().flat_map(|index| family.own_environments(*index)));
    }
    if shard.is_some() {
        let known = targets.into_iter().map(|index| (paths[index].display().to_string(), index));
        let kept = in_shard(known.collect(), shard, "file", by_name, &mut unselected);
        targets = kept.into_iter().map(|(_, index)| index).collect();
    }
    Choice { targets, doubtful, bases, unselected, environments }
}

fn by_name((config, _): &(String, usize)) -> Named<'_> {
    Named { config, environment: None }
}

/// The files that are named in one of which nobody can read what it extends. It is better to leave
/// out a target, and to say so, than to take for one what is only extended.
pub(super) fn guessed_bases(files: &[ReadFile]) -> HashSet<usize> {
    let unclear: Vec<(usize, &str)> = files
        .iter()
        .enumerate()
        .filter_map(|(index, file)| Some((index, file.unclear.as_deref()?)))
        .collect();
    if unclear.is_empty() {
        return HashSet::new();
    }
    let is_named = |(index, file): &(usize, &ReadFile)| {
        let name = file.path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| unclear.iter().any(|(by, text)| by != index && text.contains(name)))
    };
    files.iter().enumerate().filter(is_named).map(|(index, _)| index).collect()
}
