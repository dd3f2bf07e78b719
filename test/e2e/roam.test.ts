import { join } from 'node:path'
import test from 'ava'
import { type Daemon, eventually, lab } from '../helpers/processes.ts'

const peer = async (node: Daemon, other: Daemon) =>
  (await node.client.call('node.peers', {})).items.find(({ did }) => did === other.info.did)

const trusts = (node: Daemon, other: Daemon) =>
  eventually(node, async () => ((await peer(node, other))?.trust_level ?? 0) >= 2 || undefined)

test('bob moves while alice is away, and she finds him through carol; what waited for her comes at once', async (t) => {
  await using world = lab({ AGORA_PASSPHRASE: 'correct horse battery' })
  const carol = await world.start('carol')
  const alice = await world.start('alice', '--auto-connect')
  const bob = await world.start('bob', '--connect', carol.address)
  // Three machines of one person trust each other so far that they tell each other where they are.
  const key = join(world.folder, 'owner-key.json')
  for (const argv of [
    ['--name', 'alice', 'owner', 'init'],
    ['--name', 'alice', 'owner', 'export', key],
    ['--name', 'bob', 'owner', 'import', key],
    ['--name', 'carol', 'owner', 'import', key],
  ]) {
    const ran = await world.cli(...argv)
    t.is(ran.code, 0, ran.err)
  }
  await alice.client.call('node.connect', { address: bob.address })
  await alice.client.call('node.connect', { address: carol.address })
  for (const one of [alice, bob, carol])
    for (const other of [alice, bob, carol]) if (one !== other) await trusts(one, other)

  await alice.kill()
  const before = bob.address
  await bob.stop()
  await bob.restart('moved')
  t.not(bob.address, before)
  const { id = '', stage } = await bob.client.call('messages.send', { to: alice.info.did, body: 'I have moved' })
  t.is(stage, 'queued')
  await eventually(bob, async () => (await peer(bob, carol)) !== undefined || undefined)

  await alice.restart()
  const found = await eventually(alice, () => peer(alice, bob))
  t.is(found.direction, 'outbound')
  t.regex(found.address, new RegExp(`/tcp/${bob.info.port}`))
  await eventually(bob, async () => {
    const { delivery } = await bob.client.call('messages.show', { id })
    return delivery?.stage === 'stored' || undefined
  })
  const { items } = await alice.client.call('messages.read', {})
  t.deepEqual(
    items.map(({ body }) => body),
    ['I have moved'],
  )

  // And it is remembered: without carol she finds him again.
  await carol.stop()
  await alice.kill()
  await alice.restart()
  await eventually(alice, () => peer(alice, bob))
})
