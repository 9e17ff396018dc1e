//! What the rulebook says of photos and documents (附件规则).

use std::time::Duration;

use gongzhi_media::DocumentKind;
use serde::{Deserialize, Serialize};

use super::{Period, RulebookError};
use crate::model::AddedBy;

/// Which files are taken (附件).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// How many the reporter may add to a case.
    pub reporter: usize,
    /// How many those who handle it may add.
    pub organ: usize,
    /// How many with one form.
    pub at_once: usize,
    /// The largest photo, in bytes as it is sent.
    pub photo_bytes: usize,
    /// The largest document, in bytes.
    pub document_bytes: usize,
    /// The most pixels of a photo.
    pub pixels: u64,
    /// The longer side of a photo as it is kept, in pixels.
    pub side: u32,
    /// The longer side of its small twin.
    pub small_side: u32,
    /// Quality of both, 1 to 100.
    pub quality: u8,
    /// The documents that are taken, by the endings of their names.
    pub documents: Vec<String>,
    /// How long files of a report that is not yet sent are kept.
    pub waiting: Period,
    /// How many such files are kept in all.
    pub waiting_most: i64,
}

impl Default for FileRules {
    /// As they are shipped: for rulebooks that were adopted before files were taken.
    fn default() -> Self {
        Self {
            reporter: 12,
            organ: 30,
            at_once: 6,
            photo_bytes: 15_000_000,
            document_bytes: 15_000_000,
            pixels: 64_000_000,
            side: 2048,
            small_side: 360,
            quality: 82,
            documents: DocumentKind::ALL.iter().map(|kind| kind.ending().to_owned()).collect(),
            waiting: Period::minutes(1440),
            waiting_most: 5000,
        }
    }
}

impl FileRules {
    /// How many files a side may add to a case.
    pub fn most(&self, by: AddedBy) -> usize {
        match by {
            AddedBy::Reporter => self.reporter,
            AddedBy::Organ => self.organ,
        }
    }

    /// The limits for looking at one.
    pub fn limits(&self) -> gongzhi_media::Limits {
        gongzhi_media::Limits {
            photo_bytes: self.photo_bytes,
            document_bytes: self.document_bytes,
            pixels: self.pixels,
            side: self.side,
            small_side: self.small_side,
            quality: self.quality,
        }
    }

    pub(super) fn check(&self) -> Result<(), RulebookError> {
        let sound = self.reporter <= 100
            && self.organ <= 100
            && (1..=20).contains(&self.at_once)
            && (10_000..=50_000_000).contains(&self.photo_bytes)
            && (10_000..=50_000_000).contains(&self.document_bytes)
            && (100_000..=200_000_000).contains(&self.pixels)
            && (400..=8000).contains(&self.side)
            && (50..=1000).contains(&self.small_side)
            && (30..=100).contains(&self.quality)
            && self.documents.iter().all(|ending| DocumentKind::from_ending(ending).is_some())
            && self.waiting.plain().is_some_and(|waiting| waiting >= Duration::from_secs(600))
            && (0..=1_000_000).contains(&self.waiting_most);
        if sound {
            return Ok(());
        }
        Err(RulebookError::Unsound(
            "[files] needs counts up to 100, at_once 1 to 20, 10000 to 50000000 bytes, 100000 to 200000000 pixels, \
             side 400 to 8000, small_side 50 to 1000, quality 30 to 100, known documents, waiting from 10m and \
             waiting_most up to 1000000"
                .into(),
        ))
    }
}
