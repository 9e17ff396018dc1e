//! Reads rows from a file: CSV or TSV, packed with gzip or not, told apart by what is in it, not by its name.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;
use encoding_rs::Encoding;
use flate2::bufread::MultiGzDecoder;
use serde::Deserialize;

/// How the file is written; what is left out is found by looking at it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Format {
    /// What stands between columns: `,`, `;`, `|` or `tab`.
    pub(super) delimiter: Option<String>,
    /// Whether cells may stand in `"`.
    pub(super) quotes: Option<bool>,
    /// Whether `\n`, `\t` and `\\` in cells stand for a line break, a tab and the sign itself.
    pub(super) escapes: Option<bool>,
    /// `utf-8` or `gb18030` (which contains GBK and GB 2312).
    pub(super) encoding: Option<String>,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    /// It cannot be opened or read further.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is not what it should be; says the way out.
    #[error("{0}")]
    Unfit(String),
}

/// The names of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    names: Vec<String>,
    folded: Vec<String>,
}

/// Names of columns differ between exports of one table (`Unique Key`, `unique_key`): letters and figures count.
fn fold_name(name: &str) -> String {
    gongzhi_lexicon::fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Header {
    pub(super) fn new(names: Vec<String>) -> Self {
        let folded = names.iter().map(|name| fold_name(name)).collect();
        Self { names, folded }
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Where the column of this name stands.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|known| known == name);
        exact.or_else(|| {
            let folded = fold_name(name);
            self.folded.iter().position(|known| *known == folded && !folded.is_empty())
        })
    }

    /// The column whose name looks most like this one, if one does.
    pub(super) fn closest(&self, name: &str) -> Option<&str> {
        let wanted = fold_name(name);
        let allowed = wanted.chars().count() / 3;
        let near =
            self.folded.iter().zip(&self.names).map(|(folded, name)| (distance(folded, &wanted), name));
        near.filter(|(distance, _)| *distance <= allowed.max(1))
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, name)| name.as_str())
    }
}

/// How many letters must be changed, added, left out or swapped with the next to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&row, j) + usize::from(x != y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

/// Counts the bytes that have been read of the file itself, for the progress.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    pub(super) fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Metered<R>(R, Meter);

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.0.fetch_add(u64::try_from(read).unwrap_or(0), Ordering::Relaxed);
        Ok(read)
    }
}

/// Rows of an opened file.
pub(super) struct Rows {
    reader: csv::Reader<Box<dyn BufRead + Send>>,
    header: Header,
    encoding: &'static Encoding,
    escapes: bool,
    record: ByteRecord,
}

/// First columns of a file of rejected rows; what is behind them is a row of the original.
pub(super) const REJECTED_COLUMNS: [&str; 2] = ["rejected_line", "rejected_because"];

/// A row that cannot be taken apart into its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BadRow {
    /// It has another number of columns than the header.
    Columns(usize),
    /// A cell is not text in the encoding of the file.
    NotText(String),
}

/// The cells of a row, or why there are none.
pub(super) type Cells<'r> = Result<Vec<Cow<'r, str>>, BadRow>;

/// Opens a file; its length in bytes is 0 where it is not known.
pub(super) fn open(path: &Path, format: &Format) -> Result<(Rows, Meter, u64), ReadError> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(ReadError::Unfit("it is a folder; name a file".to_owned()));
    }
    let length = file.metadata()?.len();
    let meter = Meter::default();
    let rows = Rows::new(Metered(file, meter.clone()), format)?;
    Ok((rows, meter, length))
}

impl Rows {
    /// Looks at the beginning of the file and reads its header.
    pub(super) fn new(file: impl Read + Send + 'static, format: &Format) -> Result<Self, ReadError> {
        let mut file = BufReader::with_capacity(1 << 16, file);
        let mut input: Box<dyn BufRead + Send> = if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
            Box::new(BufReader::with_capacity(1 << 18, MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        let beginning = input.fill_buf()?;
        let unfit = |what: &str| Err(ReadError::Unfit(what.to_owned()));
        if beginning.is_empty() {
            return unfit("it is empty");
        }
        if beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return unfit(
                "it is a ZIP archive or a spreadsheet; unpack it, or save it from the spreadsheet program as CSV (UTF-8)",
            );
        }
        if beginning.starts_with(&[0xff, 0xfe]) || beginning.starts_with(&[0xfe, 0xff]) {
            return unfit("it is written in UTF-16; save it as UTF-8");
        }
        let first_line = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec();
        if beginning.starts_with(&[0xef, 0xbb, 0xbf]) {
            input.consume(3);
        }
        let rejected = REJECTED_COLUMNS.join("\t");
        let ours = String::from_utf8_lossy(&first_line).starts_with(&rejected);
        // A file of rejected rows is written by us, whatever the mapping says of the original.
        let format = if ours {
            &Format {
                delimiter: Some("tab".to_owned()),
                quotes: Some(false),
                escapes: Some(true),
                encoding: None,
            }
        } else {
            format
        };
        let delimiter = match &format.delimiter {
            Some(name) => {
                delimiter(name).ok_or_else(|| ReadError::Unfit(format!("“{name}” is no delimiter")))?
            }
            None => likely_delimiter(&first_line),
        };
        let encoding = match &format.encoding {
            Some(name) => {
                encoding(name).ok_or_else(|| ReadError::Unfit(format!("“{name}” is no known encoding")))?
            }
            None => encoding_rs::UTF_8,
        };
        let quotes = format.quotes.unwrap_or(delimiter != b'\t');
        // Lines end with \n, and a \r before it is taken off below: with its usual setting the reader would count the
        // lines of files from Windows wrongly. Only files of very old machines have \r alone.
        let old = beginning_has_only_returns(&first_line);
        let terminator = if old { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(quotes)
            .terminator(terminator)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(1 << 16)
            .from_reader(input);
        let mut rows = Self {
            reader,
            header: Header::new(Vec::new()),
            encoding,
            escapes: format.escapes.unwrap_or(false),
            record: ByteRecord::new(),
        };
        let names = match rows.next()? {
            Some((_, Ok(cells))) => cells.iter().map(|cell| cell.trim().to_owned()).collect(),
            Some((_, Err(BadRow::NotText(_)))) => {
                return unfit(
                    "its first line is not UTF-8 text; if it is Chinese from Windows, write encoding = \"gb18030\" under [file] of the mapping",
                );
            }
            Some((_, Err(BadRow::Columns(_)))) | None => {
                return unfit("it has no line with the names of the columns");
            }
        };
        rows.header = Header::new(names);
        Ok(rows)
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// The next row with its line in the file.
    ///
    /// # Errors
    /// The file cannot be read further, such as a gzip file that was cut off.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Cells<'_>)>, io::Error> {
        loop {
            if !self.reader.read_byte_record(&mut self.record)? {
                return Ok(None);
            }
            if !(self.record.len() == 1 && self.record.get(0) == Some(b"\r")) {
                break;
            }
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let wanted = self.header.len();
        if wanted > 0 && self.record.len() != wanted {
            return Ok(Some((line, Err(BadRow::Columns(self.record.len())))));
        }
        let mut cells = Vec::with_capacity(self.record.len());
        for (at, cell) in cells_of(&self.record).enumerate() {
            let Some(text) = self.encoding.decode_without_bom_handling_and_without_replacement(cell) else {
                let column = self.header.names.get(at).cloned().unwrap_or_default();
                return Ok(Some((line, Err(BadRow::NotText(column)))));
            };
            cells.push(if self.escapes && text.contains('\\') { Cow::Owned(unescape(&text)) } else { text });
        }
        Ok(Some((line, Ok(cells))))
    }

    /// The row that [`Rows::next`] gave last, as it stands in the file: for the file of rejected rows.
    pub(super) fn last(&self) -> RawRow {
        RawRow { record: self.record.clone(), encoding: self.encoding, escapes: self.escapes }
    }
}

/// A row as it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct RawRow {
    record: ByteRecord,
    encoding: &'static Encoding,
    escapes: bool,
}

impl RawRow {
    /// Its cells as text, however damaged.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cow<'_, str>> {
        cells_of(&self.record).map(|cell| {
            let (text, _) = self.encoding.decode_without_bom_handling(cell);
            if self.escapes && text.contains('\\') { Cow::Owned(unescape(&text)) } else { text }
        })
    }
}

/// The cells of a record, without the \r before its end.
fn cells_of(record: &ByteRecord) -> impl Iterator<Item = &[u8]> {
    let last = record.len().saturating_sub(1);
    let cut = move |at: usize, cell: &'_ [u8]| {
        if at == last { cell.strip_suffix(b"\r").map_or(cell.len(), <[u8]>::len) } else { cell.len() }
    };
    record.iter().enumerate().map(move |(at, cell)| cell.get(..cut(at, cell)).unwrap_or(cell))
}

/// Whether the first piece of a file has \r where lines end and no \n at all.
fn beginning_has_only_returns(first_line: &[u8]) -> bool {
    first_line.iter().take(first_line.len().saturating_sub(1)).any(|byte| *byte == b'\r')
}

/// The sign between columns that a mapping names.
pub(super) fn delimiter(name: &str) -> Option<u8> {
    match name {
        "tab" | "\t" => Some(b'\t'),
        "," | "comma" => Some(b','),
        ";" | "semicolon" => Some(b';'),
        "|" => Some(b'|'),
        _ => None,
    }
}

/// The encoding that a mapping names.
pub(super) fn encoding(name: &str) -> Option<&'static Encoding> {
    match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => Some(encoding_rs::UTF_8),
        "gb18030" | "gbk" | "gb2312" => Some(encoding_rs::GB18030),
        _ => None,
    }
}

/// The delimiter that stands most often in the first line.
fn likely_delimiter(first_line: &[u8]) -> u8 {
    let count = |sign: u8| first_line.iter().filter(|byte| **byte == sign).count();
    // Of equal ones the last wins: a line without any of them is one column of CSV.
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some('\\') => plain.push('\\'),
                Some(other) => plain.extend(['\\', other]),
                None => plain.push('\\'),
            },
            c => plain.push(c),
        }
    }
    plain
}

/// As [`unescape`] reads it.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\\' => escaped.push_str("\\\\"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    type Line = (u64, Result<Vec<String>, BadRow>);

    fn all(bytes: Vec<u8>, format: &Format) -> Result<Vec<Line>, ReadError> {
        let mut rows = Rows::new(Cursor::new(bytes), format)?;
        let mut read = vec![(0, Ok(rows.header().names.clone()))];
        while let Some((line, cells)) = rows.next()? {
            read.push((line, cells.map(|cells| cells.iter().map(|cell| cell.to_string()).collect())));
        }
        Ok(read)
    }

    fn cells(cells: &[&str]) -> Result<Vec<String>, BadRow> {
        Ok(cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn what_a_file_is_follows_from_its_content() {
        let csv = "\u{feff}id,text\r\n\r\n1,\"a, \"\"b\"\"\nc\"\r\n2,d\r\n".as_bytes().to_vec();
        let expected =
            vec![(0, cells(&["id", "text"])), (3, cells(&["1", "a, \"b\"\nc"])), (5, cells(&["2", "d"]))];
        assert_eq!(all(csv.clone(), &Format::default()).unwrap(), expected);
        assert_eq!(all(gz(&csv), &Format::default()).unwrap(), expected);
        // Packed in two members, as `cat a.gz b.gz` makes it.
        let (head, tail) = csv.split_at(10);
        assert_eq!(all([gz(head), gz(tail)].concat(), &Format::default()).unwrap(), expected);
    }

    #[test]
    fn files_of_very_old_machines_end_lines_with_returns() {
        let read = all(b"a,b\r1,2\r3,4\r".to_vec(), &Format::default()).unwrap();
        assert_eq!(
            read.iter().map(|(_, row)| row.clone()).collect::<Vec<_>>(),
            [cells(&["a", "b"]), cells(&["1", "2"]), cells(&["3", "4"])]
        );
    }

    #[test]
    fn tab_separated_files_know_no_quotes() {
        let tsv = "id\ttext\n1\t他说\"好\"\\n再见\\\\\\t\n".as_bytes().to_vec();
        let plain = all(tsv.clone(), &Format::default()).unwrap();
        assert_eq!(plain[1].1, cells(&["1", "他说\"好\"\\n再见\\\\\\t"]));
        let escaped = all(tsv, &Format { escapes: Some(true), ..Format::default() }).unwrap();
        assert_eq!(escaped[1].1, cells(&["1", "他说\"好\"\n再见\\\t"]));
    }

    #[test]
    fn rows_that_do_not_fit_are_told_with_their_line() {
        let bytes = b"a,b\n1\n1,2,3\n\xff,2\n5,6\n".to_vec();
        let read = all(bytes, &Format::default()).unwrap();
        assert_eq!(read[1], (2, Err(BadRow::Columns(1))));
        assert_eq!(read[2], (3, Err(BadRow::Columns(3))));
        assert_eq!(read[3], (4, Err(BadRow::NotText("a".to_owned()))));
        assert_eq!(read[4], (5, cells(&["5", "6"])));
    }

    #[test]
    fn chinese_from_windows_is_read_where_the_mapping_says_so() {
        let (bytes, _, _) = encoding_rs::GB18030.encode("编号,内容\n1,路灯不亮\n");
        let gb = Format { encoding: Some("GBK".to_owned()), ..Format::default() };
        assert_eq!(all(bytes.to_vec(), &gb).unwrap()[1].1, cells(&["1", "路灯不亮"]));
        let said = all(bytes.to_vec(), &Format::default()).unwrap_err().to_string();
        assert!(said.contains("gb18030"), "{said}");
    }

    #[test]
    fn files_of_another_kind_say_the_way_out() {
        for (bytes, part) in
            [(&b""[..], "empty"), (b"PK\x03\x04xlsx", "save it"), (b"\xff\xfeI\0D\0", "UTF-8")]
        {
            let said = all(bytes.to_vec(), &Format::default()).unwrap_err().to_string();
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn a_file_that_was_cut_off_is_an_error_not_an_end() {
        let mut packed = gz("id,text\n".repeat(10_000).as_bytes());
        packed.truncate(packed.len() / 2);
        assert!(all(packed, &Format::default()).is_err());
    }

    #[test]
    fn a_file_of_rejected_rows_reads_back() {
        let bytes = format!("{}\tid\ttext\n3\tno date\t1\ta\\nb\n", REJECTED_COLUMNS.join("\t")).into_bytes();
        let semicolons = Format { delimiter: Some(";".to_owned()), ..Format::default() };
        assert_eq!(all(bytes, &semicolons).unwrap()[1].1, cells(&["3", "no date", "1", "a\nb"]));
    }

    #[test]
    fn names_of_columns_are_found_however_they_are_written() {
        let header = Header::new(vec!["Unique Key".to_owned(), "Created Date".to_owned(), "标题".to_owned()]);
        assert_eq!(header.find("unique_key"), Some(0));
        assert_eq!(header.find("CREATED-DATE"), Some(1));
        assert_eq!(header.find("標題"), Some(2));
        assert_eq!(header.find("Key"), None);
        assert_eq!(header.closest("Craeted Date"), Some("Created Date"));
        assert_eq!(header.closest("Borough"), None);
    }

    #[test]
    fn escapes_read_back() {
        for text in ["", "a\tb\nc\\n", "\r\n\\", "平常"] {
            assert_eq!(unescape(&escape(text)), text);
        }
    }
}
