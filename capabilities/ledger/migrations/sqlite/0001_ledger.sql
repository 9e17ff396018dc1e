-- The public log: its entries, the tiles of their tree, and what was signed.
CREATE TABLE ledger_log (
  log BIGINT NOT NULL,
  origin TEXT NOT NULL,
  vkey TEXT NOT NULL,
  opened BIGINT NOT NULL,
  size BIGINT NOT NULL,
  PRIMARY KEY (log)
);
CREATE TABLE ledger_entry (
  log BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  event BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject BIGINT NOT NULL,
  sealed_at BIGINT NOT NULL,
  leaf TEXT NOT NULL,
  PRIMARY KEY (log, seq)
);
CREATE INDEX ledger_entry_subject ON ledger_entry (subject, log, seq);
-- The salts of texts that stand in an entry as commitments only: erased with the text.
CREATE TABLE ledger_salt (
  log BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  field TEXT NOT NULL,
  salt BLOB NOT NULL,
  PRIMARY KEY (log, seq, field)
);
CREATE TABLE ledger_tile (
  log BIGINT NOT NULL,
  level BIGINT NOT NULL,
  number BIGINT NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (log, level, number)
);
CREATE TABLE ledger_checkpoint (
  log BIGINT NOT NULL,
  size BIGINT NOT NULL,
  signed_at BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (log, size)
);
