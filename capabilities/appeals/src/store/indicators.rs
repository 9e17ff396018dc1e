//! The SQL of the indicators: cells, totals, open cases, exclusions.

use gongzhi_kernel::{AppealId, Fault, Id, OrganId, PersonId, Timestamp};
use gongzhi_store::{Param, Row, Tx, params};

use crate::indicators::{Counts, Exclusion, Month};

/// The columns of the counts, in the order of [`Counts::NAMES`].
macro_rules! columns {
    () => {
        "received, withdrawn, dispatched, returned, accept_due, accept_kept, answer_due, answer_kept,
            answered, repeated, response_due, response_met, solved, unsolved, level_1, level_2, level_3,
            level_4, level_5, excluded_unreasonable, excluded_out_of_scope, excluded_unreachable, time_0,
            time_1, time_2, time_3, time_4, time_5, time_6, time_7"
    };
}

/// Their sums.
macro_rules! sums {
    () => {
        "CAST(sum(received) AS BIGINT), CAST(sum(withdrawn) AS BIGINT), CAST(sum(dispatched) AS BIGINT),
            CAST(sum(returned) AS BIGINT), CAST(sum(accept_due) AS BIGINT), CAST(sum(accept_kept) AS BIGINT),
            CAST(sum(answer_due) AS BIGINT), CAST(sum(answer_kept) AS BIGINT), CAST(sum(answered) AS BIGINT),
            CAST(sum(repeated) AS BIGINT), CAST(sum(response_due) AS BIGINT), CAST(sum(response_met) AS BIGINT),
            CAST(sum(solved) AS BIGINT), CAST(sum(unsolved) AS BIGINT), CAST(sum(level_1) AS BIGINT),
            CAST(sum(level_2) AS BIGINT), CAST(sum(level_3) AS BIGINT), CAST(sum(level_4) AS BIGINT),
            CAST(sum(level_5) AS BIGINT), CAST(sum(excluded_unreasonable) AS BIGINT),
            CAST(sum(excluded_out_of_scope) AS BIGINT), CAST(sum(excluded_unreachable) AS BIGINT),
            CAST(sum(time_0) AS BIGINT), CAST(sum(time_1) AS BIGINT), CAST(sum(time_2) AS BIGINT),
            CAST(sum(time_3) AS BIGINT), CAST(sum(time_4) AS BIGINT), CAST(sum(time_5) AS BIGINT),
            CAST(sum(time_6) AS BIGINT), CAST(sum(time_7) AS BIGINT)"
    };
}

gongzhi_store::statements! {
    /// Adds to a cell.
    ADD_CELL = "INSERT INTO appeal_indicator (street, month, organ, category, received, withdrawn, dispatched, returned, accept_due, accept_kept,
            answer_due, answer_kept, answered, repeated, response_due, response_met, solved, unsolved, level_1,
            level_2, level_3, level_4, level_5, excluded_unreasonable, excluded_out_of_scope,
            excluded_unreachable, time_0, time_1, time_2, time_3, time_4, time_5, time_6, time_7)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
        ON CONFLICT (street, month, organ, category) DO UPDATE SET received = appeal_indicator.received + excluded.received, withdrawn = appeal_indicator.withdrawn +
            excluded.withdrawn, dispatched = appeal_indicator.dispatched + excluded.dispatched, returned =
            appeal_indicator.returned + excluded.returned, accept_due = appeal_indicator.accept_due +
            excluded.accept_due, accept_kept = appeal_indicator.accept_kept + excluded.accept_kept, answer_due =
            appeal_indicator.answer_due + excluded.answer_due, answer_kept = appeal_indicator.answer_kept +
            excluded.answer_kept, answered = appeal_indicator.answered + excluded.answered, repeated =
            appeal_indicator.repeated + excluded.repeated, response_due = appeal_indicator.response_due +
            excluded.response_due, response_met = appeal_indicator.response_met + excluded.response_met, solved
            = appeal_indicator.solved + excluded.solved, unsolved = appeal_indicator.unsolved +
            excluded.unsolved, level_1 = appeal_indicator.level_1 + excluded.level_1, level_2 =
            appeal_indicator.level_2 + excluded.level_2, level_3 = appeal_indicator.level_3 + excluded.level_3,
            level_4 = appeal_indicator.level_4 + excluded.level_4, level_5 = appeal_indicator.level_5 +
            excluded.level_5, excluded_unreasonable = appeal_indicator.excluded_unreasonable +
            excluded.excluded_unreasonable, excluded_out_of_scope = appeal_indicator.excluded_out_of_scope +
            excluded.excluded_out_of_scope, excluded_unreachable = appeal_indicator.excluded_unreachable +
            excluded.excluded_unreachable, time_0 = appeal_indicator.time_0 + excluded.time_0, time_1 =
            appeal_indicator.time_1 + excluded.time_1, time_2 = appeal_indicator.time_2 + excluded.time_2,
            time_3 = appeal_indicator.time_3 + excluded.time_3, time_4 = appeal_indicator.time_4 +
            excluded.time_4, time_5 = appeal_indicator.time_5 + excluded.time_5, time_6 =
            appeal_indicator.time_6 + excluded.time_6, time_7 = appeal_indicator.time_7 + excluded.time_7";
    /// Adds to a total.
    ADD_TOTAL = "INSERT INTO appeal_indicator_total (dimension, month, member, received, withdrawn, dispatched, returned, accept_due, accept_kept,
            answer_due, answer_kept, answered, repeated, response_due, response_met, solved, unsolved, level_1,
            level_2, level_3, level_4, level_5, excluded_unreasonable, excluded_out_of_scope,
            excluded_unreachable, time_0, time_1, time_2, time_3, time_4, time_5, time_6, time_7)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
        ON CONFLICT (dimension, month, member) DO UPDATE SET received = appeal_indicator_total.received + excluded.received, withdrawn =
            appeal_indicator_total.withdrawn + excluded.withdrawn, dispatched =
            appeal_indicator_total.dispatched + excluded.dispatched, returned = appeal_indicator_total.returned
            + excluded.returned, accept_due = appeal_indicator_total.accept_due + excluded.accept_due,
            accept_kept = appeal_indicator_total.accept_kept + excluded.accept_kept, answer_due =
            appeal_indicator_total.answer_due + excluded.answer_due, answer_kept =
            appeal_indicator_total.answer_kept + excluded.answer_kept, answered =
            appeal_indicator_total.answered + excluded.answered, repeated = appeal_indicator_total.repeated +
            excluded.repeated, response_due = appeal_indicator_total.response_due + excluded.response_due,
            response_met = appeal_indicator_total.response_met + excluded.response_met, solved =
            appeal_indicator_total.solved + excluded.solved, unsolved = appeal_indicator_total.unsolved +
            excluded.unsolved, level_1 = appeal_indicator_total.level_1 + excluded.level_1, level_2 =
            appeal_indicator_total.level_2 + excluded.level_2, level_3 = appeal_indicator_total.level_3 +
            excluded.level_3, level_4 = appeal_indicator_total.level_4 + excluded.level_4, level_5 =
            appeal_indicator_total.level_5 + excluded.level_5, excluded_unreasonable =
            appeal_indicator_total.excluded_unreasonable + excluded.excluded_unreasonable, excluded_out_of_scope
            = appeal_indicator_total.excluded_out_of_scope + excluded.excluded_out_of_scope,
            excluded_unreachable = appeal_indicator_total.excluded_unreachable + excluded.excluded_unreachable,
            time_0 = appeal_indicator_total.time_0 + excluded.time_0, time_1 = appeal_indicator_total.time_1 +
            excluded.time_1, time_2 = appeal_indicator_total.time_2 + excluded.time_2, time_3 =
            appeal_indicator_total.time_3 + excluded.time_3, time_4 = appeal_indicator_total.time_4 +
            excluded.time_4, time_5 = appeal_indicator_total.time_5 + excluded.time_5, time_6 =
            appeal_indicator_total.time_6 + excluded.time_6, time_7 = appeal_indicator_total.time_7 +
            excluded.time_7";
    /// The totals of a dimension, of some months.
    TOTALS = (concat!("SELECT month, member, ", columns!(), " FROM appeal_indicator_total
        WHERE dimension = $1 AND month >= $2 AND month <= $3 ORDER BY month, member"));
    /// The totals of a dimension of some months together, by month.
    TREND = (concat!("SELECT month, ", sums!(), " FROM appeal_indicator_total
        WHERE dimension = $1 AND month >= $2 AND month <= $3 GROUP BY month ORDER BY month"));
    /// The totals of one member by month.
    MEMBER = (concat!("SELECT month, ", columns!(), " FROM appeal_indicator_total
        WHERE dimension = $1 AND month >= $2 AND month <= $3 AND member = $4 ORDER BY month"));
    /// The cells of a street in some months.
    STREET_CELLS = (concat!("SELECT organ, category, month, ", columns!(), " FROM appeal_indicator
        WHERE street = $1 AND month >= $2 AND month <= $3"));
    /// The cells of an organ in some months.
    ORGAN_CELLS = {
        sqlite: concat!("SELECT street, category, month, ", columns!(), " FROM appeal_indicator INDEXED BY appeal_indicator_organ
        WHERE organ = $1 AND month >= $2 AND month <= $3"),
        postgres: concat!("SELECT street, category, month, ", columns!(), " FROM appeal_indicator
        WHERE organ = $1 AND month >= $2 AND month <= $3"),
    };
    /// An open case.
    CASE = "SELECT street, top, body FROM appeal_indicator_case WHERE appeal = $1";
    /// Keeps an open case.
    KEEP_CASE = "INSERT INTO appeal_indicator_case (appeal, street, top, body) VALUES ($1, $2, $3, $4)
        ON CONFLICT (appeal) DO UPDATE SET body = excluded.body";
    /// Forgets a case that is closed.
    FORGET_CASE = "DELETE FROM appeal_indicator_case WHERE appeal = $1";
    /// Where the row of an appeal says that it is.
    PLACE = "SELECT street, category_1 FROM appeal WHERE id = $1";
    /// Remembers that a case counts with an organ that no longer has it.
    KEEP_PAST = "INSERT INTO appeal_indicator_past (organ, appeal) VALUES ($1, $2)
        ON CONFLICT (organ, appeal) DO NOTHING";
    /// Cases that count with an organ that no longer has them, newest first.
    PAST = "SELECT appeal FROM appeal_indicator_past WHERE organ = $1 AND appeal < $2 AND appeal >= $3
        ORDER BY appeal DESC LIMIT $4";
    /// Cases of an organ by number, newest first.
    OF_ORGAN = "SELECT id FROM appeal WHERE organ = $1 AND id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4";
    /// Cases by number, newest first.
    OF_CITY = "SELECT id FROM appeal WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3";
    /// Empties the cells.
    CLEAR_CELLS = "DELETE FROM appeal_indicator";
    /// Empties the totals.
    CLEAR_TOTALS = "DELETE FROM appeal_indicator_total";
    /// Empties the open cases.
    CLEAR_CASES = "DELETE FROM appeal_indicator_case";
    /// Empties the past.
    CLEAR_PAST = "DELETE FROM appeal_indicator_past";
    /// The exclusion of an appeal.
    EXCLUSION = "SELECT id, revision, appeal, reason, asked_at, asked_by, reviewed_at, granted FROM appeal_exclusion
        WHERE appeal = $1";
    /// Exclusions that wait for a review, oldest first.
    WAITING = "SELECT id, revision, appeal, reason, asked_at, asked_by, reviewed_at, granted FROM appeal_exclusion
        WHERE reviewed_at IS NULL ORDER BY id LIMIT $1";
    /// A page of exclusions, for the check.
    EXCLUSIONS = "SELECT id, revision, appeal, reason, asked_at, asked_by, reviewed_at, granted FROM appeal_exclusion
        WHERE id > $1 ORDER BY id LIMIT 1000";
    /// Keeps an exclusion.
    KEEP_EXCLUSION = "INSERT INTO appeal_exclusion (id, revision, appeal, reason, asked_at, asked_by, reviewed_at, granted)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, reviewed_at = excluded.reviewed_at,
            granted = excluded.granted";
}

/// What the totals are by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// By the organ that each count stands with.
    Organ,
    /// By street.
    Street,
    /// By the category that each case names.
    Category,
}

impl Dimension {
    /// Its word in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Organ => "organ",
            Self::Street => "street",
            Self::Category => "category",
        }
    }
}

/// The key of a cell; 0 stands for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Which street.
    pub street: i64,
    /// Which month.
    pub month: Month,
    /// Which organ.
    pub organ: i64,
    /// Which top category.
    pub category: i64,
}

fn read_counts(row: &dyn Row, first: usize) -> Result<Counts, Fault> {
    let mut values = Vec::with_capacity(Counts::NAMES.len());
    for column in first..first + Counts::NAMES.len() {
        values.push(row.opt_int(column)?.unwrap_or(0));
    }
    Ok(Counts::from_values(values.into_iter()))
}

/// Adds to a cell.
pub fn add_cell(tx: &mut dyn Tx, cell: Cell, counts: &Counts) -> Result<(), Fault> {
    let mut given = params![cell.street, cell.month.number(), cell.organ, cell.category].to_vec();
    given.extend(counts.values().map(Param::Int));
    tx.execute(&ADD_CELL, &given).map(|_| ())
}

/// Adds to a total.
pub fn add_total(
    tx: &mut dyn Tx,
    dimension: Dimension,
    month: Month,
    member: i64,
    counts: &Counts,
) -> Result<(), Fault> {
    let mut given = params![dimension.word(), month.number(), member].to_vec();
    given.extend(counts.values().map(Param::Int));
    tx.execute(&ADD_TOTAL, &given).map(|_| ())
}

/// The totals of a dimension from one month to another: month, member, counts.
pub fn totals(
    tx: &mut dyn Tx,
    dimension: Dimension,
    from: Month,
    to: Month,
) -> Result<Vec<(Month, i64, Counts)>, Fault> {
    tx.all(&TOTALS, params![dimension.word(), from.number(), to.number()], |row| {
        Ok((Month::from_number(row.int(0)?), row.int(1)?, read_counts(row, 2)?))
    })
}

/// The whole city by month.
pub fn trend(tx: &mut dyn Tx, from: Month, to: Month) -> Result<Vec<(Month, Counts)>, Fault> {
    tx.all(&TREND, params![Dimension::Organ.word(), from.number(), to.number()], |row| {
        Ok((Month::from_number(row.int(0)?), read_counts(row, 1)?))
    })
}

/// One member of a dimension by month.
pub fn member(
    tx: &mut dyn Tx,
    dimension: Dimension,
    member: i64,
    from: Month,
    to: Month,
) -> Result<Vec<(Month, Counts)>, Fault> {
    tx.all(&MEMBER, params![dimension.word(), from.number(), to.number(), member], |row| {
        Ok((Month::from_number(row.int(0)?), read_counts(row, 1)?))
    })
}

/// The cells of a street.
pub fn street_cells(
    tx: &mut dyn Tx,
    street: i64,
    from: Month,
    to: Month,
) -> Result<Vec<(Cell, Counts)>, Fault> {
    tx.all(&STREET_CELLS, params![street, from.number(), to.number()], |row| {
        let month = Month::from_number(row.int(2)?);
        Ok((Cell { street, month, organ: row.int(0)?, category: row.int(1)? }, read_counts(row, 3)?))
    })
}

/// The cells of an organ.
pub fn organ_cells(
    tx: &mut dyn Tx,
    organ: i64,
    from: Month,
    to: Month,
) -> Result<Vec<(Cell, Counts)>, Fault> {
    tx.all(&ORGAN_CELLS, params![organ, from.number(), to.number()], |row| {
        let month = Month::from_number(row.int(2)?);
        Ok((Cell { street: row.int(0)?, month, organ, category: row.int(1)? }, read_counts(row, 3)?))
    })
}

/// An open case: street, top category, and the case as text.
pub fn open_case(tx: &mut dyn Tx, appeal: AppealId) -> Result<Option<(i64, i64, String)>, Fault> {
    tx.one(&CASE, params![appeal], |row| Ok((row.int(0)?, row.int(1)?, row.string(2)?)))
}

/// Keeps an open case.
pub fn keep_case(tx: &mut dyn Tx, appeal: AppealId, street: i64, top: i64, body: &str) -> Result<(), Fault> {
    tx.execute(&KEEP_CASE, params![appeal, street, top, body]).map(|_| ())
}

/// Forgets a case that is closed.
pub fn forget_case(tx: &mut dyn Tx, appeal: AppealId) -> Result<(), Fault> {
    tx.execute(&FORGET_CASE, params![appeal]).map(|_| ())
}

/// The street and top category in the row of an appeal; 0 stands for none.
pub fn place(tx: &mut dyn Tx, appeal: AppealId) -> Result<(i64, i64), Fault> {
    let place = tx.one(&PLACE, params![appeal], |row| {
        Ok((row.opt_int(0)?.unwrap_or(0), row.opt_int(1)?.unwrap_or(0)))
    })?;
    place.ok_or_else(|| Fault::corrupt("an appeal of the journal has no row"))
}

/// Remembers that a case counts with an organ that no longer has it.
pub fn keep_past(tx: &mut dyn Tx, organ: OrganId, appeal: AppealId) -> Result<(), Fault> {
    tx.execute(&KEEP_PAST, params![organ, appeal]).map(|_| ())
}

/// Numbers of cases before one number and from another on, newest first: all, or those that an organ has or had.
pub fn numbers(
    tx: &mut dyn Tx,
    organ: Option<OrganId>,
    before: AppealId,
    from: AppealId,
    limit: i64,
) -> Result<Vec<AppealId>, Fault> {
    let Some(organ) = organ else {
        return tx.all(&OF_CITY, params![before, from, limit], |row| row.id(0));
    };
    let mut all = tx.all(&OF_ORGAN, params![organ, before, from, limit], |row| row.id(0))?;
    all.extend(tx.all(&PAST, params![organ, before, from, limit], |row| row.id(0))?);
    all.sort_by_key(|id| std::cmp::Reverse(*id));
    all.dedup();
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// Empties everything that the follower keeps.
pub fn clear(tx: &mut dyn Tx) -> Result<(), Fault> {
    for statement in [&CLEAR_CELLS, &CLEAR_TOTALS, &CLEAR_CASES, &CLEAR_PAST] {
        tx.execute(statement, &[])?;
    }
    Ok(())
}

/// Mark of the ids of exclusions; never made.
#[derive(Debug)]
pub enum ExclusionMark {}

/// An exclusion: a case is to be left out of the indicators of the call-back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionRecord {
    /// The subject of its events.
    pub id: Id<ExclusionMark>,
    /// How many events it has.
    pub revision: i64,
    /// Which case.
    pub appeal: AppealId,
    /// Why.
    pub reason: Exclusion,
    /// Since when.
    pub asked_at: Timestamp,
    /// Who asked.
    pub asked_by: Option<PersonId>,
    /// When it was decided.
    pub reviewed_at: Option<Timestamp>,
    /// How.
    pub granted: Option<bool>,
}

fn read_exclusion(row: &dyn Row) -> Result<ExclusionRecord, Fault> {
    Ok(ExclusionRecord {
        id: row.id(0)?,
        revision: row.int(1)?,
        appeal: row.id(2)?,
        reason: super::word(row, 3, Exclusion::from_word)?,
        asked_at: row.time(4)?,
        asked_by: row.opt_id(5)?,
        reviewed_at: row.opt_time(6)?,
        granted: row.opt_int(7)?.map(|granted| granted != 0),
    })
}

/// The exclusion of an appeal.
pub fn exclusion(tx: &mut dyn Tx, appeal: AppealId) -> Result<Option<ExclusionRecord>, Fault> {
    tx.one(&EXCLUSION, params![appeal], read_exclusion)
}

/// A page of exclusions after an id, for the check.
pub fn exclusions_after(tx: &mut dyn Tx, after: i64) -> Result<Vec<ExclusionRecord>, Fault> {
    tx.all(&EXCLUSIONS, params![after], read_exclusion)
}

/// Exclusions that wait for a review, oldest first.
pub fn waiting(tx: &mut dyn Tx, limit: i64) -> Result<Vec<ExclusionRecord>, Fault> {
    tx.all(&WAITING, params![limit], read_exclusion)
}

/// Keeps an exclusion.
pub fn keep_exclusion(tx: &mut dyn Tx, record: &ExclusionRecord) -> Result<(), Fault> {
    tx.execute(
        &KEEP_EXCLUSION,
        params![
            record.id,
            record.revision,
            record.appeal,
            record.reason.word(),
            record.asked_at,
            record.asked_by,
            record.reviewed_at,
            record.granted,
        ],
    )
    .map(|_| ())
}
