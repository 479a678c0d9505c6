//! Ranges of labels and of numbers, written out.

/// The labels from one to another, or `None` if one does not count up or down to the other.
///
/// Every label counts to itself. Numbers count. Letters do if the labels differ in their last letter only (A-T, AA-AC), or repeat one letter (AA-CC).
pub fn labels(from: &str, to: &str) -> Option<Vec<String>> {
    if from == to {
        return Some(vec![from.to_owned()]);
    }
    if let (Ok(from), Ok(to)) = (from.parse(), to.parse()) {
        return Some(numbers(from, to).map(|number| number.to_string()).collect());
    }
    let (head, first) = split_last(from)?;
    let (other_head, last) = split_last(to)?;
    if head == other_head {
        return Some(letters(first, last)?.map(|letter| format!("{head}{letter}")).collect());
    }
    let width = from.len();
    let repeated = |label: &str, letter: char| label.len() == width && label.chars().all(|other| other == letter);
    let both = repeated(from, first) && repeated(to, last);
    both.then(|| letters(first, last))?.map(|letters| letters.map(|letter| letter.to_string().repeat(width)).collect())
}

/// Up or down.
pub fn numbers(from: u32, to: u32) -> Box<dyn Iterator<Item = u32>> {
    if from <= to { Box::new(from..=to) } else { Box::new((to..=from).rev()) }
}

fn split_last(label: &str) -> Option<(&str, char)> {
    let last = label.chars().next_back()?;
    Some((&label[..label.len() - last.len_utf8()], last))
}

/// Of the plain alphabet, both capitals or both small.
fn letters(from: char, to: char) -> Option<Box<dyn Iterator<Item = char>>> {
    let alike = |is: fn(&char) -> bool| is(&from) && is(&to);
    let plain = alike(char::is_ascii_uppercase) || alike(char::is_ascii_lowercase);
    plain
        .then(|| numbers(u32::from(from), u32::from(to)).filter_map(char::from_u32))
        .map(|letters| Box::new(letters) as _)
}
