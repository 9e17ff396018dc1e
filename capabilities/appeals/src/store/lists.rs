//! The SQL of lists and queues. A list is driven by the index of its most telling filter and looks at the others row by
//! row; newest first, or on from a number in either direction.

use gongzhi_kernel::{AppealId, AreaId, Fault, OrganId, PersonId, Timestamp};
use gongzhi_store::{Param, Row, Statement, Tx, params};

use super::{DISPATCHERS, small, word};
use crate::model::{CategoryId, Kind, Overdue, Phase, Stage, StateName, Urgency, Visibility};

/// The columns that [`read_item`] reads.
macro_rules! item_columns {
    () => {
        "SELECT a.id, a.revision, a.kind, a.urgency, a.visibility, a.state, a.organ, a.category, a.area, a.title,
            a.submitted_at, a.answered_at, a.closed_at, a.accept_due, a.contact_due, a.answer_due, a.dispatch_due,
            a.round, a.overdue, a.desk_due, a.late, a.returns, substr(a.reply, 1, 160)"
    };
}

pub(super) use item_columns;

/// What every list asks of a row; a parameter that is NULL asks nothing.
macro_rules! asked {
    () => {
        " AND (a.public = 1 OR CAST($3 AS BIGINT) = 0)
            AND (CAST($4 AS TEXT) IS NULL OR a.phase = $4)
            AND (CAST($5 AS BIGINT) IS NULL OR a.organ = $5)
            AND (CAST($6 AS TEXT) IS NULL OR a.kind = $6)
            AND (CAST($7 AS BIGINT) <> 1 OR a.late = 1)
            AND (CAST($7 AS BIGINT) <> 2 OR a.answered_at IS NOT NULL)
            AND (CAST($8 AS BIGINT) IS NULL OR a.district = $8)
            AND (CAST($9 AS BIGINT) IS NULL OR a.street = $9)
            AND (CAST($10 AS BIGINT) IS NULL OR a.community = $10)
            AND (CAST($11 AS BIGINT) IS NULL OR a.area = $11)
            AND (CAST($12 AS BIGINT) IS NULL OR a.category_1 = $12)
            AND (CAST($13 AS BIGINT) IS NULL OR a.category_2 = $13)
            AND (CAST($14 AS BIGINT) IS NULL OR a.category_3 = $14)
            AND (CAST($15 AS BIGINT) IS NULL OR a.reporter = $15)"
    };
}

/// A page that goes back in time from the number $1.
macro_rules! older {
    ($index:literal, $driver:literal) => {
        concat!(
            item_columns!(),
            " FROM appeal a ",
            $index,
            " WHERE a.id < $1 ",
            $driver,
            asked!(),
            " ORDER BY a.id DESC LIMIT $2"
        )
    };
}

/// A page that goes forward in time from the number $1.
macro_rules! newer {
    ($index:literal, $driver:literal) => {
        concat!(
            item_columns!(),
            " FROM appeal a ",
            $index,
            " WHERE a.id > $1 ",
            $driver,
            asked!(),
            " ORDER BY a.id LIMIT $2"
        )
    };
}

/// What a queue asks; NULL or 0 asks nothing.
macro_rules! queue {
    () => {
        " WHERE a.desk = $1 AND (a.desk_due, a.id) > ($2, $3)
            AND (CAST($4 AS TEXT) IS NULL OR a.state = $4 OR a.state = $5)
            AND (CAST($6 AS BIGINT) IS NULL OR a.organ = $6)
            AND (CAST($7 AS BIGINT) = 0 OR a.late = 1)
            AND (CAST($8 AS BIGINT) IS NULL OR (a.late = 0 AND a.desk_due <= $8))
        ORDER BY a.desk_due, a.id LIMIT $9"
    };
}

/// What a desk counts of each state.
macro_rules! counts {
    () => {
        "SELECT a.state, count(*), CAST(sum(a.late) AS BIGINT),
            CAST(sum(CASE WHEN a.late = 0 AND a.desk_due <= $2 THEN 1 ELSE 0 END) AS BIGINT)"
    };
}

gongzhi_store::statements! {
    /// All, back in time.
    OLDER = { sqlite: older!("NOT INDEXED", ""), postgres: older!("", "") };
    /// All, forward in time.
    NEWER = { sqlite: newer!("NOT INDEXED", ""), postgres: newer!("", "") };
    /// By phase, back in time.
    OLDER_PHASE = {
        sqlite: older!("INDEXED BY appeal_phase", "AND a.phase = $4"),
        postgres: older!("", "AND a.phase = $4"),
    };
    /// By phase, forward in time.
    NEWER_PHASE = {
        sqlite: newer!("INDEXED BY appeal_phase", "AND a.phase = $4"),
        postgres: newer!("", "AND a.phase = $4"),
    };
    /// By organ, back in time.
    OLDER_ORGAN = {
        sqlite: older!("INDEXED BY appeal_organ", "AND a.organ = $5"),
        postgres: older!("", "AND a.organ = $5"),
    };
    /// By organ, forward in time.
    NEWER_ORGAN = {
        sqlite: newer!("INDEXED BY appeal_organ", "AND a.organ = $5"),
        postgres: newer!("", "AND a.organ = $5"),
    };
    /// By late, back in time.
    OLDER_LATE = {
        sqlite: older!("INDEXED BY appeal_late", "AND a.late = 1"),
        postgres: older!("", "AND a.late = 1"),
    };
    /// By late, forward in time.
    NEWER_LATE = {
        sqlite: newer!("INDEXED BY appeal_late", "AND a.late = 1"),
        postgres: newer!("", "AND a.late = 1"),
    };
    /// By reporter, back in time.
    OLDER_REPORTER = {
        sqlite: older!("INDEXED BY appeal_reporter_id", "AND a.reporter = $15"),
        postgres: older!("", "AND a.reporter = $15"),
    };
    /// By reporter, forward in time.
    NEWER_REPORTER = {
        sqlite: newer!("INDEXED BY appeal_reporter_id", "AND a.reporter = $15"),
        postgres: newer!("", "AND a.reporter = $15"),
    };
    /// By words, back in time.
    OLDER_TEXT = {
        sqlite: concat!(item_columns!(), " FROM text_index t CROSS JOIN appeal a ON a.id = t.rowid
            WHERE t.text_index MATCH $16 AND t.rowid < $1", asked!(), " ORDER BY t.rowid DESC LIMIT $2"),
        postgres: concat!(item_columns!(), " FROM text_index t JOIN appeal a ON a.id = t.subject
            WHERE t.tokens @@ CAST(CAST($16 AS TEXT) AS tsquery) AND a.id < $1", asked!(),
            " ORDER BY a.id DESC LIMIT $2"),
    };
    /// By words, forward in time.
    NEWER_TEXT = {
        sqlite: concat!(item_columns!(), " FROM text_index t CROSS JOIN appeal a ON a.id = t.rowid
            WHERE t.text_index MATCH $16 AND t.rowid > $1", asked!(), " ORDER BY t.rowid LIMIT $2"),
        postgres: concat!(item_columns!(), " FROM text_index t JOIN appeal a ON a.id = t.subject
            WHERE t.tokens @@ CAST(CAST($16 AS TEXT) AS tsquery) AND a.id > $1", asked!(),
            " ORDER BY a.id LIMIT $2"),
    };

    /// A desk's queue by deadline, on from a place in it.
    QUEUE = {
        sqlite: concat!(item_columns!(), " FROM appeal a INDEXED BY appeal_desk", queue!()),
        postgres: concat!(item_columns!(), " FROM appeal a", queue!()),
    };
    /// How many cases of each state lie on a desk; how many of them are late, or due until a moment.
    COUNTS = {
        sqlite: concat!(counts!(), " FROM appeal a INDEXED BY appeal_desk WHERE a.desk = $1 GROUP BY a.state"),
        postgres: concat!(counts!(), " FROM appeal a WHERE a.desk = $1 GROUP BY a.state"),
    };
    /// How many cases that an organ has sent back wait for a dispatcher.
    RETURNED_BY = {
        sqlite: "SELECT count(*) FROM appeal a INDEXED BY appeal_desk
            WHERE a.desk = 0 AND a.state = 'returned' AND a.organ = $1",
        postgres: "SELECT count(*) FROM appeal a WHERE a.desk = 0 AND a.state = 'returned' AND a.organ = $1",
    };
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: AppealId,
    /// How many events it has.
    pub revision: i64,
    /// What is asked for.
    pub kind: Kind,
    /// How soon it must be answered.
    pub urgency: Urgency,
    /// Who may see it.
    pub visibility: Visibility,
    /// Where it stands.
    pub state: StateName,
    /// The organ that has it, or had it last.
    pub organ: Option<OrganId>,
    /// What it is about.
    pub category: Option<CategoryId>,
    /// Where.
    pub area: Option<AreaId>,
    /// In one line.
    pub title: String,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// When it was last answered.
    pub answered_at: Option<Timestamp>,
    /// When nothing more would happen.
    pub closed_at: Option<Timestamp>,
    /// What is due next, and when; passed or not.
    pub next_due: Option<(Stage, Timestamp)>,
    /// By when it must be answered.
    pub answer_due: Option<Timestamp>,
    /// 1, or 2 after a reopening.
    pub round: u8,
    /// How often organs have sent it back.
    pub returns: u8,
    /// Stages of this round that were not done in time.
    pub overdue: Overdue,
    /// Whether something that is still to be done was promised for an earlier time.
    pub late: bool,
    /// Its place in a queue.
    pub place: Option<i64>,
    /// The beginning of the last answer; empty before.
    pub reply: String,
}

pub(super) fn read_item(row: &dyn Row) -> Result<Item, Fault> {
    let state = word(row, 5, StateName::from_word)?;
    let [accept, contact, answer, dispatch] =
        [row.opt_time(13)?, row.opt_time(14)?, row.opt_time(15)?, row.opt_time(16)?];
    let pending: &[(Stage, Option<Timestamp>)] = match state {
        StateName::Submitted => &[(Stage::Dispatch, dispatch)],
        StateName::Dispatched | StateName::Returned => {
            &[(Stage::Accept, accept), (Stage::Contact, contact), (Stage::Answer, answer)]
        }
        StateName::Accepted => &[(Stage::Contact, contact), (Stage::Answer, answer)],
        StateName::Contacted => &[(Stage::Answer, answer)],
        StateName::Answered | StateName::Appraised | StateName::Closed | StateName::Withdrawn => &[],
    };
    let dues = pending.iter().filter_map(|(stage, due)| Some((*stage, (*due)?)));
    Ok(Item {
        id: row.id(0)?,
        revision: row.int(1)?,
        kind: word(row, 2, Kind::from_word)?,
        urgency: word(row, 3, Urgency::from_word)?,
        visibility: word(row, 4, Visibility::from_word)?,
        state,
        organ: row.opt_id(6)?,
        category: row.opt_id(7)?,
        area: row.opt_id(8)?,
        title: row.string(9)?,
        submitted_at: row.time(10)?,
        answered_at: row.opt_time(11)?,
        closed_at: row.opt_time(12)?,
        next_due: dues.min_by_key(|(_, due)| *due),
        answer_due: answer,
        round: small(row, 17)?,
        returns: small(row, 21)?,
        overdue: Overdue::from_bits(row.int(18)?),
        late: row.flag(20)?,
        place: row.opt_int(19)?,
        reply: row.string(22)?,
    })
}

/// What a list asks, in the columns of the row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only what everybody may see.
    pub public_only: bool,
    /// In which group of states.
    pub phase: Option<Phase>,
    /// Which organ has or had it.
    pub organ: Option<OrganId>,
    /// What is asked for.
    pub kind: Option<Kind>,
    /// Only late ones.
    pub late: bool,
    /// Only ones that have been answered, whatever happened afterwards; none of them is late.
    pub answered: bool,
    /// In which district.
    pub district: Option<AreaId>,
    /// In which street.
    pub street: Option<AreaId>,
    /// In which community.
    pub community: Option<AreaId>,
    /// In exactly which area.
    pub area: Option<AreaId>,
    /// Of which category on the first, second, third level.
    pub category: [Option<CategoryId>; 3],
    /// By whom.
    pub reporter: Option<PersonId>,
    /// With which words, all of them.
    pub words: Vec<String>,
}

/// Where a page begins and in which direction it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Back in time from this number (exclusive); `None`: from the newest.
    Older(Option<AppealId>),
    /// Forward in time from this number (exclusive).
    Newer(AppealId),
}

impl Asked {
    /// The words under which the text index holds the areas and categories that are asked for.
    fn marks(&self) -> Vec<String> {
        let areas = [self.district, self.street, self.community, self.area];
        marks(areas, self.category)
    }

    /// The statements of the most telling filter, back and forward in time, and whether they ask the text index.
    fn statements(&self) -> (&'static Statement, &'static Statement, bool) {
        let [category_1, category_2, category_3] = self.category;
        let by_words = (&OLDER_TEXT, &NEWER_TEXT, true);
        if !self.words.is_empty() {
            by_words
        } else if self.reporter.is_some() {
            (&OLDER_REPORTER, &NEWER_REPORTER, false)
        } else if self.area.is_some() || self.community.is_some() || category_3.is_some() {
            by_words
        } else if self.late {
            (&OLDER_LATE, &NEWER_LATE, false)
        } else if self.street.is_some() {
            by_words
        } else if self.organ.is_some() {
            (&OLDER_ORGAN, &NEWER_ORGAN, false)
        } else if category_2.is_some() {
            by_words
        } else if self.phase.is_some_and(|phase| phase != Phase::Closed) {
            (&OLDER_PHASE, &NEWER_PHASE, false)
        } else if self.district.is_some() || category_1.is_some() {
            by_words
        } else if self.phase.is_some() {
            (&OLDER_PHASE, &NEWER_PHASE, false)
        } else {
            (&OLDER, &NEWER, false)
        }
    }
}

/// The words under which the text index holds areas and categories. Nobody types them; and if somebody did, the row
/// itself is still asked.
pub fn marks(areas: [Option<AreaId>; 4], categories: [Option<CategoryId>; 3]) -> Vec<String> {
    let areas = areas.into_iter().flatten().map(|id| format!("a{id}"));
    areas.chain(categories.into_iter().flatten().map(|id| format!("c{id}"))).collect()
}

/// A page of a list, at most `limit` cases, in the direction of `from`.
pub fn page(tx: &mut dyn Tx, asked: &Asked, from: From, limit: i64) -> Result<Vec<Item>, Fault> {
    let (older, newer, by_words) = asked.statements();
    let (statement, cursor) = match from {
        From::Older(before) => (older, before.map_or(i64::MAX, AppealId::get)),
        From::Newer(after) => (newer, after.get()),
    };
    let words = if by_words {
        let tokens: Vec<String> = asked.words.iter().cloned().chain(asked.marks()).collect();
        match tx.text_query(&tokens) {
            Some(words) => Some(words),
            None => return Ok(Vec::new()),
        }
    } else {
        None
    };
    let [category_1, category_2, category_3] = asked.category;
    let mut given = params![
        cursor,
        limit,
        asked.public_only,
        asked.phase.map(Phase::word),
        asked.organ,
        asked.kind.map(Kind::word),
        if asked.late { 1_i64 } else { i64::from(asked.answered) * 2 },
        asked.district,
        asked.street,
        asked.community,
        asked.area,
        category_1,
        category_2,
        category_3,
        asked.reporter,
    ]
    .to_vec();
    given.extend(words.as_deref().map(Param::Text));
    tx.all(statement, &given, read_item)
}

/// What a queue asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueAsked {
    /// In one of these states.
    pub states: Option<[StateName; 2]>,
    /// Which organ has it, on the dispatchers' desk: which has sent it back.
    pub organ: Option<OrganId>,
    /// Only late ones.
    pub late: bool,
    /// Only ones that are not late and due until then.
    pub due_until: Option<Timestamp>,
}

/// Cases on a desk by deadline, after a place in the queue (deadline in microseconds and number).
pub fn queue(
    tx: &mut dyn Tx,
    desk: Option<OrganId>,
    asked: &QueueAsked,
    after: Option<(i64, i64)>,
    limit: i64,
) -> Result<Vec<Item>, Fault> {
    let (due, id) = after.unwrap_or((i64::MIN, 0));
    let [one, other] =
        asked.states.map_or([None, None], |[one, other]| [Some(one.word()), Some(other.word())]);
    tx.all(
        &QUEUE,
        params![
            desk.map_or(DISPATCHERS, OrganId::get),
            due,
            id,
            one,
            other,
            asked.organ,
            asked.late,
            asked.due_until,
            limit,
        ],
        read_item,
    )
}

/// How many cases of a state lie on a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskCount {
    /// The state.
    pub state: StateName,
    /// How many.
    pub all: i64,
    /// How many of them are late.
    pub late: i64,
    /// How many of them are due soon and not late.
    pub due_soon: i64,
}

/// How many cases of each state lie on a desk.
pub fn counts(tx: &mut dyn Tx, desk: Option<OrganId>, soon: Timestamp) -> Result<Vec<DeskCount>, Fault> {
    tx.all(&COUNTS, params![desk.map_or(DISPATCHERS, OrganId::get), soon], |row| {
        Ok(DeskCount {
            state: word(row, 0, StateName::from_word)?,
            all: row.int(1)?,
            late: row.int(2)?,
            due_soon: row.int(3)?,
        })
    })
}

/// How many cases that an organ has sent back wait for a dispatcher.
pub fn returned_by(tx: &mut dyn Tx, organ: OrganId) -> Result<i64, Fault> {
    Ok(tx.one(&RETURNED_BY, params![organ], |row| row.int(0))?.unwrap_or(0))
}
