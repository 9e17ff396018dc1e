-- Persons, organs, areas, memberships, sessions. Rows are the fold of their events; what is not says so.

-- 人. Names, sign-in names and telephones are personal.
CREATE TABLE person (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  login TEXT,
  phone TEXT,
  active BIGINT NOT NULL,
  registered_at BIGINT NOT NULL,
  password_set_at BIGINT,
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_login ON person (login);
CREATE INDEX person_phone ON person (phone);

-- Password hashes stand alone, so that nothing that reads persons reads them; never in the journal.
CREATE TABLE credential (
  person BIGINT NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL
);

-- 区划: versions of areas.
CREATE TABLE area (
  id BIGINT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  level TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT,
  parent BIGINT,
  valid_from BIGINT NOT NULL,
  valid_to BIGINT,
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  revision BIGINT NOT NULL
);
-- A code names one area at a time; an ended version keeps the code that it had.
CREATE UNIQUE INDEX area_code ON area (code) WHERE valid_to IS NULL;
CREATE INDEX area_parent ON area (parent);

-- The areas that took over from an ended one.
CREATE TABLE area_successor (
  area BIGINT NOT NULL,
  successor BIGINT NOT NULL,
  PRIMARY KEY (area, successor)
);

-- 机构.
CREATE TABLE organ (
  id BIGINT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT,
  parent BIGINT,
  area BIGINT,
  active BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX organ_code ON organ (code);
CREATE INDEX organ_area ON organ (area);

-- 任职: roles of persons in organs, past ones too.
CREATE TABLE membership (
  id BIGINT NOT NULL PRIMARY KEY,
  person BIGINT NOT NULL,
  organ BIGINT NOT NULL,
  role TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  revoked_at BIGINT,
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX membership_held ON membership (person, organ, role) WHERE revoked_at IS NULL;
CREATE INDEX membership_organ ON membership (organ);

-- Living sessions; one that ends leaves the table and stays in the journal.
-- token (the SHA-256 of the token, base64url) and last_seen_at are not of the journal.
CREATE TABLE session (
  id BIGINT NOT NULL PRIMARY KEY,
  token TEXT NOT NULL,
  person BIGINT NOT NULL,
  membership BIGINT,
  device TEXT,
  started_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX session_token ON session (token);
CREATE INDEX session_person ON session (person);

-- Failed sign-ins by the digest of the sign-in name (not of the journal), known or not.
CREATE TABLE sign_in_guard (
  id BIGINT NOT NULL PRIMARY KEY,
  login_digest TEXT NOT NULL,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  locked_until BIGINT,
  revision BIGINT NOT NULL
);
CREATE UNIQUE INDEX sign_in_guard_login ON sign_in_guard (login_digest);

-- One row that counts the changes of organs and areas, so that every process sees when its picture of them is old.
CREATE TABLE directory_version (
  id BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO directory_version (id, version) VALUES (1, 0);
