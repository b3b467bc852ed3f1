-- What was posted for staff and where, so that it is kept up to date in its place and told once. No text, no names.
CREATE TABLE posted (
  -- `alert:<id>`, `alerts:<channel>:<ms>` (the summary of many), `back:<id>`, `approval:<id>`, `told:<id>`, …
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

-- Staff said that they are two: ms since 1970.
ALTER TABLE merge_proposal ADD COLUMN dismissed_at INTEGER;

-- Points that staff want to give and that wait for an approver; kept when decided. What staff typed can be erased.
CREATE TABLE adjustment_request (
  id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  member TEXT NOT NULL,
  points INTEGER NOT NULL,
  -- 'waiting', 'approved', 'rejected', 'cancelled'
  state TEXT NOT NULL,
  -- ms since 1970
  created_at INTEGER NOT NULL,
  -- Why the points are to be given, and what was said to it.
  note TEXT,
  why TEXT,
  -- Who asked and who decided, when, and what came of it. JSON.
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX adjustment_request_member ON adjustment_request (member);
CREATE INDEX adjustment_request_state ON adjustment_request (state, created_at, id);
CREATE INDEX adjustment_request_newest ON adjustment_request (created_at, id);
