import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { entryTables } from '../../src/log/tables.ts'
import { openDatabase } from '../../src/store/database.ts'
import { raw } from '../helpers/database.ts'
import { first, replicaCases } from './replica-cases.ts'

const folder = mkdtempSync(join(tmpdir(), 'agora-'))
let made = 0
const databases: ReturnType<typeof openDatabase>[] = []
test.after.always(() => {
  for (const database of databases) database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Each test has many, each on a disk of its own; that nothing is lost in a crash is tested elsewhere. */
function newDatabase() {
  const database = openDatabase(join(folder, `${made++}.db`))
  database.run(raw('PRAGMA synchronous = OFF'))
  databases.push(database)
  return database
}

replicaCases(test, () => entryTables(newDatabase()).of(first.id))
