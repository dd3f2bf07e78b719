import test from 'ava'
import { network } from './helpers/network.ts'
import { trustEachOther } from './helpers/shared.ts'

test('the agents of two nodes work through a project’s tasks: each once, in the order of what waits for what', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  for (const one of [alice, bob]) for (const name of ['claude', 'codex']) await one.call('agents.register', { name })
  const { id: project_id } = await alice.call('projects.create', { name: 'my-feature' })
  await alice.call('invitations.send', { project_id, peer_name: 'bob', role: 'developer' })
  // Work can be given to who has not answered yet.
  const first = await alice.call('tasks.create', {
    ...{ project_id, title: 'Implement auth flow', assignee: 'bob', priority: 'high' },
  })
  t.is(first.assignee?.did, bob.did)
  await net.settle()
  const [invitation] = (await bob.call('invitations.list', {})).items
  await bob.call('invitations.accept', { id: invitation?.id ?? '' })
  await net.settle()

  const ids: string[] = [first.id]
  for (let n = 0; n < 11; n++) {
    const input = { project_id, title: `Step ${n}`, depends_on: n % 3 === 2 ? [first.id] : [] }
    ids.push((await (n % 2 ? alice : bob).call('tasks.create', input)).id)
  }
  const done: string[] = []
  const work = async (node: typeof alice, agent: string) => {
    for (;;) {
      try {
        const { id, claim } = await node.call('tasks.claim_next', { project_id }, agent)
        if (id !== first.id) t.false((await node.call('tasks.show', { project_id, task_id: id })).waits_for.length > 0)
        done.push(id)
        await node.call('tasks.complete', { project_id, task_id: id, token: claim.token }, agent)
      } catch (error) {
        t.is((error as { code?: string }).code, 'nothing_ready')
        return
      }
    }
  }
  for (let round = 0; round < 3 && done.length < ids.length; round++) {
    await Promise.all([work(alice, 'claude'), work(alice, 'codex'), work(bob, 'claude'), work(bob, 'codex')])
    await net.settle()
  }
  t.deepEqual([...done].sort(), [...ids].sort())
  for (const node of [alice, bob]) {
    const { items } = await node.call('tasks.list', { project_id })
    t.deepEqual([...new Set(items.map(({ status }: { status: string }) => status))], ['done'])
  }
})
