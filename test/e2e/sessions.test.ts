import { rmSync } from 'node:fs'
import test from 'ava'
import { type Client, createClient, type EventOptions } from '../../src/client/index.ts'
import { type Daemon, lab, type Process } from '../helpers/processes.ts'

/** Signs in as a page does, with a code of the operator's. */
async function signIn({ client, info }: Daemon) {
  const { code } = await client.call('sessions.create')
  const { id, token } = await createClient({ url: info.api_url }).call('sessions.open', { code })
  return { id, token, page: createClient({ url: info.api_url, token }) }
}

/** A stream that has begun; `ended` says how it came to its end. */
async function follow(page: Client, options: EventOptions = {}) {
  const begun = Promise.withResolvers<void>()
  const seen: string[] = []
  const ended = (async () => {
    for await (const { type } of page.events({ ...options, resume: false, onPosition: () => begun.resolve() }))
      seen.push(type)
    return seen
  })()
  ended.catch(begun.reject)
  await begun.promise
  return { ended }
}

const unauthenticated = { code: 'unauthenticated' }

test('a session that is ended is told nothing more: its streams end at once, others go on', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const one = await signIn(node)
  const other = await signIn(node)
  const all = await follow(one.page)
  // Nothing that it waits for may come for days.
  const few = await follow(one.page, { types: ['project.'] })
  const stop = new AbortController()
  const others = await follow(other.page, { signal: stop.signal })

  await other.page.call('sessions.end', { id: one.id })
  t.deepEqual(await all.ended, [])
  t.deepEqual(await few.ended, [])
  await t.throwsAsync(one.page.call('node.status'), unauthenticated)
  await t.throwsAsync(follow(one.page), unauthenticated)
  t.deepEqual(
    (await other.page.call('sessions.list')).items.map(({ id, current }) => [id, current]),
    [[other.id, true]],
  )
  stop.abort()
  t.is((await others.ended)[0], 'session.ended')
})

test('a page stays signed in when the daemon restarts or is killed, not when the operator’s token is replaced', async (t) => {
  await using world = lab()
  const node: Process = await world.start('alice')
  const { token } = await signIn(node)
  const again = () => createClient({ url: node.info.api_url, token }).call('sessions.list')

  await node.stop()
  await node.restart()
  t.is((await again()).items.length, 1)
  await node.kill()
  await node.restart()
  t.is((await again()).items.length, 1)

  await node.stop()
  rmSync(node.home.token)
  await node.restart()
  await t.throwsAsync(again(), unauthenticated)
  t.deepEqual((await node.client.call('sessions.list')).items, [])
})

test('the link that `agora dashboard` tells signs in once', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const link = new URL((await world.run('alice', 'dashboard', '--print')).trim())
  t.is(link.origin, node.info.api_url)
  t.is(link.search, '')
  const code = new URLSearchParams(link.hash.replace('#/sign-in?', '')).get('code') ?? ''
  const stranger = createClient({ url: node.info.api_url })
  const { token } = await stranger.call('sessions.open', { code, label: 'Chromium' })
  const page = createClient({ url: node.info.api_url, token })
  t.like((await page.call('sessions.list')).items, [{ label: 'Chromium', current: true }])
  await t.throwsAsync(stranger.call('sessions.open', { code }), unauthenticated)
})
