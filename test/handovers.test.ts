import test from 'ava'
import { agentDid } from '../src/base/did.ts'
import type { Handover } from '../src/capabilities/tasks/schema.ts'
import type { Input } from '../src/operations.ts'
import { network, type TestNetwork } from './helpers/network.ts'
import { sharedProject, trustEachOther } from './helpers/shared.ts'

/** Longer than an agent that is heard of no more counts as there, and its lease after that. */
const DEAD = 30 * 60_000

type Net = TestNetwork<'alice' | 'bob' | 'carol'>

/** What of a project a task’s holder leaves behind, on three nodes of which alice keeps it. */
async function team() {
  const net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  for (const node of [bob, carol]) await node.call('agents.register', { name: 'codex' })
  await bob.call('agents.register', { name: 'spare' })
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer', carol: 'developer' }, 'parser')
  const { id: task_id } = await alice.call('tasks.create', { project_id, title: 'Parse it', description: 'All of it' })
  await net.settle()
  /** codex of bob shows a sign of life, as agents do. */
  const { token } = await bob.call('agents.token', { name: 'codex' })
  const alive = () => fetch(`${bob.daemon.api_url}/status`, { headers: { Authorization: `Bearer ${token}` } })
  const at = { project_id, task_id }
  return { net, alice, bob, carol, project_id, task_id, at, alive }
}

/** Time passes until nobody who says nothing can be there, and nothing is held any more. */
async function dies(net: Net): Promise<void> {
  for (let waited = 0; waited < DEAD; waited += 60_000) {
    await net.clock.advance(60_000)
    await net.settle()
  }
}

test('whoever claims after an agent has died is given what it left, on whichever node', async (t) => {
  const { net, alice, bob, carol, project_id, at, alive } = await team()
  await using _ = net
  await alive()
  await bob.call('projects.clock_in', { project_id, focus: 'the grammar of strings' }, 'codex')
  const { claim } = await bob.call('tasks.claim', at, 'codex')
  await net.clock.advance(1000)
  await bob.call('tasks.comment', { ...at, text: 'Strings are done: see https://x.test/?a=b here.' }, 'codex')
  await bob.call('tasks.comment', { ...at, text: 'Is `"` escaped by itself?' }, 'codex')
  const asked = await bob.call('rooms.say', { project_id, room: 'main', body: 'What is a comment?' }, 'codex')
  const answered = await bob.call('rooms.say', { project_id, room: 'main', body: 'And a float?' }, 'codex')
  await net.settle()
  await alice.call('rooms.say', { project_id, room: 'main', body: 'As in C.', reply_to: answered.id })
  await alice.call('rooms.say', { project_id, room: 'main', body: '@codex@bob mind the tabs' })
  await alice.call('rooms.say', { project_id, room: 'main', body: 'Nice weather.' })
  await alice.call('messages.send', { to: agentDid(bob.did, 'codex'), body: 'a secret between us' })
  await net.settle()
  await dies(net)
  t.is((await alice.call('tasks.show', at)).claim, undefined)

  const open = (await carol.call('tasks.handovers', { open: true }, 'codex')).items
  t.like(open, [{ project_id, project: 'parser', task_id: at.task_id, title: 'Parse it', because: 'lapsed' }])
  t.is(open[0]?.from.name, 'codex@bob')
  const expected = {
    because: 'lapsed',
    handed_over: false,
    focus: 'the grammar of strings',
    since: claim.since,
  } as const
  const texts = (items: readonly { text: string }[] = []) => items.map(({ text }) => text)
  const check = (handover: Handover | undefined, { own, other }: { own: boolean; other: boolean }, where: string) => {
    t.like(handover, expected, where)
    t.is(handover?.from.did, agentDid(bob.did, 'codex'))
    t.true(Date.parse(handover?.until ?? '') > Date.parse(claim.since) + 10 * 60_000)
    t.deepEqual(texts(handover?.comments), [
      'Strings are done: see https://x.test/?a=b here.',
      'Is `"` escaped by itself?',
    ])
    t.deepEqual(texts(handover?.questions), ['Is `"` escaped by itself?', 'What is a comment?'])
    t.is(handover?.questions[1]?.id, asked.id)
    t.deepEqual(texts(handover?.mail), ['As in C.', '@codex@bob mind the tabs'])
    t.deepEqual(
      handover?.mail.map(({ unread }) => unread),
      own ? [undefined, true] : [undefined, undefined],
      `${where}: whether it was read only its own node knows`,
    )
    t.false(JSON.stringify(handover).includes('secret'), 'what was written to it alone is not passed on')
    t.deepEqual(
      handover?.other_mail?.from.map(({ did, unread }) => [did, unread]),
      other ? [[alice.did, 1]] : undefined,
      `${where}: how much of it there is, and of whom`,
    )
  }
  for (const [node, as, told] of [
    [alice, undefined, { own: false, other: false }],
    [carol, 'codex', { own: false, other: false }],
    [bob, 'spare', { own: true, other: false }],
    [bob, undefined, { own: true, other: true }],
  ] as const) {
    const where = `${node.name} ${as ?? 'operator'}`
    check((await node.call('tasks.show', at, as)).handover, told, where)
    check((await node.call('tasks.next', { project_id }, as)).task?.handover, told, where)
  }
  check((await bob.call('tasks.claim', at, 'spare')).handover, { own: true, other: true }, 'whoever claims it')
  check((await bob.call('tasks.show', at, 'spare')).handover, { own: true, other: true }, 'whoever has claimed it')
  await net.settle()
  check((await carol.call('tasks.show', at, 'codex')).handover, { own: false, other: false }, 'others meanwhile')
  t.like((await carol.call('tasks.handovers', {})).items, [{ claimed_by: { did: agentDid(bob.did, 'spare') } }])
  t.deepEqual((await carol.call('tasks.handovers', { open: true })).items, [])
  await bob.call('tasks.complete', at, 'spare')
  await net.settle()
  t.is((await carol.call('tasks.show', at)).handover, undefined)
  t.deepEqual((await carol.call('tasks.handovers', {})).items, [])
})

test('what was handed over says so, also to the same agent when it is back; what came before that is left out', async (t) => {
  const { net, alice, bob, at } = await team()
  await using _ = net
  await bob.call('tasks.claim', at, 'codex')
  await bob.call('tasks.comment', { ...at, text: 'numbers are odd' }, 'codex')
  await bob.call('tasks.comment', { ...at, text: 'HANDOVER\nStrings are done. Open: what is a comment?' }, 'codex')
  await bob.call('tasks.release', at, 'codex')
  await net.settle()
  await alice.call('tasks.comment', { ...at, text: 'A comment begins with a hash.' })
  await net.settle()
  const { handover } = await bob.call('tasks.claim', at, 'codex')
  t.like(handover, { handed_over: true, because: 'released', questions: [], mail: [] })
  t.deepEqual(
    handover?.comments.map(({ text }) => text.slice(0, 8)),
    ['HANDOVER', 'A commen'],
  )
  // What it does now is not what it did then.
  await bob.call('tasks.release', at, 'codex')
  await net.settle()
  t.is((await alice.call('tasks.show', at)).handover?.handed_over, false)
})

test('a member that is removed or suspended leaves what it had; texts that were taken away are in no packet', async (t) => {
  const { net, alice, bob, carol, project_id, at } = await team()
  await using _ = net
  await bob.call('tasks.claim', at, 'codex')
  const { id } = await bob.call('tasks.comment', { ...at, text: 'the password is hunter2, is that right?' }, 'codex')
  await bob.call('tasks.comment', { ...at, text: `${'long '.repeat(1000)}` }, 'codex')
  await bob.call('audit.redact', { project_id, entry: id }, 'codex')
  await net.settle()
  await alice.call('projects.remove', { project_id, name: bob.did })
  await net.settle()
  const { handover } = await carol.call('tasks.claim', at, 'codex')
  t.like(handover, { because: 'removed', by: { did: alice.did }, questions: [] })
  t.is(handover?.comments.length, 1)
  t.is(handover?.comments[0]?.text.length, 2001)
  t.false(JSON.stringify(handover).includes('hunter2'))
  // In the list by who left it, and page by page.
  for (const title of ['one', 'two']) {
    await net.clock.advance(1000)
    const { id: task_id } = await alice.call('tasks.create', { project_id, title })
    await net.settle()
    await carol.call('tasks.claim', { project_id, task_id }, 'codex')
    await carol.call('tasks.release', { project_id, task_id }, 'codex')
  }
  await net.settle()
  const list = async (input: Input<'tasks.handovers'>, as?: string) => {
    const { items, next_cursor } = await alice.call('tasks.handovers', input, as)
    return { titles: items.map(({ title }) => title), next_cursor }
  }
  const first = await list({ limit: 2 })
  t.deepEqual(first.titles, ['two', 'one'])
  t.deepEqual((await list({ limit: 2, cursor: first.next_cursor })).titles, ['Parse it'])
  t.deepEqual((await list({ from: 'codex@carol' })).titles, ['two', 'one'])
  t.deepEqual((await list({ from: bob.did })).titles, ['Parse it'])
  await alice.call('agents.register', { name: 'spy' })
  await alice.call('projects.suspend', { project_id, name: agentDid(alice.did, 'spy'), reason: 'a test' })
  t.deepEqual((await list({}, 'spy')).titles, [])
  await t.throwsAsync(list({ project_id }, 'spy'), { code: 'suspended' })
})
