//! Photos and documents that belong to an appeal (附件).

use gongzhi_kernel::{AppealId, Id, OrganId, Timestamp};
use gongzhi_media::DocumentKind;
use gongzhi_store::blobs::BlobId;
use serde::{Deserialize, Serialize};

/// Mark of the ids of files; never made.
#[derive(Debug)]
pub enum FileMark {}

/// Id of a file of an appeal.
pub type FileId = Id<FileMark>;

/// Who added a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddedBy {
    /// Whoever reported.
    Reporter,
    /// Whoever handles the case, or wrote it down.
    Organ,
}

impl AddedBy {
    /// As rows and events hold it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Organ => "organ",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Reporter, Self::Organ].into_iter().find(|by| by.word() == word)
    }
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// A photo, encoded again as JPEG.
    Photo(PhotoParts),
    /// A document, handed out as a download only.
    Document(DocumentKind),
}

/// The small twin of a photo, and the sizes of both in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoParts {
    /// The small twin.
    pub small: BlobId,
    /// Width of the photo.
    pub width: u32,
    /// Height of the photo.
    pub height: u32,
    /// Width of the small twin.
    pub small_width: u32,
    /// Height of the small twin.
    pub small_height: u32,
}

impl Media {
    /// `photo`, or the ending of the document's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Photo(_) => "photo",
            Self::Document(kind) => kind.ending(),
        }
    }

    /// Whether it is a photo.
    pub const fn is_photo(self) -> bool {
        matches!(self, Self::Photo(_))
    }

    /// What it is handed out as.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Photo(_) => "image/jpeg",
            Self::Document(kind) => kind.media_type(),
        }
    }
}

/// A file as it was looked at and kept, before it belongs to an appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// What it holds.
    pub media: Media,
    /// What its sender calls it, cleaned; may be empty.
    pub name: String,
    /// Where its bytes lie: their SHA-256.
    pub blob: BlobId,
    /// How many bytes.
    pub length: i64,
}

/// A file of an appeal: the fold of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealFile {
    /// Its id.
    pub id: FileId,
    /// How many events it has.
    pub revision: i64,
    /// Of which appeal.
    pub appeal: AppealId,
    /// What it is.
    pub file: KeptFile,
    /// Who added it.
    pub by: AddedBy,
    /// The organ that added it.
    pub organ: Option<OrganId>,
    /// When it was added.
    pub at: Timestamp,
    /// Whether somebody in office has found it fit for everybody to see.
    pub shown: bool,
}
