-- Who else has signed a checkpoint, and when.
CREATE TABLE ledger_cosignature (
  log BIGINT NOT NULL,
  size BIGINT NOT NULL,
  witness TEXT NOT NULL,
  signed_at BIGINT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (log, size, witness)
);
