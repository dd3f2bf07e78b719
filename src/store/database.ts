import { existsSync, renameSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { type Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { AgoraError, messageOf } from '../base/errors.ts'
import { migrate } from './migrations/index.ts'
import { isStorage, sqliteCode, storageError } from './storage-faults.ts'

export type SqlValue = string | number | bigint | Uint8Array | null

/**
 * A kysely that only writes SQL; `Database` runs it. Queries are thus typed by kysely and run synchronously, inside one
 * transaction that many callers share, which kysely's own asynchronous execution cannot do.
 */
export const sqlBuilder = <Tables>(): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })

/** A query compiled once and run many times with other values. */
export interface Statement<In, Out> {
  all(values: In): Out[]
  first(values: In): Out | undefined
  /** Row by row, for whoever stops before the end. Nothing else may be asked of the database meanwhile. */
  iterate(values: In): Iterable<Out>
  run(values: In): { changes: number; lastId: number }
}

export interface Database {
  all<Out>(query: Compilable<Out>): Out[]
  first<Out>(query: Compilable<Out>): Out | undefined
  run(query: Compilable<unknown>): { changes: number; lastId: number }
  statement<In extends Record<string, SqlValue>, Out = unknown>(
    build: (value: <Key extends keyof In & string>(name: Key) => In[Key]) => Compilable<Out>,
  ): Statement<In, Out>
  /**
   * Runs `work` in a transaction and resolves with its result after the commit is on disk. What is asked for at the same time shares one commit; each
   * still succeeds or fails for itself, for which `work` may be run a second time.
   * @throws AgoraError `disk_full` or `storage_failed`; then nothing of it was written.
   */
  write<Result>(work: () => Result): Promise<Result>
  /**
   * The same for what nobody waits for and what may be lost in a crash: it rides along with the next write, before it, or goes by itself within `LATER`
   * ms. A commit costs more than what is in it.
   */
  later(work: () => void): Promise<void>
  /** Calls `run` after the commit of the current write, if that write succeeds. */
  afterCommit(run: () => void): void
  /**
   * Calls `run` as soon as what the current write did is undone: before its work may be run once more, and before anybody else can look. For whoever keeps
   * in memory what it wrote.
   */
  afterRollback(run: () => void): void
  /** `full` from the first write a full disk refused until one succeeds again. */
  state(): 'ok' | 'full' | 'failed'
  /** SQLite's own check of the whole file: `ok`, or what it found. Reads everything. */
  check(): string
  bytes(): number
  /** Writes a copy as of one moment to a new file, a little at a time, so that others read and write meanwhile. @throws AgoraError as `write` does. */
  copy(path: string): Promise<void>
  /** Resolves when no write waits. */
  idle(): Promise<void>
  close(): void
}

class Placeholder {
  readonly key: string
  constructor(key: string) {
    this.key = key
  }
}

const LATER = 25
/**
 * Turns of the event loop that work may wait for more to share its commit, as long as each turn brings some: then there is much to do, and a commit costs
 * as much as writing ten messages. What comes alone goes at once.
 */
const GATHER_TURNS = 3
/** So much goes at once, for whoever it is meant for works meanwhile: all in one commit would have each side wait for the other. */
const GATHER_JOBS = 24

interface Done {
  job: Job
  result: unknown
  after: (() => void)[]
}

interface Job {
  work: () => unknown
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Opens (or makes) the database at `path`.
 * @throws AgoraError `database_damaged` when the file is not a readable database; it has been set aside under another name then.
 */
export function openDatabase(path: string): Database {
  const sqlite = openChecked(path)
  const prepared = new Map<string, Sqlite.Statement<SqlValue[], unknown>>()
  let jobs: Job[] = []
  let deferred: Job[] = []
  let timer: NodeJS.Timeout | undefined
  let gathering: NodeJS.Immediate | undefined
  let commits: (() => void)[] | undefined
  /** Of all work in the current transaction. */
  let undos: (() => void)[] = []
  let idleWaiters: (() => void)[] = []
  let state: 'ok' | 'full' | 'failed' = 'ok'
  let closed = false

  const begin = sqlite.prepare('BEGIN IMMEDIATE')
  const commit = sqlite.prepare('COMMIT')
  const rollback = sqlite.prepare('ROLLBACK')
  const savepoint = sqlite.prepare('SAVEPOINT job')
  const release = sqlite.prepare('RELEASE job')
  const rollbackTo = sqlite.prepare('ROLLBACK TO job')
  const changes = sqlite.prepare('SELECT total_changes()').pluck()

  const prepare = (text: string) => {
    let statement = prepared.get(text)
    if (!statement) {
      if (prepared.size >= 500) prepared.clear()
      statement = sqlite.prepare<SqlValue[]>(text)
      prepared.set(text, statement)
    }
    return statement
  }
  const compile = (query: Compilable<unknown>) => {
    const { sql, parameters } = query.compile()
    return { statement: prepare(sql), parameters: parameters as SqlValue[] }
  }

  function gather(turn = 1, known = 1) {
    gathering = setImmediate(() => {
      if (turn < GATHER_TURNS && jobs.length > known) gather(turn + 1, jobs.length)
      else flush()
    })
  }

  function flush() {
    clearTimeout(timer)
    clearImmediate(gathering)
    timer = undefined
    const batch = [...deferred, ...jobs]
    jobs = []
    deferred = []
    if (batch.length === 0) return settleIdle()
    if (closed) {
      for (const job of batch) job.reject(new AgoraError('stopping', 'The daemon is stopping.'))
      return settleIdle()
    }
    let done: Done[]
    try {
      done = runAll(batch)
      state = 'ok'
    } catch (error) {
      const failure = isStorage(error) ? storageError(error) : error
      if (failure !== error) state = (failure as AgoraError).code === 'disk_full' ? 'full' : 'failed'
      for (const job of batch) job.reject(failure)
      return settleIdle()
    }
    for (const { job, result, after } of done) {
      try {
        for (const run of after) run()
        job.resolve(result)
      } catch (error) {
        // It is committed; whoever asked is told what did not follow from it.
        job.reject(error)
      }
    }
    settleIdle()
  }

  /** One transaction for all. When one fails that has written, it is begun anew, each in a savepoint: that costs more, and is rare. */
  function runAll(batch: Job[], apart = false): Done[] {
    const done: Done[] = []
    undos = []
    try {
      begin.run()
      for (const job of batch) {
        commits = []
        const before = undos.length
        const written = changes.get()
        if (apart) savepoint.run()
        try {
          const result = job.work()
          if (apart) release.run()
          done.push({ job, result, after: commits })
        } catch (error) {
          // A full disk or an I/O error makes SQLite itself roll back everything: then nobody's work is kept.
          if (!sqlite.inTransaction || isStorage(error)) throw error
          // What was refused before it wrote anything costs the others nothing.
          if (!apart && changes.get() !== written) throw error
          if (apart) rollbackTo.run()
          if (apart) release.run()
          undo(before)
          job.reject(error)
        } finally {
          commits = undefined
        }
      }
      commit.run()
      return done
    } catch (error) {
      if (sqlite.inTransaction) rollback.run()
      undo(0)
      if (apart || batch.length === 1 || isStorage(error)) throw error
      return runAll(batch, true)
    }
  }

  function undo(from: number) {
    for (const run of undos.splice(from)) run()
  }

  function settleIdle() {
    if (jobs.length > 0 || deferred.length > 0) return
    const waiters = idleWaiters
    idleWaiters = []
    for (const resolve of waiters) resolve()
  }

  return {
    all<Out>(query: Compilable<Out>) {
      const { statement, parameters } = compile(query)
      return statement.all(...parameters) as Out[]
    },
    first<Out>(query: Compilable<Out>) {
      const { statement, parameters } = compile(query)
      return statement.get(...parameters) as Out | undefined
    },
    run(query) {
      const { statement, parameters } = compile(query)
      const { changes, lastInsertRowid } = statement.run(...parameters)
      return { changes, lastId: Number(lastInsertRowid) }
    },
    statement<In extends Record<string, SqlValue>, Out>(
      build: (value: <Key extends keyof In & string>(name: Key) => In[Key]) => Compilable<Out>,
    ): Statement<In, Out> {
      const { sql, parameters } = build((name) => new Placeholder(name) as never).compile()
      const statement = sqlite.prepare<SqlValue[]>(sql)
      const bind = (values: In): SqlValue[] =>
        parameters.map((parameter) =>
          parameter instanceof Placeholder ? (values[parameter.key] as SqlValue) : (parameter as SqlValue),
        )
      return {
        all: (values) => statement.all(...bind(values)) as Out[],
        first: (values) => statement.get(...bind(values)) as Out | undefined,
        iterate: (values) => statement.iterate(...bind(values)) as Iterable<Out>,
        run: (values) => {
          const { changes, lastInsertRowid } = statement.run(...bind(values))
          return { changes, lastId: Number(lastInsertRowid) }
        },
      }
    },
    write<Result>(work: () => Result) {
      return new Promise<Result>((resolve, reject) => {
        jobs.push({ work, resolve: resolve as (result: unknown) => void, reject })
        if (jobs.length === 1) gather()
        else if (jobs.length === GATHER_JOBS) process.nextTick(flush)
      })
    },
    later(work) {
      return new Promise<void>((resolve, reject) => {
        deferred.push({ work, resolve: () => resolve(), reject })
        timer ??= setTimeout(flush, LATER)
      })
    },
    afterCommit(run) {
      if (!commits) throw new Error('afterCommit is called within a write')
      commits.push(run)
    },
    afterRollback(run) {
      if (!commits) throw new Error('afterRollback is called within a write')
      undos.push(run)
    },
    state: () => state,
    check: () => {
      const rows = sqlite.pragma('integrity_check') as { integrity_check: string }[]
      return rows.map((row) => row.integrity_check).join('; ')
    },
    bytes: () =>
      Number(sqlite.pragma('page_count', { simple: true })) * Number(sqlite.pragma('page_size', { simple: true })),
    async copy(path) {
      try {
        await sqlite.backup(path)
      } catch (error) {
        throw isStorage(error) ? storageError(error) : error
      }
    },
    idle() {
      if (jobs.length === 0 && deferred.length > 0) setImmediate(flush)
      return jobs.length + deferred.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idleWaiters.push(resolve))
    },
    close() {
      if (closed) return
      flush()
      closed = true
      sqlite.close()
    },
  }
}

function openChecked(path: string): Sqlite.Database {
  let sqlite: Sqlite.Database | undefined
  try {
    sqlite = new Sqlite(path)
    // The first pragma reads the header; the count reads the schema's pages.
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    sqlite.pragma('busy_timeout = 5000')
    sqlite.pragma('cache_size = -16000')
    // What is redacted is not to be read from free pages. It costs an append nothing that could be measured.
    sqlite.pragma('secure_delete = ON')
    sqlite.prepare('SELECT count(*) FROM sqlite_schema').get()
    migrate(sqlite)
    return sqlite
  } catch (error) {
    sqlite?.close()
    if (!/^SQLITE_(NOTADB|CORRUPT)/.test(sqliteCode(error))) throw isStorage(error) ? storageError(error) : error
    const aside = setAside(path)
    throw new AgoraError('database_damaged', `The database ${path} is damaged (${messageOf(error)}).`, {
      hint: `It was kept as ${aside}. Put a good copy back in its place, or start again to begin with an empty one.`,
      cause: error,
    })
  }
}

function setAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  return aside
}
