/**
 * What the keeper of a project must not forget: `keeper_epochs` the latest epoch in which this node granted anything, and the number of the latest grant
 * in it; `keeper_leases` until when what it granted is its holder's, in ms by its clock. What is held stands in the project's log.
 */
export const up = `
CREATE TABLE keeper_epochs (
  space TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL,
  counter INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE keeper_leases (
  space TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (space, kind, key)
) WITHOUT ROWID;
CREATE INDEX keeper_leases_until ON keeper_leases (until);
`
