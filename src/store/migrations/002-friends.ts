/**
 * What the operator, and the peers themselves, say of them. `friend_since` is null for whoever is no friend, `their_trust` while nothing was told,
 * `given_by` is who gave the trust: `operator` or `owner`. `last_seen` is 0 for a peer never seen.
 */
export const up = `
ALTER TABLE peers ADD COLUMN friend_since INTEGER;
ALTER TABLE peers ADD COLUMN notes TEXT;
ALTER TABLE peers ADD COLUMN their_trust INTEGER;
ALTER TABLE peers ADD COLUMN verified_at INTEGER;
ALTER TABLE peers ADD COLUMN blocked_at INTEGER;
ALTER TABLE peers ADD COLUMN owner TEXT;
ALTER TABLE peers ADD COLUMN given_by TEXT CHECK (given_by IN ('operator', 'owner'));
UPDATE peers SET friend_since = first_seen, given_by = 'operator' WHERE trust > 0;
UPDATE peers SET addresses =
  (SELECT json_group_array(json_object('address', value, 'source', 'dialled')) FROM json_each(addresses));
`
