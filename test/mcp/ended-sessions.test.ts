import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { SILENT_FOR, watchEndedSessions } from '../../src/mcp/ended-sessions.ts'
import type { Home } from '../../src/store/home.ts'
import { writePrivate } from '../../src/store/private-file.ts'
import { homesFolder } from '../helpers/cli.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { mcpClient } from '../helpers/mcp.ts'
import { network } from '../helpers/network.ts'

const ended = () => spawnSync(process.execPath, ['-e', '']).pid

/** A session as its MCP server writes it down. */
function session(home: Home, name: string, pid: number, client: number): string {
  mkdirSync(home.sessions, { recursive: true })
  const path = join(home.sessions, `${name}.json`)
  writePrivate(path, JSON.stringify({ pid, client }))
  return path
}

test('what an agent holds is handed over soon after the program that it ran in has ended', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using claude = await mcpClient(alice, 'claude-1')
  await using codex = await mcpClient(alice, 'codex')
  await claude.use('agora_create_project', { name: 'parser' })
  await claude.use('agora_project_tasks', { action: 'create', title: 'Write the lexer' })
  await claude.use('agora_claim_task')
  await codex.use('agora_send_message', { to: 'claude-1', body: 'how far are you?' })
  const path = session(alice.home, 'claude-1', ended(), ended())
  // Less than until its node would stop renewing what it holds.
  for (let waited = 0; waited <= SILENT_FOR + 60_000; waited += 30_000) await net.clock.advance(30_000)
  const [project] = (await alice.call('projects.list', {})).items
  const held = () => alice.call('tasks.list', { project_id: project?.id ?? '', claimed: true })
  while ((await held()).items.length > 0 || existsSync(path)) await net.settle()
  const taken = await codex.use('agora_claim_task')
  t.regex(taken, /^Yours:[\s\S]*Left by claude-1, who handed it over/)
  t.regex(taken, /\| The session of claude-1 ended before this was done, .* 1 messages to claude-1 were unread\./)
})

const live = process.pid
const dead = ended()
const cases: [what: string, pid: number, client: number, silence: number, isOver: boolean][] = [
  ['both have ended, and nothing was heard since', dead, dead, SILENT_FOR, true],
  ['it was called since by another way', dead, dead, 1000, false],
  ['its client goes on without the server', dead, live, SILENT_FOR, false],
  ['its server goes on', live, dead, SILENT_FOR, false],
]
for (const [what, pid, client, silence, isOver] of cases) {
  test(`a session is ${isOver ? '' : 'not '}over when ${what}`, async (t) => {
    using homes = homesFolder()
    const home = { ...({} as Home), agents: homes.folder, sessions: join(homes.folder, 'sessions') }
    const clock = fakeClock()
    let asked = 0
    const dispatch = {
      async call() {
        asked++
        return { items: [] }
      },
    }
    const watch = watchEndedSessions({
      ...{ clock, home, did: 'did:agora:z6Mk' },
      dispatch: dispatch as never,
      agents: { names: () => ['claude-1', 'codex'], silentFor: () => silence },
      log: { warn: () => t.fail() },
    })
    const path = session(home, 'claude-1', pid, client)
    await clock.advance(30_000)
    t.is(asked, 0, 'a client may just start it anew')
    for (let waited = 0; waited < SILENT_FOR; waited += 30_000) await clock.advance(30_000)
    await watch.stop()
    t.is(asked, isOver ? 1 : 0)
    t.is(existsSync(path), !isOver)
  })
}
