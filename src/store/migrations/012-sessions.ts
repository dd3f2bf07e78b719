/** Pages of the dashboard that are signed in; of their tokens only the SHA-256. */
export const up = `
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  operator_hash TEXT NOT NULL,
  label TEXT,
  created_at INTEGER NOT NULL,
  last_used INTEGER NOT NULL
) WITHOUT ROWID;
`
