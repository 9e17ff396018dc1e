//! From bytes to an election, with every line that is wrong.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::fields::split;
use super::number::{Decimal, money, shown};
use super::{File, Problem, Section, What};
use crate::{Choice, Election, Kind, Project, Unsound};

/// So many problems are told; a file with more is wrong in the same way again and again.
pub const MOST_PROBLEMS: usize = 50;

type Line<'t> = (u64, Vec<Cow<'t, str>>);

/// The lines of a section, with the names of its columns.
#[derive(Default)]
struct Table<'t> {
    /// Where the section begins; 0 if it is not there.
    line: u64,
    columns: Vec<String>,
    rows: Vec<Line<'t>>,
}

impl Table<'_> {
    fn column(&self, names: &[&str]) -> Option<usize> {
        self.columns.iter().position(|column| names.contains(&column.as_str()))
    }
}

struct Reader {
    wrong: Vec<Problem>,
    odd: Vec<Problem>,
}

/// A project as it stands, before amounts are brought to one unit.
struct Raw {
    line: u64,
    id: String,
    cost: Decimal,
}

pub(super) fn read(bytes: &[u8]) -> Result<File, Vec<Problem>> {
    let mut reader = Reader { wrong: Vec::new(), odd: Vec::new() };
    let file = reader.file(bytes);
    match file {
        Some(mut file) if reader.wrong.is_empty() => {
            reader.odd.sort_by_key(|problem| problem.line);
            file.oddities = reader.odd;
            Ok(file)
        }
        _ => {
            reader.wrong.sort_by_key(|problem| problem.line);
            reader.wrong.truncate(MOST_PROBLEMS);
            Err(reader.wrong)
        }
    }
}

/// The most digits after the point that points have.
fn point_decimals(votes: &Table<'_>) -> u32 {
    let Some(at) = votes.column(&["points"]) else { return 0 };
    let points = votes.rows.iter().filter_map(|(_, row)| row.get(at));
    let read =
        points.flat_map(|points| points.split(',')).filter_map(|one| Decimal::read("points", one).ok());
    read.map(|number| number.decimals).max().unwrap_or(0)
}

impl Reader {
    fn wrong(&mut self, line: u64, what: What) {
        // A little more than are told, so that the first ones by line are among them.
        if self.wrong.len() < MOST_PROBLEMS * 4 {
            self.wrong.push(Problem { line: line.max(1), what });
        }
    }

    fn odd(&mut self, line: u64, what: What) {
        self.odd.push(Problem { line: line.max(1), what });
    }

    /// A key that the first section lacks; if there is no such section that is said already.
    fn no_key(&mut self, meta: &Table<'_>, key: &'static str) {
        if meta.line > 0 {
            self.wrong(meta.line, What::NoKey(key));
        }
    }

    /// The value, or the problem noted.
    fn take<T>(&mut self, line: u64, value: Result<T, What>) -> Option<T> {
        value.map_err(|what| self.wrong(line, what)).ok()
    }

    fn number(&mut self, line: u64, field: &'static str, text: &str) -> Option<Decimal> {
        let number = self.take(line, Decimal::read(field, text))?;
        if number.comma {
            self.odd(line, What::Comma(field));
        }
        Some(number)
    }

    fn file(&mut self, bytes: &[u8]) -> Option<File> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
                let line = before.iter().filter(|byte| **byte == b'\n').count();
                self.wrong(u64::try_from(line).unwrap_or(u64::MAX - 1) + 1, What::NotUtf8);
                return None;
            }
        };
        let [meta, projects, votes] = self.sections(text);
        let keys = self.meta(&meta);
        let value = |key: &str| keys.get(key).map(|(line, value)| (*line, value.as_str()));
        let kind = match value("vote_type") {
            Some((_, "approval")) => Some(Kind::Approval),
            Some((_, "choose-1")) => Some(Kind::ChooseOne),
            Some((_, "ordinal")) => Some(Kind::Ranked),
            Some((_, "cumulative" | "scoring")) => Some(Kind::Points),
            Some((line, other)) => {
                self.wrong(line, What::UnknownVoteType(shown(other)));
                None
            }
            None => {
                self.no_key(&meta, "vote_type");
                None
            }
        };
        let (budget_line, budget) = match value("budget") {
            Some((line, text)) => (line, self.number(line, "budget", text)),
            None => {
                self.no_key(&meta, "budget");
                (meta.line, None)
            }
        };
        let raws = self.raws(&projects);
        let decimals = raws
            .iter()
            .map(|raw| raw.cost.decimals)
            .chain(budget.map(|budget| budget.decimals))
            .max()
            .unwrap_or(0);
        let budget = budget.and_then(|budget| self.take(budget_line, budget.units("budget", decimals)));
        if budget == Some(0) {
            self.wrong(budget_line, What::ZeroBudget);
        }
        let mut listed: Vec<Project> = Vec::with_capacity(raws.len());
        let mut total = 0_u64;
        for raw in &raws {
            let cost = self.take(raw.line, raw.cost.units("cost", decimals)).unwrap_or(0);
            match total.checked_add(cost).filter(|total| *total < crate::LIMIT) {
                Some(sum) => total = sum,
                None => self.wrong(raw.line, What::SumTooLarge("costs")),
            }
            if raw.cost.units("cost", decimals) == Ok(0) {
                self.odd(raw.line, What::CostsNothing(raw.id.clone()));
            }
            if budget.is_some_and(|budget| cost > budget) {
                self.odd(raw.line, What::DearerThanBudget(raw.id.clone()));
            }
            listed.push(Project { id: raw.id.clone(), cost });
        }
        let kind = kind?;
        let places = value("max_length").and_then(|(_, text)| text.parse::<u32>().ok()).unwrap_or(0);
        let point_decimals = if kind == Kind::Points { point_decimals(&votes) } else { 0 };
        let (voters, ballots, lines) = self.ballots(&votes, kind, places, point_decimals, &keys, &listed);
        if !self.wrong.is_empty() {
            return None;
        }
        // Whoever is named counts here, with points or without.
        let mut named = vec![0_u64; listed.len()];
        for choice in ballots.iter().flatten() {
            if let Some(count) = named.get_mut(choice.project) {
                *count += 1;
            }
        }
        let election = match Election::new(kind, budget.unwrap_or(0), listed, ballots) {
            Ok(election) => election,
            Err(unsound) => {
                self.unsound(&unsound, &lines, meta.line, projects.line);
                return None;
            }
        };
        self.counts(&keys, &projects, &raws, &named, election.voters());
        let official = self.official(&projects, &raws, &election, decimals);
        let names = projects
            .column(&["name"])
            .map(|at| {
                let of: HashMap<u64, &str> = projects
                    .rows
                    .iter()
                    .filter_map(|(line, row)| Some((*line, row.get(at)?.as_ref())))
                    .collect();
                raws.iter()
                    .map(|raw| of.get(&raw.line).map_or(String::new(), |name| (*name).to_owned()))
                    .collect()
            })
            .unwrap_or_else(|| vec![String::new(); raws.len()]);
        let meta = keys.into_iter().map(|(key, (_, value))| (key, value)).collect();
        Some(File { meta, election, decimals, point_decimals, names, voters, official, oddities: Vec::new() })
    }

    /// Cuts the text into its three sections.
    fn sections<'t>(&mut self, text: &'t str) -> [Table<'t>; 3] {
        let mut tables: [Table<'t>; 3] = Default::default();
        let mut present: Option<(Section, usize)> = None;
        let mut expects_columns = false;
        let (mut outside, mut last) = (false, 1);
        for (line, text) in (1_u64..).zip(text.lines()) {
            let text = text.trim_end_matches('\r');
            last = line;
            if text.trim().is_empty() {
                if present.is_some() {
                    self.odd(line, What::EmptyLine);
                }
                continue;
            }
            let head = text.split(';').next().unwrap_or("").trim();
            let begins = [Section::Meta, Section::Projects, Section::Votes]
                .into_iter()
                .zip(0_usize..)
                .find(|(section, _)| head.eq_ignore_ascii_case(&section.to_string()));
            if let Some((section, at)) = begins.filter(|_| !expects_columns) {
                if let Some(table) = tables.get_mut(at) {
                    if table.line > 0 {
                        self.wrong(line, What::SectionTwice(section));
                    } else {
                        table.line = line;
                    }
                }
                present = Some((section, at));
                expects_columns = true;
                continue;
            }
            let Some((section, at)) = present else {
                if !std::mem::replace(&mut outside, true) {
                    self.wrong(line, What::OutsideSections);
                }
                continue;
            };
            let Some(table) = tables.get_mut(at) else { continue };
            let row = split(text);
            if std::mem::take(&mut expects_columns) {
                let names: Vec<String> = row.iter().map(|name| name.to_ascii_lowercase()).collect();
                for (place, name) in names.iter().enumerate() {
                    if names.get(..place).is_some_and(|before| before.contains(name)) {
                        self.wrong(line, What::ColumnTwice(shown(name)));
                    }
                }
                // Some files begin META with its first key.
                if section == Section::Meta && names.first().map(String::as_str) != Some("key") {
                    table.rows.push((line, row));
                } else {
                    table.columns = names;
                }
                continue;
            }
            table.rows.push((line, row));
        }
        for (section, table) in [Section::Meta, Section::Projects, Section::Votes].into_iter().zip(&tables) {
            if table.line == 0 {
                self.wrong(last, What::NoSection(section));
            }
        }
        tables
    }

    fn meta(&mut self, table: &Table<'_>) -> BTreeMap<String, (u64, String)> {
        let mut keys = BTreeMap::new();
        for (line, row) in &table.rows {
            let mut row = row.iter();
            let key = row.next().map_or(String::new(), |key| key.to_ascii_lowercase());
            let value: Vec<&str> = row.map(AsRef::as_ref).collect();
            keys.entry(key).or_insert((*line, value.join(";")));
        }
        keys
    }

    fn raws(&mut self, table: &Table<'_>) -> Vec<Raw> {
        if table.line == 0 {
            return Vec::new();
        }
        let (Some(id_at), Some(cost_at)) = (table.column(&["project_id"]), table.column(&["cost"])) else {
            let lacks = if table.column(&["project_id"]).is_none() { "project_id" } else { "cost" };
            self.wrong(table.line + 1, What::NoColumn(Section::Projects, lacks));
            return Vec::new();
        };
        let mut first: HashMap<&str, u64> = HashMap::new();
        let mut raws = Vec::with_capacity(table.rows.len());
        for (line, row) in &table.rows {
            if row.len() < table.columns.len() {
                self.wrong(*line, What::Fields { has: row.len(), wants: table.columns.len() });
                continue;
            }
            if row.len() > table.columns.len() {
                self.odd(*line, What::Fields { has: row.len(), wants: table.columns.len() });
            }
            let id = row.get(id_at).map_or("", AsRef::as_ref);
            if id.is_empty() {
                self.wrong(*line, What::NoProjectId);
                continue;
            }
            if let Some(earlier) = first.insert(id, *line) {
                self.wrong(*line, What::ProjectTwice { id: shown(id), first: earlier });
                continue;
            }
            let Some(cost) = self.number(*line, "cost", row.get(cost_at).map_or("", AsRef::as_ref)) else {
                continue;
            };
            raws.push(Raw { line: *line, id: id.to_owned(), cost });
        }
        if raws.is_empty() && self.wrong.is_empty() {
            self.wrong(table.line, What::NoProjects);
        }
        raws
    }

    /// The voters, their ballots, and the lines that they stand on.
    fn ballots(
        &mut self,
        table: &Table<'_>,
        kind: Kind,
        places: u32,
        decimals: u32,
        keys: &BTreeMap<String, (u64, String)>,
        projects: &[Project],
    ) -> (Vec<String>, Vec<Vec<Choice>>, Vec<u64>) {
        let mut found = (Vec::new(), Vec::new(), Vec::new());
        if table.line == 0 {
            return found;
        }
        let (voter_at, vote_at) = (table.column(&["voter_id"]), table.column(&["vote"]));
        let (Some(voter_at), Some(vote_at)) = (voter_at, vote_at) else {
            let lacks = if voter_at.is_none() { "voter_id" } else { "vote" };
            self.wrong(table.line + 1, What::NoColumn(Section::Votes, lacks));
            return found;
        };
        let points_at = table.column(&["points"]);
        if kind == Kind::Points && points_at.is_none() {
            self.wrong(table.line + 1, What::NoColumn(Section::Votes, "points"));
            return found;
        }
        let place: HashMap<&str, usize> =
            projects.iter().enumerate().map(|(at, project)| (project.id.as_str(), at)).collect();
        let bound = |key: &str| keys.get(key).and_then(|(_, text)| text.parse::<usize>().ok());
        let (shortest, longest) = (bound("min_length"), bound("max_length"));
        let mut first: HashMap<&str, u64> = HashMap::new();
        // Costs that are wrong would make every vote for that project wrong too.
        let sound = self.wrong.is_empty();
        for (line, row) in &table.rows {
            let voter = row.get(voter_at).map_or("", AsRef::as_ref);
            if voter.is_empty() {
                self.wrong(*line, What::NoVoterId);
                continue;
            }
            if let Some(earlier) = first.insert(voter, *line) {
                self.wrong(*line, What::VoterTwice { id: shown(voter), first: earlier });
                continue;
            }
            let named: Vec<&str> = row
                .get(vote_at)
                .map_or("", AsRef::as_ref)
                .split(',')
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .collect();
            if named.is_empty() {
                self.wrong(*line, What::EmptyBallot(shown(voter)));
                continue;
            }
            if kind == Kind::ChooseOne && named.len() > 1 {
                self.wrong(*line, What::MoreThanOne(shown(voter)));
                continue;
            }
            let Some(points) = self.points(*line, voter, row, points_at, kind, places, named.len(), decimals)
            else {
                continue;
            };
            let mut choices: Vec<Choice> = Vec::with_capacity(named.len());
            let mut fine = true;
            for (project, points) in named.iter().zip(points) {
                match place.get(project) {
                    None => {
                        if sound {
                            let (project, voter) = (shown(project), shown(voter));
                            self.wrong(*line, What::UnknownProject { project, voter });
                        }
                        fine = false;
                    }
                    Some(at) if choices.iter().any(|choice| choice.project == *at) => {
                        let (project, voter) = (shown(project), shown(voter));
                        self.wrong(*line, What::TwiceOnBallot { project, voter });
                        fine = false;
                    }
                    Some(at) => choices.push(Choice { project: *at, points }),
                }
            }
            if fine && choices.iter().all(|choice| choice.points == 0) {
                self.wrong(*line, What::EmptyBallot(shown(voter)));
                fine = false;
            }
            let length = choices.len();
            if shortest.is_some_and(|least| length < least) || longest.is_some_and(|most| length > most) {
                let allowed = format!(
                    "{} to {}",
                    shortest.unwrap_or(1),
                    longest.map_or_else(|| "any number".to_owned(), |most| most.to_string())
                );
                self.odd(*line, What::Length { voter: shown(voter), has: length, allowed });
            }
            if fine {
                found.0.push(voter.to_owned());
                found.1.push(choices);
                found.2.push(*line);
            }
        }
        if found.1.is_empty() && self.wrong.is_empty() {
            self.wrong(table.line, What::NoBallots);
        }
        found
    }

    /// The points of a ballot, one for each project that it names.
    #[expect(clippy::too_many_arguments, reason = "one line of a file, in one place")]
    fn points(
        &mut self,
        line: u64,
        voter: &str,
        row: &[Cow<'_, str>],
        at: Option<usize>,
        kind: Kind,
        places: u32,
        many: usize,
        decimals: u32,
    ) -> Option<Vec<u32>> {
        match kind {
            Kind::Approval | Kind::ChooseOne => Some(vec![1; many]),
            Kind::Ranked => {
                let top = places.max(u32::try_from(many).ok()?);
                Some((0_u32..).take(many).map(|place| top - place).collect())
            }
            Kind::Points => {
                let text = at.and_then(|at| row.get(at)).map_or("", AsRef::as_ref);
                let given: Vec<&str> = text.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
                if given.len() != many {
                    let voter = shown(voter);
                    self.wrong(line, What::PointsDoNotMatch { projects: many, points: given.len(), voter });
                    return None;
                }
                let mut points = Vec::with_capacity(many);
                for one in given {
                    let number = self.take(line, Decimal::read("points", one))?;
                    let units = self.take(line, number.units("points", decimals))?;
                    match u32::try_from(units) {
                        Ok(units) => points.push(units),
                        Err(_) => {
                            self.wrong(line, What::TooLarge { field: "points", value: shown(one) });
                            return None;
                        }
                    }
                }
                Some(points)
            }
        }
    }

    /// What the election itself found, with its line.
    fn unsound(&mut self, unsound: &Unsound, lines: &[u64], meta: u64, projects: u64) {
        let line = |ballot: usize| lines.get(ballot).copied().unwrap_or(1);
        match unsound {
            Unsound::NoBudget => self.wrong(meta, What::ZeroBudget),
            Unsound::NoBallots => self.wrong(meta, What::NoBallots),
            Unsound::SameName(id) => {
                self.wrong(projects, What::ProjectTwice { id: shown(id), first: projects })
            }
            Unsound::UnknownProject { ballot } => {
                let (project, voter) = (String::new(), ballot.to_string());
                self.wrong(line(*ballot), What::UnknownProject { project, voter });
            }
            Unsound::Twice { ballot, project } => {
                let (project, voter) = (shown(project), ballot.to_string());
                self.wrong(line(*ballot), What::TwiceOnBallot { project, voter });
            }
            Unsound::Empty { ballot } => self.wrong(line(*ballot), What::EmptyBallot(ballot.to_string())),
            Unsound::TooMuch(of) => self.wrong(lines.last().copied().unwrap_or(1), What::SumTooLarge(of)),
        }
    }

    /// Compares what the file says about itself with what it holds.
    fn counts(
        &mut self,
        keys: &BTreeMap<String, (u64, String)>,
        table: &Table<'_>,
        raws: &[Raw],
        named: &[u64],
        voters: u64,
    ) {
        let holds = [("num_projects", u64::try_from(raws.len()).unwrap_or(u64::MAX)), ("num_votes", voters)];
        for (key, holds) in holds {
            if let Some((line, text)) = keys.get(key)
                && let Ok(says) = text.parse::<u64>()
                && says != holds
            {
                self.odd(*line, What::Count { of: key.to_owned(), says, holds });
            }
        }
        let Some(at) = table.column(&["votes"]) else { return };
        let says: HashMap<u64, &str> =
            table.rows.iter().filter_map(|(line, row)| Some((*line, row.get(at)?.as_ref()))).collect();
        for (raw, holds) in raws.iter().zip(named.iter().copied()) {
            if let Some(Ok(says)) = says.get(&raw.line).map(|text| text.parse::<u64>())
                && says != holds
            {
                self.odd(
                    raw.line,
                    What::Count { of: format!("votes for project {}", shown(&raw.id)), says, holds },
                );
            }
        }
    }

    /// What the city chose: whatever has 1 in the column `selected`.
    fn official(
        &mut self,
        table: &Table<'_>,
        raws: &[Raw],
        election: &Election,
        decimals: u32,
    ) -> Option<Vec<usize>> {
        let at = table.column(&["selected"])?;
        let chosen: HashMap<u64, bool> = table
            .rows
            .iter()
            .map(|(line, row)| (*line, row.get(at).is_some_and(|text| text == "1")))
            .collect();
        let official: Vec<usize> = (0..raws.len())
            .filter(|place| raws.get(*place).is_some_and(|raw| chosen.get(&raw.line) == Some(&true)))
            .collect();
        let cost = election.total_cost(&official);
        if cost > election.budget() {
            let amount = |units: u64| money(i64::try_from(units).unwrap_or(i64::MAX), decimals);
            let (cost, budget) = (amount(cost), amount(election.budget()));
            self.odd(table.line, What::OfficialOverBudget { cost, budget });
        }
        Some(official)
    }
}
