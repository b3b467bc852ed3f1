-- What was posted for staff and where, so that it is kept up to date in its place and told once. No text, no names.
CREATE TABLE posted (
  -- `alert:<id>`, `redemption:<id>`, `alerts:<hour>`
  subject TEXT NOT NULL PRIMARY KEY,
  channel TEXT NOT NULL,
  -- The message's id in its channel.
  message TEXT NOT NULL,
  -- A short mark of what it shows, so that what is shown already is not sent again.
  shown TEXT NOT NULL,
  -- ms since 1970, when it was first posted
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One message may tell of many subjects.
CREATE INDEX posted_message ON posted (channel, message);
CREATE INDEX posted_at ON posted (at);
