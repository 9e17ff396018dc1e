-- Appeals (诉求). The row is the fold of the appeal's events; `gongzhi check` compares the two.
-- `public` repeats what `visibility` says, `phase` what `state` says. `desk` is the organ that must act next, 0 the
-- dispatcher's, NULL nobody's; `desk_due` is its next deadline. `category_1` to `category_3`, `district`, `street` and
-- `community` repeat the levels above `category` and `area`, for lists of any subtree.
CREATE TABLE appeal (
  id INTEGER PRIMARY KEY NOT NULL,
  revision BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  urgency TEXT NOT NULL,
  visibility TEXT NOT NULL,
  public BIGINT NOT NULL,
  state TEXT NOT NULL,
  phase TEXT NOT NULL,
  state_at BIGINT,
  organ BIGINT,
  closing TEXT,
  desk BIGINT,
  desk_due BIGINT,
  late BIGINT NOT NULL,
  category BIGINT,
  category_1 BIGINT,
  category_2 BIGINT,
  category_3 BIGINT,
  area BIGINT,
  district BIGINT,
  street BIGINT,
  community BIGINT,
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  round BIGINT NOT NULL,
  returns BIGINT NOT NULL,
  ruled BIGINT NOT NULL,
  overdue BIGINT NOT NULL,
  submitted_at BIGINT NOT NULL,
  dispatch_due BIGINT,
  dispatched_at BIGINT,
  last_dispatch BIGINT,
  reopened_at BIGINT,
  accepted_at BIGINT,
  contacted_at BIGINT,
  answered_at BIGINT,
  closed_at BIGINT,
  accept_due BIGINT,
  contact_due BIGINT,
  answer_due BIGINT,
  appraise_by BIGINT,
  appraisal TEXT,
  rulebook BIGINT NOT NULL,
  reporter BIGINT,
  track TEXT NOT NULL,
  source TEXT,
  source_key TEXT,
  title TEXT NOT NULL,
  address TEXT NOT NULL,
  text TEXT NOT NULL,
  reply TEXT NOT NULL
);
-- Lists go from the newest to the oldest, by an index in that order, so that a page costs the same however deep it
-- lies. Areas and categories are found by the text index, where they stand as words: that costs a page of the
-- write-ahead log for many cases together, an index of their own one for almost every case.
CREATE INDEX appeal_phase ON appeal (phase, id);
CREATE INDEX appeal_late ON appeal (id) WHERE late = 1;
CREATE INDEX appeal_organ ON appeal (organ, id) WHERE organ IS NOT NULL;
CREATE INDEX appeal_reporter_id ON appeal (reporter, id) WHERE reporter IS NOT NULL;
-- The queues of those who must act, by deadline.
CREATE INDEX appeal_desk ON appeal (desk, desk_due, id, state, late) WHERE desk IS NOT NULL;
-- How to reach the reporter: apart from the case, and every reading of it is an event of this record.
CREATE TABLE appeal_reporter (
  id BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  readings BIGINT NOT NULL,
  PRIMARY KEY (appeal)
);
-- Which case of another system is which of ours: an import run twice imports nothing twice.
CREATE TABLE appeal_source (
  source TEXT NOT NULL,
  source_key TEXT NOT NULL,
  appeal BIGINT NOT NULL,
  PRIMARY KEY (source, source_key)
) WITHOUT ROWID;
-- Receipts by idempotency key, for as long as the rulebook says. Neither the key nor the tracking code is kept.
CREATE TABLE appeal_receipt (
  key_hash TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  salt TEXT NOT NULL,
  appeal BIGINT NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (key_hash)
) WITHOUT ROWID;
CREATE INDEX appeal_receipt_age ON appeal_receipt (appeal);
-- The category tree.
CREATE TABLE category (
  id BIGINT NOT NULL,
  code TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT,
  parent BIGINT,
  urgency TEXT NOT NULL,
  active BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX category_code ON category (code);
-- Versions of the rulebook (TOML) and of the dispatch catalogue (JSON), each with the moment from which it holds.
CREATE TABLE appeal_rulebook (
  version BIGINT NOT NULL,
  id BIGINT NOT NULL,
  effective BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (version)
);
CREATE TABLE appeal_catalogue (
  version BIGINT NOT NULL,
  id BIGINT NOT NULL,
  effective BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (version)
);
-- Counters that a follower keeps: per day of the city's calendar, and day 0 for what stands now.
CREATE TABLE appeal_figure (
  day BIGINT NOT NULL,
  name TEXT NOT NULL,
  bucket BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (day, name, bucket)
) WITHOUT ROWID;
