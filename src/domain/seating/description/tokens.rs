//! The words, numbers and marks of a description, each with where it begins.

use std::fmt;

use super::super::super::invalid::Invalid;

/// What a number may be, as a seat's or a row's.
pub const NUMBER_MAX: u32 = 99_999;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Word(String),
    Number(u32),
    Comma,
    Semicolon,
    Dash,
    Slash,
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "{word}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Comma => f.write_str("a comma"),
            Self::Semicolon => f.write_str("a semicolon"),
            Self::Dash => f.write_str("a dash"),
            Self::Slash => f.write_str("a slash"),
            Self::End => f.write_str("the end"),
        }
    }
}

/// A fault of a description, at a character of it, from 1.
pub fn fault(character: usize, detail: &str) -> Invalid {
    Invalid::new("", format!("at character {character}: {detail}"))
}

/// Each token with its character; the last one is the end.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Invalid> {
    let mut tokens = Vec::new();
    let mut characters = (1..).zip(text.chars()).peekable();
    while let Some((at, first)) = characters.next() {
        let mut run = |belongs: fn(char) -> bool| {
            let mut run = String::from(first);
            while let Some((_, next)) = characters.next_if(|(_, next)| belongs(*next)) {
                run.push(next);
            }
            run
        };
        let token = match first {
            ',' => Token::Comma,
            ';' => Token::Semicolon,
            '-' | '\u{2010}'..='\u{2013}' => Token::Dash,
            '/' => Token::Slash,
            _ if first.is_whitespace() => continue,
            _ if first.is_ascii_digit() => number(at, &run(|next| next.is_ascii_digit()))?,
            _ if first.is_alphabetic() => Token::Word(run(char::is_alphabetic)),
            _ => return Err(fault(at, &format!("{first:?} means nothing here"))),
        };
        tokens.push((at, token));
    }
    tokens.push((text.chars().count() + 1, Token::End));
    Ok(tokens)
}

fn number(at: usize, digits: &str) -> Result<Token, Invalid> {
    let number = digits.parse().ok().filter(|number| *number <= NUMBER_MAX);
    number.map(Token::Number).ok_or_else(|| fault(at, &format!("a number must be at most {NUMBER_MAX}")))
}
