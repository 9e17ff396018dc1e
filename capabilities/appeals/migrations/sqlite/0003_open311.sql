-- Clients of Open311: each has one key, of which only the SHA-256 is kept. The row is the fold of its events.
CREATE TABLE open311_client (
  id BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  name TEXT NOT NULL,
  contact TEXT NOT NULL,
  per_minute BIGINT NOT NULL,
  key_hash TEXT NOT NULL,
  hint TEXT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX open311_client_key ON open311_client (key_hash);
-- Which client brought which appeal, and what the appeal itself has no place for.
CREATE TABLE open311_request (
  appeal INTEGER PRIMARY KEY NOT NULL,
  id BIGINT NOT NULL,
  client BIGINT NOT NULL,
  media_url TEXT
);
-- When an appeal last changed: kept by a follower, so that clients can ask for what is new.
CREATE TABLE open311_change (
  appeal INTEGER PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX open311_change_at ON open311_change (at, appeal);
