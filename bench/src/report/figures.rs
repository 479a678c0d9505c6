//! Formats of figures in the report.

use crate::load::recorder::Percentiles;
use crate::results::Spread;

/// Formats `29312.4` as `29,312`; numbers below ten with one decimal.
pub fn number(figure: f64) -> String {
    if figure.abs() < 10.0 {
        return format!("{figure:.1}");
    }
    let digits = format!("{figure:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a count: like [`number`], but below ten without a decimal.
pub fn whole_number(count: impl TryInto<u64>) -> String {
    let count: u64 = count.try_into().unwrap_or(u64::MAX);
    if count < 10 { count.to_string() } else { number(count as f64) }
}

/// Formats the median, and the range in parentheses if there is one.
pub fn spread(spread: Spread) -> String {
    if spread.max > spread.min {
        format!("{} ({}–{})", number(spread.median), number(spread.min), number(spread.max))
    } else {
        number(spread.median)
    }
}

/// Formats microseconds as milliseconds, with three significant digits.
pub fn milliseconds(micros: u64) -> String {
    let milliseconds = micros as f64 / 1000.0;
    match milliseconds {
        ..10.0 => format!("{milliseconds:.2}"),
        10.0..100.0 => format!("{milliseconds:.1}"),
        _ => number(milliseconds),
    }
}

pub fn p50_p99(micros: Percentiles) -> String {
    format!("{} / {}", milliseconds(micros.p50), milliseconds(micros.p99))
}

/// Formats `part / whole` as per cent, as in `25 %`; `0 %` if the whole is zero.
pub fn share(part: u64, whole: u64) -> String {
    format!("{:.0} %", part as f64 / whole.max(1) as f64 * 100.0)
}

/// Formats a figure, or `–` if it is not known.
pub fn or_dash<T>(figure: Option<T>, write: impl FnOnce(T) -> String) -> String {
    figure.map_or_else(|| "–".to_owned(), write)
}

/// Formats `1.0` as `1 ×`, and `0.5` as `0.5 ×`.
pub fn factor(factor: f64) -> String {
    format!("{factor} ×")
}
