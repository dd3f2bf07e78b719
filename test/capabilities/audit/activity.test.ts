import test from 'ava'
import { plain } from '../../../src/base/sentence.ts'
import type { Activity } from '../../../src/capabilities/audit/schema.ts'
import { raw } from '../../helpers/database.ts'
import { network } from '../../helpers/network.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'
import { sharedProject, trustEachOther } from '../../helpers/shared.ts'

const said = ({ who, deed }: Activity) => `${who.name} ${plain(deed)}`

/** Two projects of alice's in which something is done by turns. */
async function scene() {
  const node = await testNode('alice')
  const claude = await node.agent('claude')
  const one = await node.operator.call('projects.create', { name: 'parser' })
  await node.clock.advance(1000)
  const two = await node.operator.call('projects.create', { name: 'printer' })
  const { id } = await node.operator.call('invitations.send', {
    project_id: one.id,
    peer_name: 'claude',
    role: 'developer',
  })
  await claude.call('invitations.accept', { id })
  for (let index = 0; index < 4; index++) {
    await node.clock.advance(1000)
    const { id: project_id } = index % 2 === 0 ? one : two
    await node.operator.call('tasks.create', { project_id, title: `task ${index}` })
  }
  return { node, claude, one, two }
}

const list = (node: TestNode, input = {}) => node.operator.call('activity.list', input)

test('what was done in all projects is told in words, the latest first, page by page', async (t) => {
  const { node, one, two } = await scene()
  await using _ = node
  const { items } = await list(node)
  t.deepEqual(items.map(said), [
    'alice made the task “task 3”',
    'alice made the task “task 2”',
    'alice made the task “task 1”',
    'alice made the task “task 0”',
    'claude joined',
    'alice invited claude as a developer',
    'alice created the project “printer”',
    'alice created the project “parser”',
  ])
  t.like(items[0], { project_id: two.id, project: 'printer', type: 'task.create' })
  t.deepEqual(items[0]?.deed[1], { text: 'task 3', said: 'title' })
  const pages: Activity[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await list(node, { limit: 3, cursor })
    pages.push(...page.items)
    cursor = page.next_cursor
  }
  t.deepEqual(pages, items)
  t.deepEqual(
    (await list(node, { project_id: one.id })).items.map(({ project }) => project),
    Array(5).fill('parser'),
  )
  await t.throwsAsync(list(node, { cursor: 'x' }), { code: 'invalid_cursor' })
})

test('a claim is told as the deed of who has it; what does not count is not told', async (t) => {
  const { node, claude, one } = await scene()
  await using _ = node
  const { items } = await node.operator.call('tasks.list', { project_id: one.id })
  await claude.call('tasks.claim', { project_id: one.id, task_id: items[0]?.id ?? '' })
  await t.throwsAsync(claude.call('projects.set_stage', { project_id: one.id, stage: 'review' }))
  await node.settle()
  const told = (await list(node, { limit: 3 })).items.map(said)
  t.true(told.includes('claude claimed “task 0”'), told.join('\n'))
})

test('an agent is told of the projects it may read, and of none where it is suspended', async (t) => {
  const { node, claude, one, two } = await scene()
  await using _ = node
  const of = async () => [...new Set((await claude.call('activity.list')).items.map(({ project_id }) => project_id))]
  t.deepEqual((await of()).sort(), [one.id, two.id].sort())
  await node.operator.call('projects.suspend', { project_id: one.id, name: 'claude', reason: 'Because.' })
  t.deepEqual(await of(), [two.id])
  await t.throwsAsync(claude.call('activity.list', { project_id: one.id }), { code: 'suspended' })
  await t.throwsAsync(node.nobody('activity.list'), { code: 'unauthenticated' })
})

test('facts that name nobody where somebody belongs do no harm, and long texts are cut', async (t) => {
  const { node, one } = await scene()
  await using _ = node
  const { items } = await node.operator.call('tasks.list', { project_id: one.id })
  const task_id = items[0]?.id ?? ''
  await node.operator.call('tasks.update', { project_id: one.id, task_id, title: 'did:agora:nobody' })
  await node.operator.call('tasks.comment', { project_id: one.id, task_id, text: 'x'.repeat(5000) })
  const [comment, update] = (await list(node)).items
  t.is(update && said(update), 'alice changed title to did:agora:nobody of “did:agora:nobody”')
  t.is(comment?.deed.at(-1)?.text.length, 300)
  t.is(comment?.deed.at(-1)?.said, 'text')
})

test('whose clock is ahead does not stay on top', async (t) => {
  await using net = await network(['alice', 'bob'], {}, { bob: 200_000 })
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' }, 'parser')
  await bob.call('tasks.create', { project_id, title: 'ahead' })
  await net.settle()
  await net.clock.advance(1000)
  await alice.call('tasks.create', { project_id, title: 'later' })
  const { items } = await alice.call('activity.list', { limit: 2 })
  t.deepEqual(
    items.map(({ deed }) => deed[1]?.text),
    ['later', 'ahead'],
  )
  const [later, ahead] = items
  t.true((later?.at ?? '') > (ahead?.at ?? ''))
})

test('it is read by its index, however much there is', async (t) => {
  await using node = await testNode('alice')
  const plan = node.parts.database
    .all(
      raw(
        "EXPLAIN QUERY PLAN select * from entries where min(at, received_at) <= ? and (min(at, received_at), arrival) < (?, ?) and +log IN (1, 2) and +verdict = 'counts' order by min(at, received_at) desc, arrival desc limit 50",
        1,
        1,
        1,
      ) as never,
    )
    .map((row) => (row as { detail: string }).detail)
  t.deepEqual(plan, ['SEARCH entries USING INDEX entries_moment (<expr><?)'])
})
