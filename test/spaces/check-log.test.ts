import test from 'ava'
import type { SignedEntry } from '../../src/contract/entry.ts'
import { checkLog } from '../../src/spaces/check-log.ts'
import { fc } from '../helpers/fast-check.ts'
import { membersAtWork } from './members-at-work.ts'
import { clock, read, verdictsOf } from './signed-project.ts'

const { project: p } = membersAtWork({ nodes: 4, agents: 2, operations: 12, seed: 3 })
p.write('alice', 'room.message', { room: 'main', mentions: [] }, { text: 'a word' })
const whole: SignedEntry[] = p.node('alice').replica.lacking([], { bytes: 1 << 30 }).entries
const check = (entries: SignedEntry[]) => checkLog('project', p.space, entries, clock)

test('what a log comes to when all of it is checked again is what it came to', async (t) => {
  const checked = await check(whole)
  const states = Object.values(verdictsOf(p.node('alice').replica)).map((verdict) => verdict?.state)
  const count = (state: string) => states.filter((one) => one === state).length
  t.like(checked, {
    ...{ ok: true, fault: undefined, entries: whole.length, name: 'p', upgrade_needed: undefined },
    ...{ counts: count('counts'), held: count('held'), denied: count('denied'), refused: count('refused') },
    ...{ state_hash: p.node('alice').replica.stateHash(), tips: p.node('alice').replica.tips() },
  })
})

test('one character changed anywhere is found, and where', async (t) => {
  const place = fc.record({
    index: fc.nat(whole.length - 1),
    field: fc.constantFrom('header' as const, 'facts' as const, 'texts' as const),
    at: fc.nat(),
    with: fc.string({ minLength: 1, maxLength: 1 }),
    how: fc.constantFrom('replace', 'insert', 'delete'),
  })
  await fc.assert(
    fc.asyncProperty(place, async ({ index, field, at, with: letter, how }) => {
      const entry = whole[index] as SignedEntry
      const text = entry[field]
      if (text === undefined) return
      const where = at % text.length
      const changed =
        text.slice(0, where) + (how === 'delete' ? '' : letter) + text.slice(how === 'insert' ? where : where + 1)
      if (changed === text) return
      const { ok, fault } = await check(whole.with(index, { ...entry, [field]: changed }))
      t.false(ok)
      t.is(fault?.index, index)
    }),
    { numRuns: 60, examples: [[{ index: whole.length - 1, field: 'texts', at: 12, with: 'x', how: 'replace' }]] },
  )
})

test('an entry that is left out is missed, unless it was the last that somebody wrote', async (t) => {
  const tips = new Set(p.node('alice').replica.tips())
  for (let index = 0; index < whole.length; index += 7) {
    const left = whole.toSpliced(index, 1)
    const { ok, tips: found } = await check(left)
    if (tips.has(read(whole[index]).id)) t.notDeepEqual(found, [...tips])
    else t.false(ok, `${index}`)
  }
})

test('order and repetition change nothing; what is of another log is a fault', async (t) => {
  const { state_hash } = await check(whole)
  t.is((await check([...whole, ...whole])).state_hash, state_hash)
  t.is((await check(whole.toReversed())).state_hash, state_hash)
  const foreign = p.forge(
    'alice',
    'project.audit',
    { action: 'a' },
    { space: p.create.id.split('').reverse().join('') },
  )
  t.like((await check([...whole, foreign.signed])).fault, { index: whole.length })
})
