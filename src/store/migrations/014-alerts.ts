/** What the operator should know of: one row for each reason, whom and what it is about. `detail` is JSON. */
export const up = `
CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  who TEXT NOT NULL,
  about TEXT NOT NULL,
  detail TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  dismissed_at INTEGER,
  UNIQUE (reason, who, about)
) WITHOUT ROWID;
CREATE INDEX alerts_last ON alerts (last_at, id);
`
