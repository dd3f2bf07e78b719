import test from 'ava'
import { quantile, stageTimes } from '../../../src/capabilities/tasks/metrics.ts'
import type { Input } from '../../../src/operations.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

async function scene() {
  const node = await testNode('alice')
  const claude = await node.agent('claude')
  const { id: project_id } = await node.operator.call('projects.create', { name: 'parser' })
  const make = async (title: string, more: Partial<Input<'tasks.create'>> = {}) =>
    (await node.operator.call('tasks.create', { project_id, title, ...more })).id
  const metrics = (more: Partial<Input<'projects.metrics'>> = {}) =>
    node.operator.call('projects.metrics', { project_id, ...more })
  /** Lets the holder of a claim be there, whatever time passes. */
  const claim = async (task_id: string) => {
    await node.operator.call('agents.presence', { name: 'claude', presence: 'busy' })
    return claude.call('tasks.claim', { project_id, task_id })
  }
  return { node, claude, project_id, make, metrics, claim }
}

const at = (node: TestNode) => new Date(node.clock.now()).toISOString()

test('what is done each day, how long it takes, what waits longest, and who does it', async (t) => {
  const { node, claude, project_id, make, metrics, claim } = await scene()
  await using _ = node
  t.like(await metrics(), { tasks: 0, waiting: [], claimed: [], people: [], cycle: { tasks: 0 } })
  const first = await make('first', { priority: 'high' })
  const second = await make('second', { depends_on: [first] })
  await make('third')
  await node.clock.advance(DAY)
  await claim(first)
  await node.clock.advance(600_000)
  await claude.call('tasks.complete', { project_id, task_id: first })
  const freed = at(node)
  await node.clock.advance(1000)
  const fourth = await make('fourth')
  await claim(fourth)

  const found = await metrics({ days: 3 })
  t.deepEqual(found.by_status, { todo: 2, in_progress: 1, done: 1, blocked: 0 })
  t.is(found.by_priority.high.done, 1)
  t.deepEqual(
    found.per_day.map(({ created, done, open }) => [created, done, open]),
    [
      [0, 0, 0],
      [3, 0, 3],
      [1, 1, 3],
    ],
  )
  t.is(found.per_day.at(-1)?.date, at(node).slice(0, 10))
  t.deepEqual(found.cycle, { tasks: 1, median_seconds: 600, p90_seconds: 600 })
  t.deepEqual(
    found.waiting.map(({ title }) => title),
    ['third', 'second'],
  )
  t.like(found.waiting[1], { task_id: second, since: freed })
  t.like(found.claimed, [{ task_id: fourth, holder: { name: 'claude' } }])
  t.deepEqual(found.people, [{ did: claude.did, name: 'claude', done: 1, claimed: 1 }])
  t.like(found.stages[0], { stage: 'investigation', current: true, entered: 1, seconds: DAY / 1000 + 601 })

  // What was reckoned once goes on with what comes: claims, stages, and what goes back.
  await claude.call('tasks.release', { project_id, task_id: fourth })
  await node.operator.call('projects.set_stage', { project_id, stage: 'implementation' })
  const given = at(node)
  await node.clock.advance(HOUR)
  const later = await metrics({ days: 3 })
  t.like(
    later.waiting.find(({ task_id }) => task_id === fourth),
    { since: given },
  )
  t.deepEqual(later.claimed, [])
  t.like(later.stages[1], { stage: 'implementation', current: true, entered: 1, seconds: 3600 })
  t.false(later.stages[0]?.current)
  await claim(fourth)
  await node.clock.advance(60_000)
  await claude.call('tasks.complete', { project_id, task_id: fourth })
  const cycle = { tasks: 2, median_seconds: 2130, p90_seconds: 3354 }
  t.deepEqual((await metrics({ days: 3 })).cycle, cycle, 'from the first claim, of which the fourth task had two')
  await node.restart()
  t.deepEqual((await metrics({ days: 3 })).cycle, cycle, 'read from the log it is the same')
})

test('days are those of the reader’s zone', async (t) => {
  const { node, make, metrics } = await scene()
  await using _ = node
  await make('now')
  const kiritimati = await metrics({ time_zone: 'Pacific/Kiritimati', days: 1 })
  const niue = await metrics({ time_zone: 'Pacific/Niue', days: 1 })
  t.not(kiritimati.per_day[0]?.date, niue.per_day[0]?.date)
  t.is(kiritimati.per_day[0]?.created, 1)
  t.is(niue.per_day[0]?.created, 1)
  await t.throwsAsync(metrics({ time_zone: 'Europe/Bielefeld' }), { code: 'invalid_input' })
  await t.throwsAsync(metrics({ days: 0 }), { code: 'invalid_input' })
})

test('it is for those who may read the project', async (t) => {
  const { node, claude, project_id } = await scene()
  await using _ = node
  t.is((await claude.call('projects.metrics', { project_id })).tasks, 0)
  await node.operator.call('projects.suspend', { project_id, name: 'claude', reason: 'x' })
  await t.throwsAsync(claude.call('projects.metrics', { project_id }), { code: 'suspended' })
})

test('time in stages: entered twice is both together, archived counts for none, clocks that go back for nothing', (t) => {
  const spent = stageTimes(
    [
      { at: 0, stage: 'a' },
      { at: 10, stage: 'b' },
      { at: 30, archived: true },
      { at: 50, archived: false },
      { at: 60, stage: 'a' },
      { at: 55, stage: 'b' },
    ],
    100,
  )
  t.deepEqual(
    [...spent],
    [
      ['a', { ms: 10, entered: 2 }],
      ['b', { ms: 75, entered: 2 }],
    ],
  )
})

test('quantiles', (t) => {
  t.is(quantile([], 0.5), undefined)
  t.is(quantile([5], 0.5), 5)
  t.is(quantile([4, 1, 3, 2], 0.5), 2.5)
  t.is(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 0.9), 10)
})
