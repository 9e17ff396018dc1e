-- Receipts lie in the order in which they were given, so that old ones go together and new ones fill page after page; only
-- the index goes by key, and it is short.
ALTER TABLE appeal_receipt RENAME TO appeal_receipt_by_key;
CREATE TABLE appeal_receipt (
  appeal INTEGER PRIMARY KEY NOT NULL,
  key_hash TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  salt TEXT NOT NULL,
  receipt TEXT NOT NULL
);
INSERT INTO appeal_receipt (appeal, key_hash, body_hash, salt, receipt)
  SELECT appeal, substr(key_hash, 1, 32), body_hash, salt, receipt FROM appeal_receipt_by_key;
DROP TABLE appeal_receipt_by_key;
CREATE UNIQUE INDEX appeal_receipt_key ON appeal_receipt (key_hash);
