//! Which paths a source uses: those of `use` trees with all their branches, and those in between,
//! macros' included. Names that a file gives anew (`as`, `extern crate`) and relative paths are
//! followed to where they lead. A few rules of the grammar, no compiler.

use std::collections::BTreeMap;

use super::lexer::{Token, tokens};

/// One use of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Counts from 1.
    pub line: usize,
    /// From a crate's name (`crate` for this one) or a local name on. What `core` and `alloc` have
    /// counts as `std`'s, a macro's name ends with `!`, and a glob is `*`.
    pub path: Vec<String>,
    /// Whether it is brought into the file by `use` or `extern crate`.
    pub is_import: bool,
    /// Whether that is for others to use, by `pub use` and the like.
    pub is_reexport: bool,
    /// Whether it is a word that names a member or a binding: behind a `.`, or before a `:`.
    pub is_member: bool,
}

impl Used {
    /// Whether the path begins with these segments.
    pub fn is_in(&self, segments: &[&str]) -> bool {
        self.path.len() >= segments.len()
            && self.path.iter().zip(segments).all(|(one, other)| one == other)
    }
}

/// Every path that a source uses. `module` is where it stands, such as `crate`, `plan`.
pub fn used(text: &str, module: &[String]) -> Vec<Used> {
    paths(text, module).used
}

/// What a source says of paths.
pub struct Paths {
    pub used: Vec<Used>,
    /// What the names that it brings in stand for.
    pub names: BTreeMap<String, Vec<String>>,
}

/// Every path that a source uses, and what its names stand for.
pub fn paths(text: &str, module: &[String]) -> Paths {
    let mut reader = Reader {
        tokens: tokens(text),
        at: 0,
        inner: Vec::new(),
        depth: 0,
        names: BTreeMap::new(),
        found: Vec::new(),
        module: module.to_vec(),
        is_for_others: false,
    };
    reader.read();
    let Reader { names, found, .. } = reader;
    let resolve = |(used, module): (Used, Vec<String>)| {
        let path = resolved(used.path, &module, &names);
        Used { path, ..used }
    };
    let used = found.into_iter().map(resolve).collect();
    Paths { used, names }
}

/// More than any file that means well gives one name anew.
const MOST_NAMES: usize = 16;

fn resolved(
    mut path: Vec<String>,
    module: &[String],
    names: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    for _ in 0..MOST_NAMES {
        let rest = path.split_off(1);
        let first = path.remove(0);
        let lead = match first.as_str() {
            "core" | "alloc" => vec!["std".to_owned()],
            "clerkform" => vec!["crate".to_owned()],
            "self" if !rest.is_empty() => module.to_vec(),
            "super" => return above(rest, module),
            name => match names.get(name).filter(|known| known.first() != Some(&first)) {
                Some(known) => known.clone(),
                None => return [vec![first], rest].concat(),
            },
        };
        path = [lead, rest].concat();
    }
    path
}

/// What follows a `super`.
fn above(mut rest: Vec<String>, module: &[String]) -> Vec<String> {
    let mut module = module.to_vec();
    module.pop();
    while rest.first().is_some_and(|segment| segment == "super") {
        rest.remove(0);
        module.pop();
    }
    module.extend(rest);
    module
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    at: usize,
    /// The modules inside the file that are open, each with the depth of its braces.
    inner: Vec<(String, usize)>,
    depth: usize,
    /// What a name of this file stands for.
    names: BTreeMap<String, Vec<String>>,
    /// Each with the module that it stands in.
    found: Vec<(Used, Vec<String>)>,
    module: Vec<String>,
    /// Whether the tree that is being read is a `pub use`.
    is_for_others: bool,
}

impl Reader {
    fn read(&mut self) {
        while let Some((line, token)) = self.tokens.get(self.at).cloned() {
            self.at += 1;
            match token {
                Token::Word(word) if word == "use" && !self.is_other('<') => {
                    self.is_for_others = self.follows_visibility();
                    self.tree(&[]);
                }
                Token::Word(word) if word == "extern" && self.is_word("crate") => {
                    self.at += 1;
                    self.is_for_others = false;
                    self.tree(&[]);
                }
                Token::Word(word) if word == "mod" => self.module(),
                Token::Word(word) if word == "pub" && self.is_other('(') => self.visibility(),
                Token::Word(word) => self.path(line, word),
                Token::Other('{') => self.depth += 1,
                Token::Other('}') => {
                    self.inner.retain(|(_, depth)| *depth < self.depth);
                    self.depth = self.depth.saturating_sub(1);
                }
                Token::Other(_) | Token::Colons => {}
            }
        }
    }

    /// Whether the word just read stands behind a `pub` or a `pub(…)`.
    fn follows_visibility(&self) -> bool {
        let before = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
        before.is_some_and(|(_, token)| {
            matches!(token, Token::Other(')')) || *token == Token::Word("pub".to_owned())
        })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn is_other(&self, wanted: char) -> bool {
        self.peek() == Some(&Token::Other(wanted))
    }

    fn is_word(&self, wanted: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if word == wanted)
    }

    fn take_word(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        let word = word.clone();
        self.at += 1;
        Some(word)
    }

    fn take_colons(&mut self) -> bool {
        let is_there = self.peek() == Some(&Token::Colons);
        self.at += usize::from(is_there);
        is_there
    }

    /// The rest of a `pub(…)`, which uses nothing.
    fn visibility(&mut self) {
        while self.peek().is_some() && !self.is_other(')') {
            self.at += 1;
        }
        self.at += 1;
    }

    fn module(&mut self) {
        let Some(name) = self.take_word() else { return };
        if self.is_other('{') {
            self.inner.push((name, self.depth + 1));
        }
    }

    /// The module that is being read.
    fn here(&self) -> Vec<String> {
        let inner = self.inner.iter().map(|(name, _)| name.clone());
        self.module.iter().cloned().chain(inner).collect()
    }

    fn note(&mut self, used: Used) {
        let module = self.here();
        self.found.push((used, module));
    }

    /// A branch of a `use`, after what leads to it.
    fn tree(&mut self, lead: &[String]) {
        let line = self.tokens.get(self.at).map_or(0, |(line, _)| *line);
        let mut path = lead.to_vec();
        self.take_colons();
        loop {
            if self.is_other('{') {
                self.at += 1;
                while self.peek().is_some() && !self.is_other('}') {
                    self.tree(&path);
                    self.at += usize::from(self.is_other(','));
                }
                self.at += 1;
                return;
            }
            if self.is_other('*') {
                self.at += 1;
                path.push("*".to_owned());
                break;
            }
            let Some(word) = self.take_word() else { break };
            if word != "self" || path.is_empty() {
                path.push(word);
            }
            if !self.take_colons() {
                break;
            }
        }
        let mut name = path.last().cloned();
        if self.is_word("as") {
            self.at += 1;
            name = self.take_word();
        }
        if path.is_empty() {
            // Nothing that could be one: go on behind it.
            self.at += 1;
            return;
        }
        if let Some(name) = name.filter(|name| !["_", "*"].contains(&name.as_str())) {
            let path = resolved(path.clone(), &self.here(), &BTreeMap::new());
            self.names.insert(name, path);
        }
        self.note(Used {
            line,
            path,
            is_import: true,
            is_reexport: self.is_for_others,
            is_member: false,
        });
    }

    /// A path outside a `use`, of which one word is known.
    fn path(&mut self, line: usize, first: String) {
        let before = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
        let is_member =
            before.is_some_and(|(_, token)| *token == Token::Other('.')) || self.is_other(':');
        let mut path = vec![first];
        while self.take_colons() {
            let Some(word) = self.take_word() else { break };
            path.push(word);
        }
        let is_macro = self.is_other('!')
            && self.tokens.get(self.at + 1).is_none_or(|(_, next)| *next != Token::Other('='));
        if let Some(last) = path.last_mut().filter(|_| is_macro) {
            last.push('!');
        }
        self.note(Used { line, path, is_import: false, is_reexport: false, is_member });
    }
}
