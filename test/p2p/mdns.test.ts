import { createSocket } from 'node:dgram'
import test from 'ava'
import { roamer } from '../helpers/roamer.ts'

/** Whether what is sent to the mDNS group comes back here. */
function multicastWorks(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    const done = (works: boolean) => {
      clearTimeout(tooLate)
      socket.close()
      resolve(works)
    }
    const tooLate = setTimeout(() => done(false), 2000)
    socket.on('error', () => done(false))
    socket.on('message', (message) => {
      if (String(message) === 'agora test') done(true)
    })
    socket.bind(5353, () => {
      try {
        socket.addMembership('224.0.0.251')
        socket.send('agora test', 5353, '224.0.0.251')
      } catch {
        // No interface to send on.
        done(false)
      }
    })
  })
}

const works = await multicastWorks()
const onNetwork = works ? test : test.skip
onNetwork('on a local network (needs multicast): friends find each other, a stranger is left alone', async (t) => {
  const alice = await roamer(t, 'alice')
  const bob = await roamer(t, 'bob', { autoConnect: false })
  const mallory = await roamer(t, 'mallory', { autoConnect: false })
  await alice.trust(bob.did, 1)
  t.is(alice.network.peer(bob.did), undefined)
  await Promise.all([mallory, bob, alice].map((node) => node.network.discover()))
  await alice.connected(bob.did)
  await alice.until(() => alice.places(bob.did).some((place) => place.startsWith('mdns ')))
  t.is(alice.network.peer(mallory.did), undefined)
  t.is(alice.book.get(mallory.did), undefined)
  t.deepEqual(
    alice.book.get(bob.did)?.addresses.map(({ address, source }) => [address, source]),
    [[bob.multiaddr(), 'mdns']],
  )
})
