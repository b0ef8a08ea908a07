//! In which order the entries of a mapping go.

use std::ops::Range;

use crate::catalog::schema::{ENVIRONMENTS, EXTENDS, TARGET};
use crate::config::place::SchemaNode;
use crate::config::yaml::outline::Reference;

/// Which order is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The catalogue's.
    Catalog,
    /// The file's own.
    File,
}

/// The positions of entries in the order in which they go. What the catalogue does not know stays
/// behind what it follows.
pub(super) fn sorted(path: &[&str], names: &[Option<&str>]) -> Vec<usize> {
    let place = SchemaNode::of(path);
    let mut known = place.names();
    if matches!(place, SchemaNode::Root | SchemaNode::Overlay) {
        known.retain(|name| ![TARGET, ENVIRONMENTS, EXTENDS].contains(name));
        known.splice(0..0, [EXTENDS, TARGET]);
        known.push(ENVIRONMENTS);
    }
    let mut rank = 0;
    let mut ranked: Vec<(usize, usize)> = Vec::with_capacity(names.len());
    for (position, name) in names.iter().enumerate() {
        let found = name.and_then(|name| known.iter().position(|known| *known == name));
        rank = found.map_or(rank, |found| found + 1);
        ranked.push((rank, position));
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, position)| position).collect()
}

/// Whether every alias still comes after its anchor where blocks of lines go in another order.
pub(super) fn is_possible(
    order: &[usize],
    blocks: &[Range<usize>],
    references: &[Reference],
) -> bool {
    let block = |line: usize| blocks.iter().position(|block| block.contains(&(line - 1)));
    let after = |block: usize| order.iter().position(|position| *position == block);
    references.iter().filter(|reference| !reference.defines).all(|alias| {
        let defined = references.iter().find(|it| it.defines && it.anchor == alias.anchor);
        match (defined.and_then(|it| block(it.line)), block(alias.line)) {
            (Some(anchor), Some(alias)) => after(anchor) <= after(alias),
            _ => true,
        }
    })
}
