/** Times are ms since the epoch; ids are UUIDs as text; DIDs are whole. */
export const up = `
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE peers (
  did TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  alias TEXT,
  trust INTEGER NOT NULL DEFAULT 0,
  addresses TEXT NOT NULL DEFAULT '[]',
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE agents (
  name TEXT PRIMARY KEY,
  kind TEXT,
  model TEXT,
  capabilities TEXT NOT NULL DEFAULT '{}',
  token_hash TEXT NOT NULL UNIQUE,
  is_default INTEGER NOT NULL DEFAULT 0,
  presence TEXT,
  trace TEXT,
  registered_at INTEGER NOT NULL,
  last_seen INTEGER
) WITHOUT ROWID;

CREATE TABLE messages (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  from_did TEXT NOT NULL,
  to_did TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  received_at INTEGER,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out', 'local')),
  held INTEGER NOT NULL DEFAULT 0,
  stage TEXT NOT NULL,
  note TEXT,
  reason TEXT,
  times TEXT NOT NULL,
  envelope TEXT NOT NULL,
  UNIQUE (id, from_did)
);
CREATE INDEX messages_conversation ON messages (conversation_id, position);
CREATE INDEX messages_held ON messages (from_did) WHERE held = 1;
CREATE TABLE unindexed (position INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE message_text USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61', prefix = '1 2');

CREATE TABLE deliveries (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  inbox TEXT NOT NULL,
  message INTEGER NOT NULL REFERENCES messages (position),
  shown_at INTEGER,
  acknowledged_at INTEGER
);
CREATE INDEX deliveries_inbox ON deliveries (inbox, position);
CREATE INDEX deliveries_unread ON deliveries (inbox, position) WHERE shown_at IS NULL;
CREATE INDEX deliveries_message ON deliveries (message);

CREATE TABLE consumers (
  id TEXT PRIMARY KEY,
  inbox TEXT NOT NULL,
  label TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  messages INTEGER NOT NULL DEFAULT 0,
  last_position INTEGER NOT NULL,
  agent_messages INTEGER NOT NULL DEFAULT 0,
  trace TEXT,
  paused_at INTEGER
) WITHOUT ROWID;
CREATE INDEX conversations_last ON conversations (last_position);
CREATE INDEX conversations_paused ON conversations (paused_at) WHERE paused_at IS NOT NULL;

CREATE TABLE conversation_members (
  inbox TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  last_position INTEGER NOT NULL,
  PRIMARY KEY (inbox, conversation_id)
) WITHOUT ROWID;
CREATE INDEX conversation_members_last ON conversation_members (inbox, last_position);

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  peer TEXT NOT NULL,
  type TEXT NOT NULL,
  envelope TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  first_sent_at INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX outbox_peer ON outbox (peer, seq);
CREATE INDEX outbox_id ON outbox (id);
CREATE INDEX outbox_receipts ON outbox (peer) WHERE type = 'receipt';

CREATE TABLE seen (
  id TEXT NOT NULL,
  from_did TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  note TEXT,
  PRIMARY KEY (id, from_did)
) WITHOUT ROWID;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  inbox TEXT,
  data TEXT NOT NULL
);
`
