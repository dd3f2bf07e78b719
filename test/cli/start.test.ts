import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { hostPort } from '../../src/base/host-port.ts'
import { banner } from '../../src/cli/banner.ts'
import type { Context } from '../../src/cli/context.ts'
import { pairs } from '../../src/cli/table.ts'
import { listenAddresses } from '../../src/cli/tailscale.ts'
import { isAlive } from '../../src/store/daemon-file.ts'
import { homeAt, prepareHome } from '../../src/store/home.ts'
import { lockHome } from '../../src/store/home-lock.ts'
import { ALICE, cli, homesFolder, plantHome, standIn } from '../helpers/cli.ts'

const plain = (text: string): string => text

test('what start prints tells the next thing to type', (t) => {
  const context = {
    style: { bold: plain },
    pairs: (lines: [string, string][]) => pairs(lines, plain),
  } as unknown as Context
  const started = { name: 'alice', did: ALICE, pid: 1, home: '/h/alice', api_url: 'http://127.0.0.1:7313' }
  const outside = ['/ip4/127.0.0.1/tcp/7312/p2p/12D3', '/ip4/192.168.1.10/tcp/7312/p2p/12D3']
  t.snapshot(banner({ ...started, addresses: outside }, context, 'Ctrl-C stops it.'))
  t.notRegex(banner({ ...started, addresses: ['/ip4/127.0.0.1/tcp/7312/p2p/12D3'] }, context, ''), /another machine/)
  t.notThrows(() => banner({ ...started, addresses: [] }, context, ''))
})

test('addresses are shown as others would type them', (t) => {
  t.is(hostPort('/ip4/1.2.3.4/tcp/7312/p2p/12D3'), '1.2.3.4:7312')
  t.is(hostPort('/ip6/fd7a::1/tcp/7312'), '[fd7a::1]:7312')
  t.is(hostPort('/dns4/bob.example/tcp/1'), 'bob.example:1')
  t.is(hostPort('/ip4/1.2.3.4/udp/7312/quic-v1'), undefined)
})

test('`tailscale` stands for the address that program tells', async (t) => {
  const asked: string[] = []
  const program = (stdout: string) => async (file: string, args: string[]) => {
    asked.push([file, ...args].join(' '))
    return { stdout }
  }
  t.deepEqual(await listenAddresses(['127.0.0.1', 'tailscale'], program('100.101.1.2\n')), ['127.0.0.1', '100.101.1.2'])
  t.deepEqual(asked, ['tailscale ip -4'])
  t.deepEqual(await listenAddresses(['::1'], program('')), ['::1'])
  await t.throwsAsync(listenAddresses(['tailscale'], program('nothing\n')), { code: 'invalid_config' })
  const missing = async () => Promise.reject(Object.assign(new Error('spawn'), { code: 'ENOENT' }))
  await t.throwsAsync(listenAddresses(['tailscale'], missing), { message: /no program `tailscale`/ })
})

test('a node that already runs is not started again', async (t) => {
  using homes = homesFolder()
  const home = plantHome(homes.folder, 'alice')
  const unlock = lockHome(home)
  const { code, err } = await cli(['start'], { folder: homes.folder })
  unlock()
  t.is(code, 1)
  t.regex(err, /"alice" is already running/)
})

test('a wrong option is refused before anything is started', async (t) => {
  using homes = homesFolder()
  const { code, err } = await cli(['--name', 'alice', 'start', '--port', '7e3'], { folder: homes.folder })
  t.is(code, 2)
  t.regex(err, /--port: port cannot be "7e3"/)
  t.false(existsSync(homeAt(homes.folder, 'alice').key))
})

const started = (folder: string, script: string) =>
  cli(['--name', 'alice', 'start', '--daemon', '--port=0', '--connect', 'x:1', '--no-auto-connect'], {
    folder,
    io: { program: [process.execPath, '--eval', script, '--'] },
  })

test('a daemon that ends while it starts tells why, in its own words', async (t) => {
  using homes = homesFolder()
  const problem = { code: 'port_in_use', detail: 'Port 7312 is taken.', hint: 'Choose another.' }
  const own = await started(
    homes.folder,
    `console.error('x'); console.error(${JSON.stringify(JSON.stringify(problem))}); process.exit(1)`,
  )
  t.deepEqual(own, { code: 1, out: '', err: 'error: Port 7312 is taken.\nChoose another.\n' })
  const crash = await started(homes.folder, `console.error('boom \\u001b[2J'); process.exit(1)`)
  t.is(crash.code, 1)
  t.regex(crash.err, /^ {2}boom \[2J\nerror: alice ended while it started\.\nIts log: .*agora\.log\n$/)
})

test('the daemon is given the same line, its name, and where home is', async (t) => {
  using homes = homesFolder()
  const { err } = await started(
    homes.folder,
    `console.error(process.argv.slice(1).join(' '), process.env.AGORA_HOME === ${JSON.stringify(homes.folder)})`,
  )
  t.regex(
    err,
    /^ {2}start --name=alice --format=json --detached --folder=\S+ --port=0 --connect=x:1 --no-auto-connect true\n/,
  )
})

test('stop ends when the process has; without one there is nothing to stop', async (t) => {
  const daemon = spawn('sleep', ['60'])
  const unlock: (() => void)[] = []
  await using alice = await standIn({
    'POST /stop': () => {
      unlock.pop()?.()
      daemon.kill()
      return { stopping: true }
    },
  })
  unlock.push(lockHome(alice.home))
  const info = JSON.parse(readFileSync(alice.home.daemon, 'utf8'))
  writeFileSync(alice.home.daemon, JSON.stringify({ ...info, pid: daemon.pid }))
  t.deepEqual(await alice.run(['stop']), { code: 0, out: 'alice has stopped.\n', err: '' })
  t.false(isAlive(daemon.pid ?? 0))
  t.deepEqual(await alice.run(['stop']), { code: 1, out: '', err: 'error: The node "alice" is not running.\n' })
})

test('logs are read from the end, filtered, and made safe', async (t) => {
  await using alice = await standIn({})
  prepareHome(alice.home)
  const entry = (fields: object) => `${JSON.stringify({ level: 30, time: '2026-11-23T12:00:00.000Z', ...fields })}\n`
  writeFileSync(alice.home.log, Array.from({ length: 3000 }, (_, index) => entry({ msg: `line ${index} ü` })).join(''))
  appendFileSync(
    alice.home.log,
    entry({ level: 40, security: 'bad_signature', who: 'did:agora:x', msg: 'refused \u001b[2J' }),
  )
  appendFileSync(alice.home.log, 'no json \u001b[2J\n')
  t.is(
    (await alice.run(['logs', '-n', '3'])).out,
    [
      '2026-11-23 12:00:00 info  line 2999 ü',
      '2026-11-23 12:00:00 warn  refused [2J  security=bad_signature who=did:agora:x',
      'no json [2J',
      '',
    ].join('\n'),
  )
  t.is((await alice.run(['logs', '--security'])).out.split('\n').length, 2)
  t.is((await alice.run(['logs', '-n', '3000'])).out.split('\n').length, 3001)
  t.is((await alice.run(['logs', '-n', '0'])).out, '')
})

test('logs --follow goes on with what is added, also in a new file', async (t) => {
  await using alice = await standIn({})
  writeFileSync(alice.home.log, 'old\n')
  const lines: string[] = []
  const waiting: [string, () => void][] = []
  const seen = (line: string) =>
    lines.includes(line) ? Promise.resolve() : new Promise<void>((resolve) => waiting.push([line, resolve]))
  let interrupt: () => void = () => t.fail('it does not listen for signals')
  const running = alice.run(['logs', '--follow'], {
    io: {
      async out(text) {
        lines.push(...text.split('\n').filter(Boolean))
        for (const [line, resolve] of waiting) if (lines.includes(line)) resolve()
      },
      onSignal(listener) {
        interrupt = listener
        return () => undefined
      },
    },
  })
  await seen('old')
  appendFileSync(alice.home.log, 'half')
  appendFileSync(alice.home.log, ' and half\n')
  await seen('half and half')
  writeFileSync(alice.home.log, 'anew\n')
  await seen('anew')
  interrupt()
  t.is((await running).code, 0)
  t.deepEqual(lines, ['old', 'half and half', 'anew'])
})

test('the launcher passes on arguments, output and exit code', async (t) => {
  const launcher = join(import.meta.dirname, '../../bin/agora.js')
  const child = spawn(process.execPath, [launcher, '--format', 'json', 'nonsense'])
  let err = ''
  for await (const part of child.stderr) err += part
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))
  // A checkout that is not built yet says so instead.
  if (/not built/.test(err)) t.is(code, 1)
  else t.deepEqual([code, JSON.parse(err).code], [2, 'usage'])
})
