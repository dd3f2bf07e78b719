/** What was done in all projects by time: when its author says, but never later than it came here, or a clock that is ahead would keep it on top. */
export const up = `
CREATE INDEX entries_moment ON entries (min(at, received_at));
`
