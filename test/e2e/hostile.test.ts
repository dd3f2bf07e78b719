import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import test from 'ava'
import { canonicalJson } from '../../src/base/canonical.ts'
import { rfc3339 } from '../../src/base/clock.ts'
import { newId } from '../../src/base/ids.ts'
import { signingText } from '../../src/contract/envelope.ts'
import type { NodeKey } from '../../src/identity/signing.ts'
import { befriend, eventually, lab, type Process } from '../helpers/processes.ts'
import { closed, rawPeer, sayHello, wire } from '../p2p/helpers.ts'

type Fields = Record<string, unknown>

const message = (from: string, to: string, change: Fields = {}): Fields => ({
  v: 1,
  id: newId(Date.now()),
  type: 'message',
  from,
  to,
  sent_at: rfc3339(Date.now()),
  body: { text: 'hello' },
  ...change,
})
const signed = (key: NodeKey, fields: Fields): Fields => ({ ...fields, signature: key.sign(signingText(fields)) })
const frame = (fields: Fields): Uint8Array => wire(canonicalJson(fields))

/** A raw peer with a session on a daemon, and a direct stream to put frames on. */
async function intrude(node: Process) {
  const peer = await rawPeer()
  const connection = await peer.dial(`/ip4/127.0.0.1/tcp/${node.info.port}`)
  await sayHello(connection)
  const stream = await connection.newStream(['/agora/direct/1.0.0'])
  return { peer, connection, stream, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() }
}

/** Resolves when the operator has been told that `who` did this. */
async function securityOf(node: Process, reason: string, who: string): Promise<void> {
  for await (const event of node.client.events({ after: 0, types: [`security.${reason}`] })) {
    if (event['who'] === who) return
  }
}

const nothingDelivered = async (node: Process): Promise<boolean> =>
  (await node.client.call('messages.read', { view: 'all' })).items.length === 0 &&
  (await node.client.call('requests.list', {})).items.length === 0 &&
  (await node.client.call('node.health', {}, { signal: AbortSignal.timeout(5000) })).status === 'ok'

test('forged, foreign, misdirected and malleable envelopes are refused, told to the operator, and end the connection', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const { did } = node.info
  const forgeries: [string, (key: NodeKey, other: NodeKey) => Uint8Array][] = [
    ['bad_signature', (key) => frame({ ...message(key.did, did), signature: 'A'.repeat(86) })],
    ['bad_signature', (key, other) => frame(signed(other, message(key.did, did)))],
    ['foreign_sender', (_, other) => frame(signed(other, message(other.did, did)))],
    ['wrong_recipient', (key, other) => frame(signed(key, message(key.did, other.did)))],
    ['not_canonical', (key) => wire(` ${canonicalJson(signed(key, message(key.did, did)))}`)],
    ['malformed', (key) => frame(message(key.did, did))],
    ['malformed', () => wire('{"not":"an envelope"}')],
    // A frame of two bytes that are no UTF-8.
    ['malformed', () => Uint8Array.of(2, 0xff, 0xfe)],
  ]
  for (const [reason, forge] of forgeries) {
    await using intruder = await intrude(node)
    await using other = await rawPeer()
    for (let n = 0; n < 3; n++) intruder.stream.send(forge(intruder.peer.key, other.key))
    await closed(intruder.connection)
    await securityOf(node, reason, intruder.peer.did)
  }
  t.true(await nothingDelivered(node))
})

test('two offences are borne: what is right after them is taken in', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  await using intruder = await intrude(node)
  const { key } = intruder.peer
  for (let n = 0; n < 2; n++) intruder.stream.send(wire('rubbish'))
  intruder.stream.send(frame(signed(key, message(key.did, node.info.did))))
  const [request] = await eventually(node, async () => {
    const { items } = await node.client.call('requests.list', {})
    return items.length > 0 ? items : undefined
  })
  t.like(request, { did: key.did, count: 1 })
  t.is(intruder.connection.status, 'open')
  t.deepEqual((await node.client.call('messages.read', { view: 'all' })).items, [], 'a stranger reaches no inbox')
})

test('each field of a signed envelope is covered: changed on its way it is refused', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const { did } = node.info
  const changes: Record<string, (key: NodeKey) => unknown> = {
    id: () => newId(Date.now()),
    type: () => 'receipt',
    from: (key) => `${key.did}#claude-1`,
    to: () => `${did}#claude-1`,
    sent_at: () => rfc3339(Date.now() - 60_000),
    conversation_id: () => newId(Date.now()),
    reply_to: () => newId(Date.now()),
    trace: () => ({ id: newId(Date.now()), hops: 3 }),
    body: () => ({ text: 'other' }),
    signature: (key) => key.sign('something else'),
    unknown: () => 'field',
  }
  for (const [field, change] of Object.entries(changes)) {
    await using intruder = await intrude(node)
    const { key } = intruder.peer
    const forged = { ...signed(key, message(key.did, did)), [field]: change(key) }
    for (let n = 0; n < 3; n++) intruder.stream.send(frame(forged))
    await closed(intruder.connection)
    await securityOf(node, 'bad_signature', key.did)
  }
  await using newer = await intrude(node)
  const { key } = newer.peer
  for (let n = 0; n < 3; n++) newer.stream.send(frame({ ...signed(key, message(key.did, did)), v: 2 }))
  await securityOf(node, 'malformed', key.did)
  t.true(await nothingDelivered(node))
})

/** Bytes of memory that a process has now. */
const memoryOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024

test('a peer that never reads costs little, holds up nobody else, and is not told of as reached', async (t) => {
  await using world = lab()
  const bob = await world.start('bob')
  const alice = await world.start('alice', '--connect', bob.address)
  await befriend(alice, bob)
  await using silent = await rawPeer({ listen: true })
  await silent.libp2p.handle('/agora/direct/1.0.0', (stream) => stream.pause())
  await sayHello(await silent.dial(`/ip4/127.0.0.1/tcp/${alice.info.port}`))
  await eventually(alice, async () => {
    const { items } = await alice.client.call('node.peers', {})
    return items.some((peer) => peer.did === silent.did) || undefined
  })
  const body = 'x'.repeat(250_000)
  const send = () => alice.client.call('messages.send', { to: silent.did, body })
  // Any such mail, also to nobody far away, makes the process larger by some 100 MiB of garbage and cache, and then no more. So more than that is
  // sent: if it were kept for the peer, it would come on top.
  for (let n = 0; n < 100; n++) await send()
  const before = memoryOf(alice.info.pid)
  const COUNT = 700
  for (let n = 0; n < COUNT; n++) await send()
  const grown = memoryOf(alice.info.pid) - before
  t.log(`${grown >> 20} MiB more after ${(COUNT * body.length) >> 20} MiB of mail`)
  t.true(grown < COUNT * body.length)

  const { id } = await send()
  const told = await alice.client.call('messages.send', { to: bob.info.did, body: 'and you?', wait_for: 'stored' })
  t.is(told.stage, 'stored')
  const { delivery } = await alice.client.call('messages.show', { id: id ?? '' })
  t.is(delivery?.stage, 'queued')
})

test('garbage, half frames, oversize frames, silence and floods of streams harm nobody', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const attacks: ((
    connection: Connection,
    stream: { send(data: Uint8Array): boolean; close(): Promise<void> },
  ) => unknown)[] = [
    (_, stream) => stream.send(Uint8Array.from({ length: 4000 }, (_, n) => (n * 37) % 251)),
    (_, stream) => stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f)),
    (_, stream) => {
      stream.send(wire('x'.repeat(100)).subarray(0, 50))
      return stream.close()
    },
  ]
  for (const attack of attacks) {
    await using intruder = await intrude(node)
    await attack(intruder.connection, intruder.stream)
    await closed(intruder.connection)
    t.true(await nothingDelivered(node))
  }
  await using flood = await intrude(node)
  const streams = await Promise.allSettled(
    Array.from({ length: 1000 }, () =>
      flood.connection.newStream(['/agora/direct/1.0.0'], { maxOutboundStreams: 1000 }),
    ),
  )
  t.true(streams.some(({ status }) => status === 'rejected') || flood.connection.status !== 'open')
  t.true(await nothingDelivered(node))
})

test('an envelope that was taken in is not taken in again, also after a restart, and is receipted again', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  await using peer = await rawPeer({ listen: true })
  const receipts: string[] = []
  const arrived: (() => void)[] = []
  await peer.libp2p.handle('/agora/direct/1.0.0', (stream) => {
    stream.addEventListener('message', ({ data }) => {
      const text = Buffer.from(data.subarray()).toString()
      if (!text.includes('"stage":"stored"')) return
      receipts.push(text)
      for (const wake of arrived.splice(0)) wake()
    })
  })
  const sealed = frame(signed(peer.key, message(peer.did, node.info.did)))
  for (let round = 0; round < 2; round++) {
    const connection = await peer.dial(`/ip4/127.0.0.1/tcp/${node.info.port}`)
    await sayHello(connection)
    const stream = await connection.newStream(['/agora/direct/1.0.0'])
    const receipted = new Promise<void>((resolve) => arrived.push(resolve))
    stream.send(sealed)
    await receipted
    const [request, ...others] = (await node.client.call('requests.list', {})).items
    t.deepEqual([request?.count, others.length], [1, 0])
    await node.kill()
    await node.restart()
  }
  t.true(receipts.length >= 2)
})

test('what goes over the wire is TLS, and no text is seen in it', async (t) => {
  await using world = lab()
  const bob = await world.start('bob')
  const recorded: Buffer[] = []
  const sockets = new Set<Socket>()
  const tap = createServer((inner) => {
    const outer = connect(bob.info.port, '127.0.0.1')
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk: Buffer) => recorded.push(chunk))
      from.on('error', () => to.destroy())
      from.pipe(to)
    }
  })
  tap.listen(0, '127.0.0.1')
  await once(tap, 'listening')
  const { port } = tap.address() as { port: number }
  const alice = await world.start('alice', '--connect', `127.0.0.1:${port}`)
  await befriend(alice, bob)
  const secret = 'nobody else shall read this sentence'
  const sent = await alice.client.call('messages.send', { to: bob.info.did, body: secret, wait_for: 'stored' })
  t.is(sent.stage, 'stored')
  t.is((await alice.client.call('node.peers', {})).items[0]?.encryption, '/tls/1.0.0')
  const all = Buffer.concat(recorded)
  t.false(all.includes(secret))
  t.false(all.includes('"envelope"'))
  // A TLS handshake record whose ClientHello offers version 1.3 (0x0304), and its ServerHello that takes it.
  t.true(all.includes(Buffer.from([0x16, 0x03])))
  t.true(all.includes(Buffer.from([0x00, 0x2b, 0x00, 0x02, 0x03, 0x04])))
  for (const socket of sockets) socket.destroy()
  tap.close()
})

test('no web page and no other token drives the daemon', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const { token } = await node.client.call('agents.register', { name: 'claude-1' })
  const ask = (headers: Record<string, string>, method = 'GET', path = '/status') =>
    new Promise<{ status: number; code: string | undefined; cors: string | undefined }>((resolve, reject) => {
      const call = request(`${node.info.api_url}${path}`, { method, headers }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => (text += chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            code: JSON.parse(text || '{}').code,
            cors: answer.headers['access-control-allow-origin'],
          }),
        )
      })
      call.on('error', reject)
      call.end()
    })
  const mine = { authorization: `Bearer ${token}` }
  t.is((await ask(mine)).status, 200)
  t.like(await ask({}), { status: 401, code: 'unauthenticated' })
  t.like(await ask({ authorization: 'Bearer agora_wrong' }), { status: 401 })
  t.like(await ask({ ...mine, host: 'evil.example' }), { status: 403, code: 'forbidden_host' })
  t.like(await ask({ ...mine, origin: 'https://evil.example' }), {
    status: 403,
    code: 'forbidden_origin',
    cors: undefined,
  })
  t.like(await ask({ ...mine, origin: 'http://localhost:1' }), { status: 403, code: 'forbidden_origin' })
  t.like(await ask(mine, 'POST', '/stop'), { status: 403, code: 'operator_only' })
  t.like(await ask(mine, 'GET', '/requests'), { status: 403, code: 'operator_only' })
  t.is((await node.client.call('node.health', {})).status, 'ok')
})
