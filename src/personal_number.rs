//! Swedish personal identity numbers, so that they can be kept out: we have no ground to store one.

/// Does the text hold something that looks like a personal identity number: `YYMMDD-NNNN`, `YYYYMMDD-NNNN`, with or without the
/// hyphen, a real date (a coordination number has 60 added to the day) and a right check digit (Luhn)?
#[must_use]
pub fn appears_in(text: &str) -> bool {
    let mut digits = String::new();
    let mut separated_at = None;
    // A closing space ends the last run of digits.
    for c in text.chars().chain(std::iter::once(' ')) {
        match c {
            '0'..='9' => digits.push(c),
            '-' | '+' | '–' | '\u{2011}' if matches!(digits.len(), 6 | 8) && separated_at.is_none() => separated_at = Some(digits.len()),
            _ => {
                if is_number(&digits) && separated_at.is_none_or(|at| at + 4 == digits.len()) {
                    return true;
                }
                digits.clear();
                separated_at = None;
            }
        }
    }
    false
}

fn is_number(digits: &str) -> bool {
    let short = match digits.len() {
        10 => digits,
        12 if digits.starts_with("19") || digits.starts_with("20") => digits.get(2..).unwrap_or(""),
        _ => return false,
    };
    let two = |from: usize| short.get(from..from + 2).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let (year, month, day) = (two(0), two(2), two(4));
    let day = if day > 60 { day - 60 } else { day };
    let real_date = [1900, 2000]
        .iter()
        .any(|century| chrono::NaiveDate::from_ymd_opt(century + i32::try_from(year).unwrap_or(0), month, day).is_some());
    real_date && luhn(short)
}

/// The check-digit rule of Swedish personal and organisation numbers (Luhn, modulo 10) over ten digits.
#[must_use]
pub fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .enumerate()
        .map(|(i, c)| {
            let doubled = c.to_digit(10).unwrap_or(0) * if i % 2 == 1 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_running_text() {
        // The last one is a coordination number: 60 is added to the day.
        for text in ["Möte med 900101-0017", "199001010017", "19900101-0017 kommer", "9001010017.", "900161-0014x"] {
            assert!(appears_in(text), "{text}");
        }
        for text in ["Bokning 900101-0018", "070-123 45 67", "v. 47 2026-11-21", "802266-4737", "046 900101", ""] {
            assert!(!appears_in(text), "{text}");
        }
    }
}
