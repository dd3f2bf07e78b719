import { join } from 'node:path'
import type { TrustLevel } from '../../src/authority/trust.ts'
import { createPeerBook } from '../../src/core/peer-book.ts'
import { openDatabase } from '../../src/store/database.ts'
import { startNode } from '../p2p/helpers.ts'
import { temporaryFolder } from './database.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'

/** A peer book on a real database. */
export function realBook(t: { teardown(run: () => void): void }, clock: FakeClock = fakeClock()) {
  const database = openDatabase(join(temporaryFolder(t), 'agora.db'))
  t.teardown(() => database.close())
  const book = createPeerBook({ clock, database })
  return {
    clock,
    database,
    book,
    trust: (did: string, level: TrustLevel, name = 'somebody') => database.write(() => book.setTrust(did, level, name)),
    block: (did: string) => database.write(() => book.change(did, { blocked_at: 1 })),
    unblock: (did: string) => database.write(() => book.change(did, { blocked_at: undefined })),
    /** The addresses kept of a peer, and how each is known. */
    places: (did: string) => (book.get(did)?.addresses ?? []).map(({ address, source }) => `${source} ${address}`),
  }
}

/** A network whose peer book is real, so that what is learned is kept. */
export async function roamer(
  t: { teardown(run: () => void): void },
  name: string,
  options: Parameters<typeof startNode>[1] & { clock?: FakeClock } = {},
) {
  const kept = realBook(t, options.clock)
  const node = await startNode(name, { autoConnect: true, ...options, clock: kept.clock, book: kept.book })
  kept.book.onChange(() => kept.database.afterCommit(node.poke))
  t.teardown(() => node.stop())
  return { ...node, ...kept, multiaddr: () => node.address().replace(/\/p2p\/.*/, '') }
}
export type Roamer = Awaited<ReturnType<typeof roamer>>
