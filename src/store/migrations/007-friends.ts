/**
 * What this node and each peer have told each other of being friends, and the requests of both sides. `named_at` is when a friend got the name it has here:
 * of friends with one name the first keeps it. What a blocked peer sent has `held` 2, or 3 when it waited for the operator.
 */
export const up = `
ALTER TABLE peers ADD COLUMN named_at INTEGER;
UPDATE peers SET named_at = friend_since WHERE friend_since IS NOT NULL;

CREATE TABLE friend_links (
  did TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  told_id TEXT,
  barred_until INTEGER NOT NULL,
  bar_reason TEXT
) WITHOUT ROWID;

CREATE TABLE friend_requests (
  id TEXT PRIMARY KEY,
  did TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  trust_level INTEGER NOT NULL,
  given INTEGER NOT NULL,
  message TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'rejected')),
  reason TEXT,
  created_at INTEGER NOT NULL,
  decided_at INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX friend_requests_pending ON friend_requests (did, direction) WHERE status = 'pending';
CREATE INDEX friend_requests_decided ON friend_requests (decided_at) WHERE status != 'pending';
CREATE INDEX messages_hidden ON messages (from_did) WHERE held > 1;
`
