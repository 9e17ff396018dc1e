-- Photos and documents of appeals. The bytes lie among the blobs under their SHA-256; each row is the fold of its events.
CREATE TABLE appeal_file (
  id BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  media TEXT NOT NULL,
  name TEXT NOT NULL,
  blob TEXT NOT NULL,
  length BIGINT NOT NULL,
  small TEXT,
  width BIGINT,
  height BIGINT,
  small_width BIGINT,
  small_height BIGINT,
  added_by TEXT NOT NULL,
  organ BIGINT,
  at BIGINT NOT NULL,
  shown BIGINT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX appeal_file_appeal ON appeal_file (appeal, id);
CREATE INDEX appeal_file_blob ON appeal_file (blob);
CREATE INDEX appeal_file_small ON appeal_file (small);
-- Files of reports that are still being written; forgotten when nobody sends them.
CREATE TABLE appeal_waiting_file (
  token TEXT NOT NULL,
  at BIGINT NOT NULL,
  media TEXT NOT NULL,
  name TEXT NOT NULL,
  blob TEXT NOT NULL,
  length BIGINT NOT NULL,
  small TEXT,
  width BIGINT,
  height BIGINT,
  small_width BIGINT,
  small_height BIGINT,
  PRIMARY KEY (token)
);
CREATE INDEX appeal_waiting_file_at ON appeal_waiting_file (at);
