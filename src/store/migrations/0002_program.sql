-- Awards and rewards. Amounts of points are whole, instants milliseconds since 1970.

-- When points last came back to it from a reward.
ALTER TABLE lot ADD COLUMN returned_at INTEGER;

-- Awards given for an occasion. The id names member and occasion, so that none is given twice. `state` is JSON.
CREATE TABLE grant_given (
  id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  member TEXT NOT NULL,
  occasion TEXT NOT NULL,
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  points INTEGER NOT NULL,
  state TEXT NOT NULL,
  payment TEXT,
  -- JSON: program, award, chosen
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX grant_member ON grant_given (member, at);

-- Rewards on their way, from asking to the end. Never deleted.
CREATE TABLE redemption (
  id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  member TEXT NOT NULL,
  reward TEXT NOT NULL,
  state TEXT NOT NULL,
  charge TEXT NOT NULL,
  cost INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  issued_at INTEGER,
  expires_at INTEGER,
  ended_at INTEGER,
  used_by TEXT,
  grant_id TEXT,
  note TEXT,
  -- JSON: all the rest
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX redemption_member ON redemption (member, created_at);

-- Pages of those in one state, and of all, newest first.
CREATE INDEX redemption_state ON redemption (state, created_at);

CREATE INDEX redemption_created ON redemption (created_at);

-- Counts that several may want to raise at once: what is gone of a reward's stock, what staff gave away in a day.
CREATE TABLE counter (
  name TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
