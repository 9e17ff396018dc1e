-- The journal: what happened, in the order of commits. `txn` grows with each commit.
CREATE TABLE journal (
  txn BIGINT NOT NULL,
  id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  public TEXT NOT NULL,
  sealed TEXT,
  salt BLOB,
  commitment TEXT,
  PRIMARY KEY (txn, id)
);
-- Ids are unique across kinds, so the subject's number is enough.
CREATE UNIQUE INDEX journal_subject ON journal (subject, revision);
-- What is added to a server's transaction numbers, so that the journal's go on growing when the database has been
-- restored into another server. The embedded engine counts commits itself and leaves it empty.
CREATE TABLE journal_base (
  base BIGINT NOT NULL,
  PRIMARY KEY (base)
);
-- How far each follower has come.
CREATE TABLE follower (
  name TEXT NOT NULL,
  txn BIGINT NOT NULL,
  id BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (name)
);
-- What is to happen later.
CREATE TABLE timer (
  subject BIGINT NOT NULL,
  kind TEXT NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (subject, kind)
);
CREATE INDEX timer_due ON timer (due);
-- A number above every id that a node has committed.
CREATE TABLE id_floor (
  node BIGINT NOT NULL,
  floor BIGINT NOT NULL,
  PRIMARY KEY (node)
);
-- Who holds a node number, or runs the followers, until when; `fence` grows with each holder.
CREATE TABLE lease (
  name TEXT NOT NULL,
  holder BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (name)
);
-- Texts arrive segmented and folded: the plain tokenizer leaves them as they are, and only whole tokens are looked up.
CREATE VIRTUAL TABLE text_index USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
