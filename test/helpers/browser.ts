import { existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import ava, { type ExecutionContext, type TestFn } from 'ava'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { chromiumFlags, headlessPath } from './chromium.ts'
import { type Daemon, type Lab, lab, type Process } from './processes.ts'

/** The dashboard as a person has it: real daemons, a real browser, the files that the daemon serves. */

const root = join(import.meta.dirname, '../..')

/** Until something is given up that a page should come to, in ms: a busy machine of two cores may take a while for what is otherwise there at once. */
const PATIENCE = 60_000

/** ava's `test` for what needs a browser: skipped where there is none (test/dashboard/browser.test.ts says so, once). One after another: they share a browser. */
export const test: TestFn['serial'] | TestFn['skip'] = headlessPath === undefined ? ava.serial.skip : ava.serial

/** @throws when what would be tested is not what the sources say. */
function assertBuilt(): void {
  const built = join(root, 'dist/dashboard/index.html')
  const since = existsSync(built) ? statSync(built).mtimeMs : 0
  const newer = globSync(['dashboard/{src,index.html,vite.config.ts}/**', 'dashboard/index.html'], { cwd: root })
    .filter((path) => statSync(join(root, path)).isFile())
    .find((path) => statSync(join(root, path)).mtimeMs > since)
  if (newer !== undefined) throw new Error(`dist/dashboard is older than ${newer}: run npm run build:dashboard`)
}

export interface Stage extends AsyncDisposable {
  lab: Lab
  alice: Process
  bob: Process
  browser: Browser
  /** A tab of its own, signed in at a node's dashboard; `path` as behind the `#`. Ends the test when the page logs an error or asks another origin. */
  open(t: ExecutionContext, node?: Daemon, path?: string, options?: BrowserContextOptions): Promise<Page>
}

/** Alice and bob, friends of each other and connected, and a browser. */
export async function stage(settings: Record<string, string> = {}): Promise<Stage> {
  assertBuilt()
  const world = lab(settings)
  try {
    const [browser, alice, bob] = await Promise.all([
      chromium.launch({ executablePath: headlessPath as string, args: chromiumFlags, timeout: PATIENCE }),
      world.start('alice'),
      world.start('bob'),
    ])
    await alice.client.call('node.connect', { address: bob.address })
    const { did } = await bob.client.call('node.identity')
    const me = await alice.client.call('node.identity')
    await Promise.all([
      alice.client.call('friends.add', { did, trust_level: 4 }),
      bob.client.call('friends.add', { did: me.did, trust_level: 4 }),
    ])
    return {
      lab: world,
      alice,
      bob,
      browser,
      open: (t, node = alice, path = '/', options = {}) => open(t, browser, node, path, options),
      async [Symbol.asyncDispose]() {
        await browser.close()
        await world[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await world[Symbol.asyncDispose]()
    throw error
  }
}

/** A new link for a person to open, as `agora dashboard` makes it. */
export async function signInLink({ client, info }: Daemon): Promise<string> {
  const { code } = await client.call('sessions.create')
  return `${info.api_url}/#/sign-in?code=${code}`
}

async function open(t: ExecutionContext, browser: Browser, node: Daemon, path: string, options: BrowserContextOptions) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    timezoneId: 'Europe/Vienna',
    reducedMotion: 'reduce',
    ...options,
  })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  const origin = new URL(node.info.api_url).origin
  page.on('pageerror', (error) => t.fail(`the page threw: ${error.message}`))
  page.on('console', (said) => {
    // That an answer was refused is told by Chromium as an error too; what the page makes of it is what counts.
    if (said.type() === 'error' && !/Failed to load resource|net::ERR_/.test(said.text()))
      t.fail(`console: ${said.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) t.fail(`asks another origin: ${url}`)
  })
  await page.goto(await signInLink(node))
  await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'attached' })
  await page.getByText('Live', { exact: true }).waitFor()
  if (path !== '/') await go(page, path)
  return page
}

/** To another page of the dashboard, without loading it anew. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, path)
  await page.locator('#page-title').first().waitFor()
}

let axeSource: string | undefined

/** What axe finds serious or critical, a line each. */
export async function axe(page: Page): Promise<string[]> {
  axeSource ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(axeSource)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, html }) => `${id} (${help}): ${target.join(' ')} ${html.slice(0, 150)}`),
      )
  })
  return found
}

/** Keeps a picture in the folder AGORA_SHOTS, when that is set, to be looked at. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['AGORA_SHOTS']
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** One page in light and dark, wide and 360 px narrow: pictures, axe, and that nothing reaches out at the side. */
export async function lookAt(t: ExecutionContext, page: Page, name: string): Promise<void> {
  const size = page.viewportSize()
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const [width, height, how] of [
      [1280, 860, 'wide'],
      [360, 740, 'narrow'],
    ] as const) {
      await page.setViewportSize({ width, height })
      await shot(page, `${name}-${scheme}-${how}`)
      // Each width and each theme once: all four would find the same, in twice the time.
      if ((scheme === 'light') === (how === 'wide'))
        t.deepEqual(await axe(page), [], `axe on ${name}, ${scheme}, ${how}`)
      // What is drawn by its own measure, such as a chart, follows a frame or two after the window.
      const fits = page.waitForFunction(
        () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
      )
      await t.notThrowsAsync(fits, `${name} is wider than ${width} px`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  if (size) await page.setViewportSize(size)
}
