/** Invitations that this node was sent. `project`, `invite` and `accept` are signed entries as they came or were written; `members` whom the inviter named. */
export const up = `
CREATE TABLE project_invitations (
  space TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  from_did TEXT NOT NULL,
  to_did TEXT NOT NULL,
  role TEXT NOT NULL,
  message TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'joined', 'declined', 'withdrawn', 'expired')),
  reason TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decided_at INTEGER,
  project TEXT NOT NULL,
  invite TEXT NOT NULL,
  accept TEXT,
  members TEXT NOT NULL,
  PRIMARY KEY (space, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_invitations_by_status ON project_invitations (status, created_at);
`
