/**
 * `wake_hooks.inbox` is `operator` for the node's hook, `agent:<name>` for an agent's; its command is JSON of program and arguments. A call is mail or a
 * request that may wake somebody: `run` is null while it waits. `ended_at` of a run is null while it runs.
 */
export const up = `
CREATE TABLE wake_hooks (
  inbox TEXT PRIMARY KEY,
  command TEXT NOT NULL,
  cwd TEXT NOT NULL,
  policy TEXT NOT NULL,
  set_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE wake_calls (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  inbox TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('message', 'request')),
  envelope_id TEXT NOT NULL,
  from_did TEXT NOT NULL,
  message INTEGER,
  reason TEXT,
  at INTEGER NOT NULL,
  note TEXT,
  noted_at INTEGER NOT NULL,
  run TEXT
);
CREATE INDEX wake_calls_waiting ON wake_calls (inbox, position) WHERE run IS NULL;
CREATE INDEX wake_calls_run ON wake_calls (run) WHERE run IS NOT NULL;

CREATE TABLE wake_runs (
  id TEXT PRIMARY KEY,
  inbox TEXT NOT NULL,
  command TEXT NOT NULL,
  calls INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT,
  code INTEGER,
  signal TEXT,
  error TEXT,
  output TEXT,
  pid INTEGER,
  mark TEXT
) WITHOUT ROWID;
CREATE INDEX wake_runs_inbox ON wake_runs (inbox, id);
CREATE INDEX wake_runs_running ON wake_runs (id) WHERE ended_at IS NULL;

CREATE TABLE wake_asked (
  id TEXT PRIMARY KEY,
  from_did TEXT NOT NULL,
  to_did TEXT NOT NULL,
  reason TEXT NOT NULL,
  stage TEXT NOT NULL,
  note TEXT,
  failure TEXT,
  times TEXT NOT NULL
) WITHOUT ROWID;
`
