import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumFlags, chromiumPath } from '../test/helpers/chromium.ts'
import type { Bench, BenchContext } from './lib/bench.ts'
import { frames } from './lib/frames.ts'
import { writeHistory } from './lib/history.ts'
import { createWorld, type Daemon } from './lib/world.ts'

const MESSAGES = 100_000

/** A conversation without end in Chromium: how soon it is seen, and how smoothly it moves when all of it is there. */
export const dashboardMessages: Bench = {
  name: 'dashboard-messages',
  about:
    'a conversation of 100,000 messages in Chromium (10,000 with --quick): until it is seen, and its longest frames',
  async run({ quick, note }) {
    if (chromiumPath === undefined) {
      console.error('  skipped: no Chromium here (apt-get install chromium, or set AGORA_CHROMIUM)')
      return
    }
    const count = quick ? MESSAGES / 10 : MESSAGES
    await using world = createWorld()
    const { info, stop } = await world.start('alice')
    await stop()
    await writeHistory(world.home('alice').database, { did: info.did, agents: [], count, talk: count })
    const alice = await world.start('alice')
    const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags })
    try {
      await measure(browser, alice, count, note)
    } finally {
      await browser.close()
    }
  },
}

async function measure(browser: Browser, alice: Daemon, count: number, note: BenchContext['note']) {
  const { items } = await alice.call<{ items: { id: string; parties: { did: string }[] }[] }>(
    'GET',
    '/conversations?limit=1',
  )
  const [talk] = items
  if (!talk) throw new Error('there is no conversation')
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const { code } = await alice.call<{ code: string }>('POST', '/sessions')
  await page.goto(`${alice.info.api_url}/#/sign-in?code=${code}`)
  await page.getByText('Live', { exact: true }).waitFor()
  const feed = page.getByRole('feed')

  const began = performance.now()
  await page.evaluate((hash) => {
    location.hash = hash
  }, `/messages?conversation=${talk.id}`)
  await feed.getByRole('article').first().waitFor()
  note({ what: 'first messages', value: performance.now() - began, unit: 'ms', wanted: { of: 'value', most: 1000 } })

  const box = await feed.boundingBox()
  if (!box) throw new Error('there are no messages')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await frames(page, 'scrolling back, with older ones coming', note, async () => {
    for (let turn = 0; turn < 150; turn++) await page.mouse.wheel(0, -600)
  })

  const ms = await readAll(page)
  note({ what: `all ${count} messages`, value: ms, unit: 'ms' })
  note({ what: 'messages in the page', value: await page.getByRole('article').count(), unit: 'messages' })
  await frames(page, 'scrolling among all', note, async () => {
    for (let turn = 0; turn < 150; turn++) await page.mouse.wheel(0, turn < 100 ? 600 : -900)
  })
  await frames(page, 'one comes in', note, async () => {
    await page.getByRole('button', { name: 'Latest' }).click()
    const to = talk.parties[0]?.did
    await alice.call('POST', '/send', { to, conversation_id: talk.id, body: 'This came in at last' })
    await feed.getByText('This came in at last').waitFor()
  })
  await context.close()
}

/** Holds the list at its beginning until the first message is there; the ms it took. */
async function readAll(page: Page): Promise<number> {
  const began = performance.now()
  const whole = page.waitForResponse(
    async (response) =>
      /\/conversations\/[^?]+\?.*cursor=/.test(response.url()) && (await response.json()).next_cursor === undefined,
    { timeout: 600_000 },
  )
  const holding = await page.evaluateHandle(() =>
    setInterval(() => {
      const list = document.querySelector('[role=feed]')
      if (list) list.scrollTop = 0
    }, 16),
  )
  await whole
  await page.locator('[role=feed][aria-busy=false]').waitFor()
  await page.evaluate((timer) => clearInterval(timer), holding)
  return performance.now() - began
}
