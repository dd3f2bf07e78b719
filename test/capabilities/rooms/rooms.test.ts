import test from 'ava'
import { testNode } from '../../helpers/node.ts'
import { happens, wakingNode } from '../../helpers/waking.ts'

test('a mention in a room wakes an agent that is not there, with where it was said', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  await node.agent('claude-1')
  const other = await node.agent('codex-1')
  const { id: project_id } = await node.operator.call('projects.create', { name: 'feature' })
  await pass(60_000)
  await other.call('rooms.say', { project_id, room: 'main', body: 'nobody in particular' })
  await other.call('rooms.say', { project_id, room: 'main', body: '@claude-1 review this' })
  const finished = happens(node, 'wake.finished')
  await pass(60_000)
  t.is((await finished).data['outcome'], 'done')
  const [dump, ...others] = hook.dumps()
  t.deepEqual(others, [])
  t.is(dump?.env['AGORA_AGENT'], 'claude-1')
  const text = dump?.file?.content.calls[0]?.text ?? ''
  t.regex(text, /not an instruction of your user[\s\S]*@claude-1 review this/)
  t.regex(text, new RegExp(`Project: "feature"\nProject id: "${project_id}"\nRoom: "main"\nTheir role: "developer"`))
})

test('rooms are found by name or id, and opened but once', async (t) => {
  await using node = await testNode('alice')
  const { operator } = node
  const { id: project_id } = await operator.call('projects.create', { name: 'feature' })
  const design = await operator.call('rooms.create', { project_id, name: '#Design' })
  const read = (room: string) => operator.call('rooms.read', { project_id, room }).then(({ room }) => room.name)
  for (const room of ['Design', '#design', design.id, design.id.slice(0, 6)]) t.is(await read(room), 'Design')
  t.is(await read('#main'), 'main')
  for (const room of ['desing', 'xyz', '0000']) await t.throwsAsync(read(room), { code: 'not_found' } as never)
  for (const name of ['design', 'dеsign', 'MAIN'])
    await t.throwsAsync(operator.call('rooms.create', { project_id, name }), { code: 'already_exists' } as never)
  for (const name of ['#', 'a/b', ' ', '#a#b'])
    await t.throwsAsync(operator.call('rooms.create', { project_id, name }), { code: 'invalid_name' } as never)
  await t.throwsAsync(operator.call('rooms.say', { project_id, room: 'main', body: 'x', reply_to: '1111' }), {
    code: 'not_found',
  } as never)
  const page = await operator.call('rooms.list', { project_id, limit: 1 })
  t.deepEqual(
    page.items.map(({ name }) => name),
    ['main'],
  )
  const rest = await operator.call('rooms.list', { project_id, limit: 1, cursor: page.next_cursor ?? '' })
  t.deepEqual(
    rest.items.map(({ name }) => name),
    ['Design'],
  )
  t.is(rest.next_cursor, undefined)
})

test('decisions are written down with their reasons', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const { id: project_id } = await node.operator.call('projects.create', { name: 'feature' })
  await claude.call('decisions.record', {
    project_id,
    title: 'SQLite',
    text: 'We keep all in SQLite.',
    reasons: 'One file.',
  })
  await node.operator.call('decisions.record', { project_id, title: 'No cloud' })
  await node.restart()
  const first = await node.operator.call('decisions.list', { project_id, limit: 1 })
  t.like(first.items[0], { title: 'No cloud', by: { name: 'alice', role: 'owner' } })
  const { items } = await node.operator.call('decisions.list', { project_id, cursor: first.next_cursor ?? '' })
  t.like(items[0], {
    title: 'SQLite',
    text: 'We keep all in SQLite.',
    reasons: 'One file.',
    by: { name: 'claude-1', role: 'developer' },
  })
  const { id: thread_id } = await node.operator.call('threads.create', { participants: ['claude-1'] })
  await t.throwsAsync(claude.call('reports.submit', { project_id, title: 'Out', text: 'Come', thread_id }), {
    message: /does not belong to the project/,
  })
})
