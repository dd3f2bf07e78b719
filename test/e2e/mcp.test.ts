import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'ava'
import { isAlive, readDaemonInfo } from '../../src/store/daemon-file.ts'
import { homeAt } from '../../src/store/home.ts'
import { bridgeClient } from '../helpers/mcp.ts'
import { lab } from '../helpers/processes.ts'

test('without a daemon the tools are there, and each call says how to start one', async (t) => {
  await using world = lab()
  const home = homeAt(world.folder, 'alice')
  await using claude = await bridgeClient(home, 'claude-1')
  const { tools } = await claude.client.listTools()
  t.true(tools.length > 23)
  const wanted = {
    id: '12345678',
    to: 'x',
    peer: 'x',
    member: 'x',
    name: 'x',
    body: 'x',
    text: 'x',
    accept: true,
    command: 'x',
  }
  for (const { name, inputSchema } of tools) {
    const { action } = (inputSchema.properties ?? {}) as { action?: { enum?: string[] } }
    const fields = Object.keys(inputSchema.properties ?? {})
    const fitting = Object.entries({ ...wanted, action: action?.enum?.[0] }).filter(([key]) => fields.includes(key))
    t.regex(
      await claude.fails(name, Object.fromEntries(fitting)),
      /^The Agora node "alice" is not running\.\n.*: agora --name alice start --daemon$/,
      name,
    )
  }
  t.is((await claude.client.listPrompts()).prompts.length, 3)
  await t.throwsAsync(claude.client.listResources(), { message: /not running.*start --daemon/ })
  t.is(claude.errors(), '')
})

test('--start starts the daemon, once for two sessions, and again after it was killed', async (t) => {
  await using world = lab()
  const home = homeAt(world.folder, 'alice')
  await using claude = await bridgeClient(home, 'claude-1', '--start')
  await using codex = await bridgeClient(home, 'codex', '--start')
  const told = await Promise.all([claude.use('agora_next'), codex.use('agora_next')])
  t.regex(told[0], /^You are claude-1 on alice\./)
  t.regex(told[1], /^You are codex on alice\./)
  const { pid = 0 } = readDaemonInfo(home) ?? {}
  process.kill(pid, 'SIGKILL')
  // It is no child of this process: nothing tells of its end.
  while (isAlive(pid)) await pause(20)
  t.regex(await claude.use('agora_send_message', { to: 'codex', body: 'back' }), /to codex: stored/)
  t.not(readDaemonInfo(home)?.pid, pid)
  t.regex(await codex.use('agora_read_messages'), /\| back$/)
  await world.cli('--name', 'alice', 'stop')
})

test('--start that cannot says why', async (t) => {
  await using world = lab()
  const home = homeAt(world.folder, 'alice')
  mkdirSync(home.dir, { recursive: true, mode: 0o700 })
  writeFileSync(home.config, JSON.stringify({ prot: 1 }))
  await using claude = await bridgeClient(home, 'claude-1', '--start')
  t.regex(
    await claude.fails('agora_status'),
    /^The node "alice" could not be started\.\n.*prot.* Ask your user to look: agora --name alice start$/,
  )
})

test('a daemon that is killed in the middle of a wait ends the wait, and the next call finds its successor', async (t) => {
  await using world = lab()
  const alice = await world.start('alice')
  await using claude = await bridgeClient(alice.home, 'claude-1')
  await claude.use('agora_status')
  const waiting = claude.fails('agora_read_messages', { wait: 290 })
  await claude.client.ping()
  await alice.kill()
  t.regex(await waiting, /broke|not running/)
  t.regex(await claude.fails('agora_status'), /start --daemon$/)
  await alice.restart('moved')
  t.regex(await claude.use('agora_status'), /^You are claude-1/)
})
