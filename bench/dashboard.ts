import { type Browser, chromium } from 'playwright-core'
import { chromiumFlags, chromiumPath } from '../test/helpers/chromium.ts'
import type { Bench, BenchContext } from './lib/bench.ts'
import { frames } from './lib/frames.ts'
import { createWorld, type Daemon } from './lib/world.ts'

const TASKS = 10_000
const WRITERS = 16
/** What is stored of every ten tasks: two in progress, one that waits for another, four done, three to do. */
const status = (n: number) =>
  ['todo', 'in_progress', 'todo', 'done', 'done', 'done', 'done', 'in_progress', 'todo', 'todo'][n % 10]

/** The board of a large project in Chromium: how soon it can be used, and how smoothly it moves. */
export const dashboard: Bench = {
  name: 'dashboard',
  about: 'a board of 10,000 tasks in Chromium: until it is seen and complete, and its longest frames',
  async run({ quick, note }) {
    if (chromiumPath === undefined) {
      console.error('  skipped: no Chromium here (apt-get install chromium, or set AGORA_CHROMIUM)')
      return
    }
    await using world = createWorld()
    const alice = await world.start('alice')
    const count = quick ? TASKS / 10 : TASKS
    const project = await seed(alice, count)
    const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags })
    try {
      await measure(browser, alice, project, count, note)
    } finally {
      await browser.close()
    }
  },
}

async function seed({ call }: Daemon, count: number): Promise<string> {
  const { id: project } = await call<{ id: string }>('POST', '/projects', { name: 'Large' })
  const tasks = `/projects/${project}/tasks`
  const ids: string[] = []
  let next = 0
  const write = async () => {
    for (let n = next++; n < count; n = next++) {
      const more = {
        labels: [`area-${n % 12}`],
        priority: ['low', 'medium', 'high', 'critical'][n % 4],
        ...(n % 10 === 2 && ids.length > 0 && { depends_on: [ids[Math.floor(ids.length / 2)]] }),
      }
      const { id } = await call<{ id: string }>('POST', tasks, { title: `Task ${n}: look into what it does`, ...more })
      ids.push(id)
      if (status(n) !== 'todo') await call('PATCH', `${tasks}/${id}`, { status: status(n) })
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  return project
}

async function measure(browser: Browser, alice: Daemon, project: string, count: number, note: BenchContext['note']) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const { code } = await alice.call<{ code: string }>('POST', '/sessions')
  await page.goto(`${alice.info.api_url}/#/sign-in?code=${code}`)
  await page.getByText('Live', { exact: true }).waitFor()
  const ready = page.locator('[class*="board"][data-ready]')

  const began = performance.now()
  await page.evaluate((hash) => {
    location.hash = hash
  }, `/projects/${project}/board`)
  await page.locator('[data-task]').first().waitFor()
  note({ what: 'first cards', value: performance.now() - began, unit: 'ms', wanted: { of: 'value', most: 1000 } })
  await ready.waitFor({ timeout: 120_000 })
  note({ what: `all ${count} tasks`, value: performance.now() - began, unit: 'ms' })
  note({ what: 'cards in the page', value: await page.locator('[data-task]').count(), unit: 'cards' })

  const column = await page.locator('[data-column="done"]').boundingBox()
  if (!column) throw new Error('there is no column')
  await page.mouse.move(column.x + column.width / 2, column.y + 200)
  await frames(page, 'scrolling', note, async () => {
    for (let turn = 0; turn < 150; turn++) await page.mouse.wheel(0, turn < 100 ? 600 : -900)
  })

  const card = await page.locator('[data-column="todo"] [data-task]').first().boundingBox()
  if (!card) throw new Error('there is no card')
  await page.mouse.move(card.x + 40, card.y + 10)
  await frames(page, 'dragging', note, async () => {
    await page.mouse.down()
    await page.mouse.move(column.x + column.width / 2, column.y + 300, { steps: 60 })
    await page.mouse.move(card.x + 600, card.y + 80, { steps: 60 })
    await page.mouse.move(column.x + column.width / 2, column.y + 100, { steps: 60 })
    await page.mouse.up()
  })

  // One task changes: what the page does until it is seen.
  const { items } = await alice.call<{ items: { id: string }[] }>(
    'GET',
    `/projects/${project}/tasks?status=todo&limit=1`,
  )
  const [first] = items
  const title = 'This one was changed elsewhere'
  await frames(page, 'one task changed elsewhere', note, async () => {
    await alice.call('PATCH', `/projects/${project}/tasks/${first?.id}`, {
      title,
      priority: 'critical',
      status: 'in_progress',
    })
    await page.getByRole('searchbox', { name: 'Filter by text' }).fill('changed elsewhere')
    await page.locator('[data-task]').filter({ hasText: title }).waitFor()
  })
  await context.close()
}
