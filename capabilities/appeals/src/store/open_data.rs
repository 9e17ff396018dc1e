//! The SQL of the open data: what everybody may have of all cases, by number.

use gongzhi_kernel::{AppealId, AreaId, Fault, OrganId, Point, Timestamp};
use gongzhi_store::{Row, Tx, params};

use super::{small, word};
use crate::model::{Appraisal, CategoryId, Channel, Deadlines, Kind, StateName, Urgency, Visibility};

gongzhi_store::statements! {
    /// Public cases after one number and before another, the oldest first.
    PUBLIC = {
        sqlite: "SELECT a.id, a.kind, a.channel, a.urgency, a.visibility, a.state, a.organ, a.category, a.district,
            a.street, a.lat, a.lon, a.round, a.returns, a.submitted_at, a.dispatched_at, a.accepted_at, a.contacted_at,
            a.answered_at, a.closed_at, a.accept_due, a.contact_due, a.answer_due, a.appraisal, a.reopened_at
            FROM appeal a NOT INDEXED WHERE a.id > $1 AND a.id < $2 AND a.public = 1 ORDER BY a.id LIMIT $3",
        postgres: "SELECT a.id, a.kind, a.channel, a.urgency, a.visibility, a.state, a.organ, a.category, a.district,
            a.street, a.lat, a.lon, a.round, a.returns, a.submitted_at, a.dispatched_at, a.accepted_at, a.contacted_at,
            a.answered_at, a.closed_at, a.accept_due, a.contact_due, a.answer_due, a.appraisal, a.reopened_at
            FROM appeal a WHERE a.id > $1 AND a.id < $2 AND a.public = 1 ORDER BY a.id LIMIT $3",
    };
}

/// A case as open data: no text, no address, no person, no place more exact than a street or a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// Its number.
    pub id: AppealId,
    /// What is asked for.
    pub kind: Kind,
    /// How it came in.
    pub channel: Channel,
    /// How soon it must be answered.
    pub urgency: Urgency,
    /// Where it stands.
    pub state: StateName,
    /// The organ that has it, or had it last.
    pub organ: Option<OrganId>,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// In which district.
    pub district: Option<AreaId>,
    /// In which street.
    pub street: Option<AreaId>,
    /// The middle of a cell of a hundredth of a degree; only where the reporter agreed to everything being public.
    pub cell: Option<Point>,
    /// 1, or 2 after a reopening.
    pub round: u8,
    /// How often organs have sent it back.
    pub returns: u8,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// When it was first sent to an organ.
    pub dispatched_at: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When the reporter was spoken with.
    pub contacted_at: Option<Timestamp>,
    /// When it was last answered.
    pub answered_at: Option<Timestamp>,
    /// When the second round began.
    pub reopened_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By when each stage is due.
    pub deadlines: Deadlines,
    /// What the reporter said of the last answer.
    pub appraisal: Option<Appraisal>,
}

/// The middle of the cell of a hundredth of a degree (about a kilometre) in which a place lies: no home shows in it.
pub fn cell_of(lat: f64, lon: f64) -> Option<Point> {
    let middle = |degrees: f64| ((degrees * 100.0).floor() + 0.5) / 100.0;
    // Four digits are exact enough and read better than what binary fractions leave.
    let short = |degrees: f64| (middle(degrees) * 10_000.0).round() / 10_000.0;
    Point::new(short(lat), short(lon))
}

fn read(row: &dyn Row) -> Result<OpenCase, Fault> {
    let visibility = word(row, 4, Visibility::from_word)?;
    let cell = match (visibility, row.opt_real(10)?, row.opt_real(11)?) {
        (Visibility::Public, Some(lat), Some(lon)) => cell_of(lat, lon),
        _ => None,
    };
    Ok(OpenCase {
        id: row.id(0)?,
        kind: word(row, 1, Kind::from_word)?,
        channel: word(row, 2, Channel::from_word)?,
        urgency: word(row, 3, Urgency::from_word)?,
        state: word(row, 5, StateName::from_word)?,
        organ: row.opt_id(6)?,
        category: row.opt_id(7)?,
        district: row.opt_id(8)?,
        street: row.opt_id(9)?,
        cell,
        round: small(row, 12)?,
        returns: small(row, 13)?,
        submitted_at: row.time(14)?,
        dispatched_at: row.opt_time(15)?,
        accepted_at: row.opt_time(16)?,
        contacted_at: row.opt_time(17)?,
        answered_at: row.opt_time(18)?,
        closed_at: row.opt_time(19)?,
        deadlines: Deadlines {
            accept: row.opt_time(20)?,
            contact: row.opt_time(21)?,
            answer: row.opt_time(22)?,
        },
        appraisal: row.opt_json(23)?,
        reopened_at: row.opt_time(24)?,
    })
}

/// A page of public cases after one number and before another.
pub fn page(tx: &mut dyn Tx, after: i64, before: i64, limit: i64) -> Result<Vec<OpenCase>, Fault> {
    tx.all(&PUBLIC, params![after, before, limit], read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_the_same_for_all_places_in_it() {
        let here = cell_of(30.25371, 120.16999).unwrap();
        assert_eq!((here.lat, here.lon), (30.255, 120.165));
        assert_eq!(cell_of(30.2599, 120.1601), Some(here));
        assert_eq!(cell_of(-0.001, -0.001).map(|cell| (cell.lat, cell.lon)), Some((-0.005, -0.005)));
    }
}
