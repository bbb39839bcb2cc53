//! The yearly report as text: for a terminal, for a file, for a program.
use super::{
    export,
    figures::AnnualReport,
    table::{self, Cell, Table},
};
use crate::{
    error::{Error, Language, Result},
    words,
};

words! {
    /// How the report is written.
    pub enum Format {
        /// Columns for people.
        Table = "table",
        /// A line for each figure, with semicolons.
        Csv = "csv",
        /// As over HTTP.
        Json = "json",
    }
}

/// The report as text that ends with a line break.
pub fn print(report: &AnnualReport, format: Format, language: Language) -> Result<String> {
    match format {
        Format::Json => Ok(serde_json::to_string_pretty(report).map_err(Error::internal)? + "\n"),
        Format::Csv => String::from_utf8(export::csv_of_all(&table::annual_report(report, language), language)?).map_err(Error::internal),
        Format::Table => {
            let tables = table::overview(report, language);
            let mut parts: Vec<String> = tables.iter().map(|table| columns(table, language)).collect();
            parts.push(report.sentences_sv.iter().map(|sentence| format!("{sentence}\n")).collect());
            Ok(parts.join("\n"))
        }
    }
}

/// Names to the left, numbers to the right, each column as wide as its widest cell.
fn columns(table: &Table, language: Language) -> String {
    let mut lines: Vec<Vec<String>> = vec![table.heads.clone()];
    lines.extend(table.rows.iter().map(|row| row.iter().map(|cell| shown(cell, language)).collect()));
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|text| text.chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..table.heads.len()).map(width).collect();
    let is_text = |column: usize| table.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Text(_))));
    let aligned: Vec<bool> = (0..table.heads.len()).map(is_text).collect();
    let mut text = format!("{}\n", table.name);
    for line in lines {
        let cells = line.iter().zip(&widths).zip(&aligned);
        let cells: Vec<String> =
            cells.map(|((cell, width), left)| if *left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }).collect();
        text.push_str("  ");
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn shown(cell: &Cell, language: Language) -> String {
    match cell {
        // What somebody typed must not steer the terminal.
        Cell::Text(text) => text.chars().filter(|c| !c.is_control()).collect(),
        Cell::Share(share) => number(share * 100.0, 1, language) + " %",
        Cell::Number(value, decimals) => number(*value, *decimals, language),
        Cell::Count(count) => count.to_string(),
        Cell::Empty => "–".to_owned(),
    }
}

fn number(value: f64, decimals: usize, language: Language) -> String {
    let text = format!("{value:.decimals$}");
    if language == Language::Sv { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_and_text_can_not_steer_the_terminal() {
        let table = Table {
            name: "Prov".into(),
            names: 1,
            figures_down: false,
            heads: vec!["Namn".into(), "Timmar".into()],
            rows: vec![
                vec![Cell::from("Åsa\u{1b}[31m"), Cell::Number(246.75, 2)],
                vec![Cell::from("B"), Cell::Share(0.0913)],
                vec![Cell::from("C"), Cell::Empty],
            ],
        };
        let expected = "Prov\n  Namn     Timmar\n  Åsa[31m  246,75\n  B         9,1 %\n  C             –\n";
        assert_eq!(columns(&table, Language::Sv), expected);
    }
}
