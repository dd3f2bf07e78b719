import ava from 'ava'
import type { CDPSession, Locator, Page } from 'playwright-core'
import { type Stage, shot, stage, test } from '../helpers/browser.ts'

let world: Stage
let project_id: string
ava.before(async () => {
  world = await stage()
  ;({ id: project_id } = await world.alice.client.call('projects.create', { name: 'Parser' }))
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

interface Point {
  x: number
  y: number
}
/** A finger on the glass. */
function finger(cdp: CDPSession) {
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: Point[]) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points })
  return {
    down: (at: Point) => touch('touchStart', [at]),
    /** As a hand does it, not in one leap. */
    async glide(from: Point, to: Point, steps = 8) {
      for (let step = 1; step <= steps; step++)
        await touch('touchMove', [
          { x: from.x + ((to.x - from.x) * step) / steps, y: from.y + ((to.y - from.y) * step) / steps },
        ])
    },
    up: () => touch('touchEnd', []),
  }
}

async function middle(where: Locator): Promise<Point> {
  const box = await where.boundingBox()
  if (!box) throw new Error('it is not seen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
const column = (page: Page, status: string) => page.locator(`[data-column="${status}"]`)
const carried = (page: Page, title: string) => page.locator('[inert]').filter({ hasText: title })
const card = (page: Page, status: string, title: string) =>
  column(page, status).locator('[data-task]').filter({ hasText: title })

test('on a phone a long press carries a card over the edge of the board, as far as it goes, and a swipe scrolls it', async (t) => {
  const { alice } = world
  const { id } = await alice.client.call('tasks.create', { project_id, title: 'Read tokens' })
  const page = await world.open(t, alice, `/projects/${project_id}/board`, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  const hand = finger(await page.context().newCDPSession(page))
  const start = await middle(card(page, 'todo', 'Read tokens'))
  await hand.down(start)
  await carried(page, 'Read tokens').waitFor()
  await hand.glide(start, { x: 370, y: start.y + 20 })
  await page
    .locator('[data-over]')
    .filter({ has: column(page, 'done') })
    .waitFor()
  await shot(page, 'board-touch')
  await hand.up()
  await card(page, 'done', 'Read tokens').waitFor()
  t.is((await alice.client.call('tasks.show', { project_id, task_id: id })).status, 'done')

  // It has come to its end, and goes back by hand.
  const before = await column(page, 'todo').boundingBox()
  t.true((before?.x ?? 0) < -390)
  const there = await middle(card(page, 'done', 'Read tokens'))
  await hand.down(there)
  await hand.glide(there, { x: there.x + 150, y: there.y })
  await hand.up()
  await page.waitForFunction(
    (x) => (document.querySelector('[data-column="todo"]')?.getBoundingClientRect().x ?? x) > x + 50,
    before?.x ?? 0,
  )
  t.is((await alice.client.call('tasks.show', { project_id, task_id: id })).status, 'done')
})

test('a long press that ends where it began moves nothing', async (t) => {
  const { alice } = world
  const { id } = await alice.client.call('tasks.create', { project_id, title: 'Print errors' })
  const page = await world.open(t, alice, `/projects/${project_id}/board`, { hasTouch: true })
  const hand = finger(await page.context().newCDPSession(page))
  await hand.down(await middle(card(page, 'todo', 'Print errors')))
  await carried(page, 'Print errors').waitFor()
  await hand.up()
  await carried(page, 'Print errors').waitFor({ state: 'detached' })
  t.is((await alice.client.call('tasks.show', { project_id, task_id: id })).status, 'todo')
  t.is(await page.getByRole('dialog').count(), 0)
  await card(page, 'todo', 'Print errors').tap()
  await page.getByRole('dialog', { name: /Task/ }).getByRole('heading', { name: 'Print errors' }).waitFor()
})
