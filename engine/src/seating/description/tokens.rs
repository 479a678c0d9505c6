//! Tokens of a description: words, numbers and punctuation, each with its position.

use std::fmt;

use crate::invalid::Invalid;

/// Largest number of a seat or a row.
pub const NUMBER_MAX: u32 = 99_999;

/// A token.
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

/// An error at a character of the description, counted from 1.
pub fn invalid_at(character: usize, detail: &str) -> Invalid {
    Invalid::new("", format!("at character {character}: {detail}"))
}

/// Splits a text into tokens, each with the position of its first character, from 1. The last token is [`Token::End`].
pub fn tokenize(text: &str) -> Result<Vec<(usize, Token)>, Invalid> {
    let mut tokens = Vec::new();
    let mut characters = (1..).zip(text.chars()).peekable();
    while let Some((position, first)) = characters.next() {
        let mut take_while = |belongs: fn(char) -> bool| {
            let mut taken = String::from(first);
            while let Some((_, next)) = characters.next_if(|(_, next)| belongs(*next)) {
                taken.push(next);
            }
            taken
        };
        let token = match first {
            ',' => Token::Comma,
            ';' => Token::Semicolon,
            '-' | '\u{2010}'..='\u{2013}' => Token::Dash,
            '/' => Token::Slash,
            _ if first.is_whitespace() => continue,
            _ if first.is_ascii_digit() => parse_number(position, &take_while(|next| next.is_ascii_digit()))?,
            _ if first.is_alphabetic() => Token::Word(take_while(char::is_alphabetic)),
            _ => return Err(invalid_at(position, &format!("unexpected character {first:?}"))),
        };
        tokens.push((position, token));
    }
    tokens.push((text.chars().count() + 1, Token::End));
    Ok(tokens)
}

fn parse_number(position: usize, digits: &str) -> Result<Token, Invalid> {
    let number = digits.parse().ok().filter(|number| *number <= NUMBER_MAX);
    number.map(Token::Number).ok_or_else(|| invalid_at(position, &format!("a number must be at most {NUMBER_MAX}")))
}
