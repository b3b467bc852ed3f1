-- Who is leaving: what a payment was, what models say, alerts, and what members told us. Instants are milliseconds since 1970.

-- What was paid in, and whether it is a subscription's later invoice: for figures by currency, and models of buying.
ALTER TABLE payment ADD COLUMN currency TEXT;

ALTER TABLE payment ADD COLUMN renewal INTEGER NOT NULL DEFAULT 0;

UPDATE payment SET currency = state ->> '$.parts.currency', renewal = coalesce(state ->> '$.parts.renewal', 0);

-- Where nothing was ever heard of a subscription, nothing is looked up: see ANYBODY_SUBSCRIBED.
INSERT INTO name (name, target) SELECT 'subscribed', 'seen'
  WHERE EXISTS (SELECT 1 FROM subscription) OR EXISTS (SELECT 1 FROM invoice_failure);

-- The night's look at everybody's purchases is answered by the index alone.
DROP INDEX payment_member;

CREATE INDEX payment_member ON payment (member, at, purchases, renewal, spend_minor) WHERE member IS NOT NULL;

-- A subscriber's payments that failed.
CREATE INDEX invoice_failure_customer ON invoice_failure (customer);

-- What was learnt from the whole shop, each time: the newest is in force. JSON.
CREATE TABLE model (
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, at)
) STRICT, WITHOUT ROWID;

-- What was last made known of a member by models, in steps: written only when it changes.
CREATE TABLE outlook (
  member TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  risk TEXT NOT NULL,
  rfm TEXT,
  probability_alive REAL NOT NULL,
  expected_90 REAL NOT NULL,
  lifetime_value_minor INTEGER NOT NULL,
  -- Their newest purchase as it was known then: one that is older than the look and not this one is late news.
  last_purchase_at INTEGER
) STRICT, WITHOUT ROWID;

-- Never deleted. The id names member, kind and occasion, so that none is opened twice.
CREATE TABLE alert (
  id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  member TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  value_minor INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  snoozed_until INTEGER,
  assignee TEXT,
  outcome TEXT,
  -- What staff typed; erasable.
  note TEXT,
  -- JSON: all the rest
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_member ON alert (member);

-- Pages of those in one state, the most at stake first.
CREATE INDEX alert_state ON alert (state, value_minor, id);

-- What members said of the shop: the id is that of the action it came with. `text` is erasable.
CREATE TABLE feedback (
  id TEXT NOT NULL PRIMARY KEY,
  member TEXT NOT NULL,
  at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  scale TEXT NOT NULL,
  score INTEGER NOT NULL,
  text TEXT,
  source TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX feedback_member ON feedback (member, at);

CREATE INDEX feedback_at ON feedback (at);
