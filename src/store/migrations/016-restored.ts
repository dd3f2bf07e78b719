/**
 * Spaces as a backup brought them: what this node wrote in them since is known to others alone. `as_of` is when the backup was made; until `settled_at` nothing is
 * written there. Times in ms since the epoch.
 */
export const up = `
CREATE TABLE restored_spaces (
  space TEXT PRIMARY KEY,
  as_of INTEGER NOT NULL,
  restored_at INTEGER NOT NULL,
  settled_at INTEGER
) WITHOUT ROWID;
`
