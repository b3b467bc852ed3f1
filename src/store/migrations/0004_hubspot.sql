-- Members and their contacts in HubSpot. `record`: HubSpot's record id; null while there is none. Instants are ms since 1970.
CREATE TABLE contact (
  member TEXT NOT NULL PRIMARY KEY,
  record TEXT,
  -- `linked`, `none` (nobody there has the address, and none is to be made), `refused` (HubSpot says why)
  state TEXT NOT NULL,
  reason TEXT,
  -- JSON: a short hash of each property as last written, so that only what differs is sent.
  written TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX contact_record ON contact (record) WHERE record IS NOT NULL;

CREATE INDEX contact_refused ON contact (at) WHERE state = 'refused';
