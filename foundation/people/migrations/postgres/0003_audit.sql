-- 审计: what an auditor searches, taken from the public parts of the journal by a follower; can be made anew from it at any
-- time.
CREATE TABLE audit_entry (
  event BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  section TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  person BIGINT,
  organ BIGINT,
  subject_kind TEXT NOT NULL,
  subject BIGINT NOT NULL,
  told TEXT NOT NULL
);
CREATE INDEX audit_entry_section ON audit_entry (section, event);
CREATE INDEX audit_entry_person ON audit_entry (person, event);
