import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import { newId } from '../../src/base/ids.ts'
import { befriend, eventually, lab, type Process } from '../helpers/processes.ts'

/** Numbers that look random and come again for the same seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Everything in the operator's inbox, read as a careful reader does: each page is marked as shown by the next call. */
async function readAll(node: Process): Promise<string[]> {
  const bodies: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await node.client.call('messages.read', { limit: 500, ...(cursor ? { cursor } : {}) })
    bodies.push(...page.items.map((message) => message.body))
    if (page.items.length === 0) return bodies
    cursor = page.cursor
  }
}

for (const [victim, seed] of [
  ['sender', 7],
  ['receiver', 11],
] as const) {
  test(`kill -9 of the ${victim} at any moment under load: what was answered arrives exactly once`, async (t) => {
    t.timeout(120_000)
    const chance = random(seed)
    await using world = lab()
    const bob = await world.start('bob')
    const alice = await world.start('alice', '--connect', bob.address)
    await befriend(alice, bob)
    await readAll(bob)

    const answered = new Set<string>()
    let sending = true
    let next = 0
    /** Sends one message after another; the same id again while the answer stays away, as a program would. */
    async function worker(): Promise<void> {
      while (sending) {
        const body = `message ${next++}`
        const id = newId(Date.now())
        while (sending) {
          try {
            await alice.client.call('messages.send', { to: bob.info.did, body, id })
            answered.add(body)
            break
          } catch (error) {
            if (!(error instanceof AgoraError) || error.kind !== 'unavailable') throw error
            await eventually(alice, async () => true as const)
          }
        }
      }
    }
    const workers = Array.from({ length: 8 }, worker)
    const doomed = victim === 'sender' ? alice : bob
    for (let round = 0; round < 4; round++) {
      const before = answered.size
      const enough = 20 + Math.floor(chance() * 200)
      await eventually(alice, async () => (answered.size - before >= enough ? true : undefined))
      await doomed.kill()
      await doomed.restart()
    }
    sending = false
    await Promise.all(workers)

    await eventually(alice, async () => {
      const { items } = await alice.client.call('messages.outbox', { limit: 1 })
      return items.length === 0 || undefined
    })
    const arrived = await readAll(bob)
    t.is(new Set(arrived).size, arrived.length, 'nothing came twice')
    const came = new Set(arrived)
    t.deepEqual(
      [...answered].filter((body) => !came.has(body)),
      [],
      'everything that was answered came',
    )
    t.true(answered.size > 80, `${answered.size} were answered`)
    t.log(`${answered.size} messages answered, ${arrived.length} arrived`)
  })
}

test('what was received before a kill is not delivered again after it, and reading goes on where it was', async (t) => {
  await using world = lab()
  const bob = await world.start('bob')
  const alice = await world.start('alice', '--connect', bob.address)
  await befriend(alice, bob)
  await readAll(bob)
  const first = await alice.client.call('messages.send', { to: bob.info.did, body: 'once', wait_for: 'stored' })
  const seen = await bob.client.call('messages.read', {})
  t.deepEqual(
    seen.items.map((message) => message.body),
    ['once'],
  )
  await bob.kill()
  await bob.restart()
  // The answer may have been lost on its way: the mail is still there until its cursor comes back.
  const again = await bob.client.call('messages.read', {})
  t.is(again.items[0]?.id, first.id)
  await bob.client.call('messages.read', { cursor: again.cursor })
  await alice.kill()
  await alice.restart()
  await eventually(alice, async () => (await alice.client.call('node.peers', {})).items[0])
  t.deepEqual((await bob.client.call('messages.read', {})).items, [])
})
