//! No two types of `src/` share a name, the tests' own included: a name says which one is meant.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;
use std::fs;

use support::lexer::{Token, tokens};
use support::sources::{files, root};

/// A type that a source declares.
#[derive(Debug, PartialEq, Eq)]
struct Declared {
    line: usize,
    name: String,
    /// Whether it is declared under a condition, as one for each system may be.
    is_conditional: bool,
}

/// The types that a source declares. Those that belong to a trait are named by that trait.
fn declared(text: &str) -> Vec<Declared> {
    let tokens = tokens(text);
    let word = |at: usize| match tokens.get(at) {
        Some((_, Token::Word(word))) => Some(word.as_str()),
        _ => None,
    };
    // For each open brace, whether a trait or what implements one is in it, and whether `cfg` rules.
    let (mut open, mut is_of_trait, mut is_conditional) = (Vec::new(), false, false);
    let mut found = Vec::new();
    for (at, (line, token)) in tokens.iter().enumerate() {
        let inner = open.last().copied().unwrap_or((false, false));
        match token {
            Token::Other('{') => {
                open.push((is_of_trait, is_conditional || inner.1));
                (is_of_trait, is_conditional) = (false, false);
            }
            Token::Other('}') => {
                open.pop();
            }
            Token::Other(';') => (is_of_trait, is_conditional) = (false, false),
            Token::Word(name) if name == "cfg" && word(at + 2) != Some("test") => {
                is_conditional = true;
            }
            Token::Word(name) => {
                is_of_trait |= ["impl", "trait"].contains(&name.as_str());
                let is_type = ["struct", "enum", "trait", "type", "union"].contains(&name.as_str());
                if let (true, Some(of)) = (is_type, word(at + 1))
                    && !(name == "type" && inner.0)
                {
                    let is_conditional = is_conditional || inner.1;
                    found.push(Declared { line: *line, name: of.to_owned(), is_conditional });
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn no_two_types_share_a_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files() {
        let file = path.strip_prefix(root()).unwrap().display().to_string();
        // A module that another system has in its place declares the same.
        let is_one_system = file.ends_with("/unix.rs") || file.ends_with("/windows.rs");
        for Declared { line, name, is_conditional } in declared(&fs::read_to_string(&path).unwrap())
        {
            let known = places.entry(name).or_default();
            if !is_conditional && !is_one_system {
                known.push(format!("{file}:{line}"));
            }
        }
    }
    assert!(places.len() > 200, "{}", places.len());
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

#[test]
fn a_type_is_seen_wherever_it_is_declared() {
    for (text, expected) in [
        ("pub(super) struct A<'a>(&'a str);\nenum B {}", "A B"),
        ("mod inner { trait C {} }\ntype D = u8; union E { a: u8 }", "C D E"),
        ("fn f() { struct F; }\nimpl A { fn g() { enum G {} } }", "F G"),
        ("impl Iterator for A { type Item = u8; }\ntype H = u8;", "H"),
        ("trait I { type Item; fn f(); }\nfn f(a: impl I) {}\ntype J = u8;", "I J"),
        ("// struct K;\nconst A: &str = \"struct L;\";", ""),
    ] {
        let names: Vec<String> = declared(text).into_iter().map(|it| it.name).collect();
        assert_eq!(names.join(" "), expected, "{text}");
    }
    let conditional = |text: &str| declared(text).iter().all(|it| it.is_conditional);
    assert!(conditional("#[cfg(unix)]\nstruct A;\n#[cfg(not(unix))]\nmod b { struct A; }"));
    assert!(!conditional("#[cfg(unix)]\nuse a::B;\nstruct A;"));
    assert!(!conditional("#[cfg(test)]\nmod tests { struct A; }"));
}
