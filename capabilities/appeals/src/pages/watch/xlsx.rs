//! A plain workbook: text and numbers in sheets, as ECMA-376 (Office Open XML) has it, in a ZIP file without compression.
//! Tables of a dashboard are a few kilobytes; a library for it would cost more to build than all of this crate's pages.

/// A cell.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
}

/// A sheet; its first row is its head.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) rows: Vec<Vec<Cell>>,
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 has no place for other control characters.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// The name of a sheet: at most 31 characters, without those that a reference gives a meaning.
fn sheet_name(name: &str, at: usize) -> String {
    let clean: String =
        name.chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c }).take(28).collect();
    if clean.trim().is_empty() { format!("{}", at + 1) } else { escaped(clean.trim()) }
}

fn sheet(sheet: &Sheet) -> String {
    let mut text = format!(
        "{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" \
         topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols><col min=\"1\" \
         max=\"1\" width=\"28\" customWidth=\"1\"/><col min=\"2\" max=\"12\" width=\"16\" customWidth=\"1\"/></cols><sheetData>"
    );
    for (at, row) in sheet.rows.iter().enumerate() {
        text.push_str("<row>");
        let style = if at == 0 { " s=\"1\"" } else { "" };
        for cell in row {
            match cell {
                Cell::Number(value) if value.is_finite() => {
                    text.push_str(&format!("<c{style}><v>{value}</v></c>"));
                }
                Cell::Number(_) => text.push_str("<c/>"),
                Cell::Text(words) => text.push_str(&format!(
                    "<c{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    escaped(words)
                )),
            }
        }
        text.push_str("</row>");
    }
    text.push_str("</sheetData></worksheet>");
    text
}

/// The bytes of a workbook.
pub(crate) fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    let (mut kinds, mut entries, mut links) = (String::new(), String::new(), String::new());
    let mut files: Vec<(String, String)> = Vec::new();
    for (at, one) in sheets.iter().enumerate() {
        let number = at + 1;
        kinds.push_str(&format!(
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{KIND}.worksheet+xml\"/>"
        ));
        let name = sheet_name(&one.name, at);
        entries.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"));
        links.push_str(&format!(
            "<Relationship Id=\"rId{number}\" Type=\"{DOCUMENT}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        ));
        files.push((format!("xl/worksheets/sheet{number}.xml"), sheet(one)));
    }
    let styles = sheets.len() + 1;
    let fixed = [
        (
            "[Content_Types].xml",
            format!(
                "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                 ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" \
                 ContentType=\"{KIND}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" \
                 ContentType=\"{KIND}.styles+xml\"/>{kinds}</Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"{DOCUMENT}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><sheets>{entries}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">{links}<Relationship Id=\"rId{styles}\" \
                 Type=\"{DOCUMENT}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "{HEAD}<styleSheet xmlns=\"{MAIN}\"><fonts count=\"2\"><font/><font><b/></font></fonts><fills count=\"1\"><fill/></fills>\
                 <borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"2\"><xf/>\
                 <xf fontId=\"1\" applyFont=\"1\"/></cellXfs></styleSheet>"
            ),
        ),
    ];
    let fixed = fixed.into_iter().map(|(name, text)| (name.to_owned(), text));
    zip(&fixed.chain(files).collect::<Vec<_>>())
}

/// The checksum of ZIP (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// Files in a ZIP archive, stored as they are (PKWARE APPNOTE 6.3, 4.3). All are dated 1980-01-01, so that the same tables
/// give the same bytes.
fn zip(files: &[(String, String)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    // A workbook of tables is far below the four gigabytes that these fields can say.
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
    for (name, text) in files {
        let (offset, bytes) = (out.len(), text.as_bytes());
        let mut about = Vec::new();
        // Version 2.0, names in UTF-8, stored, midnight of the first day.
        about.extend([20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
        about.extend(crc32(bytes).to_le_bytes());
        about.extend(small(bytes.len()));
        about.extend(small(bytes.len()));
        about.extend(short(name.len()));
        about.extend([0, 0]);
        out.extend(*b"PK\x03\x04");
        out.extend(&about);
        out.extend(name.as_bytes());
        out.extend(bytes);
        directory.extend(*b"PK\x01\x02");
        directory.extend([20, 0]);
        directory.extend(&about);
        directory.extend([0; 10]);
        directory.extend(small(offset));
        directory.extend(name.as_bytes());
    }
    let at = out.len();
    out.extend(&directory);
    out.extend(*b"PK\x05\x06");
    out.extend([0; 4]);
    out.extend(short(files.len()));
    out.extend(short(files.len()));
    out.extend(small(directory.len()));
    out.extend(small(at));
    out.extend([0, 0]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_workbook_names_its_sheets_and_keeps_its_cells() {
        let rows = vec![
            vec![Cell::Text("月".into()), Cell::Text("a<b".into())],
            vec![Cell::Text("五月".into()), Cell::Number(96.5)],
        ];
        let bytes = workbook(&[Sheet { name: "办理/时间".into(), rows }]);
        let text = String::from_utf8_lossy(&bytes);
        assert!(bytes.starts_with(b"PK\x03\x04"));
        assert!(text.contains("<sheet name=\"办理 时间\" sheetId=\"1\""));
        assert!(text.contains("a&lt;b") && text.contains("<v>96.5</v>"));
    }
}
