//! The Merkle tree of RFC 6962, section 2.1, over SHA-256.

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of an entry: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// The hash of two subtrees: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// The root of a tree without entries: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The largest power of two below `n`; `n` is at least 2.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The root over leaf hashes, or over the roots of complete subtrees of one size.
pub fn root_of(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let middle = hashes.len().next_power_of_two() / 2;
            let (left, right) = hashes.split_at(middle);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// Gives the roots of complete subtrees.
pub trait Hashes {
    /// Why one cannot be given.
    type Error;

    /// The root of the `index`-th subtree of 2^`level` entries.
    fn complete(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root over the entries from `low` to before `high`; `low` is a multiple of a power of two not below their number.
fn range<H: Hashes + ?Sized>(hashes: &mut H, low: u64, high: u64) -> Result<Hash, H::Error> {
    let count = high - low;
    if count.is_power_of_two() {
        let level = count.trailing_zeros();
        return hashes.complete(level, low >> level);
    }
    let middle = low + split(count);
    Ok(node_hash(&range(hashes, low, middle)?, &range(hashes, middle, high)?))
}

/// The root of the tree of the first `size` entries.
pub fn root<H: Hashes + ?Sized>(hashes: &mut H, size: u64) -> Result<Hash, H::Error> {
    if size == 0 { Ok(empty_root()) } else { range(hashes, 0, size) }
}

/// The proof that entry `index` stands in the tree of `size` entries, from the leaf's sibling upwards; `None` where the
/// tree has no such entry.
pub fn inclusion<H: Hashes + ?Sized>(
    hashes: &mut H,
    index: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, H::Error> {
    if index >= size {
        return Ok(None);
    }
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range(hashes, middle, high)?);
            high = middle;
        } else {
            path.push(range(hashes, low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// The proof that the tree of `old` entries is the beginning of the tree of `new` entries; `None` where `old` is larger.
/// Empty where there is nothing to prove: the same size, or nothing before.
pub fn consistency<H: Hashes + ?Sized>(
    hashes: &mut H,
    old: u64,
    new: u64,
) -> Result<Option<Vec<Hash>>, H::Error> {
    if old > new {
        return Ok(None);
    }
    if old == 0 || old == new {
        return Ok(Some(Vec::new()));
    }
    let (mut low, mut high) = (0, new);
    let mut proof = Vec::new();
    // Whether the old tree fills the present part from its very beginning.
    let mut whole = true;
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            proof.push(range(hashes, middle, high)?);
            high = middle;
        } else {
            proof.push(range(hashes, low, middle)?);
            low = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(range(hashes, low, high)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Sizes or positions that cannot be.
    #[error("the proof speaks of an entry or a size that the tree does not have")]
    OutOfRange,
    /// Too few or too many hashes for these sizes.
    #[error("the proof has a wrong number of hashes")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
    /// The beginning of the tree is another one.
    #[error("the older tree is not the beginning of the newer one")]
    OldRoot,
}

/// Verifies an inclusion proof (RFC 9162, section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Mismatch> {
    if index >= size {
        return Err(Mismatch::OutOfRange);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(Mismatch::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(Mismatch::Length);
    }
    if hash == *root { Ok(()) } else { Err(Mismatch::Root) }
}

/// Verifies a consistency proof (RFC 9162, section 2.1.4.2).
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Mismatch> {
    if old > new {
        return Err(Mismatch::OutOfRange);
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(Mismatch::Length);
        }
        let (expected, found) = if old == 0 { (empty_root(), old_root) } else { (*new_root, old_root) };
        return if expected == *found { Ok(()) } else { Err(Mismatch::OldRoot) };
    }
    let mut steps = proof.iter();
    let first = if old.is_power_of_two() { *old_root } else { *steps.next().ok_or(Mismatch::Length)? };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut of_old, mut of_new) = (first, first);
    for step in steps {
        if last == 0 {
            return Err(Mismatch::Length);
        }
        if node & 1 == 1 || node == last {
            of_old = node_hash(step, &of_old);
            of_new = node_hash(step, &of_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            of_new = node_hash(&of_new, step);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(Mismatch::Length);
    }
    if of_old != *old_root {
        return Err(Mismatch::OldRoot);
    }
    if of_new == *new_root { Ok(()) } else { Err(Mismatch::Root) }
}
