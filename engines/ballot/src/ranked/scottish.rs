//! Single transferable vote by the rules of Scottish local elections: the Scottish Local Government Elections Order
//! 2007 (SSI 2007/42), schedule 1, rules 45 to 52. Weighted inclusive Gregory transfers, five decimal places, cut off.

use super::{by_earlier_stages, ordered, seats};
use crate::{Election, Lots, Refused};

/// Values are counted in hundred-thousandths of a vote (rule 48).
pub(super) const UNIT: u64 = 100_000;

/// What happens at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageKind {
    /// First preferences are counted.
    First,
    /// The surplus of this candidate is transferred.
    Surplus(usize),
    /// This candidate is excluded.
    Excluded(usize),
    /// As many are left as there are seats: they are elected.
    LastVacancies,
}

/// A stage of the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What happened.
    pub kind: StageKind,
    /// The votes at its end, in hundred-thousandths, by place.
    pub votes: Vec<u64>,
    /// Who was deemed to be elected at its end.
    pub elected: Vec<usize>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scottish {
    /// Whole votes needed to be elected: valid ballots ÷ (seats + 1), cut off, plus one.
    pub quota: u64,
    /// The stages.
    pub stages: Vec<Stage>,
    /// Who was elected, in order.
    pub winners: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Continuing,
    Elected,
    Excluded,
}

struct Count<'e> {
    election: &'e Election,
    state: Vec<State>,
    votes: Vec<u64>,
    /// The value of each of the papers of a ballot, and where on it they are.
    value: Vec<u64>,
    at: Vec<usize>,
    history: Vec<Vec<u64>>,
    result: Scottish,
}

/// Counts so many seats. Ties: whoever had more (of surpluses) or fewer (of exclusions) votes at the latest earlier stage
/// at which they differed, then the lot (rules 49 and 51).
///
/// # Errors
/// Ballots without an order; no seats; a tie that needs a lot.
pub fn stv_scottish(election: &Election, many: usize, lots: &mut Lots) -> Result<Scottish, Refused> {
    ordered(election)?;
    let vacancies = seats(many)?;
    let quota = election.voters() / (vacancies + 1) + 1;
    let projects = election.projects().len();
    let mut count = Count {
        election,
        state: vec![State::Continuing; projects],
        votes: vec![0; projects],
        value: vec![UNIT; election.ballots().len()],
        at: vec![0; election.ballots().len()],
        history: Vec::new(),
        result: Scottish { quota, stages: Vec::new(), winners: Vec::new() },
    };
    for ballot in election.ballots() {
        if let Some(first) = ballot.choices.first() {
            count.votes[first.project] += ballot.voters * UNIT;
        }
    }
    let quota = quota * UNIT;
    let mut kind = StageKind::First;
    let mut surpluses: Vec<usize> = Vec::new();
    loop {
        let mut elected: Vec<usize> = (0..projects)
            .filter(|one| count.state[*one] == State::Continuing && count.votes[*one] >= quota)
            .collect();
        elected.sort_by(|a, b| {
            count.votes[*b].cmp(&count.votes[*a]).then_with(|| election.id(*a).cmp(election.id(*b)))
        });
        for one in &elected {
            count.state[*one] = State::Elected;
            if count.votes[*one] > quota {
                surpluses.push(*one);
            }
        }
        count.end_stage(kind, elected);
        let open = many.saturating_sub(count.result.winners.len());
        let mut continuing: Vec<usize> =
            (0..projects).filter(|one| count.state[*one] == State::Continuing).collect();
        if open == 0 || continuing.is_empty() {
            break;
        }
        if continuing.len() <= open {
            continuing.sort_by(|a, b| {
                count.votes[*b].cmp(&count.votes[*a]).then_with(|| election.id(*a).cmp(election.id(*b)))
            });
            for one in &continuing {
                count.state[*one] = State::Elected;
            }
            count.end_stage(StageKind::LastVacancies, continuing);
            break;
        }
        let before = count.history.len().saturating_sub(1);
        let earlier = count.history.get(..before).unwrap_or(&[]);
        if let Some(most) = surpluses.iter().map(|one| count.votes[*one]).max() {
            let tied: Vec<usize> =
                surpluses.iter().copied().filter(|one| count.votes[*one] == most).collect();
            let from = by_earlier_stages(election, tied, earlier, true, lots)?;
            surpluses.retain(|one| *one != from);
            count.transfer(from, Some(quota));
            kind = StageKind::Surplus(from);
        } else {
            let least = continuing.iter().map(|one| count.votes[*one]).min().unwrap_or(0);
            let tied: Vec<usize> =
                continuing.iter().copied().filter(|one| count.votes[*one] == least).collect();
            let from = by_earlier_stages(election, tied, earlier, false, lots)?;
            count.state[from] = State::Excluded;
            count.transfer(from, None);
            kind = StageKind::Excluded(from);
        }
    }
    Ok(count.result)
}

impl Count<'_> {
    fn end_stage(&mut self, kind: StageKind, elected: Vec<usize>) {
        self.history.push(self.votes.clone());
        self.result.winners.extend_from_slice(&elected);
        self.result.stages.push(Stage { kind, votes: self.votes.clone(), elected });
    }

    /// The papers of `from` go on to whom they name next among the continuing: at the value of the surplus if it keeps a
    /// quota, else at their own.
    fn transfer(&mut self, from: usize, keeps: Option<u64>) {
        let total = self.votes[from];
        for (place, ballot) in self.election.ballots().iter().enumerate() {
            if ballot.choices.get(self.at[place]).is_none_or(|choice| choice.project != from) {
                continue;
            }
            let mut at = self.at[place];
            while ballot.choices.get(at).is_some_and(|choice| self.state[choice.project] != State::Continuing)
            {
                at += 1;
            }
            if let Some(quota) = keeps {
                let surplus = u128::from(total - quota) * u128::from(self.value[place]);
                self.value[place] = u64::try_from(surplus / u128::from(total.max(1))).unwrap_or(u64::MAX);
            }
            self.at[place] = at;
            if let Some(choice) = ballot.choices.get(at) {
                self.votes[choice.project] += ballot.voters * self.value[place];
            }
        }
        self.votes[from] = keeps.unwrap_or(0);
    }
}
