import test from 'ava'
import { completed, matching, nameAt, typedName } from '../../dashboard/src/parts/talk/mentions.ts'
import { type Log, olderAdded, type Page, reread } from '../../dashboard/src/parts/talk/pages.ts'
import { mentionsIn } from '../../src/capabilities/rooms/rules.ts'
import { fc } from '../helpers/fast-check.ts'

interface Item {
  id: string
}
/** A log as the daemon pages it, newest first; places are cursors. */
const paged =
  (log: Item[], asked: number[] = [], size = 3) =>
  async (cursor: string | undefined, more: boolean): Promise<Page<Item>> => {
    const limit = more ? size * 3 : size
    asked.push(limit)
    const end = cursor === undefined ? log.length : Number(cursor)
    const begin = Math.max(0, end - limit)
    return { items: log.slice(begin, end).toReversed(), ...(begin > 0 && { next_cursor: String(begin) }) }
  }
const items = (count: number, from = 0): Item[] => Array.from({ length: count }, (_, n) => ({ id: `m${from + n}` }))
const ids = (log: Log<Item>) => log.items.map(({ id }) => id)
const nothing = { ids: new Set<string>(), all: false }

test('what is new at the end is joined to what was read before, by one page', async (t) => {
  const all = items(20)
  const known: Log<Item> = { items: all.slice(5, 18), older: '5' }
  const asked: number[] = []
  const log = await reread(paged(all, asked), () => known, nothing)
  t.deepEqual(
    ids(log),
    all.slice(5).map(({ id }) => id),
  )
  t.is(log.older, '5')
  t.deepEqual(asked, [3])
})

test('what came late has its place further up, and is read back to', async (t) => {
  const all = [...items(6), { id: 'late' }, ...items(9, 6)]
  const known: Log<Item> = { items: items(12, 3), older: '3' }
  const log = await reread(paged(all), () => known, { ids: new Set(['late']), all: false })
  t.deepEqual(ids(log).slice(-10), ['late', ...items(9, 6).map(({ id }) => id)])
  t.true(ids(log).length >= 13)
})

test('what is not there at all is not looked for without end', async (t) => {
  const all = items(200)
  const known: Log<Item> = { items: all.slice(180), older: '180' }
  const asked: number[] = []
  await reread(paged(all, asked), () => known, { ids: new Set(['held back']), all: false })
  t.true(asked.length < 6, `${asked.length} pages`)
})

test('read anew as a whole, a log is what it is now, as far back as it was known', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.nat(60), fc.nat(20), async (before, begin, fresh) => {
      const all = items(before + fresh)
      const known: Log<Item> = { items: all.slice(Math.min(begin, before), before), older: String(begin) }
      const log = await reread(paged(all), () => known, { ids: new Set(), all: true })
      t.deepEqual(
        ids(log),
        all.slice(all.length - log.items.length).map(({ id }) => id),
        'without gap or double, to the end',
      )
      t.true(log.items.length >= Math.min(known.items.length, all.length))
      const joined = await reread(paged(all), () => known, nothing)
      t.is(new Set(ids(joined)).size, joined.items.length)
      t.is(joined.items.at(-1)?.id, all.at(-1)?.id)
    }),
  )
})

test('older pages go in front', (t) => {
  const log = olderAdded({ items: items(2, 5), older: '5' }, { items: items(3, 2).toReversed(), next_cursor: '2' })
  t.deepEqual(
    ids(log),
    items(5, 2).map(({ id }) => id),
  )
  t.is(log.older, '2')
})

test('a name that is being typed is found, completed, and read by the daemon as it was meant', (t) => {
  t.deepEqual(nameAt('hi @bo', 6), { begin: 3, typed: 'bo' })
  t.deepEqual(nameAt('@claude-1@b', 11), { begin: 0, typed: 'claude-1@b' })
  t.is(nameAt('mail me at a@b.example', 22), undefined)
  t.is(nameAt('@bob and', 8), undefined)
  t.deepEqual(completed('hi @bo, all', 6, 'bob'), { text: 'hi @bob , all', caret: 8 })
  t.deepEqual(completed('hi @bo all', 6, 'bob'), { text: 'hi @bob all', caret: 7 })
  for (const name of ['bob', 'claude-1@bob', 'role:reviewer', 'Bob …x7Kp2q', "o'neil", 'a.'])
    t.deepEqual(mentionsIn(`so ${typedName(name)} it is`), [name])
  const all = ['robert', 'bob', 'role:reviewer'].map((name) => ({ name, note: '' }))
  t.deepEqual(
    matching(all, 'ob').map(({ name }) => name),
    ['robert', 'bob'],
  )
  t.deepEqual(
    matching(all, 'ro').map(({ name }) => name),
    ['robert', 'role:reviewer'],
  )
})
