/**
 * What nodes proved of their owners: every owner a node ever had here, since each can revoke it. `attestation` and `revocation` are the statements as
 * they were signed.
 */
export const up = `
CREATE TABLE owner_attestations (
  node TEXT NOT NULL,
  owner TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  attestation TEXT NOT NULL,
  PRIMARY KEY (node, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX attestations_by_owner ON owner_attestations (owner);
CREATE TABLE owner_revocations (
  owner TEXT NOT NULL,
  node TEXT NOT NULL,
  revoked_at INTEGER NOT NULL,
  revocation TEXT NOT NULL,
  PRIMARY KEY (owner, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX peers_by_owner ON peers (owner) WHERE owner IS NOT NULL;
`
