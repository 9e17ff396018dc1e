-- Those whose matter a case is as well (这也是我的事). Each row is the fold of its events; of the code only a salted hash is kept.
CREATE TABLE appeal_follower (
  id BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  person BIGINT,
  track TEXT NOT NULL,
  at BIGINT NOT NULL,
  left_at BIGINT,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX appeal_follower_track ON appeal_follower (appeal, track);
CREATE INDEX appeal_follower_person ON appeal_follower (person, appeal);
-- How many follow each case, kept in the same unit of work.
CREATE TABLE appeal_follow_count (
  appeal BIGINT NOT NULL,
  followers BIGINT NOT NULL,
  PRIMARY KEY (appeal)
);
