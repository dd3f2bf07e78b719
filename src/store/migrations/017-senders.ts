/** What each peer sent, for whoever blocks it. */
export const up = `
CREATE INDEX messages_sender ON messages (from_did) WHERE direction = 'in' AND held = 0;
`
