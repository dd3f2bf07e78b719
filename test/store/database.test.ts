import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { type Compilable, CompiledQuery } from 'kysely'
import { AgoraError } from '../../src/base/errors.ts'
import { type Database, openDatabase, sqlBuilder } from '../../src/store/database.ts'
import { fillDisk } from '../helpers/database.ts'

const query = <Out>(text: string, ...values: unknown[]): Compilable<Out> => ({
  compile: () => CompiledQuery.raw(text, values) as CompiledQuery<Out>,
})
const put = (database: Database, name: string, value = 'x') =>
  database.run(query('INSERT INTO facts (name, value) VALUES (?, ?)', name, value))
const names = (database: Database): string[] =>
  database.all<{ name: string }>(query('SELECT name FROM facts ORDER BY name')).map((row) => row.name)

function place(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'agora-db-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'agora.db')
}
function opened(t: ExecutionContext, path = place(t)): Database {
  const database = openDatabase(path)
  t.teardown(() => database.close())
  return database
}

test('a write is there when it resolves, also for whoever opens the file then', async (t) => {
  const path = place(t)
  const database = opened(t, path)
  t.is(await database.write(() => put(database, 'a').changes), 1)
  t.deepEqual(names(opened(t, path)), ['a'])
})

test('writes of one turn are one commit, in order, and each has its own result', async (t) => {
  const database = opened(t)
  const seen: string[][] = []
  const results = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      database.write(() => {
        seen.push(names(database))
        put(database, name)
        return name
      }),
    ),
  )
  t.deepEqual(results, ['a', 'b', 'c'])
  t.deepEqual(seen, [[], ['a'], ['a', 'b']])
})

test('much at once is committed before the turn is over, for others could begin with it', async (t) => {
  const database = opened(t)
  let nextTurn = false
  setImmediate(() => {
    nextTurn = true
  })
  const writes = Array.from({ length: 40 }, (_, n) => database.write(() => put(database, `n${n}`)))
  await Promise.all(writes.slice(0, 24))
  t.false(nextTurn)
  await Promise.all(writes)
  t.is(names(database).length, 40)
})

test('a write that fails hurts no other of the same commit, and leaves nothing of itself', async (t) => {
  const database = opened(t)
  const after: string[] = []
  const job = (name: string, fault?: Error) =>
    database.write(() => {
      put(database, name)
      database.afterCommit(() => after.push(name))
      if (fault) throw fault
      return name
    })
  const settled = await Promise.allSettled([
    job('a'),
    job('b', new AgoraError('not_found', 'no')),
    job('c'),
    job('a'), // the name is taken
    job('d', new Error('bug')),
    job('e'),
  ])
  t.deepEqual(
    settled.map((result) => result.status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
  t.deepEqual(names(database), ['a', 'c', 'e'])
  t.deepEqual(after, ['a', 'c', 'e'])
  t.is(database.state(), 'ok')
})

test('a write that fails alone leaves nothing and the next one works', async (t) => {
  const database = opened(t)
  let told = false
  await t.throwsAsync(
    database.write(() => {
      put(database, 'a')
      database.afterCommit(() => {
        told = true
      })
      throw new Error('bug')
    }),
    { message: 'bug' },
  )
  t.false(told)
  await database.write(() => put(database, 'b'))
  t.deepEqual(names(database), ['b'])
})

test('what runs after a commit runs once, after it, before its caller goes on, and may write again', async (t) => {
  const path = place(t)
  const database = opened(t, path)
  const other = opened(t, path)
  const order: string[] = []
  let again: Promise<unknown> | undefined
  await database
    .write(() => {
      put(database, 'a')
      order.push(`during: ${names(other)}`)
      database.afterCommit(() => {
        order.push(`after: ${names(other)}`)
        again = database.write(() => put(database, 'b'))
      })
    })
    .then(() => order.push('caller'))
  await again
  t.deepEqual(order, ['during: ', 'after: a', 'caller'])
  t.deepEqual(names(other), ['a', 'b'])
})

test('outside of a write nothing can be left to a commit', (t) => {
  t.throws(() => opened(t).afterCommit(() => undefined))
})

test('whoever keeps in memory what it wrote is told at once when that is undone, before it is written again', async (t) => {
  const database = opened(t)
  let kept: string[] = []
  let undone = 0
  const job = (name: string, fault?: 'early' | 'late') =>
    database.write(() => {
      if (fault === 'early') throw new Error('bug')
      put(database, name)
      kept.push(name)
      database.afterRollback(() => {
        undone++
        kept = names(database)
      })
      if (fault === 'late') throw new Error('bug')
    })
  await Promise.allSettled([job('a'), job('b', 'early'), job('c')])
  t.is(undone, 0, 'who failed before writing disturbs nobody')
  t.deepEqual(
    [kept, names(database)],
    [
      ['a', 'c'],
      ['a', 'c'],
    ],
  )
  await Promise.allSettled([job('d'), job('e', 'late'), job('f')])
  t.is(undone, 3, 'd and e in one transaction, then e by itself')
  t.deepEqual(kept.toSorted(), ['a', 'c', 'd', 'f'])
  t.deepEqual(names(database), ['a', 'c', 'd', 'f'])
  const free = fillDisk(database)
  await t.throwsAsync(
    database.write(() => {
      kept.push('g')
      database.afterRollback(() => {
        kept = names(database)
      })
      put(database, 'g', 'x'.repeat(1 << 20))
    }),
  )
  free()
  t.deepEqual(kept, ['a', 'c', 'd', 'f'])
  t.throws(() => database.afterRollback(() => undefined))
})

test('what may wait goes with the next write or soon by itself, and fails for itself', async (t) => {
  const database = opened(t)
  const order: string[] = []
  const noted = database.later(() => {
    put(database, 'later')
    order.push('later')
  })
  await database.write(() => {
    put(database, 'now')
    order.push('now')
  })
  await noted
  t.deepEqual(order, ['later', 'now'])
  await database.later(() => void put(database, 'alone'))
  await t.throwsAsync(database.later(() => void put(database, 'alone')))
  t.deepEqual(names(database), ['alone', 'later', 'now'])
})

test('idle is when nothing waits', async (t) => {
  const database = opened(t)
  await database.idle()
  const kept: string[] = []
  void database.write(() => put(database, 'a')).then(() => kept.push('a'))
  void database.later(() => void put(database, 'b')).then(() => kept.push('b'))
  await database.idle()
  t.deepEqual(names(database), ['a', 'b'])
})

test('closing keeps what was asked for before and refuses what comes after', async (t) => {
  const path = place(t)
  const database = openDatabase(path)
  const before = [database.write(() => put(database, 'a')), database.later(() => void put(database, 'b'))]
  database.close()
  await Promise.all(before)
  await t.throwsAsync(
    database.write(() => put(database, 'c')),
    { code: 'stopping' },
  )
  database.close()
  t.deepEqual(names(opened(t, path)), ['a', 'b'])
})

test('a query compiled once takes other values each time, each in its place', async (t) => {
  const database = opened(t)
  const sql = sqlBuilder<{ facts: { name: string; value: string } }>()
  const insert = database.statement<{ name: string; value: string }>((value) =>
    sql.insertInto('facts').values({ value: value('value'), name: value('name') }),
  )
  const find = database.statement<{ name: string }, { value: string }>((value) =>
    sql.selectFrom('facts').select('value').where('name', '=', value('name')).where('value', '!=', 'never'),
  )
  await database.write(() => {
    insert.run({ name: 'a', value: '1' })
    insert.run({ value: '2', name: 'b' })
  })
  t.deepEqual(
    [find.first({ name: 'a' }), find.first({ name: 'b' }), find.first({ name: 'c' })],
    [{ value: '1' }, { value: '2' }, undefined],
  )
  t.deepEqual(find.all({ name: "a' OR 1=1 --" }), [])
})

test('a full disk refuses what is new, keeps what was, goes on reading, and recovers by itself', async (t) => {
  const database = opened(t)
  const limit = (pages: number) => database.all(query(`PRAGMA max_page_count = ${pages}`))
  const after: string[] = []
  await database.write(() => put(database, 'before'))
  limit(1)
  const big = 'x'.repeat(200_000)
  const refused = await Promise.allSettled(
    ['small', 'big'].map((name) =>
      database.write(() => {
        put(database, name, name === 'big' ? big : 'x')
        database.afterCommit(() => after.push(name))
      }),
    ),
  )
  for (const result of refused) {
    if (result.status === 'fulfilled') t.fail('kept on a full disk')
    else t.is(result.reason.code, 'disk_full')
  }
  t.is(database.state(), 'full')
  t.deepEqual(after, [])
  t.deepEqual(names(database), ['before'])
  await t.throwsAsync(
    database.write(() => put(database, 'big', big)),
    { code: 'disk_full' },
  )
  limit(1_000_000)
  await database.write(() => put(database, 'big', big))
  t.is(database.state(), 'ok')
  t.deepEqual(names(database), ['before', 'big'])
  t.is(database.check(), 'ok')
})

const damages: Record<string, (path: string) => void> = {
  'random bytes': (path) => writeFileSync(path, Buffer.alloc(20_000, 'no database ')),
  'another header': (path) => {
    const file = openSync(path, 'r+')
    writeSync(file, 'SQLite format 9\0', 0)
    closeSync(file)
  },
  'cut in the middle': (path) => truncateSync(path, 4096 * 3),
  'cut within the header': (path) => truncateSync(path, 50),
  'a page of the schema overwritten': (path) => {
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(3900, 0xa5), 0, 3900, 110)
    closeSync(file)
  },
}
for (const [what, damage] of Object.entries(damages)) {
  test(`a damaged file is told of, set aside as it is, and not written over: ${what}`, async (t) => {
    const path = place(t)
    const database = openDatabase(path)
    await database.write(() => put(database, 'precious', 'x'.repeat(50_000)))
    database.close()
    damage(path)
    const bytes = readFileSync(path)
    const error = t.throws(() => openDatabase(path), { code: 'database_damaged' } as never) as AgoraError
    t.true(error.message.includes(path))
    const aside = readdirSync(dirname(path)).find(
      (name) => name.startsWith('agora.db.damaged-') && !name.endsWith('-wal') && !name.endsWith('-shm'),
    )
    t.true(error.hint?.includes(aside ?? 'nothing'))
    t.true(bytes.equals(readFileSync(join(dirname(path), aside ?? ''))))
    t.false(existsSync(path))
    t.deepEqual(names(opened(t, path)), [])
  })
}

test('what a crash left of a commit under way is dropped, and nothing before it', async (t) => {
  const path = place(t)
  const copy = `${path}-copy`
  const database = opened(t, path)
  await database.write(() => put(database, 'a'))
  // As a crash leaves it: the file, its write-ahead log, and a torn frame at the end of that.
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix)
  appendFileSync(`${copy}-wal`, Buffer.alloc(4000, 0x5a))
  const after = opened(t, copy)
  t.deepEqual(names(after), ['a'])
  t.is(after.check(), 'ok')
})

test('a database of a newer version is left alone', (t) => {
  const path = place(t)
  const database = openDatabase(path)
  database.run(query('PRAGMA user_version = 999'))
  database.close()
  const bytes = readFileSync(path)
  const error = t.throws(() => openDatabase(path), { code: 'storage_failed' } as never) as AgoraError
  t.regex(error.message, /newer/)
  t.true(bytes.equals(readFileSync(path)))
})

test('a database that cannot be opened is told as a fault of storage', (t) => {
  const path = place(t)
  const error = t.throws(() => openDatabase(dirname(path))) as AgoraError
  t.is(error.code, 'storage_failed')
})

for (const round of [1, 2, 3]) {
  test(`whoever was told that it was kept finds it after kill -9 (${round})`, async (t) => {
    const path = place(t)
    const writer = fileURLToPath(new URL('./database-writer.ts', import.meta.url))
    const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const told: string[] = []
    const lines = createInterface({ input: child.stdout })
    const stopAfter = 50 + Math.floor(Math.random() * 400)
    lines.on('line', (line) => {
      if (told.push(line) === stopAfter) child.kill('SIGKILL')
    })
    await Promise.all([once(child, 'exit'), once(lines, 'close')])
    const database = opened(t, path)
    const kept = new Set(names(database))
    t.true(told.length >= stopAfter)
    t.deepEqual(
      told.filter((name) => !kept.has(name)),
      [],
    )
    t.is(database.check(), 'ok')
  })
}
