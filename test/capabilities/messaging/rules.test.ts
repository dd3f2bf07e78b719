import test from 'ava'
import Sqlite from 'better-sqlite3'
import { newId } from '../../../src/base/ids.ts'
import { hear, searchQuery, type Talk, takeTurn } from '../../../src/capabilities/messaging/rules.ts'
import { fc } from '../../helpers/fast-check.ts'

const id = newId(1)
const quiet: Talk = { agentMessages: 0, trace: undefined, paused: false }

test('agents speak until their budget is used up, then they are refused', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (budget) => {
      let talk = quiet
      let said = 0
      for (; said < 200; said++) {
        const turn = takeTurn('agent', newId(said), talk, undefined, budget)
        if ('refused' in turn) break
        talk = { ...turn }
      }
      t.is(said, budget)
    }),
  )
})

test('a person gives the whole budget again, ends a pause and begins a new trace', (t) => {
  const turn = takeTurn(
    'person',
    id,
    { agentMessages: 40, trace: { id: newId(2), hops: 39 }, paused: true },
    undefined,
    40,
  )
  t.deepEqual(turn, { trace: { id, hops: 0 }, agentMessages: 0, paused: false })
})

test('a paused conversation is closed to agents, whatever their budget', (t) => {
  t.deepEqual(takeTurn('agent', id, { ...quiet, paused: true }, undefined, 40), { refused: 'paused' })
})

test('an agent carries on the trace of the conversation, or of what it read last', (t) => {
  const [read, talked] = [
    { id: newId(2), hops: 5 },
    { id: newId(3), hops: 7 },
  ]
  t.like(takeTurn('agent', id, quiet, undefined, 40), { trace: { id, hops: 0 } })
  t.like(takeTurn('agent', id, quiet, read, 40), { trace: { id: read.id, hops: 6 } })
  t.like(takeTurn('agent', id, { ...quiet, trace: talked }, read, 40), { trace: { id: talked.id, hops: 8 } })
  t.deepEqual(takeTurn('agent', id, quiet, { id, hops: 40 }, 40), { refused: 'exhausted' })
})

test('what comes from elsewhere is counted, and its person ends no pause of ours', (t) => {
  const talk = { agentMessages: 3, trace: undefined, paused: true }
  const trace = { id: newId(2), hops: 4 }
  t.deepEqual(hear('agent', id, talk, trace), { trace, agentMessages: 4, paused: true })
  t.deepEqual(hear('agent', id, talk, undefined), { trace: { id, hops: 0 }, agentMessages: 4, paused: true })
  t.like(hear('person', id, talk, undefined), { agentMessages: 0, paused: true })
})

const index = () => {
  const sqlite = new Sqlite(':memory:')
  sqlite.exec(
    "CREATE VIRTUAL TABLE texts USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61')",
  )
  const add = sqlite.prepare('INSERT INTO texts (text) VALUES (?)')
  const find = sqlite.prepare<[string], { rowid: number }>('SELECT rowid FROM texts WHERE texts = ?')
  return {
    add: (text: string) => Number(add.run(text).lastInsertRowid),
    find: (query: string) => find.all(query).map((row) => row.rowid),
  }
}

test('nothing that is typed is a fault in FTS5', (t) => {
  const { find } = index()
  const operators = fc.constantFrom(
    'AND',
    'OR',
    'NOT',
    'NEAR(a b)',
    'text:',
    '^',
    '*',
    '"',
    "'",
    '(',
    ')',
    '-',
    '+',
    '{a b}:',
    ' ',
    '\0',
  )
  const typed = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(operators, fc.string())).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(typed, (text) => {
      const query = searchQuery(text)
      if (query !== undefined) find(query)
      t.is(query === undefined, !/[\p{L}\p{N}]/u.test(text))
    }),
    { numRuns: 1000 },
  )
})

test('a text is found by its words, and by the beginning of the last', (t) => {
  const { add, find } = index()
  const word = fc.stringMatching(/^[a-zäöüéñžабвגד世界0-9]{1,12}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat(), fc.nat(), (words, at, cut) => {
      const rowid = add(words.join(', '))
      const picked = words[at % words.length] ?? ''
      const start = picked.slice(0, 1 + (cut % picked.length))
      for (const query of [picked, start, words.join(' '), `${words[0]} ${start}`, `«${picked}»!`]) {
        t.true(find(searchQuery(query) ?? '').includes(rowid), query)
      }
    }),
    { numRuns: 100 },
  )
})

test('every word must occur; AND, OR and NOT are words like others', (t) => {
  const { add, find } = index()
  const [both, one] = [add('the build is red'), add('the build is green')]
  const search = (text: string) => find(searchQuery(text) ?? '')
  t.deepEqual(search('build'), [both, one])
  t.deepEqual(search('red build'), [both])
  t.deepEqual(search('build OR nothing'), [])
  t.deepEqual(search('build NOT red'), [])
  t.deepEqual(search('RED'), [both])
  t.deepEqual(search('gree'), [one])
})
