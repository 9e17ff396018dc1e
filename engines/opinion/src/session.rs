//! A conversation that goes on: votes come one by one, and the map is kept current.

use crate::bridging::Bridge;
use crate::map::{Frame, Map, Options};
use crate::moments::Moments;
use crate::votes::{Moderation, PersonId, StatementId, TooMany, Vote, Votes};

/// More waiting votes than this part of all are counted anew rather than one by one.
const MANY: usize = 200;

/// Holds the votes of one conversation and what makes the next map cheap: the co-moments of the statements and the last
/// bridging scores. A vote costs nothing until the next [`Session::map`].
///
/// The map is that of [`Map::of`] on the same votes, bit for bit. Only in conversations of more than 250,000 votes the
/// bridging scores go on from the last ones instead of starting anew; [`Session::settle`] has them start anew.
#[derive(Debug, Clone, Default)]
pub struct Session {
    votes: Votes,
    moderation: Moderation,
    options: Options,
    waiting: Vec<(PersonId, StatementId, Vote)>,
    moments: Option<Moments>,
    bridge: Option<Bridge>,
    map: Option<Map>,
}

impl Session {
    /// Begins with these votes.
    pub fn new(votes: Votes, moderation: Moderation, options: Options) -> Self {
        Self { votes, moderation, options, ..Self::default() }
    }

    /// Takes one vote; it replaces an earlier one of the same person on the same statement.
    pub fn vote(&mut self, person: PersonId, statement: StatementId, vote: Vote) {
        self.waiting.push((person, statement, vote));
    }

    /// What moderation has decided.
    pub fn moderation(&self) -> &Moderation {
        &self.moderation
    }

    /// Takes a new state of moderation.
    pub fn moderate(&mut self, moderation: Moderation) {
        if moderation.banned != self.moderation.banned {
            self.moments = None;
            self.bridge = None;
        }
        if moderation != self.moderation {
            self.moderation = moderation;
            self.map = None;
        }
    }

    /// All votes that were taken.
    ///
    /// # Errors
    /// Beyond [`Votes::MOST`] votes.
    pub fn votes(&mut self) -> Result<&Votes, TooMany> {
        self.take_waiting()?;
        Ok(&self.votes)
    }

    /// The map of all votes that were taken.
    ///
    /// # Errors
    /// Beyond [`Votes::MOST`] votes; the votes that were too many are dropped.
    pub fn map(&mut self) -> Result<&Map, TooMany> {
        self.take_waiting()?;
        let map = match self.map.take() {
            Some(map) => map,
            None => self.draw(),
        };
        Ok(self.map.insert(map))
    }

    /// Computes the bridging scores from the start again, as [`Map::of`] does.
    pub fn settle(&mut self) {
        self.bridge = None;
        self.map = None;
    }

    fn draw(&mut self) -> Map {
        let frame = Frame::of(&self.votes, &self.moderation);
        if !Moments::fits(&self.votes) {
            self.moments = None;
        } else if self.moments.is_none() {
            self.moments = Some(Moments::of(&self.votes, &frame.people));
        }
        let (map, bridge) =
            frame.map(&self.moderation, &self.options, self.moments.as_ref(), self.bridge.take());
        self.bridge = Some(bridge);
        map
    }

    fn take_waiting(&mut self) -> Result<(), TooMany> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        self.map = None;
        if waiting.len() > MANY {
            self.votes = Votes::collect(self.votes.iter().chain(waiting))?;
            (self.moments, self.bridge) = (None, None);
            return Ok(());
        }
        for (person, statement, vote) in waiting {
            if self.votes.len() >= Votes::MOST {
                return Err(TooMany);
            }
            self.take(person, statement, vote);
        }
        Ok(())
    }

    fn take(&mut self, person: PersonId, statement: StatementId, vote: Vote) {
        let row = self.votes.add_person(person).unwrap_or_else(|new| {
            if let Some(bridge) = &mut self.bridge {
                bridge.insert_person(new);
            }
            new
        });
        let column = self.votes.add_statement(statement).unwrap_or_else(|new| {
            if let Some(bridge) = &mut self.bridge {
                bridge.insert_statement(new);
            }
            if let Some(moments) = &mut self.moments {
                moments.insert_column(new);
            }
            new
        });
        let before = self.votes.set(row, column, vote.value());
        if self.moderation.banned.contains(&person) {
            return;
        }
        if let Some(moments) = &mut self.moments {
            let others = self.votes.row(row);
            if let Some(before) = before {
                moments.change(others, column, before, -1);
            }
            moments.change(others, column, vote.value(), 1);
        }
    }
}
