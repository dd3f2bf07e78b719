import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import test from 'ava'
import { waitUntil } from '../../src/cli/wait.ts'
import { type Client, createClient } from '../../src/client/index.ts'
import { isAlive } from '../../src/store/daemon-file.ts'
import { eventually } from '../helpers/processes.ts'

const program = join(import.meta.dirname, '../../src/bin.ts')

interface Shown {
  folder: string
  homes: string
  project_id: string
  repository: string
  nodes: { name: string; api_url: string }[]
  dashboard: { url: string; opened: boolean }
}

/** A temporary folder of its own, in which alone demos look for what others left. */
function place() {
  const tmp = mkdtempSync(join(tmpdir(), 'agora-demos-'))
  const children: ChildProcess[] = []
  return {
    tmp,
    /** Starts a demo, and resolves when it has told what there is. */
    async demo(flags: string[], env: Record<string, string> = {}) {
      const child = spawn(process.execPath, [program, 'demo', '--format', 'json', ...flags], {
        env: { ...process.env, AGORA_HOME: join(tmp, 'own'), AGORA_PORT: '1', TMPDIR: tmp, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      children.push(child)
      const ended = once(child, 'close').then(([code]) => code as number | null)
      let out = ''
      let err = ''
      child.stderr.on('data', (part) => {
        err += part
      })
      const shown = new Promise<Shown>((resolve, reject) => {
        child.stdout.on('data', (part) => {
          out += part
          const end = out.indexOf('\n}\n')
          if (end > 0) resolve(JSON.parse(out.slice(0, end + 2)))
        })
        void ended.then(() => reject(new Error(`It ended before it began: ${err}`)))
      })
      const { homes, ...rest } = await shown
      const daemons = readdirSync(homes).flatMap((name) => {
        const file = join(homes, name, 'daemon.json')
        return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')).pid as number] : []
      })
      const client = (name: string): Client => {
        const { api_url: url = '' } = rest.nodes.find((node) => node.name === name) ?? {}
        return createClient({ url, token: readFileSync(join(homes, name, 'token'), 'utf8').trim() })
      }
      return { ...rest, child, ended, daemons, client, out: () => out, err: () => err }
    },
    [Symbol.dispose]() {
      for (const child of children) child.kill('SIGKILL')
      rmSync(tmp, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

/** Processes that a killed demo leaves notice it by themselves: nothing tells us but that they are gone. */
const gone = (pids: number[]) => waitUntil(() => !pids.some(isAlive), 20_000)

test.serial(
  'the demo: three nodes and five agents at work, in which a newcomer takes part; nothing of it stays',
  async (t) => {
    t.timeout(180_000)
    using here = place()
    const demo = await here.demo(['--no-open', '--speed', '100'])
    const { project_id } = demo
    t.false(demo.dashboard.opened)
    t.is(demo.daemons.length, 3)
    t.deepEqual(readdirSync(here.tmp), [demo.folder.slice(here.tmp.length + 1)])
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(demo.client) as [Client, Client, Client]

    // At the first screen.
    const status = await alice.call('node.status', {})
    t.deepEqual([status.requests, status.friend_requests, status.invitations], [1, 1, 1])
    t.true(status.approvals > 0)
    t.deepEqual(
      status.addresses.map((address) => address.slice(0, 15)),
      ['/ip4/127.0.0.1/'],
    )
    const found = await createClient({ url: demo.nodes[0]?.api_url ?? '' }).call('sessions.open', {
      code: demo.dashboard.url.split('code=')[1] ?? '',
    })
    t.truthy(found.token)

    const verbs = ['claim', 'complete', 'comment', 'create', 'update', 'release'].map((verb) => `task.${verb}`)
    const wanted = [
      ...verbs,
      'decision.record',
      'report.submit',
      'project.suspend',
      'project.unsuspend',
      'project.stage',
    ]
    for (const client of [alice, bob, carol]) {
      const node = { client } as Parameters<typeof eventually>[0]
      const { items: friends } = await client.call('friends.list', {})
      t.true(friends.filter(({ trust_level, their_trust = 0 }) => trust_level > 1 && their_trust > 1).length >= 2)
      const { items: team } = await client.call('projects.team', { project_id })
      t.deepEqual(team.map(({ role }) => role).sort(), [
        ...['developer', 'developer', 'developer', 'overseer', 'owner', 'reviewer', 'reviewer', 'tester'],
      ])
      for (const type of wanted) {
        await eventually(node, async () => (await client.call('audit.list', { project_id, type, limit: 1 })).items[0])
      }
      const { items } = await client.call('audit.list', { project_id, type: 'task', limit: 500 })
      t.true(items.some(({ facts }) => facts['accepted'] === true))
      t.true(items.some(({ texts }) => texts?.['text']?.startsWith('HANDOVER')))
      t.true((await client.call('projects.verify', { project_id })).ok)
    }
    const commits = execFileSync('git', ['log', '--format=%an'], { cwd: demo.repository, encoding: 'utf8' })
    t.deepEqual([...new Set(commits.trim().split('\n'))].sort(), ['ci', 'codex-1', 'qwen-1'])

    // A newcomer.
    const node = { client: alice } as Parameters<typeof eventually>[0]
    const { id } = await alice.call('tasks.create', { project_id, title: 'Make tea', priority: 'critical' })
    const sent = await alice.call('messages.send', { to: 'gemini-1@carol', body: 'Are you there?' })
    await eventually(node, async () => {
      const { status: now } = await alice.call('tasks.show', { project_id, task_id: id })
      return now === 'done' || undefined
    })
    await eventually(node, async () => {
      const { items } = await alice.call('messages.read', { view: 'all', limit: 500 })
      return items.find(({ reply_to, from }) => reply_to === sent.id && from.name === 'gemini-1@carol')
    })

    demo.child.kill('SIGINT')
    t.is(await demo.ended, 0)
    t.is(demo.err(), '')
    t.true(await gone(demo.daemons))
    t.deepEqual(readdirSync(here.tmp), [])
  },
)

test.serial(
  'a demo that is killed: its nodes end by themselves; the next removes what it left, opens a browser, and ends when it is time',
  async (t) => {
    t.timeout(180_000)
    using here = place()
    const killed = await here.demo(['--no-open'])
    killed.child.kill('SIGKILL')
    t.true(await gone(killed.daemons))
    t.true(existsSync(killed.folder))

    const bin = join(here.tmp, 'bin')
    mkdirSync(bin)
    writeFileSync(
      join(bin, 'xdg-open'),
      `#!/bin/sh\ncat "$1" > '${bin}/page.part' && mv '${bin}/page.part' '${bin}/page'\n`,
    )
    chmodSync(join(bin, 'xdg-open'), 0o700)
    const next = await here.demo(['--for', '2'], {
      ...{ PATH: `${bin}${delimiter}${process.env['PATH']}`, DISPLAY: ':0', SSH_CONNECTION: '' },
    })
    t.true(next.dashboard.opened)
    t.regex(next.err(), new RegExp(`^Removed ${killed.folder},`))
    t.false(existsSync(killed.folder))
    t.is(await next.ended, 0)
    t.true(readFileSync(join(bin, 'page'), 'utf8').includes(next.dashboard.url))
    t.regex(next.out(), /\n\{"round":2,"who":"[a-z]+(-1)?","text":/)
    t.true(await gone(next.daemons))
    t.deepEqual(readdirSync(here.tmp), ['bin'])
  },
)

test.serial('a node that ends takes the demo with it, which says so', async (t) => {
  t.timeout(120_000)
  using here = place()
  const demo = await here.demo(['--no-open'])
  await demo.client('bob').call('node.stop', {})
  t.is(await demo.ended, 1)
  t.regex(demo.err(), /The node bob has ended/)
  t.true(await gone(demo.daemons))
  t.deepEqual(readdirSync(here.tmp), [])
})
