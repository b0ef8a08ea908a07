//! What a source consists of: words, `::` and single characters. Comments, texts, numbers and
//! lifetimes are left out.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Word(String),
    Colons,
    Other(char),
}

/// Every token of a source, each with its line, which counts from 1.
pub fn tokens(text: &str) -> Vec<(usize, Token)> {
    Lexer { rest: text.chars().peekable(), line: 1 }.tokens()
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
