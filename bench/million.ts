import Sqlite from 'better-sqlite3'
import type { Bench, BenchContext } from './lib/bench.ts'
import { WORDS, writeHistory } from './lib/history.ts'
import { short } from './lib/report.ts'
import { median, quantile, timed } from './lib/stats.ts'
import { createWorld, type Daemon } from './lib/world.ts'

const AGENTS = Array.from({ length: 10 }, (_, n) => `agent-${n}`)

const PAGE = `SELECT messages.*, deliveries.shown_at FROM deliveries JOIN messages ON messages.position = deliveries.message
  WHERE deliveries.inbox = 'operator' AND deliveries.position < ? ORDER BY deliveries.position DESC LIMIT 50`
const FOUND = `SELECT conversation_id FROM message_text JOIN messages ON messages.position = message_text.rowid
  WHERE message_text MATCH ? ORDER BY message_text.rowid DESC LIMIT 50`

/** A node that has been used for long: what reading and starting cost then. */
export const million: Bench = {
  name: 'million',
  about: 'a node with 1,000,000 messages (100,000 with --quick): pages, searches, start',
  async run({ quick, note }) {
    const count = quick ? 100_000 : 1_000_000
    const rounds = quick ? 10 : 40
    await using world = createWorld()
    const empty = await world.start('empty')
    const full = await world.start('full')
    const tokens: string[] = []
    for (const name of AGENTS) {
      await empty.call('POST', '/agents', { name })
      tokens.push((await full.call<{ token: string }>('POST', '/agents', { name })).token)
    }
    await Promise.all([empty.stop(), full.stop()])
    const { database } = world.home('full')
    const ms = await timed(() => writeHistory(database, { did: full.info.did, agents: AGENTS, count }))
    console.error(`  ${short(count)} messages written in ${short(ms / 1000)} s`)

    const starts = { empty: [] as number[], full: [] as number[] }
    for (let round = 0; round < (quick ? 3 : 7); round++) {
      for (const name of ['empty', 'full'] as const) {
        const daemon = await world.start(name)
        starts[name].push(daemon.startedIn)
        await daemon.stop()
      }
    }
    note({
      what: 'start to healthy',
      value: median(starts.full),
      unit: 'ms',
      limit: { what: 'with no messages', value: median(starts.empty) },
      wanted: { of: 'ratio', most: 1.5 },
    })

    const sqlite = new Sqlite(database, { readonly: true })
    try {
      await pages(await world.start('full'), tokens[0] ?? '', { rounds, note, sqlite })
    } finally {
      sqlite.close()
    }
  },
}

/** Reads as operator and as agent. The first of each kind is told apart: it finds nothing in any cache. */
async function pages(
  { call }: Daemon,
  agent: string,
  { rounds, note, sqlite }: Pick<BenchContext, 'note'> & { rounds: number; sqlite: Sqlite.Database },
): Promise<void> {
  const measure = async (
    what: string,
    path: string | (() => string),
    most?: number,
    own?: string,
    bare?: () => unknown,
  ) => {
    const times: number[] = []
    const limits: number[] = []
    for (let round = 0; round < rounds; round++) {
      const at = typeof path === 'string' ? path : path()
      times.push(await timed(() => call('GET', at, undefined, own)))
      if (bare) limits.push(await timed(bare))
    }
    const [first = 0, ...rest] = times
    note({
      what,
      value: median(rest),
      unit: 'ms',
      limit: bare && { what: 'bare SQLite', value: median(limits.slice(1)) },
      wanted: most === undefined ? undefined : { of: 'value', most },
      note: `p95 ${short(quantile(rest, 0.95))}, first ${short(first)}`,
    })
  }
  const page = sqlite.prepare(PAGE)
  const found = sqlite.prepare(FOUND)
  const latest = () => page.all(Number.MAX_SAFE_INTEGER)

  await measure('inbox page, unread', '/messages', 10, undefined, latest)
  await measure('inbox page, everything', '/messages?view=all', 10, undefined, latest)
  await measure('inbox page of an agent, unread', '/messages', 10, agent)
  type Paged = { next_cursor?: string }
  let next: string | undefined
  for (let pages = 0; pages < 20; pages++) {
    const at = `/messages?view=all&limit=500${next === undefined ? '' : `&cursor=${next}`}`
    next = (await call<Paged>('GET', at)).next_cursor
  }
  await measure('inbox page, everything, 10,000 messages back', `/messages?view=all&cursor=${next}`, 10)
  let shown = ''
  const readOn = async () => {
    const { cursor } = await call<{ cursor: string }>('GET', `/messages${shown}`)
    shown = `?cursor=${cursor}`
  }
  await readOn()
  const on: number[] = []
  for (let round = 0; round < rounds; round++) on.push(await timed(readOn))
  note({
    what: 'inbox page, and the one before marked as shown on disk',
    value: median(on),
    unit: 'ms',
    wanted: { of: 'value', most: 10 },
    note: `p95 ${short(quantile(on, 0.95))}`,
  })

  for (const [kind, word] of Object.entries(WORDS)) {
    const path = `/conversations?query=${word}`
    await measure(`search, ${kind} word`, path, 50, undefined, () => found.all(`"${word}"*`))
    await measure(`search, ${kind} word, by an agent`, path, 50, agent)
  }
  const both = `${WORDS.common} ${WORDS.uncommon}`
  await measure(
    'search, common and uncommon word',
    `/conversations?query=${encodeURIComponent(both)}`,
    50,
    undefined,
    () => found.all(`"${WORDS.common}" "${WORDS.uncommon}"*`),
  )
  await measure('search, one letter', '/conversations?query=d', 50, undefined, () => found.all('"d"*'))
  await measure('search, no match', '/conversations?query=nowhere', 50, undefined, () => found.all('"nowhere"*'))
  await measure('page of conversations', '/conversations')
  await measure('page of conversations of an agent', '/conversations', undefined, agent)
}
