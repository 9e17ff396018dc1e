//! Files that strangers send: what they are, by what they hold and never by their name, and photos made harmless.
//!
//! A photo is decoded and encoded again as JPEG, turned upright, made no larger than is useful, without anything that the
//! camera wrote into it (place, time, device), with a small twin for lists. A PDF or an Office file is only recognised:
//! it stays as it is, and whoever keeps it must hand it out as a download.
//!
//! Pure: bytes in, bytes out. Costs memory for the pixels, at most three bytes times [`Limits::pixels`] for decoding and as
//! much again for turning, so a caller bounds how many run at once.

mod document;
mod photo;

pub use document::DocumentKind;
pub use photo::Photo;

/// What is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest photo, in bytes as it is sent.
    pub photo_bytes: usize,
    /// The largest document, in bytes.
    pub document_bytes: usize,
    /// The most pixels a photo may claim to have.
    pub pixels: u64,
    /// The longer side of a photo as it is kept, in pixels.
    pub side: u32,
    /// The longer side of its small twin.
    pub small_side: u32,
    /// Quality of both, 1 to 100.
    pub quality: u8,
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Examined {
    /// A photo, encoded again.
    Photo(Photo),
    /// A document, as it came.
    Document(DocumentKind),
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Neither a photo nor a document of the known kinds.
    #[error("the file is of no known kind")]
    Unknown,
    /// More bytes than are let in.
    #[error("the file is longer than {0} bytes")]
    TooLarge(usize),
    /// More pixels than are let in, whatever its length: a picture that unpacks to more than memory holds.
    #[error("the picture has more than {0} pixels")]
    TooManyPixels(u64),
    /// It begins as a known kind and does not go on as one: cut off, or changed.
    #[error("the file is damaged")]
    Broken,
    /// It carries a program (macros).
    #[error("the file carries macros")]
    Macros,
    /// Its parts unpack to far more than it is long.
    #[error("the file unpacks to more than anybody could read")]
    Bomb,
    /// It is two kinds at once, so that one program shows what another does not.
    #[error("the file is two kinds at once")]
    TwoKinds,
}

/// Looks at a file and makes what is to be kept of it.
pub fn examine(bytes: &[u8], limits: &Limits) -> Result<Examined, Unfit> {
    if bytes.is_empty() {
        return Err(Unfit::Empty);
    }
    if let Some(format) = photo::format_of(bytes) {
        return photo::encode_again(bytes, format, limits).map(Examined::Photo);
    }
    if bytes.len() > limits.document_bytes {
        return Err(Unfit::TooLarge(limits.document_bytes));
    }
    document::recognise(bytes).map(Examined::Document)
}
