import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import ava from 'ava'
import { chromium, type Page } from 'playwright-core'
import { createClient } from '../../src/client/index.ts'
import { type Stage, signInLink, stage, test } from '../helpers/browser.ts'
import { headlessPath } from '../helpers/chromium.ts'

let world: Stage
ava.before(async () => {
  world = await stage()
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

/** A page of somebody else's on this machine: another port, so another origin. */
async function elsewhere() {
  const server = createServer((_, res) => {
    res.setHeader('Content-Type', 'text/html')
    res.end('<!doctype html><title>elsewhere</title><body>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const tokenOf = (page: Page): Promise<string> =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('agora.session') ?? '{}').token)

test('a page of another origin can do nothing, even if it had a token or a code', async (t) => {
  await using other = await elsewhere()
  const { api_url: api } = world.alice.info
  const token = await tokenOf(await world.open(t))
  const { code } = await world.alice.client.call('sessions.create')
  const context = await world.browser.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(other.url)
  const tried = await page.evaluate(
    async ([api = '', token = '', code = '']) => {
      const json = { 'Content-Type': 'application/json' }
      const bearer = { Authorization: `Bearer ${token}` }
      const said = (tried: Promise<Response>) =>
        tried.then(
          async (answer) => `${answer.type} ${answer.status} ${await answer.text()}`,
          () => 'refused',
        )
      const loaded = (what: 'script' | 'img', src: string) =>
        new Promise<string>((resolve) => {
          const element = document.createElement(what)
          element.addEventListener('load', () => resolve('loaded'))
          element.addEventListener('error', () => resolve('refused'))
          element.src = src
          document.body.append(element)
        })
      const body = JSON.stringify({ code })
      return {
        read: await said(fetch(`${api}/status`, { headers: bearer })),
        write: await said(fetch(`${api}/sessions`, { method: 'POST', headers: { ...json, ...bearer }, body: '{}' })),
        plain: await said(fetch(`${api}/`, { mode: 'no-cors' })),
        open: await said(fetch(`${api}/sessions/open`, { method: 'POST', headers: json, body })),
        openSimply: await said(fetch(`${api}/sessions/open`, { method: 'POST', mode: 'no-cors', body })),
        script: await loaded('script', `${api}/health`),
        image: await loaded('img', `${api}/assets/icon.svg`),
      }
    },
    [api, token, code],
  )
  t.deepEqual([...new Set(Object.values(tried))], ['refused'], JSON.stringify(tried))

  // A form, which may send what it likes, and leads to what is answered.
  await page.setContent(`<form method="post" enctype="text/plain" action="${api}/sessions/open">
    <input name='{"code":"${code}","label":"' value='"}'></form>`)
  const [answer] = await Promise.all([
    page.waitForResponse(`${api}/sessions/open`),
    page.evaluate(() => document.forms[0]?.submit()),
  ])
  t.is(answer.status(), 403)
  t.is(answer.headers()['set-cookie'], undefined)

  // Nothing of all that has used up the code.
  t.truthy((await createClient({ url: api }).call('sessions.open', { code })).token)
})

test('nobody frames the dashboard, and who opens it gets no hold of it', async (t) => {
  await using other = await elsewhere()
  const { api_url: api } = world.alice.info
  const context = await world.browser.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(other.url)
  const blocked = page.waitForEvent('console', (said) => /frame-ancestors/.test(said.text()))
  await page.evaluate((src) => {
    document.body.append(Object.assign(document.createElement('iframe'), { src }))
  }, `${api}/`)
  await blocked
  t.is(await page.frameLocator('iframe').getByText('agora dashboard').count(), 0)

  const [opened] = await Promise.all([
    context.waitForEvent('page'),
    page.evaluate((url) => {
      ;(globalThis as { opened?: unknown }).opened = window.open(url)
    }, `${api}/`),
  ])
  await opened.getByRole('heading', { name: 'Agora' }).waitFor()
  t.true(await opened.evaluate(() => window.opener === null))
  t.true(await page.evaluate(() => (globalThis as unknown as { opened: Window }).opened.closed))
})

test('a name that was rebound to this machine is answered nothing', async (t) => {
  const browser = await chromium.launch({
    executablePath: headlessPath as string,
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP rebound.example 127.0.0.1'],
  })
  t.teardown(() => browser.close())
  // The page came from its own server, before the name was rebound: our policy does not hold it.
  const page = await browser.newPage({ bypassCSP: true })
  const url = world.alice.info.api_url.replace('127.0.0.1', 'rebound.example')
  t.is((await page.goto(url))?.status(), 403)
  const token = await tokenOf(await world.open(t))
  // From there it is the same origin, so it may ask and read: that it was refused.
  const said = await page.evaluate(async (token) => {
    const answers = await Promise.all([
      fetch('/status', { headers: { Authorization: `Bearer ${token}` } }),
      fetch('/sessions/open', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"code":"x"}',
      }),
      fetch('/health'),
    ])
    return Promise.all(answers.map(async (answer) => `${answer.status} ${(await answer.json()).code}`))
  }, token)
  t.deepEqual(said, Array(3).fill('403 forbidden_host'))
})

test('the token lies in this tab alone, and the code nowhere', async (t) => {
  const page = await world.open(t)
  const kept = await page.evaluate(async () => ({
    cookie: document.cookie,
    local: JSON.stringify({ ...localStorage }),
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    url: location.href,
  }))
  t.notRegex(JSON.stringify(kept), /agora_|code=/)
  t.like(kept, { cookie: '', databases: 0, caches: 0, workers: 0 })
  t.regex(await tokenOf(page), /^agora_/)
  await page.goBack().catch(() => undefined)
  t.false(page.url().includes('code='))
  const tab = await page.context().newPage()
  await tab.goto(world.alice.info.api_url)
  await tab.getByText('Type this in a terminal').waitFor()
  t.notRegex(String(await tab.locator('body').textContent()), /alice|bob|did:/)
})

test('a sign-in that ends shows how to sign in, and comes back where one was', async (t) => {
  const page = await world.open(t, world.alice, '/network')
  await page.getByRole('row').filter({ hasText: 'bob' }).waitFor()
  const own = createClient({ url: world.alice.info.api_url, token: await tokenOf(page) })
  const { items } = await own.call('sessions.list')
  const mine = items.find(({ current }) => current)
  t.regex(mine?.label ?? '', /^Chromium on Linux$/)
  await world.alice.client.call('sessions.end', { id: mine?.id ?? '' })
  await page.getByText('This sign-in has ended.').waitFor()
  t.is(await page.getByText('bob').count(), 0)
  t.is(await page.evaluate(() => sessionStorage.length), 0)

  const field = page.getByLabel('Link or code')
  await field.fill('no-such-code')
  await page.keyboard.press('Enter')
  await page.getByText(/wrong, used or too old/).waitFor()
  const link = await signInLink(world.alice)
  await field.fill(link)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Network' }).waitFor()
  await page.getByRole('row').filter({ hasText: 'bob' }).waitFor()

  const again = await page.context().newPage()
  await again.goto(link)
  await again.getByText(/wrong, used or too old/).waitFor()
})

test('the daemon is killed and comes back under an open page, which goes on without being loaded anew', async (t) => {
  const page = await world.open(t, world.bob, '/network')
  const row = page.getByRole('row').filter({ hasText: 'alice' })
  await row.getByText('connected').waitFor()
  await page.evaluate(() => {
    ;(globalThis as { same?: boolean }).same = true
  })
  await world.bob.kill()
  await page.getByText('Not reached since').waitFor()
  await row.waitFor()
  await world.bob.restart()
  await page.getByText('Live', { exact: true }).waitFor()
  await world.bob.client.call('friends.update', { name: world.alice.info.did, trust_level: 3 })
  await row.getByText('3', { exact: true }).waitFor()
  await row.getByText('connected').waitFor()
  t.true(await page.evaluate(() => (globalThis as { same?: boolean }).same === true))
})

test('whoever takes the port of a daemon that is gone is not told the token', async (t) => {
  const page = await world.open(t, world.bob, '/projects')
  await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor()
  const token = await tokenOf(page)
  await world.bob.kill()
  let told = ''
  let asked = 0
  const enough = Promise.withResolvers<void>()
  const impostor = createServer((req, res) => {
    told += `${req.url} ${JSON.stringify(req.headers)}`
    req.on('data', (part) => {
      told += part
    })
    if (++asked === 3) enough.resolve()
    res.setHeader('Content-Type', 'application/json')
    // Now nothing, now what looks like a proof.
    res.writeHead(asked % 2 ? 503 : 200).end(JSON.stringify({ proof: 'A'.repeat(43) }))
  })
  impostor.listen(Number(new URL(world.bob.info.api_url).port), '127.0.0.1')
  await once(impostor, 'listening')
  // To a page whose script was not loaded yet.
  await page.getByRole('link', { name: 'Agents' }).click()
  await enough.promise
  await page.getByText('Not reached since').waitFor()
  impostor.closeAllConnections()
  impostor.close()
  await once(impostor, 'close')
  t.regex(told, /sessions.prove/)
  t.notRegex(told, /authorization|assets/i)
  t.false(told.includes(token))
  await world.bob.restart()
  await page.getByText('Live', { exact: true }).waitFor()
  await page.getByRole('heading', { level: 1, name: 'Agents' }).waitFor()
})
