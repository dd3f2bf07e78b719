import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { nameFault } from '../../src/base/names.ts'
import { waitUntil } from '../../src/cli/wait.ts'
import {
  isAlive,
  readDaemonInfo,
  removeDaemonInfo,
  runningDaemon,
  writeDaemonInfo,
} from '../../src/store/daemon-file.ts'
import {
  agentTokenFile,
  homeAt,
  isNewHome,
  listHomes,
  nameOfMachine,
  prepareHome,
  resolveHome,
} from '../../src/store/home.ts'
import { openToken, readToken, writePrivate } from '../../src/store/private-file.ts'
import { ALICE, homesFolder, plantHome } from '../helpers/cli.ts'
import { fc } from '../helpers/fast-check.ts'

const daemonInfo = (pid: number) => ({
  pid,
  name: 'x',
  did: ALICE,
  port: 1,
  api_port: 2,
  api_url: 'http://127.0.0.1:2',
  started_at: '2026-11-23T12:00:00.000Z',
  version: '0.1.0',
})
/** No process has this id: it is beyond what Linux gives. */
const NOBODY = 0x3fffffff

const choose = (folder: string, choice: { name?: string; env?: Record<string, string>; create?: boolean } = {}) =>
  resolveHome({ ...choice, env: { AGORA_HOME: folder, ...choice.env }, machine: 'Büro-7.example.org' }).name

test('--name wins over $AGORA_NAME, that over what is there', (t) => {
  using homes = homesFolder()
  for (const name of ['a', 'b', 'c']) plantHome(homes.folder, name)
  t.is(choose(homes.folder, { name: 'a', env: { AGORA_NAME: 'b' } }), 'a')
  t.is(choose(homes.folder, { env: { AGORA_NAME: 'b' } }), 'b')
})

test('without a name: the only running node, else the only home, else the machine at first start', (t) => {
  using homes = homesFolder()
  t.is(choose(homes.folder, { create: true }), 'Büro-7')
  t.throws(() => choose(homes.folder), { code: 'not_running' })
  plantHome(homes.folder, 'a')
  t.is(choose(homes.folder), 'a')
  const b = plantHome(homes.folder, 'b')
  const ambiguous = t.throws(() => choose(homes.folder), { code: 'ambiguous_node' }) as { candidates?: string[] }
  t.deepEqual(ambiguous.candidates, ['a', 'b'])
  writeDaemonInfo(b, daemonInfo(process.pid))
  t.is(choose(homes.folder), 'b')
  t.is(choose(homes.folder, { create: true }), 'b')
})

test('a node whose process is gone does not run, whatever its daemon.json says', (t) => {
  using homes = homesFolder()
  plantHome(homes.folder, 'a')
  const b = plantHome(homes.folder, 'b')
  writeDaemonInfo(b, daemonInfo(NOBODY))
  t.is(runningDaemon(b), undefined)
  t.is(readDaemonInfo(b)?.pid, NOBODY)
  t.throws(() => choose(homes.folder), { code: 'ambiguous_node' })
  removeDaemonInfo(b)
  t.is(readDaemonInfo(b), undefined)
  for (const text of ['', '{', '{"pid": -1, "api_url": "x"}', '{"pid": 1}', 'null']) {
    writeFileSync(b.daemon, text)
    t.is(readDaemonInfo(b), undefined, text)
  }
})

test('a process that was killed but not yet reaped does not run', async (t) => {
  // The shell becomes `sleep`, which never asks what became of the child it got.
  const script = 'sleep 0 & echo $!; exec sleep 60'
  const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line))
  t.true(await waitUntil(() => !isAlive(pid), 5000))
  parent.kill()
})

test('a name that does not exist is an error that lists those that do, but for start', (t) => {
  using homes = homesFolder()
  plantHome(homes.folder, 'a')
  const error = t.throws(() => choose(homes.folder, { name: 'b' }), { code: 'not_running' }) as {
    candidates?: string[]
  }
  t.deepEqual(error.candidates, ['a'])
  t.is(choose(homes.folder, { name: 'b', create: true }), 'b')
})

test('a name never leads out of the folder of homes', (t) => {
  for (const name of ['..', '.', 'a/b', '../a', '', '-x', 'a\u0000', 'C:\\x', '🦊'.repeat(60)]) {
    t.throws(() => homeAt('/h', name), { code: 'invalid_name' }, name)
  }
})

test('folders that are no homes are not listed', (t) => {
  using homes = homesFolder()
  plantHome(homes.folder, 'a')
  mkdirSync(join(homes.folder, 'cache'))
  writeFileSync(join(homes.folder, 'notes'), '')
  t.deepEqual(
    listHomes({ AGORA_HOME: homes.folder }).map((home) => home.name),
    ['a'],
  )
  t.deepEqual(listHomes({ AGORA_HOME: join(homes.folder, 'none') }), [])
})

test('any machine gives a valid name', (t) => {
  t.is(nameOfMachine('laptop.local'), 'laptop')
  t.is(nameOfMachine('--..'), 'agora')
  t.is(nameOfMachine(''), 'agora')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (machine) => nameFault(nameOfMachine(machine)) === undefined))
})

test('a home is this user’s alone: readable ones are closed, writable ones refused', (t) => {
  using homes = homesFolder()
  const home = homeAt(homes.folder, 'a')
  t.true(isNewHome(home))
  prepareHome(home)
  t.is(statSync(home.dir).mode & 0o777, 0o700)
  chmodSync(home.dir, 0o755)
  prepareHome(home)
  t.is(statSync(home.dir).mode & 0o777, 0o700)
  chmodSync(home.dir, 0o770)
  t.throws(() => prepareHome(home), { code: 'home_exposed', message: /mode 770/ })
  chmodSync(home.dir, 0o700)
  writeFileSync(home.database, '')
  t.false(isNewHome(home))
})

test('the operator’s token is made once and kept', (t) => {
  using homes = homesFolder()
  const { token: path } = plantHome(homes.folder, 'a')
  t.throws(() => readToken(path), { code: 'token_missing' })
  const token = openToken(path)
  t.regex(token, /^agora_[\w-]{43}$/)
  t.is(openToken(path), token)
  t.is(statSync(path).mode & 0o777, 0o600)
  chmodSync(path, 0o640)
  t.throws(() => openToken(path), { code: 'token_exposed' })
  chmodSync(path, 0o600)
  writeFileSync(path, 'x\r\nHost: evil')
  t.throws(() => openToken(path), { code: 'token_missing', message: /does not hold a token/ })
})

test('a private file is replaced as a whole and leaves no drafts', (t) => {
  using homes = homesFolder()
  const home = plantHome(homes.folder, 'a')
  writeFileSync(home.config, 'old', { mode: 0o644 })
  writePrivate(home.config, 'new')
  t.is(readFileSync(home.config, 'utf8'), 'new')
  t.is(statSync(home.config).mode & 0o777, 0o600)
  t.deepEqual(
    [home.config, home.key].map((path) => existsSync(path)),
    [true, true],
  )
})

test('every agent has a token file of its own that fits a file system', (t) => {
  const home = homeAt('/h', 'a')
  t.is(agentTokenFile(home, 'claude-1'), '/h/a/agents/claude-1.token')
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 64 })
    .filter((text) => nameFault(text) === undefined)
  fc.assert(
    fc.property(name, name, (one, other) => {
      const [a, b] = [agentTokenFile(home, one), agentTokenFile(home, other)]
      t.true(a.startsWith('/h/a/agents/') && !a.slice(12).includes('/') && a.length < 255)
      t.is(a === b, one === other)
    }),
  )
})
