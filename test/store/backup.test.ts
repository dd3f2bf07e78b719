import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import Sqlite from 'better-sqlite3'
import { openKey } from '../../src/identity/key-file.ts'
import { seal } from '../../src/identity/sealed.ts'
import { finishRestore } from '../../src/store/backup/apply.ts'
import { pack } from '../../src/store/backup/pack.ts'
import { restoreBackup } from '../../src/store/backup/restore.ts'
import { listBackups, writeBackup } from '../../src/store/backup/write.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { agentTokenFile, type Home, homeAt, prepareHome } from '../../src/store/home.ts'
import { lockHome } from '../../src/store/home-lock.ts'
import { SCHEMA_VERSION } from '../../src/store/migrations/index.ts'

const PASSPHRASE = 'correct horse battery staple'
const NOW = Date.UTC(2026, 10, 1, 12)

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'agora-backup-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A node that has never run, with something of everything. */
async function node(t: ExecutionContext, name = 'alice') {
  const home = homeAt(folderOf(t), name)
  prepareHome(home)
  const { did } = openKey(home.key, true)
  writeFileSync(home.config, '{ "port": 7400 }\n')
  writeFileSync(home.ownerKey, 'sealed already', { mode: 0o600 })
  writeFileSync(`${home.ownerKey}.abcd1234`, 'the one before', { mode: 0o600 })
  writeFileSync(home.token, 'agora_the-token-of-then-1234567890\n', { mode: 0o600 })
  writeFileSync(agentTokenFile(home, 'claude'), 'agora_old-agent-token-1234567890\n', { mode: 0o600 })
  const database = openDatabase(home.database)
  const sqlite = new Sqlite(home.database)
  sqlite.exec(`
    INSERT INTO agents (name, token_hash, registered_at) VALUES ('claude', 'the hash of then', 1);
    INSERT INTO spaces (id, kind, status, created_at, title) VALUES ('space-one', 'project', 'member', 1, 'One');
    INSERT INTO events (at, type, data) VALUES (1, 'x', '{}'), (2, 'y', '{}');
    INSERT INTO sessions VALUES ('s', 'h', 'o', NULL, 1, 1);
  `)
  sqlite.close()
  t.teardown(() => database.close())
  const write = () => writeBackup(home, { did, database, passphrase: PASSPHRASE, now: NOW, strength: 1 << 15 })
  return { home, did, database, write }
}

const restore = (home: Home, file: string, more: { passphrase?: string; replace?: boolean } = {}) =>
  restoreBackup({
    ...{ home, file, replace: more.replace ?? false, now: NOW + 1000 },
    passphrase: async () => more.passphrase ?? PASSPHRASE,
  })

/** Every file with its content, but the lock and what SQLite makes as it looks. */
function contentOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = names
    .map(({ name, parentPath }) => join(parentPath, name))
    .filter((path) => !/lock|-wal$|-shm$/.test(path))
  return Object.fromEntries(paths.sort().map((path) => [path.slice(dir.length), readFileSync(path, 'latin1')]))
}

test('a backup holds the whole node, encrypted, and none of its tokens', async (t) => {
  const { home, did, write } = await node(t)
  const made = await write()
  t.is(made.id, 'agora-alice-20261101T120000Z')
  t.is(statSync(made.path).mode & 0o777, 0o600)
  t.is(statSync(home.backups).mode & 0o777, 0o700)
  const bytes = readFileSync(made.path, 'latin1')
  t.false(/SQLite format|agora_|"port"|"seed"/.test(bytes))
  t.deepEqual(readdirSync(home.backups), ['agora-alice-20261101T120000Z.backup'])
  t.is((await write()).id, 'agora-alice-20261101T120000Z-2')
  t.like(listBackups(home), [{ head: { node: did, name: 'alice' }, createdAt: NOW }, { createdAt: NOW }])

  const elsewhere = homeAt(folderOf(t), 'alice')
  const done = await restore(elsewhere, made.path)
  t.like(done, { head: { node: did }, spaces: 1, agents: 1 })
  t.is(openKey(elsewhere.key, false).did, did)
  t.is(readFileSync(elsewhere.config, 'utf8'), '{ "port": 7400 }\n')
  t.is(readFileSync(`${elsewhere.ownerKey}.abcd1234`, 'utf8'), 'the one before')
  for (const path of [elsewhere.key, elsewhere.database, elsewhere.ownerKey, agentTokenFile(elsewhere, 'claude')])
    t.is(statSync(path).mode & 0o777, 0o600, path)
  t.false(existsSync(elsewhere.token), 'the daemon makes a new one')
  t.false(existsSync(elsewhere.restoring) || existsSync(elsewhere.restore))
  t.not(readFileSync(agentTokenFile(elsewhere, 'claude'), 'utf8'), 'agora_old-agent-token-1234567890\n')
  const sqlite = new Sqlite(elsewhere.database)
  t.teardown(() => sqlite.close())
  t.not(sqlite.prepare('SELECT token_hash FROM agents').pluck().get(), 'the hash of then')
  t.is(sqlite.prepare('SELECT count(*) FROM sessions').pluck().get(), 0)
  t.deepEqual(sqlite.prepare('SELECT * FROM restored_spaces').get(), {
    ...{ space: 'space-one', as_of: NOW, restored_at: NOW + 1000, settled_at: null },
  })
  // Whoever had read further than this database now counts is told of what comes next.
  sqlite.exec("INSERT INTO events (at, type, data) VALUES (3, 'z', '{}')")
  t.true(Number(sqlite.prepare('SELECT max(seq) FROM events').pluck().get()) > 10_000_000)
})

test('the database is copied as of one moment while it is written to', async (t) => {
  const { home, database, did } = await node(t)
  const sqlite = new Sqlite(home.database)
  sqlite.exec('CREATE TABLE pairs (a INTEGER, b TEXT)')
  const add = sqlite.prepare('INSERT INTO pairs VALUES (?, ?)')
  for (let n = 0; n < 20_000; n++) add.run(n, 'x'.repeat(200))
  sqlite.close()
  let writes = 0
  const slow: Pick<Database, 'copy'> = {
    async copy(path) {
      const copying = database.copy(path).then(() => (writes = -writes))
      while (writes >= 0 && writes < 200) {
        await database.write(() =>
          database.run({
            compile: () => ({ sql: "INSERT INTO facts VALUES (?, 'x')", parameters: [`k${writes}`] }),
          } as never),
        )
        writes++
      }
      await copying
    },
  }
  const made = await writeBackup(home, { did, database: slow, passphrase: PASSPHRASE, now: NOW, strength: 1 << 15 })
  t.true(writes < -1, 'others wrote while it was copied')
  const elsewhere = homeAt(folderOf(t), 'alice')
  await restore(elsewhere, made.path)
  const copy = new Sqlite(elsewhere.database)
  t.teardown(() => copy.close())
  t.is(copy.prepare('SELECT count(*) FROM pairs').pluck().get(), 20_000)
})

test('a wrong passphrase, a cut, changed or foreign file change nothing, and each says what it is', async (t) => {
  const { home, write } = await node(t)
  const { path } = await write()
  const file = readFileSync(path)
  const folder = folderOf(t)
  const bad = (name: string, bytes: Uint8Array | string) => {
    const at = join(folder, name)
    writeFileSync(at, bytes)
    return at
  }
  const changed = Buffer.from(file)
  changed.writeUInt8(changed.readUInt8(file.length - 40_000) ^ 1, file.length - 40_000)
  const newer = file.toString('latin1').replace(`"schema":${SCHEMA_VERSION}`, '"schema":9999')
  const cases: [string, { code: string; message?: RegExp }, { passphrase?: string }?][] = [
    [path, { code: 'wrong_passphrase' }, { passphrase: 'another one' }],
    [bad('cut', file.subarray(0, file.length - 30_000)), { code: 'backup_damaged' }],
    [bad('head', file.subarray(0, file.indexOf(10) + 1)), { code: 'backup_damaged', message: /end is missing/ }],
    [bad('half', file.subarray(0, 100)), { code: 'malformed' }],
    [bad('changed', changed), { code: 'backup_damaged', message: /changed/ }],
    [bad('empty', ''), { code: 'malformed', message: /no backup of Agora/ }],
    [bad('photo', Buffer.alloc(100_000, 7)), { code: 'malformed' }],
    [home.ownerKey, { code: 'malformed' }],
    [bad('newer', Buffer.from(newer, 'latin1')), { code: 'upgrade_needed', message: /newer Agora/ }],
    [
      bad('next', Buffer.from(file.toString('latin1').replace('agora-backup-1', 'agora-backup-2'), 'latin1')),
      { code: 'upgrade_needed' },
    ],
    [join(folder, 'nowhere'), { code: 'invalid_input' }],
    [folder, { code: 'invalid_input' }],
  ]
  const there = homeAt(folderOf(t), 'there')
  cpSync(home.dir, there.dir, { recursive: true })
  const before = contentOf(there.dir)
  for (const [from, expected, more] of cases) {
    const fresh = homeAt(folderOf(t), 'fresh')
    await t.throwsAsync(restore(fresh, from, more), expected, from)
    t.false(existsSync(fresh.dir), `${from} leaves no home`)
    await t.throwsAsync(restore(there, from, { ...more, replace: true }), expected, from)
    t.deepEqual(contentOf(there.dir), before, from)
  }
})

test('what was sealed with the passphrase is still looked at: whose key it is, and that it is a node of this version', async (t) => {
  const { home, did, write } = await node(t)
  await write()
  const folder = folderOf(t)
  const about = {
    type: 'agora-backup-1',
    node: did,
    name: 'alice',
    created_at: '2026-11-01T12:00:00.000Z',
    version: '1.0.0',
    schema: 1,
  }
  const made = async (name: string, content: AsyncIterable<Buffer> | Buffer[], more: object = {}) => {
    const path = join(folder, name)
    const pieces: Buffer[] = []
    for await (const piece of seal(content, PASSPHRASE, { ...about, ...more }, 1 << 15)) pieces.push(piece)
    writeFileSync(path, Buffer.concat(pieces))
    return path
  }
  const strange = homeAt(folderOf(t), 'strange')
  prepareHome(strange)
  openKey(strange.key, true)
  const damaged = join(folder, 'damaged.db')
  writeFileSync(damaged, 'SQLite format 3\u0000 and then nothing of the kind')
  const future = join(folder, 'future.db')
  const sqlite = new Sqlite(future)
  sqlite.pragma('user_version = 9999')
  sqlite.close()
  const key = { name: 'node.key', path: home.key }
  const record = (name: string, bytes: string) => {
    const head = Buffer.from(JSON.stringify({ name, size: bytes.length }))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(head.length)
    return Buffer.concat([length, head, Buffer.from(bytes), Buffer.alloc(4)])
  }
  const cases: [string, { code: string; message?: RegExp }][] = [
    [
      await made('keyless', pack([{ name: 'agora.db', path: damaged }])),
      { code: 'backup_damaged', message: /node.key is not in it/ },
    ],
    [
      await made(
        'other',
        pack([
          { name: 'node.key', path: strange.key },
          { name: 'agora.db', path: damaged },
        ]),
      ),
      { code: 'backup_damaged', message: /not that of the node/ },
    ],
    [
      await made('bad', pack([key, { name: 'agora.db', path: damaged }])),
      { code: 'backup_damaged', message: /database/ },
    ],
    [await made('future', pack([key, { name: 'agora.db', path: future }])), { code: 'upgrade_needed' }],
    [await made('out', [record('../evil', 'x')]), { code: 'backup_damaged' }],
    [await made('token', [record('token', 'x')]), { code: 'backup_damaged' }],
    [await made('garbage', [Buffer.alloc(1000, 255)]), { code: 'backup_damaged' }],
    [await made('short', [record('config.json', '{}').subarray(0, -4)]), { code: 'backup_damaged' }],
  ]
  for (const [file, expected] of cases) {
    const fresh = homeAt(folderOf(t), 'fresh')
    await t.throwsAsync(restore(fresh, file), expected, file)
    t.false(existsSync(fresh.dir))
  }
  t.false(existsSync(join(folder, '../evil')))
})

test('a node that is here is replaced only when told to, kept beside it, and never while it runs', async (t) => {
  const { home, write } = await node(t)
  const { path } = await write()
  const other = await node(t, 'bob')
  await t.throwsAsync(restore(other.home, path), { code: 'already_exists' })
  const unlock = lockHome(other.home)
  await t.throwsAsync(restore(other.home, path, { replace: true }), { code: 'home_in_use' })
  unlock()
  await other.write()
  other.database.close()
  const done = await restore(other.home, path, { replace: true })
  t.is(openKey(other.home.key, false).did, openKey(home.key, false).did)
  const kept = homeAt(join(done.keptAs ?? '', '..'), 'before-restore-20261101T120001Z')
  t.is<string | undefined, string | undefined>(kept.dir, done.keptAs)
  t.is(openKey(kept.key, false).did, other.did)
  t.true(existsSync(kept.database) && existsSync(kept.token) && existsSync(agentTokenFile(kept, 'claude')))
  t.is(listBackups(other.home).length, 1, 'backups stay where they are')
})

test('a restore that is killed at any moment has happened or has not', async (t) => {
  const { home, did, write } = await node(t)
  await write()
  const other = await node(t, 'bob')
  other.database.close()
  const plan = {
    aside: 'before-restore-x',
    old: ['node.key', 'agora.db', 'token', 'agents'],
    fresh: ['node.key', 'agora.db', 'agents'],
  }
  // As it lies when the first of these moves were made.
  const moves = [
    ...plan.old.map((name) => [name, join(plan.aside, name)] as const),
    ...plan.fresh.map((name) => [join('restoring', name), name] as const),
  ]
  for (let done = 0; done <= moves.length; done++) {
    const cut = homeAt(folderOf(t), 'cut')
    cpSync(other.home.dir, cut.dir, { recursive: true })
    cpSync(home.dir, cut.restoring, { recursive: true, filter: (path) => !/backups|lock/.test(path) })
    writeFileSync(cut.restore, JSON.stringify(plan))
    for (const [from, to] of moves.slice(0, done)) {
      cpSync(join(cut.dir, from), join(cut.dir, to), { recursive: true })
      rmSync(join(cut.dir, from), { recursive: true })
    }
    finishRestore(cut)
    t.is(openKey(cut.key, false).did, did, `${done}`)
    t.is(openKey(join(cut.dir, plan.aside, 'node.key'), false).did, other.did, `${done}`)
    t.false(existsSync(cut.restoring) || existsSync(cut.restore) || existsSync(cut.token), `${done}`)
    finishRestore(cut)
  }
  // Before it was decided.
  const early = homeAt(folderOf(t), 'early')
  cpSync(other.home.dir, early.dir, { recursive: true })
  cpSync(home.dir, early.restoring, { recursive: true })
  finishRestore(early)
  t.is(openKey(early.key, false).did, other.did)
  t.false(existsSync(early.restoring))
})
