//! The line on which a record of a CSV file begins.

/// Counts lines as an editor does. The reader's own count is one behind in files whose lines end with CRLF.
#[derive(Debug)]
pub struct Lines<'a> {
    content: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// Of this file.
    #[must_use]
    pub fn of(content: &'a [u8]) -> Self {
        Self { content, counted: 0, line: 1 }
    }

    /// The line of a record, from 1. Records are asked for in their order.
    pub fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let told = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.counted);
        let rest = self.content.get(told..).unwrap_or_default();
        // The end of the line before, and empty lines, may be taken as the record's own beginning.
        let begin = told + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.content.get(self.counted..begin).unwrap_or_default();
        self.line += u64::try_from(passed.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
        self.counted = begin.max(self.counted);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for end in ["\n", "\r\n"] {
            let content = ["a,b", "1,2", "", "3,\"x", "y\"", "5,6", ""].join(end);
            let mut lines = Lines::of(content.as_bytes());
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content.as_bytes());
            let found: Vec<u64> = reader.records().map(|record| lines.at(record.unwrap().position())).collect();
            assert_eq!(found, [1, 2, 4, 6], "{end:?}");
        }
    }
}
