import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import colours from 'picocolors'
import type { Context } from '../../../src/cli/context.ts'
import { isForUs } from '../../../src/cli/demo/answers.ts'
import { agentNames, cast } from '../../../src/cli/demo/cast.ts'
import { narrator, pauseOf } from '../../../src/cli/demo/narration.ts'
import { makeRepository } from '../../../src/cli/demo/repository.ts'
import { seedWorld } from '../../../src/cli/demo/seed.ts'
import { noteOf } from '../../../src/cli/demo/work.ts'
import { fakeClock } from '../../helpers/fake-clock.ts'
import { network } from '../../helpers/network.ts'

const id = '019a3f5c-2a00-7000-8000-000000000001'

test('the pace is a person’s, and slows down so that a night adds little', (t) => {
  t.is(pauseOf(1, 1), 2000)
  t.is(pauseOf(3, 1), 2000)
  t.is(pauseOf(3, 10), 200)
  t.true(pauseOf(10, 1) > pauseOf(9, 1))
  t.is(pauseOf(1000, 1), pauseOf(2000, 1))
})

test('steps are told on a line each; what is refused again and again once, and foreign text does nothing', async (t) => {
  const lines: string[] = []
  const io = { out: async (text: string) => void lines.push(text), columns: 60 } as Context['io']
  const tell = narrator({ io, json: false, style: colours.createColors(false) }, fakeClock(0))
  const failed = { code: 'suspended', reason: 'Suspended in this project.' }
  await tell({ round: 1, who: 'ci', text: 'claims “a\nb\u001b[2J”' })
  await tell({ round: 1, who: 'qwen-1', text: 'claims', failed })
  await tell({ round: 1, who: 'qwen-1', text: 'claims', failed })
  await tell({ round: 2, who: 'qwen-1', text: `claims ${'x'.repeat(100)}` })
  t.deepEqual(
    lines
      .join('')
      .split('\n')
      .map((line) => line.replace(/^\d\d:\d\d:\d\d/, 'time')),
    [
      '',
      'time  ci        claims “a b[2J”',
      'time  qwen-1    wants to, but is refused (claims): Sus…',
      '',
      `time  qwen-1    claims ${'x'.repeat(31)}…`,
      '',
    ],
  )
})

test('agents answer people, and none of what the script has people say', (t) => {
  const person = { name: 'alice', human: true } as Parameters<typeof isForUs>[0]['from']
  const said = new Set([id, 'entry'])
  t.true(isForUs({ id: 'other', from: person }, said))
  t.false(isForUs({ id, from: person }, said))
  t.false(isForUs({ id: 'other', from: person, said_in: { entry: 'entry' } }, said))
  t.false(isForUs({ id: 'other', from: { ...person, human: false } }, said))
})

test('what a newcomer asks for names no file', (t) => {
  t.is(noteOf({ id, title: '../../etc/passwd' }).path, 'notes/019a3f5c.md')
})

test('seedWorld makes a believable world of two nodes that know nothing', async (t) => {
  t.timeout(120_000)
  await using net = await network(['alice', 'bob', 'dave'])
  const folder = mkdtempSync(join(tmpdir(), 'agora-seed-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { alice, bob, dave } = net.node
  const [first, second, visitor] = [alice, bob, dave].map(({ daemon }) => ({
    url: daemon.api_url,
    token: daemon.operator_token,
  })) as [Seed, Seed, Seed]
  const end = new AbortController()
  t.teardown(() => end.abort())
  const repository = await makeRepository(join(folder, 'pocket'), process.env, end.signal)
  const world = await seedWorld({ nodes: [first, second], visitor, repository, signal: end.signal })
  const project_id = world.project

  for (const node of [alice, bob]) {
    const { team, stage } = await node.call('projects.show', { project_id })
    t.is(stage, 'implementation')
    t.deepEqual(
      team
        .filter(({ kind }) => kind === 'agent')
        .map(({ role }) => role)
        .sort(),
      agentNames.map((name): string => cast[name].role).sort(),
    )
    t.true(team.filter(({ clocked_in }) => clocked_in).length >= 3)
    const { items } = await node.call('tasks.list', { project_id, limit: 500 })
    t.deepEqual([...new Set(items.map(({ status }) => status))].sort(), ['blocked', 'done', 'in_progress', 'todo'])
    t.is(items.filter(({ accepted }) => accepted).length >= 6, true)
    t.is((await node.call('projects.verify', { project_id })).denied, 0)
  }
  t.deepEqual(readdirSync(join(repository.dir, 'src')), ['numbers', 'words'])
  const { requests, friend_requests, invitations, approvals, unread } = await alice.call('node.status', {})
  t.deepEqual(
    { requests, friend_requests, invitations, approvals },
    { requests: 1, friend_requests: 1, invitations: 1, approvals: 2 },
  )
  t.true(unread > 0)

  // And it goes on: through the end of this round and into the next, with nothing refused but to whoever is suspended.
  const refused: string[] = []
  const seen: string[] = []
  for (let last = 2; last < 4; ) {
    const { value } = await world.play.next()
    last = value.round
    seen.push(value.text)
    if (value.failed) refused.push(`${value.who} ${value.failed.code}`)
  }
  t.deepEqual(
    [...new Set(refused)].filter((each) => each !== 'qwen-1 suspended'),
    [],
  )
  for (const wanted of [
    /^suspends qwen-1/,
    /^lifts the suspension/,
    /^sends .* back$/,
    /^runs the tests: 1\d tests pass, 0 fail$/,
    /off the board$/,
  ])
    t.true(
      seen.some((text) => wanted.test(text)),
      String(wanted),
    )
})
interface Seed {
  url: string
  token: string
}
