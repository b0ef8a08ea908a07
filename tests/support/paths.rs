//! Which paths a source uses: those of `use` trees with all their branches, and those in between,
//! macros' included. Names that a file gives anew (`as`, `extern crate`) and relative paths are
//! followed to where they lead. A lexer and a few rules of the grammar, no compiler.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

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
    let mut reader = Reader {
        tokens: Lexer { rest: text.chars().peekable(), line: 1 }.tokens(),
        at: 0,
        inner: Vec::new(),
        depth: 0,
        names: BTreeMap::new(),
        found: Vec::new(),
        module: module.to_vec(),
    };
    reader.read();
    let Reader { names, found, .. } = reader;
    let resolve = |(used, module): (Used, Vec<String>)| {
        let path = resolved(used.path, &module, &names);
        Used { path, ..used }
    };
    found.into_iter().map(resolve).collect()
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

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Colons,
    Other(char),
}

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Lexer<'_> {
    fn tokens(mut self) -> Vec<(usize, Token)> {
        let mut tokens = Vec::new();
        while let Some(letter) = self.next() {
            let line = self.line;
            match letter {
                '/' if self.next_if('/') => while self.next().is_some_and(|it| it != '\n') {},
                '/' if self.next_if('*') => self.comment(),
                '"' => self.text(),
                '\'' => self.quote(),
                ':' if self.next_if(':') => tokens.push((line, Token::Colons)),
                letter if is_of_word(letter) => {
                    let word = self.word(letter);
                    match word.as_str() {
                        "b" | "c" if self.next_if('"') => self.text(),
                        "r" | "br" | "cr" if self.is_next(&['"', '#']) => {
                            if let Some(name) = self.raw() {
                                tokens.push((line, Token::Word(name)));
                            }
                        }
                        word if word.starts_with(|first: char| first.is_ascii_digit()) => {}
                        _ => tokens.push((line, Token::Word(word))),
                    }
                }
                letter if letter.is_whitespace() => {}
                letter => tokens.push((line, Token::Other(letter))),
            }
        }
        tokens
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.rest.next()?;
        self.line += usize::from(letter == '\n');
        Some(letter)
    }

    fn next_if(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    fn is_next(&mut self, wanted: &[char]) -> bool {
        self.rest.peek().is_some_and(|letter| wanted.contains(letter))
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(letter) = self.rest.next_if(|letter| is_of_word(*letter)) {
            word.push(letter);
        }
        word
    }

    /// The rest of a comment that may hold others.
    fn comment(&mut self) {
        let mut open = 1;
        while open > 0 {
            match self.next() {
                Some('*') if self.next_if('/') => open -= 1,
                Some('/') if self.next_if('*') => open += 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    /// The rest of a text.
    fn text(&mut self) {
        while let Some(letter) = self.next() {
            match letter {
                '"' => return,
                '\\' => drop(self.next()),
                _ => {}
            }
        }
    }

    /// The rest of a raw text; or a raw name.
    fn raw(&mut self) -> Option<String> {
        let mut hashes = 0;
        while self.next_if('#') {
            hashes += 1;
        }
        if !self.next_if('"') {
            let first = self.rest.next_if(|letter| is_of_word(*letter))?;
            return Some(self.word(first));
        }
        while let Some(letter) = self.next() {
            if letter == '"' && (0..hashes).all(|_| self.next_if('#')) {
                break;
            }
        }
        None
    }

    /// The rest of a character; or a lifetime, whose name is no path.
    fn quote(&mut self) {
        if self.next_if('\\') {
            self.next();
            while self.next().is_some_and(|letter| letter != '\'') {}
            return;
        }
        let Some(first) = self.next() else { return };
        if !self.next_if('\'') && is_of_word(first) {
            self.word(first);
        }
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
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
}

impl Reader {
    fn read(&mut self) {
        while let Some((line, token)) = self.tokens.get(self.at).cloned() {
            self.at += 1;
            match token {
                Token::Word(word) if word == "use" && !self.is_other('<') => self.tree(&[]),
                Token::Word(word) if word == "extern" && self.is_word("crate") => {
                    self.at += 1;
                    self.tree(&[]);
                }
                Token::Word(word) if word == "mod" => self.module(),
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
        self.note(Used { line, path, is_import: true });
    }

    /// A path outside a `use`, of which one word is known.
    fn path(&mut self, line: usize, first: String) {
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
        self.note(Used { line, path, is_import: false });
    }
}
