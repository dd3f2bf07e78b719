import test from 'ava'
import { Stage, stages } from '../../src/contract/envelope.ts'
import { advances, renotes } from '../../src/contract/progress.ts'
import { fc } from '../helpers/fast-check.ts'

const anyStage = fc.constantFrom(...Stage.options)

test('a message never goes back, whatever is learned in whatever order', (t) => {
  fc.assert(
    fc.property(fc.array(anyStage), (learned) => {
      let known: Stage = 'queued'
      let furthest = 0
      for (const stage of learned) {
        const before: Stage = known
        if (advances(known, stage)) known = stage
        const place = stages.indexOf(known as never)
        if (place >= 0) {
          t.true(place >= furthest, `${before} → ${known}`)
          furthest = place
        } else {
          t.true(furthest < stages.indexOf('stored'), `${before} → ${known}`)
        }
      }
    }),
  )
})

test('proof that it arrived is believed whenever it comes, and ends every doubt', (t) => {
  fc.assert(
    fc.property(fc.array(anyStage), (learned) => {
      let known: Stage = 'queued'
      for (const stage of learned) if (advances(known, stage)) known = stage
      const arrived = stages.slice(2).findLast((stage) => learned.includes(stage))
      if (arrived) t.is(known, arrived)
      else t.false(['stored', 'shown', 'acknowledged'].includes(known))
    }),
  )
})

test('learning the same again changes nothing', (t) => {
  for (const stage of Stage.options) t.false(advances(stage, stage), stage)
})

test('a late `stored` beats `expired` and `failed`; the two do not replace each other', (t) => {
  for (const ended of ['expired', 'failed'] as const) {
    t.true(advances(ended, 'stored'))
    t.true(advances('queued', ended))
    t.true(advances('sent', ended))
    for (const stage of ['stored', 'shown', 'acknowledged'] as const) t.false(advances(stage, ended))
    for (const stage of ['queued', 'sent', 'expired', 'failed'] as const) t.false(advances(ended, stage))
  }
})

const anyNote = fc.record({
  note: fc.constantFrom(
    undefined,
    'request',
    'wake_denied',
    'waking',
    'woken',
    'wake_idle',
    'wake_failed',
    'awake',
    'of 2031',
  ),
  at: fc.integer({ min: 1, max: 5 }),
})
type Note = { note: string | undefined; at: number }
const told = (notes: Note[]) => {
  let known = { stage: 'stored', note: null as string | null, notedAt: 0 }
  for (const { note, at } of notes) {
    if (renotes(known, { stage: 'stored', note, at })) known = { stage: 'stored', note: note ?? null, notedAt: at }
  }
  return known
}

test('the latest note holds, in whatever order and however often they come', (t) => {
  fc.assert(
    fc.property(fc.array(anyNote, { minLength: 1 }), fc.infiniteStream(fc.nat()), (notes, order) => {
      const shuffled = notes.map((note) => ({ note, place: order.next().value })).sort((a, b) => a.place - b.place)
      const expected = told(notes)
      t.deepEqual(told(shuffled.map(({ note }) => note)), expected)
      t.deepEqual(told([...notes, ...notes]), expected)
      t.is(expected.notedAt, Math.max(...notes.map(({ at }) => at)))
    }),
  )
})

test('what is told of a later stage leaves no room for notes', (t) => {
  for (const stage of Stage.options.filter((option) => option !== 'stored')) {
    const known = { stage, note: null, notedAt: 1 }
    t.false(renotes(known, { stage: 'stored', note: 'waking', at: 2 }), stage)
    t.false(renotes({ ...known, stage: 'stored' }, { stage, note: 'waking', at: 2 }), stage)
  }
})

test('whoever is let in waits no more, even in the same millisecond', (t) => {
  t.true(renotes({ stage: 'stored', note: 'request', notedAt: 1 }, { stage: 'stored', at: 1 }))
  t.false(renotes({ stage: 'stored', note: null, notedAt: 1 }, { stage: 'stored', note: 'request', at: 1 }))
})
