/** What the parts of the daemon tell about their work: counted for `/metrics`, written to the log, kept as events. */
export interface Telemetry {
  log: Log
  count(counter: Counter, labels?: Record<string, string>, by?: number): void
  /**
   * Something a peer or caller did that it must not: counted, logged, and kept in the security log (events `security.*`), at most one
   * a minute for each `who` and `reason`, with a count of the rest.
   */
  security(reason: string, who: string, detail?: Record<string, unknown>): void
}

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Counters of `/metrics`, as `agora_<name>_total`. */
export const counters = {
  envelopes_received: 'Envelopes taken in from peers, by type',
  envelopes_refused: 'Envelopes refused, by reason',
  envelopes_repeated: 'Envelopes that had been taken in before',
  envelopes_sent: 'Envelopes written to a peer, by type',
  entries_received: 'Entries of logs taken in from peers',
  entries_refolded: 'Entries folded again for those that came later and belong before them',
  entries_refused: 'Entries of logs refused, by reason',
  entries_repeated: 'Entries of logs that were here before',
  entries_sent: 'Entries of logs written to peers',
  frames_ignored: 'Frames or fields of unknown kind, ignored',
  requests_refused: 'API requests refused, by code',
  requests_served: 'API requests answered, by operation',
  peers_connected: 'Sessions opened',
  peers_refused: 'Connections refused, by reason',
  rate_limited: 'Times somebody was slowed down, by what',
} as const
export type Counter = keyof typeof counters
