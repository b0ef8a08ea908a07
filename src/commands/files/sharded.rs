//! A part of the files or targets of a run, which jobs share.

use super::repository::Repository;
use crate::config;
use crate::plan::Shard;
use crate::render::text::words;
use crate::store::location::Named;

/// Those that a shard has: by their names from the root of the repository, so that it does not matter
/// where a run is started. A note counts the others, by what they are called.
pub fn in_shard<T>(
    all: Vec<T>,
    shard: Option<Shard>,
    noun: &str,
    named: impl Fn(&T) -> Named<'_>,
    notes: &mut Vec<String>,
) -> Vec<T> {
    let Some(shard) = shard else { return all };
    let (repository, number) = (Repository::around(), all.len());
    let is_held = |it: &T| {
        let Named { config, environment } = named(it);
        shard.holds(&config::title(repository.place(config).path(), environment))
    };
    let kept: Vec<T> = all.into_iter().filter(is_held).collect();
    if kept.len() < number {
        let count = words::count(number - kept.len(), noun);
        notes.push(format!("Skipped {count} of other shards."));
    }
    kept
}
