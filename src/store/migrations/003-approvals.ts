/** What agents asked the operator for. `input` is JSON, with names replaced by the DIDs they stood for when it was asked. */
export const up = `
CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  operation TEXT NOT NULL,
  input TEXT NOT NULL,
  summary TEXT NOT NULL,
  why TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'granted', 'denied', 'expired')),
  reason TEXT,
  proof TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decided_at INTEGER
) WITHOUT ROWID;
CREATE INDEX approvals_pending ON approvals (expires_at) WHERE status = 'pending';
`
