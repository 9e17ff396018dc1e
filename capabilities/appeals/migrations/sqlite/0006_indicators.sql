-- Counters of the indicators (考核指标), kept by a follower; docs/INDICATORS.md. Months since the year 0 in the city's calendar;
-- 0 stands for no street, organ or category. Plain counts: weights are applied when they are read.
-- One cell for each month, street, organ and top category: what a street, a district or an organ is made of.
CREATE TABLE appeal_indicator (
  street BIGINT NOT NULL,
  month BIGINT NOT NULL,
  organ BIGINT NOT NULL,
  category BIGINT NOT NULL,
  received BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  dispatched BIGINT NOT NULL,
  returned BIGINT NOT NULL,
  accept_due BIGINT NOT NULL,
  accept_kept BIGINT NOT NULL,
  answer_due BIGINT NOT NULL,
  answer_kept BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  repeated BIGINT NOT NULL,
  response_due BIGINT NOT NULL,
  response_met BIGINT NOT NULL,
  solved BIGINT NOT NULL,
  unsolved BIGINT NOT NULL,
  level_1 BIGINT NOT NULL,
  level_2 BIGINT NOT NULL,
  level_3 BIGINT NOT NULL,
  level_4 BIGINT NOT NULL,
  level_5 BIGINT NOT NULL,
  excluded_unreasonable BIGINT NOT NULL,
  excluded_out_of_scope BIGINT NOT NULL,
  excluded_unreachable BIGINT NOT NULL,
  time_0 BIGINT NOT NULL,
  time_1 BIGINT NOT NULL,
  time_2 BIGINT NOT NULL,
  time_3 BIGINT NOT NULL,
  time_4 BIGINT NOT NULL,
  time_5 BIGINT NOT NULL,
  time_6 BIGINT NOT NULL,
  time_7 BIGINT NOT NULL,
  PRIMARY KEY (street, month, organ, category)
) WITHOUT ROWID;
CREATE INDEX appeal_indicator_organ ON appeal_indicator (organ, month);
-- The same by one dimension at a time, so that the whole city costs as little: 'organ', 'street', 'category' (every level's own cases).
CREATE TABLE appeal_indicator_total (
  dimension TEXT NOT NULL,
  month BIGINT NOT NULL,
  member BIGINT NOT NULL,
  received BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  dispatched BIGINT NOT NULL,
  returned BIGINT NOT NULL,
  accept_due BIGINT NOT NULL,
  accept_kept BIGINT NOT NULL,
  answer_due BIGINT NOT NULL,
  answer_kept BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  repeated BIGINT NOT NULL,
  response_due BIGINT NOT NULL,
  response_met BIGINT NOT NULL,
  solved BIGINT NOT NULL,
  unsolved BIGINT NOT NULL,
  level_1 BIGINT NOT NULL,
  level_2 BIGINT NOT NULL,
  level_3 BIGINT NOT NULL,
  level_4 BIGINT NOT NULL,
  level_5 BIGINT NOT NULL,
  excluded_unreasonable BIGINT NOT NULL,
  excluded_out_of_scope BIGINT NOT NULL,
  excluded_unreachable BIGINT NOT NULL,
  time_0 BIGINT NOT NULL,
  time_1 BIGINT NOT NULL,
  time_2 BIGINT NOT NULL,
  time_3 BIGINT NOT NULL,
  time_4 BIGINT NOT NULL,
  time_5 BIGINT NOT NULL,
  time_6 BIGINT NOT NULL,
  time_7 BIGINT NOT NULL,
  PRIMARY KEY (dimension, month, member)
) WITHOUT ROWID;
-- Cases that may still change what they add; a closed one is folded again from the journal when it is needed.
CREATE TABLE appeal_indicator_case (
  appeal INTEGER PRIMARY KEY NOT NULL,
  street BIGINT NOT NULL,
  top BIGINT NOT NULL,
  body TEXT NOT NULL
);
-- Cases that count with an organ that no longer has them, so that each number leads to all of its cases.
CREATE TABLE appeal_indicator_past (
  organ BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  PRIMARY KEY (organ, appeal)
) WITHOUT ROWID;
-- Cases left out of the indicators of the call-back (剔除): asked by one, reviewed by another. The row is the fold of its events.
CREATE TABLE appeal_exclusion (
  id BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  reason TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  asked_by BIGINT,
  reviewed_at BIGINT,
  granted BIGINT,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX appeal_exclusion_appeal ON appeal_exclusion (appeal);
CREATE INDEX appeal_exclusion_waiting ON appeal_exclusion (id) WHERE reviewed_at IS NULL;
