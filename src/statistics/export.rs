//! Tables as files: CSV for every program, XLSX for spreadsheets.
use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::table::{Cell, Table};
use crate::{
    error::{Error, Language, Result},
    say,
};

/// Spreadsheets read a file without it as some older encoding and garble å, ä and ö.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One table: semicolons, and decimal commas in Swedish, as spreadsheets expect them there.
pub fn csv(table: &Table, language: Language) -> Result<Vec<u8>> {
    let mut writer = writer();
    writer.write_record(&table.heads).map_err(Error::internal)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| csv_cell(cell, language))).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

/// Several tables in one file, a line for each figure, so that it stays one table with one head.
pub fn csv_of_all(tables: &[Table], language: Language) -> Result<Vec<u8>> {
    let mut writer = writer();
    let heads = [say!("Tabell", "Table"), say!("Rad", "Row"), say!("Mått", "Figure"), say!("Värde", "Value")];
    writer.write_record(heads.iter().map(|head| head.in_language(language))).map_err(Error::internal)?;
    for table in tables {
        for row in &table.rows {
            let name = row.iter().take(table.names).map(|cell| plain(cell, language)).collect::<Vec<_>>().join(" ");
            for (head, cell) in table.heads.iter().zip(row).skip(table.names) {
                let (row, figure) = if table.figures_down { (head, &name) } else { (&name, head) };
                let line = [guarded(&table.name), guarded(row), guarded(figure), csv_cell(cell, language)];
                writer.write_record(line).map_err(Error::internal)?;
            }
        }
    }
    writer.into_inner().map_err(Error::internal)
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec())
}

fn plain(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Number(number, _) | Cell::Share(number) => {
            let text = number.to_string();
            if language == Language::Sv { text.replace('.', ",") } else { text }
        }
        Cell::Empty => String::new(),
    }
}

fn csv_cell(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Text(text) => guarded(text),
        _ => plain(cell, language),
    }
}

/// Text that a spreadsheet would take for a formula, made harmless; somebody may have named its association `=HYPERLINK(...)`.
fn guarded(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']);
    if risky { format!("'{text}") } else { text.to_owned() }
}

/// A workbook with a sheet for each table; numbers are numbers, text is text whatever it begins with.
pub fn xlsx(tables: &[Table]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    for table in tables {
        sheet(book.add_worksheet(), table).map_err(Error::internal)?;
    }
    book.save_to_buffer().map_err(Error::internal)
}

/// The widest a column gets; what is longer wraps.
const WIDEST: usize = 80;

fn sheet(sheet: &mut Worksheet, table: &Table) -> std::result::Result<(), XlsxError> {
    let head = Format::new().set_bold().set_background_color(Color::RGB(0x00E6_ECF2)).set_border_bottom(FormatBorder::Thin).set_text_wrap();
    let text = Format::new().set_text_wrap();
    let count = Format::new().set_num_format("#,##0");
    let decimals =
        [0, 1, 2].map(|n: usize| Format::new().set_num_format(format!("#,##0{}{}", if n > 0 { "." } else { "" }, "0".repeat(n))));
    let share = Format::new().set_num_format("0.0%");
    sheet.set_name(&table.name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0_u16..).zip(&table.heads) {
        sheet.write_string_with_format(0, column, name, &head)?;
        let widths = table.rows.iter().filter_map(|row| row.get(usize::from(column))).map(width);
        let widest = widths.chain([name.chars().count()]).max().unwrap_or_default();
        sheet.set_column_width(column, u32::try_from(widest.min(WIDEST) + 2).unwrap_or(12))?;
    }
    for (line, row) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Text(value) => sheet.write_string_with_format(line, column, value, &text)?,
                // Counts stay far below 2^53, where a spreadsheet's numbers end.
                Cell::Count(value) => sheet.write_number_with_format(line, column, *value as f64, &count)?,
                Cell::Number(value, shown) => match decimals.get(*shown) {
                    Some(format) => sheet.write_number_with_format(line, column, *value, format)?,
                    None => sheet.write_number(line, column, *value)?,
                },
                Cell::Share(value) => sheet.write_number_with_format(line, column, *value, &share)?,
                Cell::Empty => sheet,
            };
        }
    }
    Ok(())
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.chars().count(),
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            name: "Prov".into(),
            names: 1,
            figures_down: false,
            heads: vec!["Namn".into(), "Timmar".into(), "Antal".into()],
            rows: vec![
                vec![Cell::from("=HYPERLINK(\"http://x\")"), Cell::Number(246.75, 2), Cell::Count(-3)],
                vec![Cell::from("Örat; \"och\" näsan"), Cell::Number(328.0, 2), Cell::Empty],
            ],
        }
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn csv_is_what_a_swedish_spreadsheet_opens() {
        let expected = "\u{feff}Namn;Timmar;Antal\r\n\"'=HYPERLINK(\"\"http://x\"\")\";246,75;-3\r\n\"Örat; \"\"och\"\" näsan\";328;\r\n";
        assert_eq!(text(csv(&table(), Language::Sv).unwrap()), expected);
        assert!(text(csv(&table(), Language::En).unwrap()).contains(";246.75;-3\r\n"));
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_made_harmless_and_numbers_stay_numbers() {
        for risky in ["=1+1", "+46", "-1", "@x", "\tx", "\rx", "\nx", "\0x"] {
            assert_eq!(guarded(risky), format!("'{risky}"));
        }
        assert_eq!(guarded("Förening = bra"), "Förening = bra");
        assert_eq!(csv_cell(&Cell::Number(-1.5, 2), Language::Sv), "-1,5");
    }

    #[test]
    fn several_tables_are_a_line_for_each_figure() {
        let all = text(csv_of_all(&[table()], Language::Sv).unwrap());
        assert!(all.starts_with("\u{feff}Tabell;Rad;Mått;Värde\r\n"));
        assert!(all.contains("Prov;\"'=HYPERLINK(\"\"http://x\"\")\";Timmar;246,75\r\n"));
        assert_eq!(all.lines().count(), 5);
        // Where the figures stand below each other, they still end up in the column of figures.
        let turned = text(csv_of_all(&[Table { figures_down: true, ..table() }], Language::Sv).unwrap());
        assert!(turned.contains("Prov;Timmar;\"Örat; \"\"och\"\" näsan\";328\r\n"), "{turned}");
    }

    #[test]
    fn a_workbook_is_a_zip_with_a_sheet_for_each_table() {
        let bytes = xlsx(&[table(), Table { name: "Två".into(), ..table() }]).unwrap();
        assert!(bytes.starts_with(b"PK"));
    }
}
