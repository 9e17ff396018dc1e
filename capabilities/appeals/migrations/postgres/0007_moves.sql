-- What moves a case without changing its state (reminders, hand-overs, more time, merging), as JSON; NULL where nothing does.
ALTER TABLE appeal ADD COLUMN moves TEXT;
