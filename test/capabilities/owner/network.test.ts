import { rmSync } from 'node:fs'
import test from 'ava'
import { network, type TestNode } from '../../helpers/network.ts'

const passphrase = 'correct horse battery'

/** The owner's key, made on the first node and imported on the others. */
async function share(first: TestNode, ...others: TestNode[]) {
  const { owner } = await first.call('owner.init', { passphrase })
  const key = await first.call('owner.export', { passphrase })
  for (const other of others) await other.call('owner.import', { key, passphrase })
  return owner ?? ''
}

const trust = (node: TestNode, other: TestNode) =>
  node.call('node.peers', {}).then(({ items }) => items.find((peer) => peer.did === other.did)?.trust_level)

const alerts = ({ daemon }: TestNode) =>
  daemon.events.after(0, 1000).flatMap(({ type }) => (/^(security|owner)\./.test(type) ? [type] : []))

test('nodes of one owner know each other as friends at trust 3, across restarts', async (t) => {
  await using net = await network(['laptop', 'desktop', 'bob'])
  const { laptop, desktop, bob } = net.node
  const owner = await share(laptop, desktop)
  await net.connect()
  await net.settle()
  t.is(await trust(laptop, desktop), 3)
  t.is(await trust(desktop, laptop), 3)
  t.is(await trust(bob, laptop), 0)
  t.is((await bob.call('owner.show', {})).state, 'none')
  const { items } = await laptop.call('owner.nodes', {})
  t.deepEqual(
    items.map(({ did, state }) => [did, state]),
    [
      [laptop.did, 'this'],
      [desktop.did, 'attested'],
    ],
  )
  await laptop.restart()
  const shown = await laptop.call('owner.show', {})
  t.is(shown.owner, owner)
  t.is(shown.state, 'attested')
  await net.connect()
  await net.settle()
  t.is(await trust(laptop, desktop), 3)
  t.deepEqual(alerts(laptop), ['owner.proved'])
})

test('a friend of one node is a friend of the other as soon as it connects', async (t) => {
  await using net = await network(['laptop', 'desktop', 'bob'])
  const { laptop, desktop, bob } = net.node
  await net.connect()
  await net.befriend('laptop', 'bob')
  t.is(await trust(bob, laptop), 1)
  t.is(await trust(bob, desktop), 0)
  // Shown while they are connected: nobody has to come back for it.
  await share(laptop, desktop)
  await net.settle()
  t.is(await trust(bob, desktop), 1)
})

test('a revoked node loses its trust wherever it was known, learned on the next connection too', async (t) => {
  await using net = await network(['laptop', 'desktop', 'bob', 'carol'])
  const { laptop, desktop, bob, carol } = net.node
  await share(laptop, desktop)
  await net.connect()
  await net.befriend('laptop', 'bob')
  await net.befriend('laptop', 'carol')
  t.is(await trust(bob, desktop), 1)
  await carol.stop()
  const revoked = await desktop.call('owner.revoke', { node: laptop.did, passphrase })
  t.true(revoked.was_known)
  await net.settle()
  t.is(await trust(bob, laptop), 0)
  t.is(await trust(desktop, laptop), 0)
  t.is(await trust(bob, desktop), 0, 'what came from it went with it')
  t.is((await laptop.call('owner.show', {})).state, 'revoked')
  t.true(alerts(laptop).includes('security.owner_revoked_this_node'))
  t.true(alerts(bob).includes('security.owner_revoked'))
  t.is(await trust(laptop, desktop), 0)

  await carol.restart()
  t.is(await trust(carol, laptop), undefined)
  await carol.daemon.network.connect(desktop.daemon.addresses[0] ?? '')
  await carol.daemon.network.connect(laptop.daemon.addresses[0] ?? '')
  await net.settle()
  t.is(await trust(carol, laptop), 0)
  // A repetition of its old attestation brings nothing back, and no other can be made.
  const error = await t.throwsAsync(laptop.call('owner.attest', { passphrase }))
  t.is((error as { code?: string }).code, 'owner_revoked')
})

test('a node whose files say less than before believes less after a restart', async (t) => {
  await using net = await network(['laptop', 'desktop'])
  const { laptop, desktop } = net.node
  await share(laptop, desktop)
  await net.connect()
  await net.settle()
  t.is(await trust(laptop, desktop), 3)
  await desktop.stop()
  await laptop.stop()
  rmSync(laptop.home.owner)
  await laptop.restart()
  t.is((await laptop.call('owner.show', {})).state, 'unattested')
  await desktop.restart()
  await net.connect()
  await net.settle()
  t.is(await trust(laptop, desktop), 0)
  t.is(await trust(desktop, laptop), 3, 'what it proved before holds until it ends')
  await laptop.call('owner.attest', { passphrase })
  await net.settle()
  t.is(await trust(laptop, desktop), 3)
})
