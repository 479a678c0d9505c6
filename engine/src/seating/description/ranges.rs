//! Expansion of ranges of labels and numbers.

/// Expands a range of labels, ascending or descending; `None` if the labels do not form a range.
///
/// A range has one label, or two numbers, or two labels that differ only in their last letter (A-T, AA-AC) or that each
/// repeat one letter the same number of times (AA-CC).
pub fn expand_labels(from: &str, to: &str) -> Option<Vec<String>> {
    if from == to {
        return Some(vec![from.to_owned()]);
    }
    if let (Ok(from), Ok(to)) = (from.parse(), to.parse()) {
        return Some(expand_numbers(from, to).map(|number| number.to_string()).collect());
    }
    let (from_head, first) = split_last(from)?;
    let (to_head, last) = split_last(to)?;
    if from_head == to_head {
        return Some(expand_letters(first, last)?.map(|letter| format!("{from_head}{letter}")).collect());
    }
    let width = from.len();
    let repeats = |label: &str, letter: char| label.len() == width && label.chars().all(|other| other == letter);
    if !(repeats(from, first) && repeats(to, last)) {
        return None;
    }
    Some(expand_letters(first, last)?.map(|letter| letter.to_string().repeat(width)).collect())
}

/// The numbers of a range, ascending or descending.
pub fn expand_numbers(from: u32, to: u32) -> Box<dyn Iterator<Item = u32>> {
    if from <= to { Box::new(from..=to) } else { Box::new((to..=from).rev()) }
}

fn split_last(label: &str) -> Option<(&str, char)> {
    let last = label.chars().next_back()?;
    Some((&label[..label.len() - last.len_utf8()], last))
}

/// The letters of a range; `None` unless both are ASCII capitals or both ASCII small letters.
fn expand_letters(from: char, to: char) -> Option<impl Iterator<Item = char>> {
    let capitals = from.is_ascii_uppercase() && to.is_ascii_uppercase();
    let small = from.is_ascii_lowercase() && to.is_ascii_lowercase();
    (capitals || small).then(|| expand_numbers(u32::from(from), u32::from(to)).filter_map(char::from_u32))
}
