import test from 'ava'
import { fakeClock } from '../helpers/fake-clock.ts'
import { startNode } from './helpers.ts'

test('who shares a space is dialled where it is said to be, and again after a loss', async (t) => {
  const clock = fakeClock()
  await using alice = await startNode('alice', { clock })
  await using bob = await startNode('bob')
  await using carol = await startNode('carol')
  await alice.network.connect(carol.hostPort())
  alice.network.seek(bob.did, [bob.address()], carol.did)
  await alice.connected(bob.did)
  await bob.connected(alice.did)
  await bob.network.disconnect(alice.did)
  await alice.gone(bob.did)
  await clock.advance(60_000)
  await alice.connected(bob.did)
  t.is(alice.network.peer(bob.did)?.direction, 'outbound')
})

test('nobody is dialled on the word of somebody elsewhere that it is on this machine, nor who is not to be', async (t) => {
  const refused = { ...(await import('../../src/core/peer-book.ts')).newPeer('did:agora:nobody') }
  await using bob = await startNode('bob')
  await using carol = await startNode('carol')
  await using alice = await startNode('alice', {
    known: [{ ...refused, did: carol.did, blocked_at: 1 }],
  })
  alice.network.seek(bob.did, [bob.address()])
  alice.network.seek(carol.did, [carol.address()])
  alice.network.seek(alice.did, [alice.address()])
  // A later dial to the same node is there long after those would have been.
  await alice.network.connect(bob.hostPort())
  t.deepEqual(
    alice.network.peers().map(({ did }) => did),
    [bob.did],
  )
  await alice.network.disconnect(bob.did)
  await alice.gone(bob.did)
  alice.network.seek(bob.did, [bob.address()])
  alice.network.unseek(bob.did)
  t.false(alice.logged.some((line) => line.includes('could not connect')))
})
