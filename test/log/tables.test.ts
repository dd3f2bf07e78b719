import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { SignedEntry } from '../../src/contract/entry.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import { entryTables } from '../../src/log/tables.ts'
import { openDatabase } from '../../src/store/database.ts'
import { raw } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { first, replicaCases } from './replica-cases.ts'
import { toyRules } from './toy.ts'

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

test('what was just written reads as it lies on the disk, also when its texts went or came', (t) => {
  const database = newDatabase()
  const store = entryTables(database).of(first.id)
  // Whoever began the log.
  const key = keyFromSeed(new Uint8Array(32).fill(1))
  const replica = openReplica({ space: first.id, rules: toyRules(), store, clock: fakeClock(), key })
  replica.admit([first])
  replica.append({ author: key.did, type: 'toy.list', facts: { id: 'l' } })
  const said = replica.append({
    author: key.did,
    type: 'toy.push',
    facts: { list: 'l', item: 'x' },
    texts: { text: 'words' },
  })
  t.truthy(store.signed(said.id)?.texts)
  const same = () => {
    for (const id of [first.id, said.id]) t.deepEqual(store.signed(id), entryTables(database).of(first.id).signed(id))
  }
  same()
  const { texts } = store.signed(said.id) as SignedEntry
  store.dropTexts(said.id)
  t.is(store.signed(said.id)?.texts, undefined)
  same()
  store.fillTexts(said.id, texts as string, { text: 'words' }, false)
  t.is(store.signed(said.id)?.texts, texts)
  same()
})
