//! Votes of the owners of a building, counted twice: by people and by floor area (Civil Code of China, art. 278).
//!
//! Owners of two thirds or more of the area **and** two thirds or more of the owners must take part. An ordinary matter
//! then needs more than half of both among those who take part; a major one (items 6 to 8: raising maintenance funds,
//! rebuilding, another use of common parts or business with them) three quarters or more of both. Who is silent takes no
//! part and is never counted as in favour; who abstains takes part.
//!
//! Whoever owns several units is one owner with the area of them all (Supreme People's Court, interpretation on
//! divided ownership of buildings, art. 9); putting them together is up to the caller, who knows the register.

use crate::{Bar, Share, Unsound, Verdict};

/// What one owner said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voice {
    /// 同意
    For,
    /// 反对
    Against,
    /// 弃权: took part and took no side.
    Abstained,
    /// 未参与表决
    Silent,
}

/// An owner on the register, with all of their units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner {
    /// Floor area of exclusive parts (专有部分面积), whole units; registers give hundredths of a square metre.
    pub area: u64,
    /// What they said.
    pub voice: Voice,
}

/// What is voted on, by its number in art. 278, paragraph 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matter {
    /// Items 1 to 5 and 9.
    Ordinary,
    /// Items 6 to 8.
    Major,
}

impl Matter {
    /// The kind of matter of an item, 1 to 9.
    #[must_use]
    pub const fn of_item(item: u8) -> Option<Self> {
        match item {
            1..=5 | 9 => Some(Self::Ordinary),
            6..=8 => Some(Self::Major),
            _ => None,
        }
    }
}

/// The bars; a city's rulebook may hold others than the code's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnersRule {
    /// Of all owners and of all area: who must take part.
    pub take_part: Bar,
    /// Of those who take part and of their area: who must be in favour of an ordinary matter.
    pub ordinary: Bar,
    /// The same for a major matter.
    pub major: Bar,
}

const fn share(num: u32, den: u32) -> Share {
    match Share::new(num, den) {
        Some(share) => share,
        None => unreachable!(),
    }
}

impl OwnersRule {
    /// Art. 278 of the Civil Code, in force since 2021-01-01.
    pub const CIVIL_CODE: Self = Self {
        take_part: Bar::AtLeast(share(2, 3)),
        ordinary: Bar::MoreThan(share(1, 2)),
        major: Bar::AtLeast(share(3, 4)),
    };
}

/// People and area, counted side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Both {
    /// Owners.
    pub people: u64,
    /// Their floor area, in the units of [`Owner::area`].
    pub area: u64,
}

/// Whether a bar was passed by people and by area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// By people.
    pub people: bool,
    /// By area.
    pub area: bool,
}

impl Passed {
    /// Both were.
    #[must_use]
    pub const fn both(self) -> bool {
        self.people && self.area
    }
}

/// The account of an owners' vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnersCount {
    /// Everybody on the register.
    pub all: Both,
    /// Who took part: in favour, against and abstained.
    pub took_part: Both,
    /// Who was in favour.
    pub in_favour: Both,
    /// Who was against.
    pub against: Both,
    /// Who abstained.
    pub abstained: Both,
    /// Whether enough took part.
    pub enough: Passed,
    /// Whether enough of those were in favour.
    pub agreed: Passed,
    /// How it ended.
    pub verdict: Verdict,
    /// How many more would have had to take part, by people and by area; 0 where enough did.
    pub lacking: Both,
}

/// Counts.
///
/// # Errors
/// [`Unsound::TooMuch`] if the areas add up to 2^63 or more; [`Unsound::NoBallots`] if there are no owners.
pub fn owners(rule: &OwnersRule, matter: Matter, owners: &[Owner]) -> Result<OwnersCount, Unsound> {
    if owners.is_empty() {
        return Err(Unsound::NoBallots);
    }
    let (mut all, mut in_favour, mut against, mut abstained) =
        (Both::default(), Both::default(), Both::default(), Both::default());
    let mut total = 0_u64;
    for owner in owners {
        total = total
            .checked_add(owner.area)
            .filter(|total| *total < crate::LIMIT)
            .ok_or(Unsound::TooMuch("areas"))?;
        let count = |both: &mut Both| {
            both.people += 1;
            both.area += owner.area;
        };
        count(&mut all);
        match owner.voice {
            Voice::For => count(&mut in_favour),
            Voice::Against => count(&mut against),
            Voice::Abstained => count(&mut abstained),
            Voice::Silent => {}
        }
    }
    let took_part = Both {
        people: in_favour.people + against.people + abstained.people,
        area: in_favour.area + against.area + abstained.area,
    };
    let test = |bar: Bar, part: Both, whole: Both| Passed {
        people: bar.passed(part.people, whole.people),
        area: bar.passed(part.area, whole.area),
    };
    let bar = match matter {
        Matter::Ordinary => rule.ordinary,
        Matter::Major => rule.major,
    };
    let enough = test(rule.take_part, took_part, all);
    let agreed = test(bar, in_favour, took_part);
    let verdict = match (enough.both(), agreed.both()) {
        (false, _) => Verdict::NoQuorum,
        (true, true) => Verdict::Passed,
        (true, false) => Verdict::Rejected,
    };
    let lack = |part: u64, whole: u64| {
        u64::try_from(rule.take_part.needs(whole)).unwrap_or(u64::MAX).saturating_sub(part)
    };
    let lacking = Both { people: lack(took_part.people, all.people), area: lack(took_part.area, all.area) };
    Ok(OwnersCount { all, took_part, in_favour, against, abstained, enough, agreed, verdict, lacking })
}
