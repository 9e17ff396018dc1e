//! Builds the data files of this crate from their sources (see `data/README.md`):
//!
//! ```sh
//! cargo run -p gongzhi-lexicon --example make_data -- jieba/dict.txt OpenCC/TSCharacters.txt
//! ```
//!
//! Both results are committed: a build needs neither the sources nor this program.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// All counts of the source dictionary together: costs stay comparable whatever is left out.
const TOTAL: f64 = 60_101_964.0;
/// A cost of 1 is 1/32 of a natural logarithm: coarse enough to keep the file small, fine enough to choose as the source does.
const STEPS: f64 = 32.0;
/// Words that the source has seen less often are mostly lists copied from elsewhere, and double the size.
const SEEN: u64 = 4;
/// Counts for our own words: common enough to be taken, rare enough not to push others aside.
const OWN: u64 = 200;

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '〇')
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(words), Some(characters)) = (arguments.next(), arguments.next()) else {
        return Err("usage: make_data DICT.TXT TSCHARACTERS.TXT".into());
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");

    let simplified = simplified(&std::fs::read_to_string(characters)?);
    let pairs: String = simplified.iter().map(|(from, to)| format!("{from}{to}\n")).collect();
    std::fs::write(here.join("traditional.txt"), pairs)?;

    let own = std::fs::read_to_string(here.join("city.txt"))?;
    let counts = counts(&std::fs::read_to_string(words)?, &own, &simplified)?;
    let mut map = fst::MapBuilder::memory();
    for (word, count) in &counts {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let cost = ((TOTAL / *count as f64).ln() * STEPS).round().max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 600")]
        map.insert(word, cost as u64)?;
    }
    std::fs::write(here.join("words.fst"), map.into_inner()?)?;
    Ok(())
}

/// Each traditional character with the simplified one that it most often stands for; only where both lie in the
/// basic plane, and chains followed to their end so that folding twice changes nothing.
fn simplified(source: &str) -> BTreeMap<char, char> {
    let mut map = BTreeMap::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split_whitespace();
        if let (Some(from), Some(to)) = (fields.next(), fields.next())
            && let (Some(from), Some(to)) = (from.chars().next(), to.chars().next())
            && from != to
            && is_han(from)
            && is_han(to)
        {
            map.insert(from, to);
        }
    }
    let ends: BTreeMap<char, char> = map
        .iter()
        .map(|(from, to)| {
            let mut end = *to;
            for _ in 0..4 {
                end = map.get(&end).copied().unwrap_or(end);
            }
            (*from, end)
        })
        .collect();
    ends.into_iter().filter(|(from, to)| from != to).collect()
}

fn counts(
    source: &str,
    own: &str,
    simplified: &BTreeMap<char, char>,
) -> Result<BTreeMap<String, u64>, Box<dyn Error>> {
    let fold =
        |word: &str| word.chars().map(|c| simplified.get(&c).copied().unwrap_or(c)).collect::<String>();
    let mut counts = BTreeMap::new();
    for line in source.lines() {
        let mut fields = line.split_whitespace();
        let Some(word) = fields.next().filter(|word| word.chars().all(is_han)) else { continue };
        let count: u64 = fields.next().ok_or("a word without count")?.parse()?;
        let place = fields.next() == Some("ns");
        if count >= SEEN || place || word.chars().count() == 1 {
            *counts.entry(fold(word)).or_insert(0) += count.max(1);
        }
    }
    for word in own.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let count = counts.entry(fold(word)).or_insert(0);
        *count = (*count).max(OWN);
    }
    Ok(counts)
}
