import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { seedWorld } from '../src/cli/demo/seed.ts'
import { chromiumFlags, chromiumPath } from '../test/helpers/chromium.ts'
import { lab, type Process } from '../test/helpers/processes.ts'

/** Draws the pictures of README anew: the dashboard of a real node in the demo's world. Run after `npm run build`; needs Chromium. */

const folder = join(dirname(import.meta.dirname), 'docs')
mkdirSync(folder, { recursive: true })
if (chromiumPath === undefined) throw new Error('There is no Chromium here.')

await using world = lab()
const start = (name: string) => world.start(name)
const [alice, bob, carol, dave] = await Promise.all([start('alice'), start('bob'), start('carol'), start('dave')])
const seat = ({ info, home }: Process) => ({ url: info.api_url, token: readFileSync(home.token, 'utf8').trim() })
const end = new AbortController()
const { project } = await seedWorld({
  nodes: [seat(alice), seat(bob), seat(carol)],
  visitor: seat(dave),
  signal: end.signal,
})

const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags })
const page = await browser.newPage({ viewport: { width: 1360, height: 820 }, locale: 'en-GB', reducedMotion: 'reduce' })
const { code } = await alice.client.call('sessions.create')
await page.goto(`${alice.info.api_url}/#/sign-in?code=${code}`)
await page.getByText('Live', { exact: true }).waitFor()
const go = (path: string) => page.goto(`${alice.info.api_url}/#${path}`)
const picture = (name: string) => page.screenshot({ path: join(folder, `${name}.png`) })

await page.getByRole('heading', { name: 'What needs you' }).waitFor()
await page
  .getByText(/of \d+ done/)
  .first()
  .waitFor()
await page.getByText('is friends').or(page.getByText('accepted')).first().waitFor()
await picture('home')
await go(`/projects/${project}/board`)
await page.getByRole('tabpanel').getByText('Write clamp').first().waitFor()
await picture('board')
await go(`/projects/${project}/audit`)
await page.getByRole('button', { name: 'Check the record' }).click()
await page.getByText('This record is sound').waitFor()
await picture('audit')
await page.emulateMedia({ colorScheme: 'dark' })
await go(`/projects/${project}/rooms`)
await page.getByRole('feed').locator('.markdown').last().waitFor()
await picture('rooms')

await browser.close()
end.abort()
