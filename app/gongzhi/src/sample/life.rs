//! The life of one sample appeal: when it comes in, and what everybody does about it and when.
//!
//! Pure: it only plans. The steps that lie in the future of `now` have not been taken yet, which is why the last
//! days hold open cases in all states.

use std::time::Duration;

use gongzhi_appeals::model::{AppraisedBy, Channel, ContactWay, Kind, Urgency, Visibility};
use gongzhi_kernel::Timestamp;
use jiff::civil::Date;

use super::compose::{Scene, Words};
use super::dice::Dice;
use super::tables::{Leaf, Tables};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// China keeps one time all the year, eight hours before UTC.
const OFFSET: i64 = 8 * 3600;

/// What somebody does about a case. Texts may hold `{organ}`: the name of the organ that has it then.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// A dispatcher names an organ, if the case waits for that.
    Dispatch,
    /// The organ accepts.
    Accept,
    /// The organ sends it back.
    Return { reason: String },
    /// The organ speaks with the reporter.
    Contact { way: ContactWay, note: String },
    /// The organ answers.
    Answer { reply: String },
    /// The reporter appraises.
    Appraise { solved: bool, satisfied: u8, by: AppraisedBy, comment: String },
    /// The reporter asks for a second handling.
    Reopen { reason: String },
    /// The reporter takes it back.
    Withdraw { reason: String },
}

/// A planned appeal.
#[derive(Debug)]
pub(crate) struct Life<'a> {
    pub(crate) scene: Scene<'a>,
    pub(crate) words: Words,
    pub(crate) kind: Kind,
    pub(crate) channel: Channel,
    pub(crate) visibility: Option<Visibility>,
    /// Whether the reporter chose the category; else a dispatcher does.
    pub(crate) knows_category: bool,
    pub(crate) submitted_at: Timestamp,
    /// In the order in which they are taken.
    pub(crate) steps: Vec<(Timestamp, Step)>,
}

/// How often appeals come in at each hour of the day.
const BUSY: [u64; 24] =
    [5, 3, 2, 2, 2, 3, 8, 22, 44, 62, 60, 46, 32, 36, 52, 56, 50, 44, 36, 40, 44, 36, 22, 12];
/// How often on each day of the week, from Monday.
const WEEK: [u64; 7] = [124, 112, 106, 102, 100, 76, 68];

fn local(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(1_000_000) + OFFSET
}

fn hour(at: Timestamp) -> i8 {
    i8::try_from(local(at).rem_euclid(86_400) / 3600).unwrap_or(0)
}

/// The day on the wall calendar of the city.
pub(crate) fn day(at: Timestamp) -> Date {
    let days = local(at).div_euclid(86_400);
    Date::new(1970, 1, 1)
        .and_then(|first| first.checked_add(jiff::Span::new().days(days)))
        .unwrap_or_default()
}

fn plus(at: Timestamp, seconds: u64) -> Timestamp {
    at + Duration::from_secs(seconds)
}

/// The same moment in office hours: the next morning for what would fall into the evening or night.
fn in_office(at: Timestamp, dice: &mut Dice) -> Timestamp {
    let second = local(at).rem_euclid(86_400);
    let open = 8 * 3600 + 1800;
    let wait = if second < open {
        open - second
    } else if second > 18 * 3600 + 1800 {
        86_400 - second + open
    } else {
        return at;
    };
    plus(at, u64::try_from(wait).unwrap_or(0) + dice.below(90 * MINUTE))
}

/// When the `nth` appeal of the last twelve months came in: more on Mondays, in office hours and of late.
fn moment(now: Timestamp, dice: &mut Dice) -> Timestamp {
    let midnight = Timestamp::from_micros((local(now).div_euclid(86_400) * 86_400 - OFFSET) * 1_000_000);
    loop {
        let age = dice.below(365);
        // A slow rise over the year, and the start of the cold season in the last days.
        let lately = match age {
            0..=5 => 560,
            6..=12 => 260,
            _ => 130 - age * 40 / 365,
        };
        let start = midnight - Duration::from_secs(age * DAY);
        let weekday = usize::try_from((local(start).div_euclid(86_400) + 3).rem_euclid(7)).unwrap_or(0);
        if !dice.per_mille(WEEK[weekday] * lately * 1000 / (124 * 560)) {
            continue;
        }
        let hour = u64::try_from(dice.weighted(BUSY)).unwrap_or(0);
        let at = plus(start, hour * HOUR + dice.below(HOUR)) + Duration::from_millis(dice.below(1000));
        if at < now - Duration::from_secs(4 * MINUTE) {
            return at;
        }
    }
}

/// When the `nth` appeal of the city with this seed came in; what [`Life::plan`] comes to.
pub(crate) fn moment_of(seed: u64, nth: u64, now: Timestamp) -> Timestamp {
    moment(now, &mut Dice::new(seed, nth))
}

/// How well an organ does in the sample: of a thousand answers, how many solve the matter.
fn skill(leaf: &Leaf) -> u64 {
    match leaf.organ.as_str() {
        "city" | "hotline" | "labour" => 940,
        "water" | "utilities" | "education" => 890,
        "city-management" | "transport" | "health" | "civil-affairs" => 860,
        "community" => 800,
        "street" => 760,
        _ => 720,
    }
}

impl<'a> Life<'a> {
    /// Plans the `nth` appeal of the city with this seed.
    pub(crate) fn plan(tables: &'a Tables, leaves: &[&'a Leaf], seed: u64, nth: u64, now: Timestamp) -> Self {
        let mut dice = Dice::new(seed, nth);
        let submitted_at = moment(now, &mut dice);
        let (today, at_hour) = (day(submitted_at), hour(submitted_at));
        // Of the last day more lies with the dispatchers, so that their desk is not empty.
        let fresh = now.since(submitted_at) < Duration::from_secs(30 * HOUR);
        let just = now.since(submitted_at) < Duration::from_secs(10 * HOUR);
        let leaf = leaves[dice.weighted(
            leaves
                .iter()
                .map(|leaf| leaf.weight * leaf.season.weight(today.month()) * leaf.hours.weight(at_hour)),
        )];
        let mut scene = Scene::set(tables, leaf, at_hour, &mut dice);
        let words = scene.words(today, &mut dice);
        let kinds: Vec<(Kind, u64)> = leaf.kinds.iter().map(|(kind, weight)| (*kind, *weight)).collect();
        let kind = kinds[dice.weighted(kinds.iter().map(|(_, weight)| *weight))].0;
        let channel = [
            Channel::Phone,
            Channel::Web,
            Channel::MiniProgram,
            Channel::Grid,
            Channel::WalkIn,
            Channel::Email,
            Channel::Api,
        ][dice.weighted([460, 290, 130, 60, 30, 20, 10])];
        let visibility = match dice.below(20) {
            _ if leaf.confidential => Some(Visibility::Confidential),
            0 | 1 => Some(Visibility::Confidential),
            2..=8 => Some(Visibility::Public),
            _ => None,
        };
        let mut life = Self {
            scene,
            words,
            kind,
            channel,
            visibility,
            knows_category: dice.per_mille(if just { 650 } else { 960 }),
            submitted_at,
            steps: Vec::new(),
        };
        life.plan_steps(fresh, &mut dice);
        life
    }

    fn plan_steps(&mut self, fresh: bool, dice: &mut Dice) {
        let leaf = self.scene.leaf;
        let mut at = self.submitted_at;
        // Harmless where the catalogue has already named the organ.
        let wait = match (self.knows_category, fresh) {
            (true, _) => 14,
            (false, true) => 900,
            (false, false) => 25,
        };
        at = plus(at, MINUTE * dice.minutes(wait));
        self.steps.push((at, Step::Dispatch));
        let withdraws = dice.per_mille(16);
        let returned = dice.per_mille(if fresh { 130 } else { 55 });
        if returned {
            at = plus(at, MINUTE * dice.minutes(50));
            if dice.per_mille(500) {
                self.steps.push((at, Step::Accept));
                at = plus(at, MINUTE * dice.minutes(120));
            }
            let reason = self.scene.note(|s| &s.reply.returns, "{organ}", day(at), dice);
            self.steps.push((at, Step::Return { reason }));
            at = plus(at, MINUTE * dice.minutes(if fresh { 600 } else { 70 }));
            self.steps.push((at, Step::Dispatch));
        }
        // A few lie unread for days: what the clock is for.
        let stuck = dice.per_mille(18);
        let mean = if dice.per_mille(60) { 240 } else { 34 };
        let accept_in = if stuck { DAY * dice.between(4, 25) } else { MINUTE * dice.minutes(mean) };
        at = plus(at, accept_in);
        if withdraws && dice.per_mille(400) {
            return self.withdraw(at, dice);
        }
        self.steps.push((at, Step::Accept));
        if let Some(answered_at) = self.handle(at, stuck, withdraws, dice) {
            self.appraise(answered_at, leaf, dice);
        }
    }

    fn withdraw(&mut self, at: Timestamp, dice: &mut Dice) {
        let reason = self.scene.note(|s| &s.reply.withdrawals, "{organ}", day(at), dice);
        self.steps.push((at, Step::Withdraw { reason }));
    }

    /// From acceptance to the answer; when it was answered, `None` if it was taken back before.
    fn handle(
        &mut self,
        accepted_at: Timestamp,
        stuck: bool,
        withdraws: bool,
        dice: &mut Dice,
    ) -> Option<Timestamp> {
        let leaf = self.scene.leaf;
        let hurry = matches!(leaf.urgency, Urgency::Danger | Urgency::Utility);
        let until_contact = match leaf.urgency {
            Urgency::Danger => MINUTE * dice.minutes(20),
            Urgency::Utility => MINUTE * dice.minutes(90),
            _ => MINUTE * dice.minutes(210),
        };
        let mut at = plus(accepted_at, until_contact);
        if !hurry {
            at = in_office(at, dice);
        }
        if withdraws {
            self.withdraw(at, dice);
            return None;
        }
        // Simple questions are answered without a call.
        if self.kind != Kind::Inquiry || dice.per_mille(300) {
            let way = [ContactWay::Phone, ContactWay::Visit, ContactWay::Message][dice.weighted([82, 12, 6])];
            let note = self.scene.note(|s| &s.reply.contacts, "{organ}", day(at), dice);
            self.steps.push((at, Step::Contact { way, note }));
        }
        let late = stuck || dice.per_mille(62);
        let until_answer = match (leaf.urgency, self.kind) {
            (Urgency::Danger, _) => MINUTE * dice.between(15, if late { 400 } else { 80 }),
            (Urgency::Utility, _) => HOUR * dice.between(2, if late { 60 } else { 18 }),
            (_, Kind::Inquiry) => MINUTE * dice.minutes(340),
            _ => HOUR * dice.between(14, if late { 330 } else { 138 }),
        };
        at = plus(at, until_answer);
        if !hurry {
            at = in_office(at, dice);
        }
        let solved = dice.per_mille(skill(leaf));
        // They say on which day they went and looked.
        let looked_at = plus(accepted_at, dice.below(until_answer));
        let reply = self.scene.reply("{organ}", day(looked_at), solved, dice);
        self.steps.push((at, Step::Answer { reply }));
        self.scene.solved = solved;
        Some(at)
    }

    fn appraise(&mut self, answered_at: Timestamp, leaf: &Leaf, dice: &mut Dice) {
        if dice.per_mille(330) {
            return;
        }
        let at = in_office(plus(answered_at, HOUR * dice.between(1, 130)), dice);
        let by = if dice.per_mille(380) { AppraisedBy::CallBack } else { AppraisedBy::Reporter };
        if self.judge(at, by, dice) > 2 || !dice.per_mille(600) {
            return;
        }
        let mut at = plus(at, HOUR * dice.between(1, 30));
        let reason = self.scene.note(|s| &s.reply.redo, "{organ}", day(at), dice);
        self.steps.push((at, Step::Reopen { reason }));
        at = plus(at, MINUTE * dice.minutes(60));
        self.steps.push((at, Step::Accept));
        if let Some(answered_at) = self.handle(at, false, false, dice) {
            // A second look by somebody more senior mostly helps.
            let helped = self.scene.solved || dice.per_mille(skill(leaf) / 2);
            self.scene.solved = helped;
            if dice.per_mille(800) {
                let at = in_office(plus(answered_at, HOUR * dice.between(2, 100)), dice);
                self.judge(at, AppraisedBy::CallBack, dice);
            }
        }
    }

    fn judge(&mut self, at: Timestamp, by: AppraisedBy, dice: &mut Dice) -> u8 {
        let solved = self.scene.solved;
        let satisfied = if solved {
            [5, 4, 3][dice.weighted([57, 32, 11])]
        } else {
            [1, 2, 3][dice.weighted([30, 42, 28])]
        };
        let comment = match satisfied {
            1 | 2 => self.scene.note(|s| &s.reply.blame, "{organ}", day(at), dice),
            3 => self.scene.note(|s| &s.reply.middling, "{organ}", day(at), dice),
            _ => self.scene.note(|s| &s.reply.praise, "{organ}", day(at), dice),
        };
        self.steps.push((at, Step::Appraise { solved, satisfied, by, comment }));
        satisfied
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn city(count: u64) -> (Tables, Timestamp, u64) {
        (Tables::read().unwrap(), "2026-11-23T08:00:00Z".parse().unwrap(), count)
    }

    #[test]
    fn lives_are_in_order_and_within_the_year() {
        let (tables, now, count) = city(2000);
        let leaves: Vec<_> = tables.leaves().collect();
        for nth in 0..count {
            let life = Life::plan(&tables, &leaves, 1, nth, now);
            assert!(life.submitted_at < now && now.since(life.submitted_at) < Duration::from_secs(366 * DAY));
            let mut before = life.submitted_at;
            for (at, step) in &life.steps {
                assert!(*at >= before, "{step:?}");
                before = *at;
            }
        }
    }

    #[test]
    fn heating_is_a_matter_of_winter_and_dancing_of_summer_evenings() {
        let (tables, now, count) = city(6000);
        let leaves: Vec<_> = tables.leaves().collect();
        let mut seen: BTreeMap<(&str, bool), u32> = BTreeMap::new();
        let mut open = 0;
        for nth in 0..count {
            let life = Life::plan(&tables, &leaves, 1, nth, now);
            let month = day(life.submitted_at).month();
            *seen.entry((life.scene.leaf.code.as_str(), (6..=9).contains(&month))).or_default() += 1;
            let taken = life.steps.iter().filter(|(at, _)| *at <= now);
            if !taken.into_iter().any(|(_, step)| matches!(step, Step::Answer { .. } | Step::Withdraw { .. }))
            {
                open += 1;
            }
        }
        let of = |code, summer| seen.get(&(code, summer)).copied().unwrap_or(0);
        assert!(of("utilities.heating", false) > 20 * of("utilities.heating", true).max(1));
        assert!(of("noise.plaza", true) > of("noise.plaza", false));
        assert!((60..600).contains(&open), "{open} open");
    }
}
