/** What somebody wrote in all logs, by time; and what a keeper wrote of what somebody holds. */
export const up = `
CREATE INDEX entries_author ON entries (author, at, id);
CREATE INDEX entries_holder ON entries (json_extract(facts, '$.holder'), at, id)
  WHERE type IN ('task.claim', 'task.release');
`
