//! Tiles (C2SP tlog-tiles): the tree in pieces of 256 hashes, which can be fetched one by one and kept for ever.

use std::collections::BTreeMap;
use std::fmt;

use super::tree::{Hash, Hashes, node_hash, root_of};

/// Hashes in a full tile.
pub const TILE_WIDTH: usize = 256;
/// [`TILE_WIDTH`] where tiles are counted.
pub const WIDTH: u64 = 256;
/// Levels of tiles that a log of less than 2^63 entries can have.
const LEVELS: u32 = 8;
/// Largest entry: its length stands in two bytes before it.
pub const ENTRY_LIMIT: usize = 65_535;

/// How many hashes stand in a tile of a tree of `size` entries; 0 where there is none.
pub fn width_at(level: u32, index: u64, size: u64) -> usize {
    let hashes = if level < LEVELS { size >> (8 * level) } else { 0 };
    let here = hashes.saturating_sub(index.saturating_mul(WIDTH)).min(WIDTH);
    usize::try_from(here).unwrap_or(TILE_WIDTH)
}

/// What an address under `/tile/` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The level of the tile; `None` for entries.
    pub level: Option<u32>,
    /// Its number in the level.
    pub index: u64,
    /// Its hashes or entries: 256, or fewer of a partial tile.
    pub width: usize,
}

impl Address {
    /// The address that follows `/tile/`; `None` where it is none or is not written in the one right way.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let level = if level == "entries" {
            None
        } else {
            let level = u32::try_from(super::decimal(level)?).ok()?;
            Some(level).filter(|level| *level < 64).map(Some)?
        };
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((number, width)) => {
                let width = usize::try_from(super::decimal(width)?).ok()?;
                (number, Some(width).filter(|width| (1..TILE_WIDTH).contains(width))?)
            }
        };
        let mut index: u64 = 0;
        let mut parts = number.split('/').peekable();
        while let Some(part) = parts.next() {
            let digits = if parts.peek().is_some() { part.strip_prefix('x')? } else { part };
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        let address = Self { level, index, width };
        // A number has one way to be written: no leading groups of zeroes.
        (address.to_string() == path).then_some(address)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "{level}/")?,
            None => f.write_str("entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (left, group) in groups.iter().enumerate().rev() {
            if left > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// Tiles of a tree of `size` entries: every address that a copy of the log must hold.
pub fn all_tiles(size: u64) -> impl Iterator<Item = Address> {
    (0..LEVELS).flat_map(move |level| {
        let count = (size >> (8 * level)).div_ceil(WIDTH);
        (0..count).map(move |index| Address {
            level: Some(level),
            index,
            width: width_at(level, index, size),
        })
    })
}

/// Bundles of entries of a tree of `size` entries.
pub fn all_bundles(size: u64) -> impl Iterator<Item = Address> {
    (0..size.div_ceil(WIDTH)).map(move |index| Address {
        level: None,
        index,
        width: width_at(0, index, size),
    })
}

/// The hashes of a tile from its bytes; `None` where it is cut or too long.
pub fn hashes_of(bytes: &[u8], width: usize) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == width).then(|| hashes.to_vec())
}

/// The bytes of a tile.
pub fn bytes_of(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// Appends an entry to a bundle; `false` where it is too long.
#[must_use]
pub fn bundle(into: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    into.extend_from_slice(&length.to_be_bytes());
    into.extend_from_slice(entry);
    true
}

/// The entries of a bundle; `None` where it is cut.
pub fn entries_of(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}

/// The right edge of a growing tree: the partial tile of each level. All that is needed to append.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of a tree of `size` entries; `partial` gives the hashes of the partial tile of a level, never empty.
    pub fn load<E>(
        size: u64,
        mut partial: impl FnMut(u32, u64, usize) -> Result<Vec<Hash>, E>,
    ) -> Result<Self, E> {
        let mut levels = Vec::new();
        for level in (0..LEVELS).take_while(|level| size >> (8 * level) > 0) {
            let index = (size >> (8 * level)) / WIDTH;
            let width = width_at(level, index, size);
            levels.push(if width == 0 { Vec::new() } else { partial(level, index, width)? });
        }
        Ok(Self { size, levels })
    }

    /// How many entries the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of an entry, and hands over each tile that is full now: level, number, hashes.
    pub fn push(&mut self, leaf: Hash, full: &mut impl FnMut(u32, u64, &[Hash])) {
        let mut hash = leaf;
        for level in 0..LEVELS {
            let place = usize::try_from(level).unwrap_or_default();
            if self.levels.len() <= place {
                self.levels.push(Vec::with_capacity(TILE_WIDTH));
            }
            let tile = &mut self.levels[place];
            tile.push(hash);
            if tile.len() < TILE_WIDTH {
                break;
            }
            full(level, (self.size >> (8 * level)) / WIDTH, tile);
            hash = root_of(tile);
            tile.clear();
        }
        self.size += 1;
    }

    /// The partial tiles: level, number, hashes.
    pub fn partial(&self) -> impl Iterator<Item = (u32, u64, &[Hash])> {
        (0..LEVELS)
            .zip(&self.levels)
            .filter(|(_, tile)| !tile.is_empty())
            .map(|(level, tile)| (level, (self.size >> (8 * level)) / WIDTH, tile.as_slice()))
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut right: Option<Hash> = None;
        for tile in &self.levels {
            let mut end = tile.len();
            while end > 0 {
                // The complete subtrees that the binary digits of the size stand for, the smallest first.
                let count = 1 << end.trailing_zeros();
                let left = root_of(&tile[end - count..end]);
                right = Some(right.map_or(left, |right| node_hash(&left, &right)));
                end -= count;
            }
        }
        right.unwrap_or_else(super::tree::empty_root)
    }
}

/// Gives the bytes of tiles.
pub trait TileSource {
    /// Why one cannot be given.
    type Error;

    /// The hashes of a tile of the tree of that size, exactly as many as `width`.
    fn tile(&mut self, level: u32, index: u64, width: usize) -> Result<Vec<Hash>, Self::Error>;
}

/// The hashes of a tree of a certain size from its tiles, each fetched once.
#[derive(Debug)]
pub struct Tiles<S> {
    source: S,
    size: u64,
    fetched: BTreeMap<(u32, u64), Vec<Hash>>,
}

impl<S: TileSource> Tiles<S> {
    /// Over the tiles of a tree of `size` entries.
    pub fn new(source: S, size: u64) -> Self {
        Self { source, size, fetched: BTreeMap::new() }
    }
}

impl<S: TileSource> Hashes for Tiles<S> {
    type Error = S::Error;

    fn complete(&mut self, level: u32, index: u64) -> Result<Hash, S::Error> {
        let (tile_level, within) = (level / 8, level % 8);
        let first = index << within;
        let number = first / WIDTH;
        if !self.fetched.contains_key(&(tile_level, number)) {
            let width = width_at(tile_level, number, self.size);
            let hashes = self.source.tile(tile_level, number, width)?;
            self.fetched.insert((tile_level, number), hashes);
        }
        let offset = usize::try_from(first % WIDTH).unwrap_or_default();
        let hashes = self.fetched.get(&(tile_level, number)).map_or(&[][..], Vec::as_slice);
        // A subtree is asked for only where the tree has it whole, so it lies within its tile.
        Ok(root_of(hashes.get(offset..offset + (1 << within)).unwrap_or_default()))
    }
}
