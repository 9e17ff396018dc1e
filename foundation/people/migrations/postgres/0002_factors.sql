-- What a sign-in takes besides the password, and the steps of a sign-in under way. None of it is of the journal, which
-- tells only that a second factor was set, used or taken away.

-- 第二因素: the authenticator of a person. The secret is sealed; `last_step` is the last code that was used.
CREATE TABLE second_factor (
  person BIGINT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL,
  last_step BIGINT NOT NULL
);

-- 恢复码: digests of those not yet used.
CREATE TABLE recovery_code (
  person BIGINT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (person, digest)
);

-- A sign-in or recovery that goes on: the digest of its token, whose it is if it is anybody's, what it waits for.
CREATE TABLE sign_in_step (
  token TEXT NOT NULL PRIMARY KEY,
  waits_for TEXT NOT NULL,
  person BIGINT,
  login_digest TEXT NOT NULL,
  sealed TEXT,
  code_digest TEXT,
  tries BIGINT NOT NULL,
  device TEXT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_step_expires ON sign_in_step (expires_at);

-- When somebody last showed in a session that it is still they: before dangerous acts it must be a short while ago.
CREATE TABLE session_proof (
  session BIGINT NOT NULL PRIMARY KEY,
  proven_at BIGINT NOT NULL,
  second BIGINT NOT NULL
);

-- By what a telephone is found: a keyed hash, as the telephone itself is sealed (not of the journal).
CREATE TABLE phone_digest (
  person BIGINT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL
);
CREATE INDEX phone_digest_digest ON phone_digest (digest);
