//! No file of `src/` uses another that uses it in turn, by however many files. A file that is in no
//! circle can be read, moved and tested with only those that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::paths::{Paths, Used, paths};
use support::sources::{module, untested};

/// The files by the modules that they hold.
type Files = BTreeMap<Vec<String>, Paths>;

/// The files that each one uses, with one place where it does.
type Graph<'a> = BTreeMap<&'a [String], BTreeMap<&'a [String], String>>;

/// More than any name is passed on by re-exports.
const MOST_STEPS: usize = 16;

fn files(sources: &[(Vec<String>, String)]) -> Files {
    sources.iter().map(|(module, text)| (module.clone(), paths(text, module))).collect()
}

/// The file in which that stands which a path leads to: through modules, and through names that
/// these only pass on.
fn defined_in<'a>(files: &'a Files, path: &[String]) -> Option<&'a [String]> {
    let mut path = path.to_vec();
    for _ in 0..MOST_STEPS {
        let length = (1..=path.len()).rev().find(|length| files.contains_key(&path[..*length]))?;
        let (file, read) = files.get_key_value(&path[..length])?;
        let known = path.get(length).and_then(|name| read.names.get(name));
        let Some(known) = known.and_then(|known| whole(files, known, file)) else {
            return Some(file);
        };
        path = [&known[..], &path[length + 1..]].concat();
    }
    None
}

/// A path from the top of the crate on, if it leads into the crate. A module is named from its
/// parent as well.
fn whole(files: &Files, path: &[String], from: &[String]) -> Option<Vec<String>> {
    if path.first()? == "crate" {
        return Some(path.to_vec());
    }
    let child = [from, &path[..1]].concat();
    files.contains_key(&child).then(|| [from, path].concat())
}

/// Who uses whom. A file does not use its modules by declaring them, nor what it only passes on.
fn graph(files: &Files) -> Graph<'_> {
    let edges = |(from, read): (&'_ Vec<String>, &'_ Paths)| {
        let mut found = BTreeMap::new();
        // A word alone that no import explains is a variable's: modules stand before a `::`.
        let is_use = |used: &&Used| {
            let is_passed_on = used.is_reexport || used.is_member;
            !is_passed_on && (used.path.len() > 1 || used.is_import)
        };
        for used in read.used.iter().filter(is_use) {
            let to = whole(files, &used.path, from).and_then(|path| defined_in(files, &path));
            if let Some(to) = to.filter(|to| to != from) {
                found
                    .entry(to)
                    .or_insert_with(|| format!("line {}: {}", used.line, used.path.join("::")));
            }
        }
        found
    };
    files.iter().map(|file| (file.0.as_slice(), edges(file))).collect()
}

/// What can be reached from a file.
fn reached<'a>(graph: &Graph<'a>, from: &'a [String]) -> BTreeSet<&'a [String]> {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(file) = open.pop() {
        for next in graph[file].keys().filter(|next| !seen.contains(*next)).collect::<Vec<_>>() {
            seen.insert(*next);
            open.push(next);
        }
    }
    seen
}

/// Every circle: what the files in it use of each other.
fn circles(sources: &[(Vec<String>, String)]) -> Vec<Vec<String>> {
    let files = files(sources);
    let graph = graph(&files);
    let all: BTreeMap<_, _> = graph.keys().map(|file| (*file, reached(&graph, file))).collect();
    let (mut told, mut circles) = (BTreeSet::new(), Vec::new());
    for (file, reach) in &all {
        let members: Vec<_> = reach.iter().filter(|other| all[*other].contains(file)).collect();
        if members.is_empty() || !told.insert(members.clone()) {
            continue;
        }
        let mut lines = Vec::new();
        for from in &members {
            for (to, place) in graph[**from].iter().filter(|(to, _)| members.contains(to)) {
                lines.push(format!("{} -> {} ({place})", from.join("::"), to.join("::")));
            }
        }
        circles.push(lines);
    }
    circles
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let sources: Vec<_> =
        untested().into_iter().map(|(path, text)| (module(&path), text)).collect();
    assert!(graph(&files(&sources)).values().map(BTreeMap::len).sum::<usize>() > sources.len());
    let circles = circles(&sources);
    let told: Vec<String> = circles.iter().map(|circle| circle.join("\n")).collect();
    assert!(circles.is_empty(), "{} circles:\n\n{}", circles.len(), told.join("\n\n"));
}

/// A source for each module, which is written as a path.
fn sources(files: &[(&str, &str)]) -> Vec<(Vec<String>, String)> {
    let module = |path: &str| path.split("::").map(str::to_owned).collect();
    files.iter().map(|(path, text)| (module(path), (*text).to_owned())).collect()
}

#[test]
fn a_circle_is_seen_however_it_is_spelled() {
    for (files, expected) in [
        (
            &[("crate::a", "use crate::b::B;"), ("crate::b", "fn f() -> crate::a::A {}")][..],
            "crate::a -> crate::b (line 1: crate::b::B)",
        ),
        (
            &[
                ("crate::a", "mod b;\nstruct A; fn f() { b::f() }"),
                ("crate::a::b", "use super::A;"),
            ],
            "crate::a -> crate::a::b (line 2: b::f)",
        ),
        (
            &[
                ("crate::a", "mod b; pub use b::B; struct A(B);"),
                ("crate::a::b", "pub struct B(super::A);"),
            ],
            "crate::a::b -> crate::a (line 1: crate::a::A)",
        ),
        (
            &[
                ("crate::a", "mod b; mod c; pub use {b::B, c::C as D};"),
                ("crate::a::b", "use crate::a::{D};"),
                ("crate::a::c", "fn f() { super::B::new() }"),
            ],
            "crate::a::b -> crate::a::c (line 1: crate::a::D)",
        ),
        (
            &[
                ("crate::a", "use crate::b::B;"),
                ("crate::b", "use crate::c::C;"),
                ("crate::c", "use crate::a::A;"),
            ],
            "crate::c -> crate::a (line 1: crate::a::A)",
        ),
    ] {
        let found = circles(&sources(files));
        assert!(found.iter().flatten().any(|line| line == expected), "{files:?}: {found:?}");
    }
}

#[test]
fn what_is_declared_passed_on_or_used_one_way_is_no_circle() {
    for files in [
        &[("crate::a", "mod b; struct A;"), ("crate::a::b", "use super::A;")][..],
        &[("crate::a", "mod b; pub use b::B; struct A;"), ("crate::a::b", "use super::A;")],
        &[("crate::a", "mod b; fn f() { b::f() }"), ("crate::a::b", "use std::fmt;")],
        &[
            ("crate::a", "mod b; mod c; pub use b::B; fn f() { c::f() }"),
            ("crate::a::b", "struct B;"),
            ("crate::a::c", "use crate::a::B; fn f() {}"),
        ],
        &[("crate::a", "use crate::b::B; // crate::c"), ("crate::b", "/// [`crate::a::A`]\n")],
    ] {
        assert_eq!(circles(&sources(files)), [[""; 0]; 0], "{files:?}");
    }
}
