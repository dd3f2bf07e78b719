import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import ava from 'ava'
import { lookAt, type Stage, stage, test } from '../helpers/browser.ts'

let world: Stage
ava.before(async () => {
  world = await stage()
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

test('a person is signed in by the link, and sees every page', async (t) => {
  const page = await world.open(t)
  t.false(page.url().includes('code='))
  for (const name of ['Projects', 'Agents', 'Network', 'Messages', 'Settings', 'Home']) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
  }
  await lookAt(t, page, 'shell')
})

const built = join(import.meta.dirname, '../../dist/dashboard')

ava('what is loaded before the first page is seen is small', (t) => {
  if (!existsSync(built)) return t.fail('not built: npm run build:dashboard')
  const html = readFileSync(join(built, 'index.html'), 'utf8')
  const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => join(built, path))
  t.true(scripts.length > 0)
  const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0)
  t.log(`${Math.round(bytes / 1000)} kB of JavaScript, gzipped`)
  t.true(bytes <= 300_000, `${bytes} bytes`)
  t.true(statSync(join(built, 'index.html')).size < 4000)
  return undefined
})
