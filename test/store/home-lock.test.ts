import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { writeDaemonInfo } from '../../src/store/daemon-file.ts'
import type { Home } from '../../src/store/home.ts'
import { isLocked, lockHome } from '../../src/store/home-lock.ts'
import { ALICE, homesFolder, plantHome } from '../helpers/cli.ts'

const lockModule = fileURLToPath(new URL('../../src/store/home-lock.ts', import.meta.url))

/** Another process that holds the home's lock until it is killed. */
async function holder(home: Home) {
  const script = `
    const { lockHome } = await import(${JSON.stringify(lockModule)})
    lockHome(${JSON.stringify(home)})
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    pid: child.pid ?? 0,
    async kill() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

test('two processes never have one home; that of a killed one is taken over at once', async (t) => {
  using homes = homesFolder()
  const home = plantHome(homes.folder, 'a')
  const other = await holder(home)
  try {
    t.true(isLocked(home))
    t.throws(() => lockHome(home), { code: 'home_in_use', message: /another process/ })
    writeDaemonInfo(home, {
      pid: other.pid,
      name: 'a',
      did: ALICE,
      port: 1,
      api_port: 2,
      api_url: 'http://127.0.0.1:2',
      started_at: '',
      version: '',
    })
    t.throws(() => lockHome(home), { code: 'home_in_use', message: new RegExp(`process ${other.pid}`) })
  } finally {
    await other.kill()
  }
  t.false(isLocked(home))
  const unlock = lockHome(home)
  t.true(isLocked(home))
  unlock()
  t.false(isLocked(home))
})

test('within one process too', (t) => {
  using homes = homesFolder()
  const home = plantHome(homes.folder, 'a')
  const unlock = lockHome(home)
  t.throws(() => lockHome(home), { code: 'home_in_use' })
  unlock()
  lockHome(home)()
  t.is(statSync(home.lock).size, 0)
})

test('a lock file that holds garbage is no obstacle', (t) => {
  using homes = homesFolder()
  const home = plantHome(homes.folder, 'a')
  writeFileSync(home.lock, 'garbage '.repeat(1000))
  t.false(isLocked(home))
  const unlock = lockHome(home)
  t.true(isLocked(home))
  unlock()
})

test('looking does not make a lock', (t) => {
  using homes = homesFolder()
  const home = plantHome(homes.folder, 'a')
  t.false(isLocked(home))
  t.is(statSync(home.lock, { throwIfNoEntry: false }), undefined)
})
