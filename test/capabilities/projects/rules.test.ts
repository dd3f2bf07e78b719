import test from 'ava'
import { agentDid } from '../../../src/base/did.ts'
import {
  applyProject,
  type ProjectTables,
  projectPermission,
  projectSubject,
} from '../../../src/capabilities/projects/rules.ts'
import { timeSpent } from '../../../src/capabilities/projects/time.ts'
import type { Applied, Lookup } from '../../../src/contract/state.ts'
import { mapDraft } from '../../helpers/draft.ts'
import { fc } from '../../helpers/fast-check.ts'
import { newKey } from '../../helpers/remote.ts'

const [alice, bob] = [newKey().did, newKey().did]
const claude = agentDid(bob, 'claude-1')
const hash = 'A66vD11CwkgaagKF5xieVQQH1wq8fnBpMQi4xmgYKRVN'
const nothing: Lookup = { past: () => undefined } as unknown as Lookup

let lamport = 0
const entry = (type: string, author: string, body: Record<string, unknown> = {}, at = 0): Applied => ({
  id: `${'entry'.padEnd(36, '1')}${String(++lamport).padStart(4, '1').replaceAll('0', 'z')}`,
  author,
  node: author.split('#')[0] ?? '',
  lamport,
  at,
  type,
  body,
})

test('clocked in is who said so, until it says otherwise or does no more in the project', (t) => {
  const state = mapDraft<ProjectTables>()
  const apply = (...parts: Parameters<typeof entry>) => applyProject(state, entry(...parts), nothing)?.code
  const inside = () => [...state.entries('clocked_in')].map(([did]) => did).sort()
  t.is(apply('project.clock_out', bob), 'not_clocked_in')
  for (const did of [alice, bob, claude]) t.is(apply('project.clock_in', did, { texts_hash: hash }, 5), undefined)
  const first = state.get('clocked_in', claude)
  apply('project.clock_in', claude, {}, 9)
  t.is(state.get('clocked_in', claude)?.since, 5)
  t.not(state.get('clocked_in', claude)?.entry, first?.entry)
  t.is(apply('project.clock_out', alice), undefined)
  t.deepEqual(inside(), [bob, claude].sort())
  apply('project.suspend', alice, { who: claude })
  t.deepEqual(inside(), [bob])
  apply('project.clock_in', claude)
  apply('project.leave', bob, { agent: claude })
  t.deepEqual(inside(), [bob])
  apply('project.clock_in', claude)
  apply('project.remove', alice, { who: bob })
  t.deepEqual(inside(), [])
})

test('what says nothing is refused, by a code', (t) => {
  const state = mapDraft<ProjectTables>()
  const said = entry('project.audit', bob, { action: 'deployed', texts_hash: hash })
  const plain = entry('project.audit', bob, { action: 'deployed' })
  const log = { past: (id: string) => [said, plain].find((one) => one.id === id) } as unknown as Lookup
  const code = (type: string, author: string, body: Record<string, unknown>) =>
    applyProject(state, entry(type, author, body), log)?.code
  t.is(code('project.audit', bob, {}), 'malformed')
  t.is(code('project.audit', bob, { action: '' }), 'malformed')
  t.is(code('project.denied', bob, { operation: 'x', who: claude, count: 1 }), undefined)
  t.is(code('project.denied', bob, { operation: 'x', who: alice, count: 1 }), 'malformed')
  t.is(code('project.redact', bob, { entry: said.id, of: bob }), undefined)
  t.is(code('project.redact', bob, { entry: said.id, of: alice }), 'malformed')
  t.is(code('project.redact', bob, { entry: plain.id, of: bob }), 'invalid_input')
  t.is(code('project.redact', bob, { entry: hash, of: bob }), 'not_found')
})

test('one’s own texts, and those of one’s agents, one takes away as a member; others’ need the right to it', (t) => {
  const needed = (author: string, of: unknown) => projectPermission({ type: 'project.redact', author, body: { of } })
  t.deepEqual(needed(claude, claude), ['project.read'])
  t.deepEqual(needed(bob, claude), ['project.read'])
  t.deepEqual(needed(claude, bob), ['project.redact'])
  t.deepEqual(needed(alice, claude), ['project.redact'])
  t.deepEqual(needed(alice, undefined), ['project.redact'])
  t.is(projectSubject({ body: { who: bob } }), bob)
  t.is(projectSubject({ body: {} }), undefined)
})

test('time on tasks is that of who was clocked in, and held or had it in progress', (t) => {
  const [task, other] = ['task-1', 'task-2']
  const spent = timeSpent(
    [
      entry('task.create', alice, { id: task, assignee: claude }, 0),
      entry('task.create', alice, { id: other }, 0),
      entry('project.clock_in', claude, {}, 1000),
      entry('task.update', claude, { task, status: 'in_progress' }, 2000),
      entry('task.claim', bob, { task: other, holder: claude }, 4000),
      entry('task.update', claude, { task, status: 'done' }, 5000),
      entry('project.clock_out', claude, {}, 7000),
      entry('task.complete', claude, { task: other }, 9000),
    ],
    0,
    10_000,
  )
  t.deepEqual(spent.get(claude), {
    total: 6000,
    sessions: 1,
    clockedInSince: undefined,
    tasks: new Map([
      [task, 3000],
      [other, 3000],
    ]),
    spans: [{ from: 1000, to: 7000 }],
  })
})

test('nobody spends more time on one task than it was clocked in, and none before or after', (t) => {
  const steps = fc.array(
    fc.record({
      type: fc.constantFrom(
        'project.clock_in',
        'project.clock_out',
        'task.create',
        'task.update',
        'task.claim',
        'task.release',
        'project.suspend',
      ),
      author: fc.constantFrom(alice, bob, claude),
      whom: fc.constantFrom(alice, bob, claude),
      task: fc.constantFrom('task-1', 'task-2'),
      status: fc.constantFrom('todo', 'in_progress', 'done'),
      later: fc.integer({ min: 0, max: 1000 }),
    }),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 5000 }), (list, since) => {
      let at = 0
      const entries = list.map(({ type, author, whom, task, status, later }) => {
        at += later
        return entry(type, author, { id: task, task, assignee: whom, holder: whom, who: whom, status }, at)
      })
      const whole = Math.max(0, at - since)
      for (const [, { total, tasks, spans }] of timeSpent(entries, since, at)) {
        t.true(total >= 0 && total <= whole)
        // They are that time, one after another.
        t.is(
          spans.reduce((sum, { from, to = at }) => sum + Math.max(0, to - from), 0),
          total,
        )
        t.true(spans.every(({ from }, index) => from >= (spans[index - 1]?.to ?? since)))
        for (const ms of tasks.values()) t.true(ms <= total)
      }
    }),
  )
})
