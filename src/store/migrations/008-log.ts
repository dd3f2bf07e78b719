/**
 * The logs of spaces. `spaces` is how this node stands to each; `entries` all of their entries, of which `log` is the space's short number here. `chain`,
 * `position` and `clock` (32-bit numbers, little-endian) place an entry among the others as this node numbers them. What reading many of them needs stands
 * before the long texts. `via` is a JSON list of DIDs.
 */
export const up = `
CREATE TABLE spaces (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('project', 'thread')),
  status TEXT NOT NULL CHECK (status IN ('joining', 'member', 'left', 'removed', 'closed')),
  created_at INTEGER NOT NULL,
  title TEXT NOT NULL,
  via TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;

CREATE TABLE logs (number INTEGER PRIMARY KEY, space TEXT NOT NULL UNIQUE);

CREATE TABLE entries (
  arrival INTEGER PRIMARY KEY,
  log INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  lamport INTEGER NOT NULL,
  author TEXT NOT NULL,
  seq INTEGER NOT NULL,
  prev TEXT,
  heads TEXT NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  subject TEXT,
  chain INTEGER NOT NULL,
  position INTEGER NOT NULL,
  clock BLOB NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('counts', 'held', 'denied', 'refused')),
  verdict_by TEXT,
  verdict_code TEXT,
  verdict_reason TEXT,
  searched INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  header TEXT NOT NULL,
  texts TEXT
);
CREATE INDEX entries_place ON entries (log, lamport, id);
CREATE INDEX entries_chain ON entries (log, chain, position);
CREATE INDEX entries_type ON entries (log, type, lamport);
CREATE INDEX entries_subject ON entries (log, subject, lamport) WHERE subject IS NOT NULL;

CREATE VIRTUAL TABLE entry_text USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61');

CREATE TABLE snapshots (
  number INTEGER PRIMARY KEY,
  log INTEGER NOT NULL,
  lamport INTEGER NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  folded INTEGER NOT NULL,
  state TEXT NOT NULL
);
CREATE UNIQUE INDEX snapshots_place ON snapshots (log, lamport, id);
`
