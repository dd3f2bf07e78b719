/**
 * What was said in a space and concerns somebody here lies in inboxes as mail does: `space` is that of the entry; its text stays in the log.
 * Whom this node told of a thread, by which envelope, and what came of it.
 */
export const up = `
ALTER TABLE messages ADD COLUMN space TEXT;

CREATE TABLE thread_tellings (
  space TEXT NOT NULL,
  node TEXT NOT NULL,
  envelope TEXT NOT NULL,
  stage TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY (space, node)
) WITHOUT ROWID;
CREATE INDEX thread_tellings_envelope ON thread_tellings (envelope);
`
