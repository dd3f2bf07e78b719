/** What was said in a space and concerns somebody here lies in inboxes as mail does: `space` is that of the entry; its text stays in the log. */
export const up = `
ALTER TABLE messages ADD COLUMN space TEXT;
`
