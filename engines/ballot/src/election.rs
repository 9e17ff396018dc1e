//! What is voted on and how it was voted: projects with costs, a budget, ballots.

use std::collections::BTreeMap;

use thiserror::Error;

/// Costs, the budget and every sum of them stay below this: 2^63.
pub const LIMIT: u64 = 1 << 63;

/// Something that can be chosen: a project with a cost, a candidate, an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// What it is called in the file, unique in its election.
    pub id: String,
    /// What it costs, in the smallest unit in which the election counts money.
    pub cost: u64,
}

/// One line of a ballot: a project, and what it is worth to this voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choice {
    /// Its place in the list of projects.
    pub project: usize,
    /// 1 on approval ballots, the points given on cumulative ones, more for a higher rank on ranked ones.
    pub points: u32,
}

/// How people voted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any number of projects, all alike.
    Approval,
    /// One project.
    ChooseOne,
    /// Points for projects: cumulative and scoring ballots.
    Points,
    /// Projects in order, the best first.
    Ranked,
}

/// All ballots that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// How many people voted like this.
    pub voters: u64,
    /// What stands on it: ranked ballots in the order of the voter, all others in that of the projects.
    pub choices: Vec<Choice>,
}

/// Why an election cannot be held as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unsound {
    /// There is nothing to give out.
    #[error("the budget is zero")]
    NoBudget,
    /// Nobody voted.
    #[error("there are no ballots")]
    NoBallots,
    /// Two projects are called the same.
    #[error("two projects are called {0}")]
    SameName(String),
    /// A ballot names a project that is not in the list.
    #[error("ballot {ballot} names a project that there is not")]
    UnknownProject {
        /// Its place in the list of ballots, from 0.
        ballot: usize,
    },
    /// A ballot names a project twice.
    #[error("ballot {ballot} names {project} twice")]
    Twice {
        /// Its place in the list of ballots, from 0.
        ballot: usize,
        /// The project.
        project: String,
    },
    /// Nothing stands on a ballot.
    #[error("ballot {ballot} is empty")]
    Empty {
        /// Its place in the list of ballots, from 0.
        ballot: usize,
    },
    /// A sum of money or points would not fit.
    #[error("the {0} add up to 2^63 or more")]
    TooMuch(&'static str),
}

/// A sound election. Ballots that say the same are kept once.
#[derive(Debug, Clone)]
pub struct Election {
    kind: Kind,
    budget: u64,
    projects: Vec<Project>,
    ballots: Vec<Ballot>,
    group_of: Vec<u32>,
    voters: u64,
    support: Vec<Support>,
}

/// What a project got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Support {
    /// How many people gave it something.
    pub votes: u64,
    /// How much they gave in all.
    pub points: u64,
}

impl Election {
    /// Takes ballots as they came, one for each voter. Choices with no points are left out.
    ///
    /// # Errors
    /// What is unsound, with the ballot where there is one.
    pub fn new(
        kind: Kind,
        budget: u64,
        projects: Vec<Project>,
        ballots: impl IntoIterator<Item = Vec<Choice>>,
    ) -> Result<Self, Unsound> {
        if budget == 0 {
            return Err(Unsound::NoBudget);
        }
        let mut names = std::collections::BTreeSet::new();
        let mut costs = 0_u64;
        for project in &projects {
            if !names.insert(project.id.as_str()) {
                return Err(Unsound::SameName(project.id.clone()));
            }
            costs = costs.checked_add(project.cost).ok_or(Unsound::TooMuch("costs"))?;
        }
        if costs >= LIMIT {
            return Err(Unsound::TooMuch("costs"));
        }
        if budget >= LIMIT {
            return Err(Unsound::TooMuch("parts of the budget"));
        }
        let mut same: BTreeMap<Vec<Choice>, u32> = BTreeMap::new();
        let mut counts: Vec<u64> = Vec::new();
        let mut group_of = Vec::new();
        let mut seen = vec![usize::MAX; projects.len()];
        for (at, mut choices) in ballots.into_iter().enumerate() {
            for choice in &choices {
                match seen.get_mut(choice.project) {
                    None => return Err(Unsound::UnknownProject { ballot: at }),
                    Some(last) if *last == at => {
                        let project = projects.get(choice.project).map(|one| one.id.clone());
                        return Err(Unsound::Twice { ballot: at, project: project.unwrap_or_default() });
                    }
                    Some(last) => *last = at,
                }
            }
            choices.retain(|choice| choice.points > 0);
            if choices.is_empty() {
                return Err(Unsound::Empty { ballot: at });
            }
            if kind != Kind::Ranked {
                choices.sort_unstable();
            }
            let next = u32::try_from(counts.len()).map_err(|_| Unsound::TooMuch("ballots"))?;
            let group = *same.entry(choices).or_insert(next);
            if group == next {
                counts.push(0);
            }
            if let Some(count) = counts.get_mut(group as usize) {
                *count += 1;
            }
            group_of.push(group);
        }
        let voters = u64::from(u32::try_from(group_of.len()).map_err(|_| Unsound::TooMuch("ballots"))?);
        if voters == 0 {
            return Err(Unsound::NoBallots);
        }
        let mut ballots: Vec<Ballot> =
            counts.iter().map(|count| Ballot { voters: *count, choices: Vec::new() }).collect();
        for (choices, group) in same {
            if let Some(ballot) = ballots.get_mut(group as usize) {
                ballot.choices = choices;
            }
        }
        let mut support = vec![Support::default(); projects.len()];
        for ballot in &ballots {
            for choice in &ballot.choices {
                if let Some(of) = support.get_mut(choice.project) {
                    of.votes += ballot.voters;
                    of.points = ballot
                        .voters
                        .checked_mul(u64::from(choice.points))
                        .and_then(|points| of.points.checked_add(points))
                        .filter(|points| *points < LIMIT)
                        .ok_or(Unsound::TooMuch("points"))?;
                }
            }
        }
        Ok(Self { kind, budget, projects, ballots, group_of, voters, support })
    }

    /// Approval ballots: each voter's projects, by their places in the list.
    ///
    /// # Errors
    /// As [`Election::new`].
    pub fn approval(
        budget: u64,
        projects: Vec<Project>,
        ballots: impl IntoIterator<Item = Vec<usize>>,
    ) -> Result<Self, Unsound> {
        let choices =
            |ballot: Vec<usize>| ballot.into_iter().map(|project| Choice { project, points: 1 }).collect();
        Self::new(Kind::Approval, budget, projects, ballots.into_iter().map(choices))
    }

    /// Ranked ballots, the best first. The first place is worth `places` points, or as many as the ballot is long if
    /// that is more, each further one a point less: the Borda count of a ballot with so many places.
    ///
    /// # Errors
    /// As [`Election::new`].
    pub fn ranked(
        budget: u64,
        projects: Vec<Project>,
        places: u32,
        ballots: impl IntoIterator<Item = Vec<usize>>,
    ) -> Result<Self, Unsound> {
        let choices = |ballot: Vec<usize>| {
            let top = places.max(u32::try_from(ballot.len()).unwrap_or(u32::MAX));
            ballot
                .into_iter()
                .zip(0_u32..)
                .map(|(project, at)| Choice { project, points: top - at })
                .collect()
        };
        Self::new(Kind::Ranked, budget, projects, ballots.into_iter().map(choices))
    }

    /// How people voted.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What can be spent.
    #[must_use]
    pub fn budget(&self) -> u64 {
        self.budget
    }

    /// What was voted on.
    #[must_use]
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// The ballots, each once with how many people cast it.
    #[must_use]
    pub fn ballots(&self) -> &[Ballot] {
        &self.ballots
    }

    /// Where the ballot of the voter at `place` (in the order in which they came) stands in [`Election::ballots`].
    #[must_use]
    pub fn ballot_of(&self, place: usize) -> Option<usize> {
        self.group_of.get(place).map(|group| *group as usize)
    }

    /// How many people voted.
    #[must_use]
    pub fn voters(&self) -> u64 {
        self.voters
    }

    /// What the project at `place` got; nothing for a place that there is not.
    #[must_use]
    pub fn support(&self, place: usize) -> Support {
        self.support.get(place).copied().unwrap_or_default()
    }

    /// What the project at `place` costs; nothing for a place that there is not.
    #[must_use]
    pub fn cost(&self, place: usize) -> u64 {
        self.projects.get(place).map_or(0, |project| project.cost)
    }

    /// What the project at `place` is called.
    #[must_use]
    pub fn id(&self, place: usize) -> &str {
        self.projects.get(place).map_or("", |project| project.id.as_str())
    }

    /// What these cost together.
    #[must_use]
    pub fn total_cost(&self, winners: &[usize]) -> u64 {
        winners.iter().map(|winner| self.cost(*winner)).sum()
    }

    /// How many voters have nothing of theirs among `winners`.
    #[must_use]
    pub fn voters_without(&self, winners: &[usize]) -> u64 {
        let mut won = vec![false; self.projects.len()];
        for winner in winners {
            if let Some(one) = won.get_mut(*winner) {
                *one = true;
            }
        }
        self.ballots
            .iter()
            .filter(|ballot| !ballot.choices.iter().any(|choice| won.get(choice.project) == Some(&true)))
            .map(|ballot| ballot.voters)
            .sum()
    }
}
