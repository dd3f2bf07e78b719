import ava from 'ava'
import type { Page } from 'playwright-core'
import { type Stage, signInLink, stage, test } from '../helpers/browser.ts'

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

test('more pages than a browser has connections all work, as long as few of them are seen', async (t) => {
  const first = await world.open(t)
  const context = first.context()
  let page = first
  for (let tab = 2; tab <= 8; tab++) {
    await page.clock.install()
    const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/events'))
    await seen(page, 'hidden')
    await page.clock.fastForward(21_000)
    await ended
    page = await context.newPage()
    await page.goto(await signInLink(world.alice))
    await page.getByText('Live', { exact: true }).waitFor()
  }
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Network' }).click()
  await page.getByRole('row').filter({ hasText: 'bob' }).waitFor()
  t.is(context.pages().length, 8)
})
