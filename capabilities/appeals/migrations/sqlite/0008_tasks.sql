-- What runs beside a case (协同事项): each row is the fold of the task's events, as JSON, with what lists ask for repeated.
CREATE TABLE appeal_task (
  id BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  person BIGINT,
  body TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX appeal_task_appeal ON appeal_task (appeal, id);
-- Who works what: the queue of one official.
CREATE INDEX appeal_task_person ON appeal_task (person, appeal) WHERE kind = 'assignment' AND state = 'open';
-- On whose desks a task lies, by deadline.
CREATE TABLE appeal_task_desk (
  organ BIGINT NOT NULL,
  queue TEXT NOT NULL,
  due BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  task BIGINT NOT NULL,
  PRIMARY KEY (organ, queue, due, appeal, task)
);
CREATE INDEX appeal_task_desk_task ON appeal_task_desk (task);
-- Which cases are handled and answered with another (并单).
CREATE TABLE appeal_merged (
  appeal BIGINT NOT NULL,
  into_appeal BIGINT NOT NULL,
  PRIMARY KEY (appeal)
);
CREATE INDEX appeal_merged_into ON appeal_merged (into_appeal, appeal);
-- Notes of those who handle a case (内部备注), their calls and the drafts of their answers; each row is one event's.
CREATE TABLE appeal_note (
  id BIGINT NOT NULL,
  appeal BIGINT NOT NULL,
  kind TEXT NOT NULL,
  organ BIGINT NOT NULL,
  person BIGINT NOT NULL,
  at BIGINT NOT NULL,
  reached BIGINT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX appeal_note_appeal ON appeal_note (appeal, id);
