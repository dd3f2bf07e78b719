import ava from 'ava'
import type { BrowserContext, Page, Request } from 'playwright-core'
import { go, type Stage, signInLink, stage, test } from '../helpers/browser.ts'

let world: Stage
ava.before(async () => {
  world = await stage()
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

/** Headless pages are all seen; this one says that it is not, or is again. */
const seen = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

test('a page that nobody sees lets its connection go, and catches up when it is looked at', async (t) => {
  const page = await world.open(t, world.alice, '/network')
  const row = page.getByRole('row').filter({ hasText: 'bob' })
  await row.waitFor()
  await page.clock.install()
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/events'))
  await seen(page, 'hidden')
  await page.clock.fastForward(21_000)
  await ended
  await world.alice.client.call('friends.update', { name: world.bob.info.did, trust_level: 3 })
  t.is(await row.getByText('trusted', { exact: true }).count(), 0)
  await seen(page, 'visible')
  await page.clock.runFor(1000)
  await row.getByText('trusted', { exact: true }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  t.is(await page.getByText('Not reached since').count(), 0)
})

/** Ms: eight pages are drawn by few cores. */
const MANY_PAGES = 40_000

/** A page beside another one, with a sign-in of its own. */
async function beside(first: Page): Promise<Page> {
  const page = await first.context().newPage()
  page.setDefaultTimeout(MANY_PAGES)
  await page.goto(await signInLink(world.alice))
  await page.getByText('Live', { exact: true }).waitFor()
  return page
}
const toNetwork = (page: Page) => go(page, '/network')
/** Changes something, and resolves when each page shows it. */
async function allShow(pages: readonly Page[], trust_level: 1 | 2 | 3 | 4): Promise<void> {
  await world.alice.client.call('friends.update', { name: world.bob.info.did, trust_level })
  const given = (page: Page) =>
    page.waitForFunction((level) => {
      const row = [...document.querySelectorAll('tr')].find(({ textContent }) => textContent?.includes('bob'))
      return row?.querySelectorAll('td')[2]?.textContent?.startsWith(String(level))
    }, trust_level)
  await Promise.all(pages.map(given))
}
/** How many of the pages hold a stream of events now; those that only catch up have ended theirs by then. */
function streamsOf(context: BrowserContext): () => number {
  const open = new Set<Request>()
  context.on('request', (request) => {
    if (request.url().endsWith('/events')) open.add(request)
  })
  context.on('requestfailed', (request) => open.delete(request))
  context.on('requestfinished', (request) => open.delete(request))
  return () => open.size
}
/** A page of this origin that nobody is signed in at, and all that it hears. */
async function spyIn(context: BrowserContext): Promise<{ page: Page; heard(): Promise<string> }> {
  const page = await context.newPage()
  await page.goto(world.alice.info.api_url)
  await page.evaluate(() => {
    const heard: unknown[] = []
    Object.assign(globalThis, { heard })
    new BroadcastChannel('agora.events').addEventListener('message', ({ data }) => heard.push(data))
  })
  return { page, heard: () => page.evaluate(() => JSON.stringify((globalThis as unknown as { heard: unknown }).heard)) }
}
async function endSessionOf(page: Page): Promise<void> {
  const id = await page.evaluate(() => JSON.parse(sessionStorage.getItem('agora.session') ?? '{}').id as string)
  await world.alice.client.call('sessions.end', { id })
}

test('eight pages that are all seen live by one stream, also when its page is closed or signed out, and after a restart', async (t) => {
  t.timeout(150_000)
  const first = await world.open(t)
  first.setDefaultTimeout(MANY_PAGES)
  const context = first.context()
  const streams = streamsOf(context)
  const spy = await spyIn(context)
  let pages = [first]
  while (pages.length < 8) pages.push(await beside(first))
  await Promise.all(pages.map(toNetwork))
  await allShow(pages, 3)
  // The first one's was begun before they were counted.
  t.is(streams(), 0)

  await first.close()
  pages = pages.slice(1)
  await allShow(pages, 2)
  t.is(streams(), 1)

  // One whose sign-in ends is told so by the daemon, be it the one that holds the stream or another.
  for (const [ended, level] of [
    [pages[3], 4],
    [pages[0], 1],
  ] as [Page, 4 | 1][]) {
    await endSessionOf(ended)
    await ended.getByText('This sign-in has ended.').waitFor()
    pages = pages.filter((page) => page !== ended)
    await allShow(pages, level)
  }
  await world.alice.kill()
  await Promise.all(pages.map((page) => page.getByText('Not reached since').waitFor()))
  await world.alice.restart()
  await Promise.all(pages.map((page) => page.getByText('Live', { exact: true }).waitFor()))
  await allShow(pages, 3)

  const heard = await spy.heard()
  t.regex(heard, /"position":\d/)
  t.notRegex(heard.replaceAll(/\{"position":\d+\}|\{"lost":true\}|\{"passed":"[a-z]+\.[a-z_]+"\}/g, ''), /[^[\],]/)
})

test('whoever takes the lead and says nothing, or what never was, is not waited for', async (t) => {
  const page = await world.open(t, world.alice, '/network')
  const spy = await spyIn(page.context())
  await page.clock.install()
  const asks = () => page.waitForRequest((request) => request.url().endsWith('/events'))
  const over = new Set<Request>()
  page.on('requestfailed', (request) => over.add(request))
  const ended = async (request: Request) => {
    if (!over.has(request)) await page.waitForEvent('requestfailed', (other) => other === request)
  }
  const asked = asks()
  await spy.page.evaluate(() => {
    void navigator.locks.request('agora.events', { steal: true }, () => new Promise(() => undefined))
  })
  // It has lost its stream, and looks for itself.
  await ended(await asked)

  const believed = asks()
  await spy.page.evaluate(() => {
    const channel = new BroadcastChannel('agora.events')
    for (const said of [null, 1, 'x', { position: '1' }, { passed: '<b>' }, { passed: 1 }, { position: 1e300 }])
      channel.postMessage(said)
    channel.postMessage({ position: Number.MAX_SAFE_INTEGER })
  })
  const reading = await believed
  await reading.response()
  await page.clock.runFor(5000)
  await ended(reading)
  const leads = asks()
  await page.clock.runFor(40_000)
  await leads
  await allShow([page], 2)
  t.is(await page.getByText('Not reached since').count(), 0)
})
