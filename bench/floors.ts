import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { bareLibp2p } from './lib/bare.ts'
import type { TlsOrder } from './lib/bare-tls.ts'
import { type Bench, TEXT } from './lib/bench.ts'
import { helper } from './lib/children.ts'
import { median } from './lib/stats.ts'

/** What everything else stands on: the disk, the transport and the signatures of this machine, each alone. */
export const floors: Bench = {
  name: 'floors',
  about: 'what disk, transport and signatures of this machine can do by themselves',
  async run({ quick, note }) {
    const rounds = quick ? 1 : 3
    const runs: Record<string, number[]> = {}
    const add = (what: string, value: number) => {
      runs[what] = [...(runs[what] ?? []), value]
    }
    await using bare = await bareLibp2p()
    await using counting = await helper('bare-tls.ts')
    await using tls = await helper('bare-tls.ts', String(counting.ready))
    await bare.frames(2000, 'aside')
    for (let round = 0; round < rounds; round++) {
      add('SQLite commits, one row each', commits(1, quick ? 200 : 1000))
      add('SQLite rows, 64 a commit', commits(64, quick ? 100 : 300))
      add('512-byte frames over TLS', await tls.ask<number>({ frames: 50_000 } satisfies TlsOrder))
      add('the same over libp2p', await bare.frames(50_000, 'plain'))
      const { signed, verified } = signatures(quick ? 500 : 2000)
      add('Ed25519 signatures of 512 bytes, one thread', signed)
      add('the same verified', verified)
    }
    for (const [what, values] of Object.entries(runs)) note({ what, value: median(values), unit: '/s' })
  },
}

/** Rows a second, `rows` a commit, each about as long as a stored message; as safe on disk as the daemon's. */
function commits(rows: number, count: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'agora-bench-'))
  const sqlite = new Sqlite(join(folder, 'bare.db'))
  try {
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma('synchronous = FULL')
    sqlite.exec('CREATE TABLE rows (position INTEGER PRIMARY KEY, text TEXT NOT NULL)')
    const insert = sqlite.prepare('INSERT INTO rows (text) VALUES (?)')
    const write = sqlite.transaction((text: string) => {
      for (let row = 0; row < rows; row++) insert.run(text)
    })
    const text = 'x'.repeat(1000)
    const began = performance.now()
    for (let n = 0; n < count; n++) write(text)
    return ((rows * count) / (performance.now() - began)) * 1000
  } finally {
    sqlite.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function signatures(count: number): { signed: number; verified: number } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.from(TEXT)
  const signature = sign(null, bytes, privateKey)
  const perSecond = (work: () => unknown) => {
    const began = performance.now()
    for (let n = 0; n < count; n++) work()
    return (count / (performance.now() - began)) * 1000
  }
  return {
    signed: perSecond(() => sign(null, bytes, privateKey)),
    verified: perSecond(() => verify(null, bytes, publicKey, signature)),
  }
}
