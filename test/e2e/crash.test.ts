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

/** Calls `work` with each item, a few at a time. */
async function each<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]()
  const worker = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

const ROUNDS = 4
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000)

for (const victim of ['sender', 'receiver'] as const) {
  test(`kill -9 of the ${victim} at any moment under load: what was answered arrives exactly once`, async (t) => {
    t.timeout(240_000)
    t.log(`SEED=${seed}`)
    const chance = random(seed)
    await using world = lab()
    const bob = await world.start('bob')
    const alice = await world.start('alice', '--connect', bob.address)
    await befriend(alice, bob)
    await readAll(bob)

    /** The ids of what was sent, by body; answered or not. */
    const sent = new Map<string, string>()
    const answered = new Set<string>()
    const milestone = { at: Number.POSITIVE_INFINITY, reached: (): void => undefined }
    let sending = true
    let back = Promise.resolve()
    /** Sends one message after another; the same id again when the answer stayed away, as a program would. */
    async function worker(): Promise<void> {
      while (sending) {
        const body = `message ${sent.size}`
        const id = newId(Date.now())
        sent.set(body, id)
        // One that is not answered any more at the end may have been kept or not; all others are tried again.
        do {
          try {
            await alice.client.call('messages.send', { to: bob.info.did, body, id })
            answered.add(body)
            if (answered.size >= milestone.at) milestone.reached()
          } catch (error) {
            if (!(error instanceof AgoraError) || error.kind !== 'unavailable') throw error
            await back
          }
        } while (sending && !answered.has(body))
      }
    }
    const working = Promise.all(Array.from({ length: 8 }, worker))
    const doomed = victim === 'sender' ? alice : bob
    for (let round = 0; round < ROUNDS; round++) {
      const enough = new Promise<void>((resolve) => {
        milestone.at = answered.size + 20 + Math.floor(chance() * 200)
        milestone.reached = resolve
      })
      // It is killed the moment an answer comes in, with seven calls on their way.
      await Promise.race([enough, working])
      back = doomed.kill().then(() => doomed.restart())
      await back
    }
    sending = false
    await working

    await eventually(alice, async () => {
      const { items } = await alice.client.call('messages.outbox', { limit: 1 })
      return items.length === 0 || undefined
    })
    const arrived = await readAll(bob)
    const came = new Set(arrived)
    t.is(came.size, arrived.length, 'nothing came twice')
    t.deepEqual(
      [...answered].filter((body) => !came.has(body)),
      [],
      'everything that was answered came',
    )
    t.deepEqual(
      arrived.filter((body) => !sent.has(body)),
      [],
      'nothing came that was not sent',
    )
    const wrong: unknown[] = []
    await each(came, async (body) => {
      const { delivery } = await alice.client.call('messages.show', { id: sent.get(body) ?? '' })
      if (delivery?.stage !== 'stored') wrong.push({ body, delivery })
    })
    t.deepEqual(wrong, [], 'the sender knows of everything that came')
    t.true(answered.size >= ROUNDS * 20)
    t.log(`${sent.size} sent, ${answered.size} answered, ${arrived.length} arrived`)
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
