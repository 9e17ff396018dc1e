//! Documents: PDF, Office Open XML and the older Office files, recognised by what they hold.

use crate::Unfit;

/// A document that may be handed out as a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// Portable Document Format (ISO 32000).
    Pdf,
    /// Word, Office Open XML (ISO/IEC 29500).
    Docx,
    /// Excel, Office Open XML.
    Xlsx,
    /// PowerPoint, Office Open XML.
    Pptx,
    /// Word before 2007 (MS-CFB).
    Doc,
    /// Excel before 2007.
    Xls,
    /// PowerPoint before 2007.
    Ppt,
}

impl DocumentKind {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Pdf, Self::Docx, Self::Xlsx, Self::Pptx, Self::Doc, Self::Xls, Self::Ppt];

    /// The ending of its name, without the dot; also its word in records.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Doc => "doc",
            Self::Xls => "xls",
            Self::Ppt => "ppt",
        }
    }

    /// From its word.
    pub fn from_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.ending() == ending)
    }

    /// Its media type (IANA).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
        }
    }
}

/// End of central directory (APPNOTE.TXT 4.3.16): signature, and its length without the comment.
const DIRECTORY_END: &[u8] = b"PK\x05\x06";
const DIRECTORY_END_LENGTH: usize = 22;
/// The most parts of an Office file.
const PARTS: u16 = 10_000;
/// Parts together may be this many times as long as the file, and always this long in all.
const RATIO: u64 = 200;
const ALWAYS: u64 = 64 << 20;

pub(crate) fn recognise(bytes: &[u8]) -> Result<DocumentKind, Unfit> {
    if bytes.starts_with(b"%PDF-") {
        return pdf(bytes);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return open_xml(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return compound(bytes);
    }
    Err(Unfit::Unknown)
}

fn pdf(bytes: &[u8]) -> Result<DocumentKind, Unfit> {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    if !contains(&tail[tail.len().saturating_sub(2048)..], b"%%EOF") {
        return Err(Unfit::Broken);
    }
    // A PDF may carry anything behind its end, an archive reads from its end: both at once is nobody's honest file.
    if contains(tail, DIRECTORY_END) { Err(Unfit::TwoKinds) } else { Ok(DocumentKind::Pdf) }
}

fn word16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word32(bytes: &[u8], at: usize) -> Option<usize> {
    let word = u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
    usize::try_from(word).ok()
}

/// Reads the list of parts at the end of the archive; nothing is unpacked.
fn open_xml(bytes: &[u8]) -> Result<DocumentKind, Unfit> {
    let end = bytes.len().checked_sub(DIRECTORY_END_LENGTH).ok_or(Unfit::Broken)?;
    // Office writes no comment behind the directory; an archive with something behind it is looked for a little further.
    let end = (end.saturating_sub(1024)..=end)
        .rev()
        .find(|at| bytes[*at..].starts_with(DIRECTORY_END))
        .ok_or(Unfit::Broken)?;
    let comment = usize::from(word16(bytes, end + 20).ok_or(Unfit::Broken)?);
    if end + DIRECTORY_END_LENGTH + comment != bytes.len() {
        return Err(Unfit::TwoKinds);
    }
    let count = word16(bytes, end + 10).ok_or(Unfit::Broken)?;
    if count > PARTS {
        return Err(Unfit::Bomb);
    }
    let mut at = word32(bytes, end + 16).ok_or(Unfit::Broken)?;
    let (mut unpacked, mut types, mut kind) = (0_u64, false, None);
    for _ in 0..count {
        if bytes.get(at..at + 4) != Some(b"PK\x01\x02") {
            return Err(Unfit::Broken);
        }
        let part = |offset| word16(bytes, at + offset).map(usize::from).ok_or(Unfit::Broken);
        // Locked parts cannot be looked at by whoever must protect those who open them.
        if part(8)? & 1 != 0 {
            return Err(Unfit::Broken);
        }
        unpacked += word32(bytes, at + 24).and_then(|size| u64::try_from(size).ok()).ok_or(Unfit::Broken)?;
        let (name, extra, comment) = (part(28)?, part(30)?, part(32)?);
        let name = bytes.get(at + 46..at + 46 + name).ok_or(Unfit::Broken)?;
        if name.to_ascii_lowercase().ends_with(b"vbaproject.bin") {
            return Err(Unfit::Macros);
        }
        types |= name == b"[Content_Types].xml";
        kind = kind.or(match name {
            b"word/document.xml" => Some(DocumentKind::Docx),
            b"xl/workbook.xml" => Some(DocumentKind::Xlsx),
            b"ppt/presentation.xml" => Some(DocumentKind::Pptx),
            _ => None,
        });
        at += 46 + name.len() + extra + comment;
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if unpacked > ALWAYS.max(length.saturating_mul(RATIO)) {
        return Err(Unfit::Bomb);
    }
    kind.filter(|_| types).ok_or(Unfit::Unknown)
}

/// A compound file names its streams in UTF-16: which one is there tells what it is.
fn compound(bytes: &[u8]) -> Result<DocumentKind, Unfit> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(bytes, &wide)
    };
    if has("_VBA_PROJECT") {
        return Err(Unfit::Macros);
    }
    if has("WordDocument") {
        Ok(DocumentKind::Doc)
    } else if has("Workbook") {
        Ok(DocumentKind::Xls)
    } else if has("PowerPoint Document") {
        Ok(DocumentKind::Ppt)
    } else {
        Err(Unfit::Unknown)
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
