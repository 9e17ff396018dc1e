//! `gongzhi ballot`: what a Pabulib file decides, by one rule or by all, and the account of it.

use std::fmt::Write;
use std::path::Path;

use gongzhi_ballot::pabulib::{File, Problem};
use gongzhi_ballot::{
    Account, Election, Exact, Kind, Options, Outcome, Refused, Rule, Terms, Utility, WhyNot, decide,
    decide_by_all,
};
use serde::Serialize;
use serde_json::{Number, Value};

use crate::cli::{BallotArgs, UtilityName};
use crate::say::{self, Trouble};

/// Most oddities of a file that are told; all are counted.
const SHOWN: usize = 5;
/// Most characters of a project's name.
const NAME: usize = 60;

/// What came of a rule, for machines.
#[derive(Serialize)]
struct Answer<'f> {
    rule: &'static str,
    winners: Vec<&'f str>,
    cost: Number,
    unspent: Number,
    voters: u64,
    voters_without_winner: u64,
    official: Option<Official<'f>>,
}

/// What the city announced, and whether it is the same.
#[derive(Serialize)]
struct Official<'f> {
    winners: Vec<&'f str>,
    same: bool,
}

pub(crate) fn run(args: &BallotArgs, json: bool) -> Result<(), Trouble> {
    let bytes = std::fs::read(&args.file).map_err(|error| {
        Trouble::new(format!("cannot read {}: {error}", args.file.display()))
            .way_out("name a Pabulib file (.pb); `gongzhi ballot --help` shows one")
    })?;
    let file = File::parse(&bytes).map_err(|problems| unreadable(&args.file, &problems, json))?;
    drop(bytes);
    for problem in file.oddities.iter().take(SHOWN) {
        say::aside(format_args!("{}:{}: {}", args.file.display(), problem.line, problem.what));
    }
    if file.oddities.len() > SHOWN {
        say::aside(format_args!("{} more oddities of this kind", file.oddities.len() - SHOWN));
    }
    let options = options(args, &file);
    if args.all_rules { all(&file, &options, json) } else { one(args, &file, &options, json) }
}

/// All that is wrong is told; the sentence names the first.
fn unreadable(path: &Path, problems: &[Problem], json: bool) -> Trouble {
    let first = problems.first().map_or_else(|| "it is wrong".to_owned(), ToString::to_string);
    let more = match problems.len() {
        0 | 1 => String::new(),
        many => format!(" (and {} more lines)", many - 1),
    };
    let trouble = Trouble::new(format!("{}, {first}{more}", path.display()))
        .way_out("mend the file: pabulib.org/format tells how it is written");
    if json {
        let listed: Vec<Value> = problems
            .iter()
            .map(|problem| serde_json::json!({ "line": problem.line, "reason": problem.what.to_string() }))
            .collect();
        let said = say::json(&serde_json::json!({
            "error": trouble.sentence, "way_out": trouble.way_out, "problems": listed,
        }));
        if let Err(unsaid) = said {
            return unsaid;
        }
    } else {
        for problem in problems {
            say::aside(format_args!("{}:{}: {}", path.display(), problem.line, problem.what));
        }
    }
    trouble
}

fn options(args: &BallotArgs, file: &File) -> Options {
    let utility = match args.utility {
        UtilityName::Cost => Utility::Cost,
        UtilityName::Cardinality => Utility::Cardinality,
    };
    // Add1 goes by whole units of money, whatever the smallest coin of the file is.
    let unit = 10_u64.checked_pow(file.decimals).unwrap_or(1);
    let step = args.step.saturating_mul(unit);
    let announced = file.official.as_ref().map_or(1, |winners| winners.len().max(1));
    Options {
        terms: Terms { utility, step, ..Terms::default() },
        threshold: file.threshold().unwrap_or(0),
        seats: args.seats.map_or(announced, |seats| usize::try_from(seats).unwrap_or(usize::MAX)),
        seed: Some(args.seed),
    }
}

/// The rule that the file names, where it is one of ours.
fn rule_of(file: &File) -> Rule {
    let named = file.meta.get("rule").map(|rule| rule.to_ascii_lowercase()).unwrap_or_default();
    match named.as_str() {
        "equalshares" => Rule::EqualShares,
        "greedy-no-skip" => Rule::GreedyNoSkip,
        greedy if greedy.starts_with("greedy") => Rule::Greedy,
        _ => Rule::EqualSharesAdd1,
    }
}

fn refused(rule: Rule, why: &Refused) -> Trouble {
    let trouble = Trouble::new(format!("{rule} gives no outcome: {why}"));
    match why {
        Refused::NotRanked => trouble.way_out("take another rule: `--all-rules` shows what each gives"),
        Refused::TooManySteps(_) => trouble.way_out("`--step 100` raises the share by a hundred at a time"),
        _ => trouble,
    }
}

fn one(args: &BallotArgs, file: &File, options: &Options, json: bool) -> Result<(), Trouble> {
    let rule = args.rule.unwrap_or_else(|| rule_of(file));
    let outcome = decide(&file.election, rule, options).map_err(|why| refused(rule, &why))?;
    if json {
        return say::json(&answer(file, &outcome)?);
    }
    say::line(told(file, options, &outcome));
    Ok(())
}

fn all(file: &File, options: &Options, json: bool) -> Result<(), Trouble> {
    let outcomes = decide_by_all(&file.election, options);
    if json {
        let mut answers = Vec::new();
        for (rule, outcome) in &outcomes {
            answers.push(match outcome {
                Ok(outcome) => serde_json::to_value(answer(file, outcome)?)
                    .map_err(|error| Trouble::new(format!("cannot write the answer as JSON: {error}")))?,
                Err(why) => serde_json::json!({ "rule": rule.name(), "error": why.to_string() }),
            });
        }
        return say::json(&answers);
    }
    say::line(compared(file, &outcomes));
    Ok(())
}

// ---- for machines

/// An amount as a number: whole where the file counts whole units.
fn number(file: &File, amount: i64) -> Result<Number, Trouble> {
    if file.decimals == 0 {
        return Ok(amount.into());
    }
    let text = file.money(amount);
    serde_json::from_str(&text)
        .map_err(|error| Trouble::new(format!("cannot write {text} as a number: {error}")))
}

fn answer<'f>(file: &'f File, outcome: &Outcome) -> Result<Answer<'f>, Trouble> {
    let ids = |places: &[usize]| places.iter().map(|place| file.election.id(*place)).collect::<Vec<&str>>();
    let cost = i64::try_from(outcome.cost).unwrap_or(i64::MAX);
    Ok(Answer {
        rule: outcome.rule.name(),
        winners: ids(&outcome.winners),
        cost: number(file, cost)?,
        unspent: number(file, outcome.unspent)?,
        voters: outcome.voters,
        voters_without_winner: outcome.voters_without_winner,
        official: file.official.as_ref().map(|winners| Official {
            winners: ids(winners),
            same: missing(winners, &outcome.winners).is_empty()
                && missing(&outcome.winners, winners).is_empty(),
        }),
    })
}

// ---- for people

/// Those of `some` that are not among `others`.
fn missing(some: &[usize], others: &[usize]) -> Vec<usize> {
    some.iter().copied().filter(|one| !others.contains(one)).collect()
}

fn amount(file: &File, amount: u64) -> String {
    file.money(i64::try_from(amount).unwrap_or(i64::MAX))
}

/// An exact amount in the file's money.
fn in_money(file: &File, amount: &Exact) -> Exact {
    let unit = 10_u64.checked_pow(file.decimals).unwrap_or(1);
    Exact::new(amount.num().clone(), amount.den() * unit).unwrap_or_else(Exact::zero)
}

/// A share or a payment, cut off after two digits.
fn exact(file: &File, amount: &Exact) -> String {
    in_money(file, amount).decimal(2)
}

/// `61 of 2553 voters (2.3 %)`.
fn part(some: u64, voters: u64) -> String {
    let tenths = u128::from(some) * 1000 / u128::from(voters.max(1));
    format!("{some} of {voters} voters ({}.{} %)", tenths / 10, tenths % 10)
}

/// What a project is called in the file, and its name, shortened.
fn name(file: &File, place: usize) -> String {
    let full = file.names.get(place).map_or("", String::as_str);
    let mut short: String = full.chars().take(NAME).collect();
    if short.len() < full.len() {
        short.push('…');
    }
    let id = file.election.id(place);
    if short.is_empty() { id.to_owned() } else { format!("{id}  {short}") }
}

fn ids(election: &Election, places: &[usize]) -> String {
    places.iter().map(|place| election.id(*place)).collect::<Vec<_>>().join(", ")
}

/// Whose vote it was.
fn title(file: &File) -> String {
    let of = |key: &str| file.meta.get(key).map(String::as_str).filter(|text| !text.is_empty());
    let place: Vec<&str> = ["unit", "instance", "country"].into_iter().filter_map(of).collect();
    let currency = of("currency").map_or(String::new(), |currency| format!(" {currency}"));
    format!(
        "{}: {} projects, {} voters, budget {}{currency}",
        if place.is_empty() { "a vote".to_owned() } else { place.join(", ") },
        file.election.projects().len(),
        file.election.voters(),
        amount(file, file.election.budget()),
    )
}

/// One rule in words.
fn meaning(rule: Rule) -> &'static str {
    match rule {
        Rule::EqualShares => "everybody is given the same part of the budget, and supporters buy together",
        Rule::EqualSharesUtilitarian => {
            "equal shares, and what is left goes to the projects with most points"
        }
        Rule::EqualSharesAdd1 => "equal shares, raised step by step until the next step would overspend",
        Rule::EqualSharesAdd1Comparison => "the same, unless more voters prefer the outcome of greedy",
        Rule::Greedy => "from the most points down, passing over what does not fit",
        Rule::GreedyNoSkip => "from the most points down, to the first that does not fit",
        Rule::Phragmen => {
            "everybody earns money at one pace, and supporters buy together as soon as they can"
        }
        Rule::Irv => "the last leaves and its ballots go on, until one has more than half",
        Rule::StvScottish => "seats in proportion, surpluses go on: rules of Scottish local elections",
        Rule::StvMeek => "seats in proportion, surpluses go on and on: Meek",
        Rule::Schulze => "who is not beaten along the strongest paths of pairwise victories",
    }
}

/// The account of one decision.
fn told(file: &File, options: &Options, outcome: &Outcome) -> String {
    let election = &file.election;
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{}\n{}: {}\n", title(file), outcome.rule, meaning(outcome.rule));
    let _ = writeln!(
        text,
        "{} chosen, cost {}, unspent {}",
        outcome.winners.len(),
        amount(file, outcome.cost),
        file.money(outcome.unspent)
    );
    for winner in &outcome.winners {
        let votes = election.support(*winner).votes;
        let _ = writeln!(
            text,
            "  {:>12}  {votes:>6} votes  {}",
            amount(file, election.cost(*winner)),
            name(file, *winner)
        );
        if let Some(how) = how(file, outcome, *winner) {
            let _ = writeln!(text, "                {how}");
        }
    }
    steps(&mut text, file, outcome);
    let others: Vec<(usize, WhyNot)> = (0..election.projects().len())
        .filter_map(|place| Some((place, outcome.why_not(election, &options.terms, place)?)))
        .collect();
    if !others.is_empty() {
        let _ = writeln!(text, "\n{} not chosen", others.len());
        for (place, why) in &others {
            let votes = election.support(*place).votes;
            let cost = amount(file, election.cost(*place));
            let _ = writeln!(text, "  {cost:>12}  {votes:>6} votes  {}", name(file, *place));
            let _ = writeln!(text, "                {}", because(file, why));
        }
    }
    let _ = writeln!(
        text,
        "\n{} got nothing that they voted for",
        part(outcome.voters_without_winner, outcome.voters)
    );
    for lot in &outcome.lots {
        let _ = writeln!(
            text,
            "lot: {} were equal in everything; with seed {} it fell on {}",
            ids(election, &lot.between),
            lot.seed,
            election.id(lot.fell_on)
        );
    }
    text.push_str(&announced(file, outcome));
    text
}

/// How a project came to be chosen.
fn how(file: &File, outcome: &Outcome, winner: usize) -> Option<String> {
    match &outcome.account {
        Account::Shares { shares, .. } => {
            let purchases = shares.purchases(&file.election);
            let Some(purchase) = purchases.iter().find(|purchase| purchase.project == winner) else {
                return Some("taken by its votes, from what equal shares had left".to_owned());
            };
            let price = exact(file, &purchase.price);
            let of = match file.election.kind() {
                Kind::Approval | Kind::ChooseOne => "each",
                _ => "a point",
            };
            let mut how = format!("{} paid {price} {of}", purchase.paid_in_full);
            if purchase.paid_their_last > 0 {
                let _ = write!(how, ", {} all they had left", purchase.paid_their_last);
            }
            if purchase.had_nothing > 0 {
                let _ = write!(how, ", {} had nothing left", purchase.had_nothing);
            }
            Some(how)
        }
        Account::Phragmen(phragmen) => {
            let moment = phragmen.bought.iter().find(|moment| moment.project == winner)?;
            Some(format!("when each voter had earned {}", exact(file, &moment.earned)))
        }
        Account::Greedy { looks, .. } => {
            let look = looks.iter().find(|look| look.project == winner)?;
            Some(format!("{} were left of the budget", amount(file, look.left)))
        }
        _ => None,
    }
}

/// What happened on the way.
fn steps(text: &mut String, file: &File, outcome: &Outcome) {
    let election = &file.election;
    let comparison = match &outcome.account {
        Account::Shares { shares, comparison, .. } => {
            let _ = writeln!(text, "\neach voter was given {}", exact(file, &shares.share()));
            if shares.steps > 0 || !shares.next_step.is_empty() {
                let cost = election.total_cost(&shares.next_step);
                let _ = writeln!(
                    text,
                    "Add1 raised the share {} times; once more, {} would have been bought too, and the cost at least {}",
                    shares.steps,
                    ids(election, &missing(&shares.next_step, &outcome.winners)),
                    amount(file, cost)
                );
            }
            comparison
        }
        Account::Greedy { comparison, .. } => comparison,
        Account::Irv(count) => {
            let _ = writeln!(text, "\n{} rounds", count.rounds.len());
            if let Some(last) = count.rounds.last() {
                for (place, votes) in last.votes.iter().enumerate().filter(|(_, votes)| **votes > 0) {
                    let _ = writeln!(text, "  at the end {votes} votes for {}", name(file, place));
                }
                let _ = writeln!(text, "  {} ballots named nobody who was left", last.exhausted);
            }
            &None
        }
        Account::Scottish(count) => {
            let _ = writeln!(text, "\na quota of {} votes, {} stages", count.quota, count.stages.len());
            &None
        }
        Account::Meek(count) => {
            let _ = writeln!(text, "\n{} rounds", count.rounds.len());
            &None
        }
        Account::Schulze(count) => {
            let said = count.condorcet.map_or_else(
                || "nobody wins against everybody else".to_owned(),
                |place| format!("{} wins against everybody else", election.id(place)),
            );
            let _ = writeln!(text, "\n{said}");
            &None
        }
        _ => &None,
    };
    if let Some(comparison) = comparison {
        let taken = if comparison.greedy_wins() { "greedy" } else { "equal shares" };
        let _ = writeln!(
            text,
            "\n{} voters get more from equal shares, {} from greedy: {taken} it is",
            comparison.prefer_shares, comparison.prefer_greedy
        );
    }
}

fn because(file: &File, why: &WhyNot) -> String {
    match why {
        WhyNot::NoVotes => "nobody voted for it".to_owned(),
        WhyNot::DearerThanBudget => "it costs more than the whole budget".to_owned(),
        WhyNot::BelowThreshold => "it got too few votes to take part".to_owned(),
        WhyNot::SupportersLack { left, missing } => format!(
            "its supporters had {} left together; {} were missing",
            exact(file, left),
            in_money(file, missing).decimal_up(2)
        ),
        WhyNot::DidNotFit { left } => {
            format!("when its turn came {} were left of the budget", amount(file, *left))
        }
        WhyNot::EndedBefore { at } => {
            format!("the rule had ended before its turn, at {}, which did not fit", file.election.id(*at))
        }
        _ => "others had more votes on the way".to_owned(),
    }
}

/// How the outcome differs from what the city announced.
fn announced(file: &File, outcome: &Outcome) -> String {
    let Some(official) = &file.official else {
        return "the file does not say what was announced".to_owned();
    };
    let (here, there) = (missing(&outcome.winners, official), missing(official, &outcome.winners));
    if here.is_empty() && there.is_empty() {
        return format!("the same {} projects as announced", official.len());
    }
    let side =
        |places: &[usize]| if places.is_empty() { "none".to_owned() } else { ids(&file.election, places) };
    format!(
        "differs from what was announced\n  chosen here and not there: {}\n  chosen there and not here: {}",
        side(&here),
        side(&there)
    )
}

/// All rules beside each other.
fn compared(file: &File, outcomes: &[(Rule, Result<Outcome, Refused>)]) -> String {
    let election = &file.election;
    let mut text = format!("{}\n\n", title(file));
    let _ = writeln!(
        text,
        "{:<29} {:>6} {:>14} {:>14}  {:<30} announced",
        "rule", "chosen", "cost", "unspent", "with nothing"
    );
    for (rule, outcome) in outcomes {
        match outcome {
            Ok(outcome) => {
                let announced = file.official.as_ref().map_or_else(
                    || "–".to_owned(),
                    |official| {
                        let (here, there) =
                            (missing(&outcome.winners, official), missing(official, &outcome.winners));
                        if here.is_empty() && there.is_empty() {
                            "the same".to_owned()
                        } else {
                            format!("+{} −{}", here.len(), there.len())
                        }
                    },
                );
                let _ = writeln!(
                    text,
                    "{:<29} {:>6} {:>14} {:>14}  {:<30} {announced}",
                    rule.name(),
                    outcome.winners.len(),
                    amount(file, outcome.cost),
                    file.money(outcome.unspent),
                    part(outcome.voters_without_winner, outcome.voters),
                );
            }
            Err(why) => {
                let _ = writeln!(text, "{:<29} – {why}", rule.name());
            }
        }
    }
    let decided: Vec<(&Rule, &Outcome)> =
        outcomes.iter().filter_map(|(rule, outcome)| Some((rule, outcome.as_ref().ok()?))).collect();
    text.push_str("\nchosen by\n");
    for place in 0..election.projects().len() {
        let by: Vec<&str> = decided
            .iter()
            .filter(|(_, outcome)| outcome.winners.contains(&place))
            .map(|(rule, _)| rule.name())
            .collect();
        let who = match by.len() {
            0 => continue,
            many if many == decided.len() => "all rules".to_owned(),
            _ => by.join(", "),
        };
        let mark = match &file.official {
            Some(official) if official.contains(&place) => " (announced)",
            _ => "",
        };
        let _ = writeln!(text, "  {}{mark}\n                {who}", name(file, place));
    }
    text.truncate(text.trim_end().len());
    text
}
