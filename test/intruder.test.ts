/** A peer that keeps no rule, over libp2p against a whole daemon: it speaks `/agora/log/1.0.0` by hand. */
import type { Stream } from '@libp2p/interface'
import test from 'ava'
import { canonicalJson } from '../src/base/canonical.ts'
import type { SignedEntry } from '../src/contract/entry.ts'
import { seal } from '../src/core/envelopes.ts'
import type { CheckedEntry } from '../src/log/checked.ts'
import { type EntryParts, makeEntry } from '../src/log/entry.ts'
import { network, type TestNode } from './helpers/network.ts'
import { rawFrames } from './helpers/raw-frames.ts'
import { rawPeer, sayHello, wire } from './p2p/helpers.ts'
import { read } from './spaces/signed-project.ts'

type Json = Record<string, unknown>
const protocols = { log: '/agora/log/1.0.0', direct: '/agora/direct/1.0.0' } as const
type Lane = keyof typeof protocols

/** A hand-made peer of `node`: sends what a test likes, and keeps all that comes. */
async function handMade(node: TestNode, now: () => number, name = 'mallory') {
  const peer = await rawPeer()
  const received: Record<Lane, Json[]> = { log: [], direct: [] }
  const waiting = new Set<() => void>()
  for (const lane of Object.keys(protocols) as Lane[]) {
    await peer.libp2p.handle(protocols[lane], async (stream) => {
      let count = 0
      try {
        for await (const frame of rawFrames(stream)) {
          received[lane].push(frame)
          stream.send(wire({ ack: ++count }))
          for (const look of waiting) look()
        }
      } catch {
        // The connection was closed under it, which is what some of this is about.
      }
    })
  }
  const connection = await peer.dial(node.daemon.addresses[0] ?? '')
  await sayHello(connection, { name })
  const streams = new Map<Lane, { stream: Stream; acks: AsyncGenerator<Json>; sent: number }>()
  const { key, did } = peer

  async function until<Found>(find: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        const look = () => {
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
      })
    }
  }

  const made = {
    key,
    did,
    received,
    connection,
    until,
    /** Sends, and resolves when all of it is acknowledged. */
    async say(lane: Lane, ...messages: (Json | string)[]) {
      let open = streams.get(lane)
      if (!open) {
        const stream = await connection.newStream([protocols[lane]])
        open = { stream, acks: rawFrames(stream), sent: 0 }
        streams.set(lane, open)
      }
      for (const message of messages) open.stream.send(wire(message))
      open.sent += messages.length
      for (let acked = 0; acked < open.sent; ) {
        const { value, done } = await open.acks.next()
        if (done) throw new Error('the stream has ended')
        acked = Number(value['ack'])
      }
    },
    entries: (space: string, ...entries: CheckedEntry[]) =>
      made.say('log', { type: 'log.entries', space, entries: entries.map(({ signed }) => signed) }),
    post(type: string, body: Json) {
      const { text } = seal(
        { key, clock: { now, after: () => () => false } as never },
        { type, from: did, to: node.did, body },
      )
      return made.say('direct', text)
    },
    forge: (parts: Partial<EntryParts> & Pick<EntryParts, 'type' | 'facts'>, signer = key) =>
      makeEntry(signer, { author: did, seq: 0, prev: undefined, heads: [], lamport: 1, at: now(), ...parts }),
    /** All entries it was ever sent of logs. */
    told: (): CheckedEntry[] =>
      received.log.flatMap((frame) => ((frame['entries'] ?? []) as SignedEntry[]).map((signed) => read(signed))),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  }
  return made
}
type HandMade = Awaited<ReturnType<typeof handMade>>

/** alice's project, with mallory as a developer. */
async function joined(alice: TestNode, mallory: HandMade, settle: () => Promise<void>) {
  const { id: space } = await alice.call('projects.create', { name: 'p' })
  await alice.call('invitations.send', { project_id: space, peer_name: mallory.did, role: 'developer' })
  const envelope = await mallory.until(() => mallory.received.direct.find(({ type }) => type === 'project.invite'))
  const invite = read((envelope['body'] as Json)['invite'])
  const accept = mallory.forge({
    ...{ space, type: 'project.accept', facts: { invitation: invite.body['id'] } },
    ...{ heads: [invite.id], lamport: invite.header.lamport + 1 },
  })
  await mallory.post('project.accept', { space, entry: accept.signed })
  await settle()
  await mallory.say('log', { type: 'log.have', spaces: [{ space, branches: [] }] })
  await mallory.until(() => mallory.told().find(({ id }) => id === accept.id))
  return { space, invite, accept }
}

const countOf = async (node: TestNode, space: string) =>
  (await node.call('projects.export', { project_id: space, limit: 2000 })).entries.length
const security = (node: TestNode): Promise<Json[]> => collected(node, 'security.')
async function collected(node: TestNode, prefix: string): Promise<Json[]> {
  const ended = new AbortController()
  const found: Json[] = []
  const latest = node.daemon.events.latest()
  for await (const event of node.client.events({ after: 0, signal: ended.signal } as never)) {
    const seen = event as unknown as Json
    if (String(seen['type']).startsWith(prefix)) found.push(seen)
    if (Number(seen['seq'] ?? seen['id']) >= latest) break
  }
  return found
}

test('an outsider that knows a project’s id is told nothing of it and changes nothing in it', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const { id: space } = await alice.call('projects.create', { name: 'secret', description: 'nobody’s business' })
  const head = read((await alice.call('projects.export', { project_id: space, limit: 10 })).entries[0])
  await using outsider = await handMade(alice, net.clock.now)
  const forged = [
    outsider.forge({ space, type: 'task.create', facts: { id: 'x' }, heads: [head.id], lamport: 2 }),
    outsider.forge({ space, type: 'project.accept', facts: { invitation: 'x' }, heads: [head.id], lamport: 2 }),
    outsider.forge({ space, type: 'project.create', facts: { name: 'mine' }, heads: [head.id], lamport: 2 }),
  ]
  await outsider.say('log', { type: 'log.have', spaces: [{ space, branches: [] }], ask: true, again: true })
  await outsider.say('log', { type: 'log.want', space, ids: [head.id] })
  await outsider.entries(space, ...forged)
  for (const { signed } of forged) await outsider.post('project.accept', { space, entry: signed })
  await outsider.post('project.decline', { space, invitation: '00000000-0000-4000-8000-000000000001' })
  await net.settle()
  t.deepEqual(outsider.received.log, [])
  t.is(await countOf(alice, space), 1)
  // It cannot even tell whether there is such a project: of one that there is not it is answered the same.
  const answers = () =>
    outsider.received.direct
      .flatMap(({ body }) => ((body as Json)['receipts'] ?? []) as Json[])
      .map(({ stage, reason }) => `${stage} ${reason}`)
  const known = answers()
  const nowhere = head.id.split('').reverse().join('')
  for (const facts of [{ id: 'x' }, { invitation: 'x' }, { name: 'mine' }] as Json[]) {
    const type = facts['id'] ? 'task.create' : facts['name'] ? 'project.create' : 'project.accept'
    const entry = outsider.forge({ space: nowhere, type, facts, heads: [head.id], lamport: 2 })
    await outsider.post('project.accept', { space: nowhere, entry: entry.signed })
  }
  await outsider.post('project.decline', { space: nowhere, invitation: '00000000-0000-4000-8000-000000000001' })
  await net.settle()
  t.deepEqual(answers().slice(known.length), known)
  t.is(outsider.connection.status, 'open')
  t.is(canonicalJson(outsider.received).includes('secret'), false)
})

test('a member that forges is cut off; what it signs itself is judged, and shown for what it is', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using mallory = await handMade(alice, net.clock.now)
  const { space, accept } = await joined(alice, mallory, net.settle)
  t.is((await alice.call('projects.show', { project_id: space })).members, 2)
  t.true(mallory.told().some(({ header }) => header.type === 'project.create'))
  const next = { space, seq: 1, prev: accept.id, lamport: accept.header.lamport + 1 }
  const grab = mallory.forge({ ...next, type: 'project.role', facts: { who: mallory.did, role: 'overseer' } })
  const work = mallory.forge({
    ...{ ...next, type: 'task.create' },
    facts: { id: '00000000-0000-4000-8000-00000000000a', title: 'w', priority: 'low', labels: [], depends_on: [] },
  })
  await mallory.entries(space, grab, work)
  await net.settle()
  const { items } = await alice.call('audit.list', { project_id: space, actor: mallory.did, limit: 10 })
  t.deepEqual(items.map(({ type, verdict }) => `${type} ${verdict.state}`).sort(), [
    'project.accept counts',
    'project.role denied',
    'task.create counts',
  ])
  t.is((await alice.call('tasks.list', { project_id: space })).items.length, 1)
  // One thing here, another there: both are kept, and alice is told.
  const other = mallory.forge({ ...next, type: 'project.audit', facts: { action: 'another' } })
  await mallory.entries(space, other)
  await net.settle()
  const forks = await collected(alice, 'project.fork')
  t.like(forks.at(-1), { project_id: space, node: mallory.did, id: other.id })
  // In alice's name.
  const forged = [0, 1, 2].map((n) =>
    mallory.forge({ ...next, author: alice.did, type: 'project.audit', facts: { action: `${n}` } }),
  )
  await t.throwsAsync(mallory.entries(space, ...forged))
  await net.settle()
  t.is(await countOf(alice, space), 6)
  t.is(alice.daemon.network.peer(mallory.did), undefined)
  t.true((await security(alice)).some((event) => event['type'] === 'security.entry_bad_signature'))
})

test('a removed member is told of its removal and of nothing after it, and nothing is taken of it', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using mallory = await handMade(alice, net.clock.now)
  const { space, accept } = await joined(alice, mallory, net.settle)
  await alice.call('rooms.say', { project_id: space, room: 'main', body: 'still for all' })
  // Before it writes that, alice asks what mallory has; who does not answer gains three seconds.
  let isRemoved = false
  const removing = alice.call('projects.remove', { project_id: space, name: mallory.did, reason: 'enough' })
  void removing.then(() => {
    isRemoved = true
  })
  while (!isRemoved) await net.clock.advance(500)
  const removal = await mallory.until(() => mallory.told().find(({ header }) => header.type === 'project.remove'))
  t.is(removal.texts?.['reason'], 'enough')
  await alice.call('rooms.say', { project_id: space, room: 'main', body: 'now among us' })
  await net.settle()
  const before = await countOf(alice, space)
  const frames = mallory.received.log.length
  const next = { space, seq: 1, prev: accept.id }
  await mallory.entries(
    space,
    mallory.forge({ ...next, lamport: accept.header.lamport + 1, type: 'project.audit', facts: { action: 'a' } }),
    mallory.forge({
      ...{ ...next, heads: [removal.id], lamport: removal.header.lamport + 1 },
      ...{ type: 'project.audit', facts: { action: 'b' } },
    }),
  )
  const all = (await alice.call('projects.export', { project_id: space, limit: 100 })).entries.map(read)
  await mallory.say('log', { type: 'log.want', space, ids: all.map(({ id }) => id) })
  await mallory.say('log', { type: 'log.have', spaces: [{ space, branches: [] }], ask: true, again: true })
  await net.settle()
  t.is(await countOf(alice, space), before)
  t.false(canonicalJson(mallory.received).includes('now among us'))
  const since = mallory.received.log.slice(frames)
  const sent = since.flatMap((frame) => ((frame['entries'] ?? []) as SignedEntry[]).map((signed) => read(signed)))
  // What it had is given to it again when it says that it has nothing.
  t.true(sent.every(({ header }) => header.lamport <= removal.header.lamport))
})

test('a flood costs whoever sends it: it is read slowly, and all others are served', async (t) => {
  // 100 a second, and 800 at once.
  await using net = await network(['alice'], { log_entries_per_second: 100 })
  const { alice } = net.node
  await using mallory = await handMade(alice, net.clock.now)
  const { space, accept } = await joined(alice, mallory, net.settle)
  let [prev, sent] = [accept, 0]
  const flood = async () => {
    for (; sent < 4000; sent++) {
      if (sent % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
      const { seq, lamport } = prev.header
      const more = { space, seq: seq + 1, prev: prev.id, lamport: lamport + 1 }
      prev = mallory.forge({ ...more, type: 'project.audit', facts: { action: `${sent}` } })
      batch.push(prev)
    }
  }
  const batch: CheckedEntry[] = []
  await flood()
  let acknowledged = false
  const parts = Array.from({ length: 40 }, (_, index) => batch.slice(index * 100, index * 100 + 100))
  const done = mallory
    .say('log', ...parts.map((part) => ({ type: 'log.entries', space, entries: part.map(({ signed }) => signed) })))
    .then(() => {
      acknowledged = true
    })
  // While the clock stands still no more is taken in than that, and what came with it; alice's own work goes on.
  for (let n = 0; n < 20; n++) {
    await alice.call('tasks.create', { project_id: space, title: `t${n}` })
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.false(acknowledged)
  const { status } = await alice.client.call('node.health', {})
  t.is(status, 'ok')
  const until = (full: number) =>
    alice.call('projects.verify', { project_id: space }).then(({ entries }) => entries >= full)
  t.false(await until(4000))
  while (!acknowledged) await net.clock.advance(500)
  await done
  await net.settle()
  t.true(await until(4000))
})

test('a member that stops everybody’s fold with what nobody knows is suspended through REST, and work goes on', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using mallory = await handMade(alice, net.clock.now)
  const { space, accept } = await joined(alice, mallory, net.settle)
  const next = { space, seq: 1, prev: accept.id, lamport: accept.header.lamport + 1 }
  const unknown = mallory.forge({ ...next, type: 'task.explode', facts: {} })
  await mallory.entries(space, unknown)
  await net.settle()
  await t.throwsAsync(alice.client.call('tasks.create', { project_id: space, title: 't' }), { code: 'upgrade_needed' })
  t.is((await alice.client.call('projects.show', { project_id: space })).upgrade_needed, 'task.explode')
  let isDone = false
  const suspending = alice.client.call('projects.suspend', { project_id: space, name: mallory.did })
  void suspending.finally(() => {
    isDone = true
  })
  while (!isDone) await net.clock.advance(500)
  await suspending
  t.is((await alice.client.call('projects.show', { project_id: space })).upgrade_needed, undefined)
  await alice.client.call('tasks.create', { project_id: space, title: 't' })
  const { items } = await alice.client.call('audit.list', { project_id: space, actor: mallory.did, limit: 1 })
  t.like(items, [{ id: unknown.id, verdict: { state: 'held' } }])
  t.like(await alice.client.call('projects.verify', { project_id: space }), { ok: true, held: 1 })
})

test('whatever words are searched for, they are words and no language', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const { id: project_id } = await alice.call('projects.create', { name: 'p' })
  await alice.call('rooms.say', { project_id, room: 'main', body: 'a "quoted" word, NEAR another; DROP TABLE entries' })
  const words = [
    '"',
    '""',
    'NEAR(',
    'a AND',
    'OR',
    '*',
    'quoted*',
    '^a',
    '{text}:a',
    "'; DROP TABLE entries; --",
    '\u0000',
    '😀',
    'ﬁ',
    '(((',
    '-a',
  ]
  for (const query of words) {
    const { items } = await alice.client.call('rooms.search', { project_id, query })
    t.true(items.length <= 1, query)
  }
  t.is((await alice.client.call('rooms.search', { project_id, query: '"quoted" near' })).items.length, 1)
  t.is((await alice.client.call('rooms.search', { project_id, query: 'DROP TABLE' })).items.length, 1)
})

test('whoever calls itself as the owner does is somebody else, to people and to the rules', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using other = await handMade(alice, net.clock.now, 'alice')
  const { space, accept } = await joined(alice, other, net.settle)
  const { items } = await alice.call('projects.team', { project_id: space })
  t.is(new Set(items.map(({ name }) => name)).size, 2)
  t.deepEqual(
    items.map(({ did, role }) => `${did} ${role}`).sort(),
    [`${alice.did} owner`, `${other.did} developer`].sort(),
  )
  const deed = other.forge({
    ...{ space, seq: 1, prev: accept.id, lamport: accept.header.lamport + 1, author: `${other.did}#alice` },
    ...{ type: 'project.archive', facts: { archived: true } },
  })
  await other.entries(space, deed)
  await net.settle()
  const [entry] = (await alice.call('audit.list', { project_id: space, actor: other.did, limit: 1 })).items
  t.like(entry, { id: deed.id, verdict: { state: 'denied' } })
  t.false((await alice.call('projects.show', { project_id: space })).archived)
  // Named by that name it is not taken for the other.
  let outcome = ''
  const suspending = alice.call('projects.suspend', { project_id: space, name: 'alice' }).then(
    ({ did }) => {
      outcome = did
    },
    (error) => {
      outcome = error.code
    },
  )
  while (outcome === '') await net.clock.advance(500)
  await suspending
  t.log(outcome)
  t.not(outcome, other.did)
})
