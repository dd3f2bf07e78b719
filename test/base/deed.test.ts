import test from 'ava'
import { deed, doerOf, told } from '../../src/base/deed.ts'
import type { AuditEntry } from '../../src/capabilities/audit/schema.ts'
import { projectEntryTypes } from '../../src/spaces/project-rules.ts'
import { BOB } from '../helpers/cli.ts'
import { fc } from '../helpers/fast-check.ts'

const names = { who: (did: string) => (did === BOB ? 'bob' : did), title: () => undefined, room: () => undefined }
const entry = (type: string, facts: unknown, texts: unknown = {}) => ({ type, facts, texts }) as AuditEntry

for (const type of projectEntryTypes) {
  test(`${type} is told in words`, (t) => {
    t.notRegex(deed(entry(type, {}), names), /\.|undefined/)
  })
}

test('whatever facts an entry has, it is told, and none of it as undefined', (t) => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean(), fc.array(fc.string()), fc.object())
  const fields = [
    'name',
    'title',
    'to',
    'who',
    'role',
    'task',
    'room',
    'entries',
    'count',
    'accepted',
    'assignee',
    'stage',
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...projectEntryTypes, 'later.thing'),
      fc.dictionary(fc.constantFrom(...fields), value),
      (type, facts) => {
        const told = deed(entry(type, facts, { text: 'x', reason: 'y' }), names)
        t.true(told.length > 3)
        t.false(told.includes('undefined') && !JSON.stringify(facts).includes('undefined'), told)
      },
    ),
  )
})

test('what was changed is told with its new value, whoever is named by name, texts only as such', (t) => {
  const told = (facts: object, texts = {}) => deed(entry('task.update', { task: '1b2c3d4e-5', ...facts }, texts), names)
  t.is(told({ status: 'done', assignee: BOB }), 'changed status to done, assignee to bob of task 1b2c3d4e')
  t.is(told({ assignee: null, override: true }), 'changed assignee to none of task 1b2c3d4e')
  t.is(told({ texts_hash: 'x' }, { description: 'long' }), 'changed description of task 1b2c3d4e')
  t.is(told({ accepted: true }, { note: 'Good.' }), 'accepted task 1b2c3d4e: Good.')
  t.is(told({ accepted: false }), 'sent task 1b2c3d4e back')
})

test('a claim is told as the deed of who has it, and so is the end of one that its holder did not write', (t) => {
  const by = 'did:agora:keeper'
  const claim = { type: 'task.claim', by, facts: { task: '1b2c3d4e-5', holder: BOB } }
  t.is(doerOf(claim), BOB)
  t.is(deed(claim, names, BOB), 'claimed task 1b2c3d4e')
  t.is(deed(claim, names), 'gave task 1b2c3d4e to bob, who claimed it')
  const release = (because: string) => ({
    type: 'task.release',
    by,
    facts: { task: '1b2c3d4e-5', holder: BOB, because },
  })
  t.is(doerOf(release('lapsed')), BOB)
  t.is(deed(release('lapsed'), names, BOB), 'let the claim on task 1b2c3d4e lapse')
  t.is(doerOf(release('taken')), by)
  t.is(deed(release('taken'), names, BOB), `lost the claim on task 1b2c3d4e: ${by} took it`)
})

test('nothing that is in an entry stands among the words of the sentence itself', (t) => {
  const evil = 'EVIL'
  const fields = [
    'name',
    'title',
    'to',
    'who',
    'role',
    'task',
    'room',
    'action',
    'operation',
    'stage',
    'assignee',
    'because',
  ]
  const facts = Object.fromEntries(
    [...fields, 'holder', 'entry', 'invitation', 'agent', evil].map((field) => [field, evil]),
  )
  const all = { who: () => evil, title: () => evil, room: () => evil }
  for (const type of [...projectEntryTypes, evil]) {
    const words = told({ type, by: 'x', facts, texts: { text: evil, note: evil, [evil]: evil } }, all)
    const own = words.filter(({ said }) => said === undefined).map(({ text }) => text)
    t.false(own.join('').includes(evil), `${type}: ${own.join('|')}`)
  }
})
