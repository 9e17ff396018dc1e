//! The file of rejected rows: what was not taken and why, in a form that can be mended and imported again.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::reader::{REJECTED_COLUMNS, RawRow, escape};

/// Written when the first row is rejected; a file of that name from an earlier run is replaced then.
#[derive(Debug)]
pub(super) struct Rejects {
    path: PathBuf,
    /// Names of the columns of the original.
    columns: Vec<String>,
    file: Option<BufWriter<File>>,
    /// How many rows it holds.
    count: u64,
    /// The first few, to be shown.
    first: Vec<(u64, String)>,
}

/// How many are shown on the terminal.
const SHOWN: usize = 5;

/// `FILE.rejected.tsv` beside the file.
pub(super) fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejected.tsv");
    PathBuf::from(name)
}

impl Rejects {
    pub(super) fn new(path: PathBuf, columns: &[&str]) -> Self {
        // A file of rejected rows that is imported again loses its two columns, not gets two more.
        let original = columns.strip_prefix(&REJECTED_COLUMNS[..]).unwrap_or(columns);
        Self {
            path,
            columns: original.iter().map(|name| (*name).to_owned()).collect(),
            file: None,
            count: 0,
            first: Vec::new(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Line and reason of the first few.
    pub(super) fn first(&self) -> &[(u64, String)] {
        &self.first
    }

    /// Adds a row. `again`: the file is itself one of rejected rows.
    pub(super) fn add(&mut self, line: u64, why: &str, row: &RawRow, again: bool) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut file = BufWriter::new(File::create(&self.path)?);
                write_line(
                    &mut file,
                    REJECTED_COLUMNS.iter().copied().chain(self.columns.iter().map(String::as_str)),
                )?;
                self.file.insert(file)
            }
        };
        let number = line.to_string();
        let skipped = if again { REJECTED_COLUMNS.len() } else { 0 };
        let cells: Vec<_> = row.cells().skip(skipped).collect();
        // A row with too few cells gets empty ones: it can be read back, and mended in a spreadsheet.
        let missing = self.columns.len().saturating_sub(cells.len());
        let cells = cells.iter().map(AsRef::as_ref).chain(std::iter::repeat_n("", missing));
        write_line(file, [number.as_str(), why].into_iter().chain(cells))?;
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push((line, why.to_owned()));
        }
        Ok(())
    }

    /// Sees that all of it is in the file.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match &mut self.file {
            Some(file) => {
                file.flush()?;
                file.get_ref().sync_all()
            }
            None => Ok(()),
        }
    }
}

fn write_line<'a>(file: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            file.write_all(b"\t")?;
        }
        file.write_all(escape(cell).as_bytes())?;
    }
    file.write_all(b"\n")
}
