//! The formats: published vectors, and whatever can be made at random against another implementation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use gongzhi_ledger::log::tiles::{Address, Edge, TileSource, Tiles, all_tiles, bundle, entries_of, width_at};
use gongzhi_ledger::log::tree::{self, Hash, Mismatch};
use gongzhi_ledger::log::{
    Checkpoint, Note, NoteError, Receipt, ReceiptError, SignerKey, Submission, VerifierKey, base64, leaf_hash,
};
use proptest::prelude::*;
use sha2::Sha256;

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A log in memory, by its tiles.
#[derive(Default)]
struct Pile {
    edge: Edge,
    tiles: BTreeMap<(u32, u64), Vec<Hash>>,
}

impl Pile {
    fn of(leaves: &[Vec<u8>]) -> Self {
        let mut pile = Self::default();
        for leaf in leaves {
            pile.edge.push(leaf_hash(leaf), &mut |level, number, hashes| {
                pile.tiles.insert((level, number), hashes.to_vec());
            });
        }
        for (level, number, hashes) in pile.edge.partial() {
            pile.tiles.insert((level, number), hashes.to_vec());
        }
        pile
    }

    fn hashes(&self) -> Tiles<Source<'_>> {
        Tiles::new(Source(&self.tiles), self.edge.size())
    }
}

struct Source<'a>(&'a BTreeMap<(u32, u64), Vec<Hash>>);

impl TileSource for Source<'_> {
    type Error = Infallible;
    fn tile(&mut self, level: u32, index: u64, width: usize) -> Result<Vec<Hash>, Infallible> {
        Ok(self.0[&(level, index)][..width].to_vec())
    }
}

/// The eight entries and roots that implementations of Certificate Transparency test themselves with.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut edge = Edge::default();
    assert_eq!(hex(&edge.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (entry, root) in entries.iter().zip(roots) {
        edge.push(leaf_hash(entry), &mut |_, _, _| {});
        assert_eq!(hex(&edge.root()), root);
    }
}

/// The example of Go's package golang.org/x/mod/sumdb/note.
#[test]
fn a_note_of_others_is_read_and_made() {
    const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let key: VerifierKey = KEY.parse().unwrap();
    assert_eq!(key.to_string(), KEY);
    let note = Note::parse(NOTE).unwrap();
    assert_eq!(key.verify(&note), Ok(None));
    assert_eq!(note.to_string(), NOTE);
    let signer: SignerKey = SECRET.parse().unwrap();
    assert_eq!(signer.secret_text(), SECRET);
    assert_eq!(signer.sign(&note.text, 0), note.signatures[0]);
    // The key of the Go checksum database, whose mark is its name, type and key.
    let sum: VerifierKey =
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8".parse().unwrap();
    assert_eq!(sum.name(), "sum.golang.org");
    assert!(matches!(sum.verify(&note), Err(NoteError::Unsigned(_))));
    let changed = Note::parse(&NOTE.replace("cryptography", "Cryptography")).unwrap();
    assert_eq!(key.verify(&changed), Err(NoteError::False("PeterNeumann".into())));
}

#[test]
fn keys_and_notes_that_are_none_say_why() {
    for bad in
        ["", "a", "a+b", "a+00000000+", "a b+00000000+AAAA", "a+00000000+AAAA", "a+zz+AQID", "+c74f20a3+ARpc"]
    {
        assert!(matches!(bad.parse::<VerifierKey>(), Err(NoteError::Key(_))), "{bad}");
        assert!(matches!(format!("PRIVATE+KEY+{bad}").parse::<SignerKey>(), Err(NoteError::Key(_))), "{bad}");
    }
    let swapped = "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(
        swapped.parse::<VerifierKey>().unwrap_err().to_string(),
        "this is no key of a log or witness: its mark does not fit its name and key: it was copied wrongly"
    );
    for bad in [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— a",
        "text\n\n— a AAAA\n",
        "te\txt\n\n— a AAAAAAAA\n",
        "x\n\n- a AAAAAAAA\n",
    ] {
        assert!(matches!(Note::parse(bad), Err(NoteError::Malformed(_))), "{bad:?}");
    }
    assert!(Note::parse("text\n\nmore\n\n— a AAAAAAAA\n").unwrap().text.ends_with("more\n"));
}

#[test]
fn a_cosignature_tells_when_the_witness_saw_it() {
    let witness = SignerKey::of_witness("witness.example/w1", &[7; 32]).unwrap();
    let text = Checkpoint { origin: "example.com/log".into(), size: 5, root: [1; 32] }.to_string();
    let note = Note { signatures: vec![witness.sign(&text, 1_679_315_147)], text };
    assert_eq!(witness.verifier().verify(&note), Ok(Some(1_679_315_147)));
    let key: VerifierKey = witness.verifier().to_string().parse().unwrap();
    assert!(key.is_witness());
    // Another time is another statement.
    let mut later = note.clone();
    later.signatures[0].bytes[7] ^= 1;
    assert!(matches!(key.verify(&later), Err(NoteError::False(_))));
    // The same bytes under the type of a log are another key.
    let log = SignerKey::of_log("witness.example/w1", &[7; 32]).unwrap();
    assert_ne!(log.verifier().id(), key.id());
}

/// The examples in the specifications of C2SP; their keys are not published, so that they are read, not verified.
#[test]
fn the_examples_of_the_specifications_are_read_and_written() {
    // signed-note: the text has an empty line in it.
    let poem = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n\
        — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    let note = Note::parse(poem).unwrap();
    assert!(note.text.ends_with("sole:\n\ned è subito sera.\n"));
    assert_eq!((note.signatures[0].id, note.signatures[0].bytes.len()), ([0x36, 0x7b, 0xa0, 0x4b], 64));
    assert_eq!(note.to_string(), poem);

    // tlog-cosignature: a checkpoint of a log with the line of a witness, whose time stands before its signature.
    let seen = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let note = Note::parse(seen).unwrap();
    assert_eq!(note.to_string(), seen);
    let checkpoint = Checkpoint::parse(&note.text).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.to_string(), note.text);
    let witness = &note.signatures[1];
    assert_eq!((witness.id, witness.bytes.len()), ([0x8d, 0x66, 0xcf, 0x3f], 72));
    assert_eq!(witness.bytes[..8], 1_679_315_147_u64.to_be_bytes());

    // tlog-witness: what a log sends.
    let sent = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
        example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let submission = Submission::parse(sent).unwrap();
    assert_eq!((submission.old, submission.proof.len()), (20_852_014, 4));
    assert_eq!(submission.to_string(), sent);

    // tlog-proof: the head of the example, over a checkpoint that is written out in full.
    let proof = format!(
        "c2sp.org/tlog-proof@v1\nextra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ\nindex 73894\n\
        gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\n{seen}"
    );
    let receipt = Receipt::parse(&proof).unwrap();
    assert_eq!((receipt.index, receipt.path.len()), (73_894, 2));
    assert!(receipt.extra.as_ref().is_some_and(|extra| extra.starts_with(b"age-v1.2.1-darwin-arm64.tar.gz")));
    assert_eq!(receipt.to_string(), proof);
}

/// A checkpoint that a log of Sigsum has signed, as the tests of the witness `litewitness` have it, with its key.
#[test]
fn a_checkpoint_of_another_log_is_verified() {
    const KEY: &str = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";
    const NOTE: &str = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562\n1\n\
        KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\
        — sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562 UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=\n";
    let key: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&KEY[2 * n..2 * n + 2], 16).unwrap()).collect();
    let note = Note::parse(NOTE).unwrap();
    let key = VerifierKey::of_log(&note.signatures[0].name, &key.try_into().unwrap()).unwrap();
    assert_eq!(Checkpoint::verified(&note, &key).unwrap().size, 1);
    let changed = Note::parse(&NOTE.replace("\n1\n", "\n2\n")).unwrap();
    assert!(matches!(Checkpoint::verified(&changed, &key), Err(NoteError::False(_))));
}

#[test]
fn addresses_have_one_way_to_be_written() {
    for (address, level, index, width) in [
        ("0/000", Some(0), 0, 256),
        ("3/x001/x234/067", Some(3), 1_234_067, 256),
        ("entries/x001/000.p/7", None, 1000, 7),
        ("63/999.p/255", Some(63), 999, 255),
    ] {
        let parsed = Address::parse(address).unwrap();
        assert_eq!((parsed.level, parsed.index, parsed.width), (level, index, width));
        assert_eq!(parsed.to_string(), address);
    }
    for bad in [
        "",
        "0",
        "0/",
        "00/000",
        "64/000",
        "0/0000",
        "0/00",
        "0/x000/001",
        "0/001/001",
        "0/x001/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "data/000",
        "0/-01",
        "-1/000",
        "0/000/",
        "0/x999/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Address::parse(bad), None, "{bad}");
    }
}

/// The example in the specification of tiles: a tree of 70,000 entries.
#[test]
fn a_tree_of_seventy_thousand_has_its_tiles() {
    let tiles: Vec<Address> = all_tiles(70_000).collect();
    let count = |level, full: bool| {
        tiles.iter().filter(|tile| tile.level == Some(level) && (tile.width == 256) == full).count()
    };
    assert_eq!((count(0, true), count(0, false), count(1, true), count(1, false)), (273, 1, 1, 1));
    assert_eq!((width_at(0, 273, 70_000), width_at(1, 1, 70_000), width_at(2, 0, 70_000)), (112, 17, 1));
    assert_eq!(all_tiles(256).map(|tile| tile.to_string()).collect::<Vec<_>>(), ["0/000", "1/000.p/1"]);
}

fn receipt(leaves: &[Vec<u8>], index: u64) -> (Receipt, VerifierKey) {
    let pile = Pile::of(leaves);
    let size = pile.edge.size();
    let signer = SignerKey::of_log("example.com/log", &[3; 32]).unwrap();
    let text = Checkpoint { origin: "example.com/log".into(), size, root: pile.edge.root() }.to_string();
    let checkpoint = Note { signatures: vec![signer.sign(&text, 0)], text };
    let path = tree::inclusion(&mut pile.hashes(), index, size).unwrap().unwrap();
    (Receipt { extra: Some(b"told beside".to_vec()), index, path, checkpoint }, signer.verifier())
}

#[test]
fn each_way_to_forge_a_receipt_has_its_own_answer() {
    let leaves: Vec<Vec<u8>> = (0..300_u32).map(|n| n.to_be_bytes().to_vec()).collect();
    let (good, key) = receipt(&leaves, 77);
    let text = good.to_string();
    assert_eq!(Receipt::parse(&text).unwrap(), good);
    let entry = &leaves[77];
    assert_eq!(good.verify(entry, &key, &[]).unwrap().checkpoint.size, 300);

    assert_eq!(good.verify(b"another", &key, &[]), Err(ReceiptError::Proof(Mismatch::Root)));
    let moved = Receipt { index: 76, ..good.clone() };
    assert_eq!(moved.verify(entry, &key, &[]), Err(ReceiptError::Proof(Mismatch::Root)));
    let beyond = Receipt { index: 300, ..good.clone() };
    assert_eq!(beyond.verify(entry, &key, &[]), Err(ReceiptError::Proof(Mismatch::OutOfRange)));
    let mut short = good.clone();
    short.path.pop();
    assert_eq!(short.verify(entry, &key, &[]), Err(ReceiptError::Proof(Mismatch::Length)));
    let mut long = good.clone();
    long.path.push([0; 32]);
    assert_eq!(long.verify(entry, &key, &[]), Err(ReceiptError::Proof(Mismatch::Length)));
    let other = SignerKey::of_log("example.com/log", &[4; 32]).unwrap().verifier();
    assert!(matches!(good.verify(entry, &other, &[]), Err(ReceiptError::Checkpoint(NoteError::Unsigned(_)))));
    let mut rewritten = good.clone();
    rewritten.checkpoint.text = rewritten.checkpoint.text.replace("\n300\n", "\n301\n");
    assert!(matches!(rewritten.verify(entry, &key, &[]), Err(ReceiptError::Checkpoint(NoteError::False(_)))));

    // A witness that has signed counts; one that signed falsely spoils the receipt; one that has not is not counted.
    let witness = SignerKey::of_witness("witness.example/w", &[9; 32]).unwrap();
    let mut seen = good.clone();
    seen.checkpoint.signatures.push(witness.sign(&good.checkpoint.text, 99));
    let proved = seen.verify(entry, &key, &[witness.verifier()]).unwrap();
    assert_eq!(proved.witnesses, [("witness.example/w".to_owned(), 99)]);
    assert!(good.verify(entry, &key, &[witness.verifier()]).unwrap().witnesses.is_empty());
    seen.checkpoint.signatures[1].bytes[20] ^= 1;
    assert!(seen.verify(entry, &key, &[witness.verifier()]).is_err());
    for bad in [
        "",
        "c2sp.org/tlog-proof@v2\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\n",
        &text.replace("index", "entry"),
    ] {
        assert!(matches!(Receipt::parse(bad), Err(ReceiptError::Malformed(_))), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Roots, inclusion and consistency proofs are those of another implementation, byte by byte; ours verify its proofs.
    #[test]
    fn the_tree_is_that_of_another_implementation(size in 1_u64..1500, a in any::<u64>(), b in any::<u64>()) {
        let leaves: Vec<Vec<u8>> = (0..size).map(|n| n.to_string().into_bytes()).collect();
        let pile = Pile::of(&leaves);
        let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for leaf in &leaves {
            other.push(leaf.clone());
        }
        let theirs: Hash = (*other.root().as_bytes()).into();
        prop_assert_eq!(pile.edge.root(), theirs);
        let mut hashes = pile.hashes();
        prop_assert_eq!(tree::root(&mut hashes, size).unwrap(), theirs);

        let index = a % size;
        let proof = tree::inclusion(&mut hashes, index, size).unwrap().unwrap();
        let expected = other.prove_inclusion(usize::try_from(index).unwrap());
        prop_assert_eq!(proof.concat(), expected.as_bytes());
        let leaf = leaf_hash(&leaves[usize::try_from(index).unwrap()]);
        prop_assert_eq!(tree::verify_inclusion(&leaf, index, size, &proof, &theirs), Ok(()));
        prop_assert!(tree::verify_inclusion(&leaf, (index + 1) % size, size, &proof, &theirs).is_err() || size == 1);

        let old = 1 + b % size;
        let before = Pile::of(&leaves[..usize::try_from(old).unwrap()]);
        let old_root = before.edge.root();
        // The old root is also found in the tiles of the grown tree.
        prop_assert_eq!(tree::root(&mut hashes, old).unwrap(), old_root);
        let proof = tree::consistency(&mut hashes, old, size).unwrap().unwrap();
        if old < size {
            let expected = other.prove_consistency(usize::try_from(size - old).unwrap());
            prop_assert_eq!(proof.concat(), expected.as_bytes());
        }
        prop_assert_eq!(tree::verify_consistency(old, &old_root, size, &theirs, &proof), Ok(()));
        let mut forged = old_root;
        forged[0] ^= 1;
        prop_assert!(tree::verify_consistency(old, &forged, size, &theirs, &proof).is_err());
        if let Some(mut cut) = (!proof.is_empty()).then(|| proof.clone()) {
            cut.pop();
            prop_assert!(tree::verify_consistency(old, &old_root, size, &theirs, &cut).is_err());
        }
    }

    /// A tree that is put away and taken up again grows as one that never was.
    #[test]
    fn an_edge_is_taken_up_where_it_was_left(first in 0_u64..70_000, more in 1_u64..600) {
        let mut edge = Edge::default();
        let mut tiles: BTreeMap<(u32, u64), Vec<Hash>> = BTreeMap::new();
        let mut push = |edge: &mut Edge, n: u64| edge.push(leaf_hash(&n.to_be_bytes()), &mut |level, number, hashes| {
            tiles.insert((level, number), hashes.to_vec());
        });
        for n in 0..first {
            push(&mut edge, n);
        }
        let kept: BTreeMap<(u32, u64), Vec<Hash>> =
            edge.partial().map(|(level, number, hashes)| ((level, number), hashes.to_vec())).collect();
        let mut again = Edge::load(first, |level, number, width| {
            let hashes = kept[&(level, number)].clone();
            assert_eq!(hashes.len(), width);
            Ok::<_, Infallible>(hashes)
        }).unwrap();
        prop_assert_eq!(again.root(), edge.root());
        for n in first..first + more {
            push(&mut edge, n);
            again.push(leaf_hash(&n.to_be_bytes()), &mut |_, _, _| {});
        }
        prop_assert_eq!(again.root(), edge.root());
    }

    /// Whatever is sent is read or refused, and what is read is written back as it was.
    #[test]
    fn bytes_of_strangers_are_read_or_refused(text in "(c2sp.org/tlog-proof@v1\n)?(index [0-9]{1,3}\n)?[ -~\n—]{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(receipt) = Receipt::parse(&text) {
            prop_assert_eq!(receipt.to_string(), text.clone());
        }
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(note.to_string(), text.clone());
        }
        let _refused_or_not = text.parse::<VerifierKey>();
        if let Some(entries) = entries_of(&bytes) {
            let mut again = Vec::new();
            for entry in entries {
                prop_assert!(bundle(&mut again, entry));
            }
            prop_assert_eq!(again, bytes);
        }
    }
}

#[test]
fn an_entry_is_as_long_as_two_bytes_can_say() {
    let mut into = Vec::new();
    assert!(bundle(&mut into, &vec![b'x'; 65_535]));
    assert!(!bundle(&mut into, &vec![b'x'; 65_536]));
    assert_eq!(entries_of(&into).unwrap()[0].len(), 65_535);
    assert_eq!(base64(&[0; 32]).len(), 44);
}

/// A receipt with a text, the same on every machine.
fn sample() -> (Receipt, VerifierKey) {
    let salt = [0x5a; 16];
    let entry = format!(
        r#"{{"kind":"appeal.answered","public":{{"reply":{{"salted_sha256":"{}"}}}},"v":1}}"#,
        gongzhi_kernel::commitment(&salt, "路灯已修好")
    );
    let mut leaves: Vec<Vec<u8>> = (0..300_u32).map(|n| n.to_be_bytes().to_vec()).collect();
    leaves[77] = entry.clone().into_bytes();
    let (receipt, key) = receipt(&leaves, 77);
    let texts = serde_json::json!({ "reply": { "salt": "5a".repeat(16), "text": "路灯已修好" } });
    let extra = gongzhi_ledger::canonical::canonical(&serde_json::json!({ "entry": entry, "texts": texts }));
    let mut receipt = Receipt { extra: Some(extra.into_bytes()), ..receipt };
    receipt.checkpoint.signatures.push(witness_of_the_sample().sign(&receipt.checkpoint.text, 1_679_315_147));
    (receipt, key)
}

fn witness_of_the_sample() -> SignerKey {
    SignerKey::of_witness("witness.example/w1", &[7; 32]).unwrap()
}

/// The browser is tested with this very receipt (`browser/tests/receipts.test.mjs`).
#[test]
fn the_browser_is_shown_a_receipt_of_ours() {
    let (receipt, key) = sample();
    let proved = gongzhi_ledger::audit::prove(&receipt, &key, &[]).unwrap();
    assert_eq!(proved.texts, [("reply".to_owned(), "路灯已修好".to_owned())]);
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../browser/tests/sample.tlog-proof");
    assert_eq!(std::fs::read_to_string(file).unwrap(), receipt.to_string());
    assert_eq!(key.to_string(), KEY_OF_THE_SAMPLE);
    assert_eq!(witness_of_the_sample().verifier().to_string(), WITNESS_OF_THE_SAMPLE);
    assert_eq!(receipt.checkpoint.witnessed_by(&[witness_of_the_sample().verifier()]).unwrap().len(), 1);
}

const WITNESS_OF_THE_SAMPLE: &str =
    "witness.example/w1+aa4a09d1+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";

const KEY_OF_THE_SAMPLE: &str = "example.com/log+4780f183+Ae1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR";
