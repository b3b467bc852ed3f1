-- Applied once per database by `wrangler d1 migrations apply` or by the Node host, whichever comes first.
-- Statements are separated by an empty line. Amounts are minor units, instants milliseconds since 1970.

-- Small named values: resume points, the mode (test or live) that the database is pinned to.
CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every program that ever was in force: payments are frozen to theirs.
CREATE TABLE program (
  version TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the outside calls things: Stripe's ids, `email:…`, events seen (`evt_…`), hashes of the erased.
CREATE TABLE name (
  name TEXT NOT NULL PRIMARY KEY,
  target TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `n` numbers members in the order of their coming; it is the row of the search index. Never deleted.
CREATE TABLE member (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  enrolled_at INTEGER,
  email TEXT,
  name TEXT,
  phone TEXT,
  birthday TEXT,
  language TEXT,
  -- Found by the search index, which has it anyway: an index of random codes of its own would be a page to write each time.
  referral_code TEXT NOT NULL,
  available INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  redeemed INTEGER NOT NULL,
  expired INTEGER NOT NULL,
  spend_minor INTEGER NOT NULL,
  purchases INTEGER NOT NULL,
  last_purchase_at INTEGER,
  active_at INTEGER,
  next_at INTEGER,
  -- JSON: joinedAt, formerEmails, customers, idleMonths, tiers, mergedInto
  state TEXT NOT NULL
) STRICT;

-- Nearly everybody is active: those are found without an index, and cost none.
CREATE INDEX member_status ON member (status, n) WHERE status <> 'active';

CREATE INDEX member_due ON member (next_at) WHERE next_at IS NOT NULL;

-- `at` to `purchases` are what the payment counts for. Never deleted.
CREATE TABLE payment (
  id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  member TEXT,
  seen_at INTEGER NOT NULL,
  eligible INTEGER,
  at INTEGER,
  paid_minor INTEGER NOT NULL,
  refunded_minor INTEGER NOT NULL,
  base INTEGER NOT NULL,
  spend_minor INTEGER NOT NULL,
  purchases INTEGER NOT NULL,
  -- JSON: parts, frozen, posted, explained
  state TEXT NOT NULL
) STRICT;

CREATE INDEX payment_member ON payment (member, at) WHERE member IS NOT NULL;

-- Payments of nobody known may still name somebody who wants to be forgotten.
CREATE INDEX payment_nobody ON payment (id) WHERE member IS NULL;

-- `due_at`: when it next changes by its own terms; null for what never ends, or ends by inactivity.
CREATE TABLE lot (
  id TEXT NOT NULL PRIMARY KEY,
  member TEXT NOT NULL,
  rule TEXT NOT NULL,
  payment TEXT,
  program TEXT NOT NULL,
  earned_at INTEGER NOT NULL,
  points INTEGER NOT NULL,
  remaining INTEGER NOT NULL,
  spent INTEGER NOT NULL,
  expired INTEGER NOT NULL,
  forgiven INTEGER NOT NULL,
  state TEXT NOT NULL,
  available_at INTEGER,
  expires_at INTEGER,
  idle_months INTEGER,
  not_before INTEGER,
  expired_at INTEGER,
  due_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX lot_open ON lot (member, due_at, idle_months, earned_at) WHERE remaining > 0;

-- Points that ended: hearing late of a purchase may mean that they had not.
CREATE INDEX lot_expired ON lot (member, expired_at) WHERE expired > 0;

-- For what must look at all lots of a member: verify, a merge.
CREATE INDEX lot_spent ON lot (member) WHERE remaining <= 0;

-- The journal. `postings` is JSON: [[from, to, points, lot], …]; `terms`: [[lot, availableAt, expiresAt, idleMonths], …].
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  member TEXT NOT NULL,
  about TEXT,
  at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  points INTEGER NOT NULL,
  balance INTEGER NOT NULL,
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  note TEXT,
  postings TEXT NOT NULL,
  terms TEXT NOT NULL
) STRICT;

CREATE INDEX entry_member ON entry (member);

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OF seq, member, about, at, recorded_at, kind, code, points, balance, reason, source, actor, postings, terms ON entry
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER entry_note_is_only_erased BEFORE UPDATE OF note ON entry WHEN NEW.note IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only');
END;

-- One row per movement of points, accounts by their full names: for reports and for whoever checks the books.
CREATE VIEW posting AS
  SELECT entry.seq, entry.member, entry.about, entry.at, entry.recorded_at,
    iif(p.value ->> 0 IN ('pending', 'available', 'reserved'), 'member/' || entry.member || '/' || (p.value ->> 0), p.value ->> 0) AS source_account,
    iif(p.value ->> 1 IN ('pending', 'available', 'reserved'), 'member/' || entry.member || '/' || (p.value ->> 1), p.value ->> 1) AS target_account,
    p.value ->> 2 AS points,
    p.value ->> 3 AS lot
  FROM entry, json_each(entry.postings) AS p;

-- Answers of calls with an Idempotency-Key.
CREATE TABLE idempotency (
  holder TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  hash TEXT NOT NULL,
  outcome TEXT NOT NULL,
  member TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (holder, route, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_member ON idempotency (member) WHERE member IS NOT NULL;

-- What is to be done outside. Ids are never used again, so that a late acknowledgement cannot hit another row.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  tries INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting',
  reason TEXT,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
  UNIQUE (kind, key)
) STRICT;

CREATE INDEX outbox_due ON outbox (kind, due_at) WHERE state = 'waiting';

CREATE INDEX outbox_parked ON outbox (id) WHERE state = 'parked';

-- Events that could not be understood, kept whole.
CREATE TABLE inbox (
  id TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'parked',
  reason TEXT NOT NULL,
  payload TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  event_at INTEGER NOT NULL,
  tries INTEGER NOT NULL
) STRICT;

-- The newest description of each subscription.
CREATE TABLE subscription (
  id TEXT NOT NULL PRIMARY KEY,
  customer TEXT,
  at INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE invoice_failure (
  invoice TEXT NOT NULL,
  at INTEGER NOT NULL,
  customer TEXT,
  email TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (invoice, at)
) STRICT, WITHOUT ROWID;

-- Pairs of members that may be one person: staff decide.
CREATE TABLE merge_proposal (
  member TEXT NOT NULL,
  other TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (member, other)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscription_customer ON subscription (customer);

-- Where there are no interactive transactions (D1): a statement that adds a row here breaks the constraint and with it
-- the whole batch, because what was read does not stand any more, or something is
-- changed that was not read. Always empty.
CREATE TABLE guard (
  stands INTEGER NOT NULL DEFAULT 1 CONSTRAINT what_was_read_still_stands CHECK (stands = 1),
  written INTEGER NOT NULL DEFAULT 1 CONSTRAINT what_changes_was_read CHECK (written = 1)
) STRICT;

-- The letters that stand together in a member's words, folded (search-text.ts). Its rows are members by `n`: all up to the
-- newest indexed one, those after it wait (search-index.ts). `ascii` takes every other character as part of a word, in
-- any script, also in those that FTS5 does not know yet.
CREATE VIRTUAL TABLE member_search USING fts5 (grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
