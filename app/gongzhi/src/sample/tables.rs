//! The tables of the sample city, read from the TOML files beside this one.

use std::collections::BTreeMap;

use gongzhi_appeals::model::{Kind, Urgency};
use gongzhi_kernel::{Fault, LocalText, Point};
use serde::Deserialize;

/// Everything the sample city is made of.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) city: City,
    pub(crate) districts: Vec<District>,
    pub(crate) organs: Organs,
    pub(crate) people: People,
    pub(crate) phrases: Phrases,
    pub(crate) branches: Vec<Branch>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct City {
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) centre: [f64; 2],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct District {
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) centre: [f64; 2],
    #[serde(rename = "street")]
    pub(crate) streets: Vec<Street>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Street {
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) centre: [f64; 2],
    /// Chinese and English.
    pub(crate) roads: Vec<[String; 2]>,
    pub(crate) communities: Vec<Community>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Community {
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) kind: Quarter,
    /// Chinese and English.
    pub(crate) estates: Vec<[String; 2]>,
}

/// What a community is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Quarter {
    Old,
    New,
    Business,
    Industry,
    Village,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organs {
    pub(crate) government: Named,
    pub(crate) hotline: Named,
    #[serde(rename = "department")]
    pub(crate) departments: Vec<Named>,
    #[serde(rename = "organisation")]
    pub(crate) organisations: Vec<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct People {
    pub(crate) surnames: String,
    pub(crate) given: Vec<String>,
    pub(crate) english_names: Vec<String>,
    pub(crate) password: String,
    #[serde(rename = "sign_in")]
    pub(crate) sign_ins: Vec<SignIn>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) kind: SignInKind,
    pub(crate) organ: Option<String>,
}

/// What a printed sign-in may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInKind {
    Resident,
    Handler,
    Head,
    Operator,
    Auditor,
    Member,
    Administrator,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phrases {
    pub(crate) zh: Speech,
    pub(crate) en: Speech,
}

/// What texts in one language share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Speech {
    pub(crate) openings: Vec<String>,
    pub(crate) asks: Vec<String>,
    /// As `asks`, of those who only want to know.
    pub(crate) questions: Vec<String>,
    pub(crate) closings: Vec<String>,
    /// When something happened once.
    pub(crate) when: Vec<String>,
    /// How long something has been going on.
    pub(crate) lately: Vec<String>,
    pub(crate) since: Vec<String>,
    pub(crate) night: Vec<String>,
    pub(crate) who: Vec<String>,
    pub(crate) shops: Vec<String>,
    pub(crate) clubs: Vec<String>,
    pub(crate) eateries: Vec<String>,
    pub(crate) gates: Vec<String>,
    pub(crate) reply: Reply,
}

/// What organs and reporters say on the way.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) openings: Vec<String>,
    pub(crate) found: Vec<String>,
    pub(crate) closings: Vec<String>,
    /// Not solved yet: works that need money or time.
    pub(crate) works: Vec<String>,
    /// Not solved yet: parties who do not agree.
    pub(crate) talks: Vec<String>,
    /// Nothing of it was found.
    pub(crate) nothing: Vec<String>,
    pub(crate) contacts: Vec<String>,
    pub(crate) returns: Vec<String>,
    pub(crate) withdrawals: Vec<String>,
    pub(crate) praise: Vec<String>,
    pub(crate) middling: Vec<String>,
    pub(crate) blame: Vec<String>,
    pub(crate) redo: Vec<String>,
}

/// A top category with those below it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Branch {
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    #[serde(rename = "leaf")]
    pub(crate) leaves: Vec<Leaf>,
}

/// A category with what people say in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaf {
    pub(crate) code: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    /// Code of a department, or `street` or `community`: the office of the place.
    pub(crate) organ: String,
    /// How often it comes up.
    pub(crate) weight: u64,
    pub(crate) season: Season,
    pub(crate) hours: Hours,
    pub(crate) at: At,
    #[serde(default = "ordinary")]
    pub(crate) urgency: Urgency,
    /// Kinds with their weights.
    pub(crate) kinds: BTreeMap<Kind, u64>,
    /// Where it comes up more often.
    pub(crate) prefer: Option<Quarter>,
    /// Whether reporters mostly want it kept secret.
    #[serde(default)]
    pub(crate) confidential: bool,
    /// Whether somebody goes and looks.
    #[serde(default = "yes")]
    pub(crate) visit: bool,
    pub(crate) titles: Vec<String>,
    pub(crate) facts: Vec<String>,
    pub(crate) fits: Vec<Fit>,
    pub(crate) effects: Vec<String>,
    #[serde(default)]
    pub(crate) asks: Vec<String>,
    pub(crate) actions: Vec<String>,
    pub(crate) en_titles: Vec<String>,
    pub(crate) en_facts: Vec<String>,
    pub(crate) en_actions: Vec<String>,
}

/// What goes with a fact, by place in the lists of the leaf; written `02:*:1`: titles, effects, actions, `*` for any.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Fit {
    pub(crate) titles: Option<Vec<usize>>,
    pub(crate) effects: Option<Vec<usize>>,
    pub(crate) actions: Option<Vec<usize>>,
}

impl TryFrom<String> for Fit {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not like `02:*:1`");
        let places = |part: &str| match part {
            "*" => Ok(None),
            digits => digits
                .chars()
                .map(|digit| {
                    digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).ok_or_else(wrong)
                })
                .collect::<Result<Vec<_>, _>>()
                .map(Some),
        };
        let [titles, effects, actions] = text.split(':').collect::<Vec<_>>()[..] else { return Err(wrong()) };
        Ok(Self { titles: places(titles)?, effects: places(effects)?, actions: places(actions)? })
    }
}

fn yes() -> bool {
    true
}

fn ordinary() -> Urgency {
    Urgency::Ordinary
}

/// When in the year it comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Season {
    Even,
    Spring,
    Summer,
    SummerEvening,
    Rain,
    School,
    Winter,
    Heating,
}

impl Season {
    /// Weight in a month, 1 to 12; 100 is the middle.
    pub(crate) fn weight(self, month: i8) -> u64 {
        match (self, month) {
            (Self::Even, _) => 100,
            (Self::Spring, 3..=5) => 200,
            (Self::Summer, 6..=9) | (Self::Winter, 11 | 12 | 1 | 2) => 220,
            (Self::SummerEvening, 6..=9) => 260,
            (Self::SummerEvening, 5 | 10) => 140,
            (Self::SummerEvening, _) => 35,
            (Self::Summer, 5 | 10) => 120,
            (Self::Rain, 6 | 7) => 300,
            (Self::Rain, 5 | 8) => 180,
            (Self::School, 8) => 350,
            (Self::School, 9) => 250,
            (Self::School, 6 | 7) => 170,
            (Self::Heating, 12 | 1) => 420,
            (Self::Heating, 11) => 330,
            (Self::Heating, 2) => 250,
            (Self::Heating, 3) => 90,
            (Self::Heating, _) => 2,
            (Self::Spring, _) => 80,
            (Self::Summer | Self::Rain | Self::School | Self::Winter, _) => 60,
        }
    }
}

/// When in the day it comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hours {
    Day,
    Commute,
    Evening,
    Night,
}

impl Hours {
    /// Weight at an hour, 0 to 23.
    pub(crate) fn weight(self, hour: i8) -> u64 {
        let inside = match self {
            Self::Day => (8..18).contains(&hour),
            Self::Commute => matches!(hour, 7..=9 | 17..=19),
            Self::Evening => (18..23).contains(&hour),
            // Those who could not sleep write at night or first thing in the morning.
            Self::Night => matches!(hour, 21..|0..=2| 7..=8),
        };
        if inside { 3 } else { 1 }
    }
}

/// What kind of place it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum At {
    /// A flat or building.
    Unit,
    /// A whole estate.
    Estate,
    /// An entrance of an estate, or something beside it.
    Gate,
    /// A road.
    Road,
    /// The street office.
    Street,
    /// No place in particular.
    None,
}

impl Named {
    pub(crate) fn name(&self) -> LocalText {
        LocalText::new(&self.zh, &self.en)
    }
}

impl Street {
    /// The code of its `nth` community, from 0.
    pub(crate) fn community_code(&self, nth: usize) -> String {
        format!("{}{:03}", &self.code[..9], nth + 1)
    }

    /// The middle of its `nth` community: on a ring about a kilometre wide around the middle of the street.
    pub(crate) fn community_centre(&self, nth: usize) -> Option<Point> {
        let turn = std::f64::consts::TAU * small(nth) / small(self.communities.len().max(1));
        Point::new(self.centre[0] + 0.006 * turn.sin(), self.centre[1] + 0.007 * turn.cos())
    }
}

/// A small count as a figure.
fn small(count: usize) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from)
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text)
        .map_err(|error| Fault::internal(format!("cannot read the sample table {name}")).because(error))
}

impl Tables {
    /// Reads the tables that are built in.
    pub(crate) fn read() -> Result<Self, Fault> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Areas {
            city: City,
            #[serde(rename = "district")]
            districts: Vec<District>,
        }
        let areas: Areas = read("city.toml", include_str!("city.toml"))?;
        let branches = [
            ("01-noise", include_str!("texts/01-noise.toml")),
            ("02-sanitation", include_str!("texts/02-sanitation.toml")),
            ("03-roads", include_str!("texts/03-roads.toml")),
            ("04-traffic", include_str!("texts/04-traffic.toml")),
            ("05-housing", include_str!("texts/05-housing.toml")),
            ("06-utilities", include_str!("texts/06-utilities.toml")),
            ("07-cityscape", include_str!("texts/07-cityscape.toml")),
            ("08-market", include_str!("texts/08-market.toml")),
            ("09-livelihood", include_str!("texts/09-livelihood.toml")),
            ("10-governance", include_str!("texts/10-governance.toml")),
        ]
        .into_iter()
        .map(|(name, text)| read(name, text))
        .collect::<Result<Vec<Branch>, Fault>>()?;
        Ok(Self {
            city: areas.city,
            districts: areas.districts,
            organs: read("organs.toml", include_str!("organs.toml"))?,
            people: read("people.toml", include_str!("people.toml"))?,
            phrases: read("phrases.toml", include_str!("phrases.toml"))?,
            branches,
        })
    }

    /// All streets with their districts.
    pub(crate) fn streets(&self) -> impl Iterator<Item = (&District, &Street)> {
        self.districts
            .iter()
            .flat_map(|district| district.streets.iter().map(move |street| (district, street)))
    }

    /// All leaves of the category tree.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.branches.iter().flat_map(|branch| &branch.leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_tables_hold_together() {
        let tables = Tables::read().unwrap();
        assert_eq!(tables.districts.len(), 3);
        assert_eq!(tables.organs.departments.len(), 12);
        assert_eq!(tables.branches.len(), 10);
        let mut codes = BTreeSet::new();
        for (district, street) in tables.streets() {
            assert_eq!(district.code[..6], street.code[..6], "{}", street.zh);
            assert!(codes.insert(street.code.clone()));
            assert!(!street.roads.is_empty());
            for (nth, community) in street.communities.iter().enumerate() {
                assert!(codes.insert(street.community_code(nth)));
                assert!(street.community_centre(nth).is_some());
                assert!(!community.estates.is_empty(), "{}", community.zh);
            }
        }
        let communities: usize = tables.streets().map(|(_, street)| street.communities.len()).sum();
        assert!((28..=36).contains(&communities), "{communities}");

        let organs: BTreeSet<&str> = tables
            .organs
            .departments
            .iter()
            .chain([&tables.organs.government, &tables.organs.hotline])
            .map(|organ| organ.code.as_str())
            .collect();
        let mut leaves = BTreeSet::new();
        for branch in &tables.branches {
            assert!((4..=6).contains(&branch.leaves.len()), "{}", branch.code);
            for leaf in &branch.leaves {
                assert!(leaves.insert(&leaf.code), "{} twice", leaf.code);
                assert!(leaf.code.starts_with(&format!("{}.", branch.code)), "{}", leaf.code);
                assert!(
                    organs.contains(leaf.organ.as_str())
                        || matches!(leaf.organ.as_str(), "street" | "community"),
                    "{}: {}",
                    leaf.code,
                    leaf.organ
                );
                let lists = [
                    &leaf.titles,
                    &leaf.facts,
                    &leaf.effects,
                    &leaf.actions,
                    &leaf.en_titles,
                    &leaf.en_facts,
                    &leaf.en_actions,
                ];
                assert!(lists.iter().all(|list| !list.is_empty()), "{}", leaf.code);
                assert_eq!(leaf.fits.len(), leaf.facts.len(), "{}", leaf.code);
                for fit in &leaf.fits {
                    let within = |places: &Option<Vec<usize>>, list: &[String]| {
                        places.iter().flatten().all(|place| *place < list.len())
                    };
                    assert!(fit.titles.as_ref().is_none_or(|places| !places.is_empty()), "{}", leaf.code);
                    assert!(fit.actions.as_ref().is_none_or(|places| !places.is_empty()), "{}", leaf.code);
                    assert!(within(&fit.titles, &leaf.titles), "{}: {fit:?}", leaf.code);
                    assert!(within(&fit.effects, &leaf.effects), "{}: {fit:?}", leaf.code);
                    assert!(within(&fit.actions, &leaf.actions), "{}: {fit:?}", leaf.code);
                }
                assert!(leaf.weight > 0 && leaf.kinds.values().sum::<u64>() > 0, "{}", leaf.code);
            }
        }
        for sign_in in &tables.people.sign_ins {
            assert_eq!(sign_in.organ.is_none(), sign_in.kind == SignInKind::Resident, "{}", sign_in.login);
        }
    }
}
