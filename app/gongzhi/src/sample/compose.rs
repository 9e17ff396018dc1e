//! Makes texts out of the tables: a pattern with `{slots}`, filled from the place and the moment it is about.

use gongzhi_appeals::model::Urgency;
use gongzhi_kernel::{Locale, Point};
use jiff::civil::Date;

use super::dice::Dice;
use super::tables::{At, Community, District, Leaf, Quarter, Speech, Street, Tables};

/// Longest title, in characters: what the shipped rulebook takes.
const TITLE_MOST: usize = 80;

/// What one appeal is about: everything that slots may name.
#[derive(Debug, Clone)]
pub(crate) struct Scene<'a> {
    tables: &'a Tables,
    pub(crate) leaf: &'a Leaf,
    pub(crate) locale: Locale,
    district: &'a District,
    street: &'a Street,
    community: &'a Community,
    pub(crate) street_index: usize,
    pub(crate) community_index: usize,
    /// Which grid of the community, from 0.
    pub(crate) grid: usize,
    estate: &'a [String; 2],
    road: &'a [String; 2],
    other_road: &'a [String; 2],
    gate: usize,
    building: u64,
    unit: u64,
    floor: u64,
    number: u64,
    hour: i8,
    pub(crate) point: Option<Point>,
    /// Which fact of the category it is about.
    fact: usize,
    /// Falls the same way throughout the scene: which shop, which hour of the night, since when.
    turn: usize,
    /// Whether the last answer solves the matter; what is said of it follows.
    pub(crate) solved: bool,
}

/// What a reporter writes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) address: String,
}

impl<'a> Scene<'a> {
    /// A scene for this category, somewhere in the city.
    pub(crate) fn set(tables: &'a Tables, leaf: &'a Leaf, hour: i8, dice: &mut Dice) -> Self {
        let places: Vec<_> = tables
            .streets()
            .enumerate()
            .flat_map(|(street_index, (district, street))| {
                street
                    .communities
                    .iter()
                    .enumerate()
                    .map(move |(nth, community)| (street_index, district, street, nth, community))
            })
            .collect();
        let chosen = dice.weighted(places.iter().map(|(_, _, _, _, community)| how_often(leaf, community)));
        let (street_index, district, street, community_index, community) = places[chosen];
        let low = matches!(community.kind, Quarter::Old | Quarter::Village);
        let road = dice.place(street.roads.len());
        let other = (road + 1 + dice.place(street.roads.len().saturating_sub(1))) % street.roads.len();
        let estate = dice.place(community.estates.len());
        let grid = estate.min(1);
        let point = match leaf.at {
            At::None => None,
            // Three in twenty give no point on the map.
            _ if dice.per_mille(150) => None,
            _ => street.community_centre(community_index).and_then(|centre| {
                let mut away = || (dice.fraction() + dice.fraction() - 1.0) * 0.0035;
                Point::new(centre.lat + away(), centre.lon + away())
            }),
        };
        Self {
            tables,
            leaf,
            locale: if dice.per_mille(40) { Locale::En } else { Locale::ZhCn },
            district,
            street,
            community,
            street_index,
            community_index,
            grid,
            estate: &community.estates[estate],
            road: &street.roads[road],
            other_road: &street.roads[other],
            gate: dice.place(tables.phrases.zh.gates.len().min(tables.phrases.en.gates.len())),
            building: dice.between(1, if low { 24 } else { 36 }),
            unit: dice.between(1, 4),
            floor: dice.between(4, if low { 6 } else { 24 }),
            number: dice.between(2, 9),
            hour,
            point,
            fact: 0,
            turn: dice.place(1 << 20),
            solved: false,
        }
    }

    fn speech(&self) -> &'a Speech {
        match self.locale {
            Locale::ZhCn => &self.tables.phrases.zh,
            Locale::En => &self.tables.phrases.en,
        }
    }

    fn said<'b>(&self, name: &'b [String; 2]) -> &'b str {
        match self.locale {
            Locale::ZhCn => &name[0],
            Locale::En => &name[1],
        }
    }

    fn in_chinese(&self) -> bool {
        self.locale == Locale::ZhCn
    }

    /// The title, text and place of the appeal, written on `today`; decides what it is about.
    pub(crate) fn words(&mut self, today: Date, dice: &mut Dice) -> Words {
        let speech = self.speech();
        let before =
            today.saturating_sub(jiff::Span::new().days(i64::try_from(dice.between(1, 12)).unwrap_or(1)));
        let leaf = self.leaf;
        let facts = if self.in_chinese() { &leaf.facts } else { &leaf.en_facts };
        let in_season: Vec<usize> =
            (0..facts.len()).filter(|nth| is_in_season(&facts[*nth], today)).collect();
        self.fact = if in_season.is_empty() { 0 } else { *dice.pick(&in_season) };
        let mut parts = vec![dice.pick(&speech.openings).clone(), facts[self.fact].clone()];
        let title: &String = if self.in_chinese() {
            let fit = &leaf.fits[self.fact];
            // Few write of a second thing; then it is one that has the same remedy.
            let second = dice.place(facts.len());
            let alike =
                second != self.fact && fit.actions.is_some() && leaf.fits[second].actions == fit.actions;
            if alike && dice.per_mille(400) && is_in_season(&facts[second], today) {
                parts.push(facts[second].clone());
            }
            // Most say what it does to them.
            let mut effects = chosen(&leaf.effects, fit.effects.as_deref());
            effects.retain(|effect| is_in_season(effect, today));
            for _ in 0..dice.between(1, 2) {
                if !effects.is_empty() {
                    parts.push(effects.remove(dice.place(effects.len())).clone());
                }
            }
            let titles = chosen(&leaf.titles, fit.titles.as_deref());
            titles[dice.place(titles.len())]
        } else {
            dice.pick(&leaf.en_titles)
        };
        let mut title = self.fill(title, before, dice, false);
        if title.chars().count() > TITLE_MOST {
            title = format!("{}: {}", leaf.en, self.estate[1]);
        }
        let own_ask = self.in_chinese() && !leaf.asks.is_empty() && dice.per_mille(350);
        if own_ask {
            parts.push(dice.pick(&leaf.asks).clone());
        } else if dice.per_mille(720) {
            let asks = if leaf.at == At::None { &speech.questions } else { &speech.asks };
            parts.push(dice.pick(asks).clone());
        }
        let closing = dice.pick(&speech.closings);
        let thanked = parts.iter().any(|part| part.contains("谢谢"));
        if !(thanked && closing.contains("谢谢")) {
            parts.push(closing.clone());
        }
        Words { title, text: self.sentences(&parts, before, dice), address: self.address(dice) }
    }

    /// The organ's answer after a look on `day`; one that cannot be the end of it when `solved` is false.
    pub(crate) fn reply(&self, organ: &str, day: Date, solved: bool, dice: &mut Dice) -> String {
        let reply = &self.speech().reply;
        let mut parts = vec![dice.pick(&reply.openings).clone()];
        let looked = self.leaf.visit && !matches!(self.leaf.at, At::None | At::Street);
        if !solved && looked && dice.per_mille(220) {
            parts.push(dice.pick(&reply.nothing).clone());
        } else {
            if looked && dice.per_mille(800) {
                parts.push(dice.pick(&reply.found).clone());
            }
            parts.push(if solved || !self.may_drag_on() { self.action(dice) } else { self.not_yet(dice) });
        }
        parts.push(dice.pick(&reply.closings).clone());
        self.sentences(&parts, day, dice).replace("{organ}", organ)
    }

    fn action(&self, dice: &mut Dice) -> String {
        if !self.in_chinese() {
            return dice.pick(&self.leaf.en_actions).clone();
        }
        let fit = self.leaf.fits.get(self.fact).and_then(|fit| fit.actions.as_deref());
        (*dice.pick(&chosen(&self.leaf.actions, fit))).clone()
    }

    /// Whether it can stay unsolved for reasons that an organ writes down: not where life is in danger, nor where
    /// only advice is asked for.
    fn may_drag_on(&self) -> bool {
        let advises = matches!(self.leaf.organ.as_str(), "civil-affairs" | "labour" | "hotline" | "city");
        self.leaf.urgency != Urgency::Danger && self.leaf.at != At::None && !advises
    }

    fn not_yet(&self, dice: &mut Dice) -> String {
        let reply = &self.speech().reply;
        let works = matches!(
            self.leaf.organ.as_str(),
            "city-management" | "water" | "utilities" | "transport" | "housing" | "education" | "health"
        );
        dice.pick(if works { &reply.works } else { &reply.talks }).clone()
    }

    /// A short note or reason out of one of the lists.
    pub(crate) fn note(
        &self,
        list: fn(&'a Speech) -> &'a [String],
        organ: &str,
        day: Date,
        dice: &mut Dice,
    ) -> String {
        let pattern = dice.pick(list(self.speech())).clone();
        self.fill(&pattern, day, dice, true).replace("{organ}", organ)
    }

    fn sentences(&self, parts: &[String], day: Date, dice: &mut Dice) -> String {
        let mut text = String::new();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            let filled = self.fill(part, day, dice, text.contains(self.said(self.estate)));
            if !self.in_chinese() && !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
            text.push_str(&filled);
        }
        tidy(&text, self.locale)
    }

    /// The place in words, as typed into the form.
    fn address(&self, dice: &mut Dice) -> String {
        let (district, street) = match self.locale {
            Locale::ZhCn => (&self.district.zh, &self.street.zh),
            Locale::En => (&self.district.en, &self.street.en),
        };
        let place = match self.leaf.at {
            At::None => return String::new(),
            At::Street => {
                return if self.in_chinese() {
                    format!("{district}{street}")
                } else {
                    format!("{street}, {district}")
                };
            }
            At::Unit => self.building_name(false),
            At::Estate => self.said(self.estate).to_owned(),
            At::Gate => self.gate_name(),
            At::Road => self.road_place(),
        };
        match (self.in_chinese(), dice.below(3)) {
            (true, 0) => format!("{district}{street}{place}"),
            (true, 1) => format!("{street}{place}"),
            (true, _) => place,
            (false, _) => format!("{place}, {street}"),
        }
    }

    fn building_name(&self, estate_said: bool) -> String {
        let building = self.building;
        match (self.in_chinese(), self.community.kind == Quarter::Village, estate_said) {
            (true, true, _) => format!("{}{building}号", self.estate[0]),
            (true, false, true) => format!("{building}号楼"),
            (true, false, false) => format!("{}{building}号楼", self.estate[0]),
            (false, _, true) => format!("building {building}"),
            (false, _, false) => format!("building {building}, {}", self.estate[1]),
        }
    }

    fn gate_name(&self) -> String {
        let gate = &self.speech().gates[self.gate];
        if self.in_chinese() {
            format!("{}{gate}", self.estate[0])
        } else {
            format!("the {gate} of {}", self.estate[1])
        }
    }

    fn road_place(&self) -> String {
        let (road, other) = (self.said(self.road), self.said(self.other_road));
        let gate = &self.speech().gates[self.gate];
        match (self.in_chinese(), self.number % 3) {
            (true, 0) => format!("{road}与{other}路口"),
            (true, 1) => format!("{road}{gate}"),
            (true, _) => format!("{road}{}号附近", self.building * 3 + 7),
            (false, 0) => format!("the corner of {road} and {other}"),
            (false, _) => format!("{road}, near the {gate}"),
        }
    }

    /// Fills the slots of a pattern. `{organ}` is left to the caller, who knows the organ's name.
    fn fill(&self, pattern: &str, day: Date, dice: &mut Dice, estate_said: bool) -> String {
        let mut text = String::with_capacity(pattern.len() * 2);
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((slot, after)) = after.split_once('}') else {
                text.push('{');
                rest = after;
                continue;
            };
            let said = estate_said || text.contains(self.said(self.estate));
            match self.slot(slot, day, dice, said) {
                Some(value) => text.push_str(&value),
                None => {
                    text.push('{');
                    text.push_str(slot);
                    text.push('}');
                }
            }
            rest = after;
        }
        text.push_str(rest);
        if self.in_chinese() { text } else { capital(&text) }
    }

    fn slot(&self, slot: &str, day: Date, dice: &mut Dice, estate_said: bool) -> Option<String> {
        let speech = self.speech();
        Some(match slot {
            "place" => match self.leaf.at {
                At::Unit => self.building_name(estate_said),
                At::Estate => self.said(self.estate).to_owned(),
                At::Gate => self.gate_name(),
                At::Road => self.road_place(),
                At::Street | At::None => self.said_community().to_owned(),
            },
            "road" => self.said(self.road).to_owned(),
            "road2" => self.said(self.other_road).to_owned(),
            "estate" => self.said(self.estate).to_owned(),
            "gate" => speech.gates[self.gate].clone(),
            "building" => self.building_name(estate_said),
            "unit" => match (self.community.kind == Quarter::Village, self.in_chinese()) {
                (true, _) => String::new(),
                (false, true) => format!("{}单元", self.unit),
                (false, false) => format!("entrance {}", self.unit),
            },
            "floor" => self.floor.to_string(),
            "n" => self.number.to_string(),
            "community" => self.said_community().to_owned(),
            "street" => if self.in_chinese() { &self.street.zh } else { &self.street.en }.clone(),
            "subject" => if self.in_chinese() { &self.leaf.zh } else { &self.leaf.en }.clone(),
            "shop" => self.turned(&speech.shops),
            "club" => self.turned(&speech.clubs),
            "eatery" => self.turned(&speech.eateries),
            "since" => self.turned(&speech.since),
            "night" => self.turned(&speech.night),
            "who" => dice.pick(&speech.who).clone(),
            "when" | "lately" => {
                let list = if slot == "when" { &speech.when } else { &speech.lately };
                let pattern = dice.pick(list).clone();
                self.fill(&pattern, day, dice, estate_said)
            }
            "date" if self.in_chinese() => format!("{}月{}日", day.month(), day.day()),
            "date" => format!("{} {}", day.day(), MONTHS[usize::try_from(day.month() - 1).unwrap_or(0) % 12]),
            "clock" => match self.hour {
                0..=5 => "凌晨".to_owned(),
                6..=11 => format!("上午{}点左右", self.hour.max(7)),
                12..=18 => format!("下午{}点左右", (self.hour - 12).max(1)),
                _ => format!("晚上{}点左右", (self.hour - 12).min(11)),
            },
            _ => return None,
        })
    }

    fn turned(&self, list: &[String]) -> String {
        list[self.turn % list.len()].clone()
    }

    fn said_community(&self) -> &'a str {
        if self.in_chinese() { &self.community.zh } else { &self.community.en }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The entries of a list at these places; all of them for `None`.
fn chosen<'b>(list: &'b [String], places: Option<&[usize]>) -> Vec<&'b String> {
    match places {
        Some(places) => places.iter().filter_map(|place| list.get(*place)).collect(),
        None => list.iter().collect(),
    }
}

/// Whether something can be said at this time of the year: nobody complains of the heat in January.
fn is_in_season(text: &str, day: Date) -> bool {
    let month = day.month();
    [
        (&["天热", "天这么热", "夏天", "空调用了"][..], 5..=9),
        (&["杨絮"][..], 4..=5),
        (&["高考"][..], 3..=6),
        (&["雨季"][..], 3..=7),
    ]
    .iter()
    .all(|(words, months)| months.contains(&month) || !words.iter().any(|word| text.contains(word)))
        && [(&["冬天", "羽绒服"][..], 11, 3), (&["过年", "烟花"][..], 12, 2)].iter().all(
            |(words, from, to)| {
                month >= *from || month <= *to || !words.iter().any(|word| text.contains(word))
            },
        )
}

/// How often a category comes up in a community.
fn how_often(leaf: &Leaf, community: &Community) -> u64 {
    let village = community.kind == Quarter::Village;
    // Villages have no flats, stairwells or lifts.
    if village && leaf.at == At::Unit {
        return 0;
    }
    let size = match community.kind {
        Quarter::Old => 11,
        Quarter::New => 14,
        Quarter::Business => 10,
        Quarter::Industry => 7,
        Quarter::Village => 4,
    };
    if leaf.prefer == Some(community.kind) { size * 4 } else { size }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Mends what the joining of parts leaves behind.
fn tidy(text: &str, locale: Locale) -> String {
    let mut text = text.to_owned();
    let mends: &[(&str, &str)] = match locale {
        Locale::ZhCn => &[
            ("，，", "，"),
            ("，。", "。"),
            ("，：", "："),
            ("：，", "："),
            ("。。", "。"),
            ("：您", "：您"),
        ],
        Locale::En => &[("  ", " "), (" .", "."), (" ,", ",")],
    };
    for (from, to) in mends {
        text = text.replace(from, to);
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const DAY: Date = jiff::civil::date(2026, 3, 12);

    #[test]
    fn every_pattern_of_every_category_fills_without_a_slot_left() {
        let tables = Tables::read().unwrap();
        for (nth, leaf) in tables.leaves().enumerate() {
            for roll in 0..120 {
                let mut dice = Dice::new(u64::try_from(nth).unwrap(), roll);
                let mut scene = Scene::set(&tables, leaf, 9, &mut dice);
                let words = scene.words(DAY, &mut dice);
                let reply = scene.reply("市城市管理局", DAY, roll % 4 != 0, &mut dice);
                let mut notes = vec![words.title.clone(), words.text.clone(), words.address.clone(), reply];
                let lists: [fn(&Speech) -> &[String]; 7] = [
                    |s| &s.reply.contacts,
                    |s| &s.reply.returns,
                    |s| &s.reply.withdrawals,
                    |s| &s.reply.praise,
                    |s| &s.reply.middling,
                    |s| &s.reply.blame,
                    |s| &s.reply.redo,
                ];
                notes.extend(lists.map(|list| scene.note(list, "市水务局", DAY, &mut dice)));
                for text in notes {
                    assert!(!text.contains(['{', '}']), "{}: {text}", leaf.code);
                    assert!(!text.contains("，，") && !text.contains("。。"), "{}: {text}", leaf.code);
                }
                assert!((4..=80).contains(&words.title.chars().count()), "{}: {}", leaf.code, words.title);
                assert!(words.text.chars().count() >= 10, "{}: {}", leaf.code, words.text);
            }
        }
    }

    #[test]
    #[ignore = "prints texts for a person to read"]
    fn show() {
        let tables = Tables::read().unwrap();
        for (nth, leaf) in tables.leaves().enumerate() {
            for roll in 0..3 {
                let mut dice = Dice::new(u64::try_from(nth).unwrap(), roll + 7);
                let mut scene = Scene::set(&tables, leaf, 9, &mut dice);
                let words = scene.words(DAY, &mut dice);
                println!("【{}】{}\n  {}\n  @ {}", leaf.code, words.title, words.text, words.address);
                println!("  ↳ {}", scene.reply("市城市管理局", DAY, roll != 2, &mut dice));
            }
        }
    }

    #[test]
    fn texts_hardly_repeat() {
        let tables = Tables::read().unwrap();
        let leaves: Vec<&Leaf> = tables.leaves().collect();
        let texts: BTreeSet<String> = (0..3000)
            .map(|nth| {
                let mut dice = Dice::new(2026, nth);
                let leaf = *dice.pick(&leaves);
                Scene::set(&tables, leaf, 20, &mut dice).words(DAY, &mut dice).text
            })
            .collect();
        assert!(texts.len() > 2900, "{} of 3000 differ", texts.len());
    }
}
