import test from 'ava'
import { network } from '../../helpers/network.ts'

const passphrase = 'correct horse battery'

/** alice's laptop began a project that bob is in; it and her desktop are hers by one owner key. */
async function lost() {
  const net = await network(['laptop', 'desktop', 'bob'])
  const { laptop, desktop, bob } = net.node
  await laptop.call('owner.init', { passphrase })
  const key = await laptop.call('owner.export', { passphrase })
  await desktop.call('owner.import', { key, passphrase })
  await net.connect()
  await laptop.call('friends.add', { did: bob.did, trust_level: 2 })
  await bob.call('friends.add', { did: laptop.did, trust_level: 2 })
  await net.settle()
  const { id } = await laptop.call('projects.create', { name: 'parser' })
  await laptop.call('invitations.send', { project_id: id, peer_name: 'bob' })
  await net.settle()
  const { items } = await bob.call('invitations.list', {})
  await bob.call('invitations.accept', { id: items[0]?.id ?? '' })
  await net.settle()
  return { net, id }
}

test('after a lost machine the owner key moves its project to another node of the owner', async (t) => {
  const { net, id } = await lost()
  await using _ = net
  const { laptop, desktop, bob } = net.node
  await laptop.stop()
  await net.settle()
  // Nobody is asked who is no friend, for to ask is to tell that there is such a project.
  t.like(await t.throwsAsync(desktop.call('projects.recover', { id, passphrase })), { code: 'not_found' })
  await desktop.call('friends.add', { did: bob.did, trust_level: 1 })
  await net.settle()
  const error = await t.throwsAsync(desktop.call('projects.recover', { id, passphrase: 'not that' }))
  t.like(error, { code: 'wrong_passphrase' })
  const recovered = await desktop.call('projects.recover', { id, passphrase })
  t.like(recovered, { name: 'parser', role: 'owner' })
  t.is(recovered.owner.did, desktop.did)
  await net.settle()
  t.is((await bob.call('projects.show', { project_id: id })).owner.did, desktop.did)
  await desktop.call('projects.update', { project_id: id, name: 'the parser' })
  await net.settle()
  t.is((await bob.call('projects.show', { project_id: id })).name, 'the parser')
  // The laptop turns up again, and finds that it is an overseer now.
  await laptop.restart()
  await laptop.daemon.network.connect(bob.daemon.addresses[0] ?? '')
  await net.settle()
  t.like(await laptop.call('projects.show', { project_id: id }), { name: 'the parser', role: 'overseer' })
  t.like(await t.throwsAsync(desktop.call('projects.recover', { id, passphrase })), { code: 'already_exists' })
})

test('nobody recovers a project that another owner’s node began', async (t) => {
  const { net, id } = await lost()
  await using _ = net
  const { bob } = net.node
  await bob.call('owner.init', { passphrase })
  t.like(await t.throwsAsync(bob.call('projects.recover', { id, passphrase })), { code: 'not_permitted' })
})
