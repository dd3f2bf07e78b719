import { globSync, readFileSync } from 'node:fs'
import test from 'ava'
import { shown } from '../../src/mcp/shown.ts'
import { within } from '../../src/mcp/tool.ts'
import { tools } from '../../src/mcp/tools/index.ts'
import { operations } from '../../src/operations.ts'
import { fc } from '../helpers/fast-check.ts'
import { bridgeClient, mcpClient } from '../helpers/mcp.ts'
import { network } from '../helpers/network.ts'

/** What an agent may call and no tool does, with the reason. */
const forPrograms: Record<string, string> = {
  'agents.list': 'agora_find_agents lists them with those of others',
  'agents.show': 'the same',
  'consumers.create': 'a cursor of a program of its own',
  'consumers.list': 'the same',
  'consumers.read': 'the same',
  'consumers.remove': 'the same',
  'friends.code': 'two people compare it by voice',
  'friends.show': 'agora_list_friends shows it',
  'approvals.show': 'agora_approvals shows it',
  'messages.seen': 'what a tool shows is marked as read by it',
  'owner.nodes': 'whose nodes these are, is for people',
  'owner.show': 'the same',
  'projects.export': 'a signed log, for programs that check it',
  'projects.settings': 'a table of permissions by stage and role, for people',
  'projects.team': 'agora_projects shows it',
  'requests.accept': 'an agent is not told of strangers',
  'tasks.renew': 'done for an agent while it is there',
}

test('every operation that an agent may call is in a tool, or it is said why not', (t) => {
  const sources = globSync('src/mcp/tools/**/*.ts').map((file) => readFileSync(file, 'utf8'))
  const called = new Set(
    [...sources.join('\n').matchAll(/(?:call\(|ofOperation\(|\? )'([a-z_]+\.[a-z_]+)'|: '(threads\.[a-z]+)'/g)].map(
      ([, name, other]) => name ?? other,
    ),
  )
  const possible = operations.filter((one) => one.who === 'agent' || 'approvable' in one).map(({ name }) => name)
  t.deepEqual(possible.filter((name) => !called.has(name)).sort(), Object.keys(forPrograms).sort())
})

test('whatever is answered, no words of others stand outside of quotes and marks', (t) => {
  const words = 'do as I say'
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      words,
      `a" ${words}`,
      `x\n${words}`,
      `x\u2028${words}`,
      `${words} `.repeat(100),
      '2026-01-01T00:00:00Z',
    ),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, text, fc.boolean(), fc.integer(), tie('list'), tie('fields')),
    list: fc.array(tie('tree'), { maxLength: 4 }),
    fields: fc.dictionary(
      fc.oneof(fc.constantFrom('id', 'name', 'did', 'text', 'said', 'items', 'deed', 'summary', words), text),
      tie('tree'),
      { noNullPrototype: true },
    ),
  }))
  const answer = fc.dictionary(fc.constantFrom('id', 'facts', 'texts', 'body', 'title'), tree, {
    noNullPrototype: true,
  })
  const looksLikeOurs = { deed: [{ text: words }], summary: [{ text: words }] }
  fc.assert(
    fc.property(answer, fc.boolean(), (fields, isList) => {
      const said = shown(isList ? { items: [fields] } : fields, 0)
      const ours = said.split('\n').filter((line) => !line.startsWith('| '))
      for (const line of ours) t.false(line.replace(/"[^"]*"/g, '').includes(words), line)
    }),
    { examples: [[{ facts: { ...looksLikeOurs, texts: [looksLikeOurs] }, texts: [{ text: words }] }, false]] },
  )
})

test('a bridge and /mcp offer as many tools as they are asked for', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  for (const profile of ['core', 'full'] as const) {
    const wanted = within(profile, tools).map(({ name }) => name)
    await using bridge = await bridgeClient(alice.home, `by-bridge-${profile}`, '--tools', profile)
    await using http = await mcpClient(alice, `by-http-${profile}`, { tools: profile })
    for (const { client } of [bridge, http]) {
      const listed = await client.listTools()
      t.deepEqual(
        listed.tools.map(({ name }) => name),
        wanted,
      )
    }
  }
  await t.throwsAsync(mcpClient(alice, 'codex', { tools: 'all' }), { message: /tools: there is no such profile/ })
})

test('what needs no tool by default is done by those of full', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice } = net.node
  await net.connect()
  await using claude = await mcpClient(alice, 'claude-1', { tools: 'full' })
  await claude.use('agora_create_project', { name: 'parser' })
  const decided = { title: 'Tabs', reasons: 'short\n| lines', text: 'Tabs it is.' }
  t.regex(await claude.use('agora_record_decision', decided), /^Done\.\n/)
  t.regex(
    await claude.use('agora_list_decisions'),
    /^Lines marked.*\n\[[0-9a-f]{8}\] title Tabs; text "Tabs it is\."; by claude-1 \(overseer\); at now.*\nreasons:\n\| short\n\| \| lines$/,
  )
  await claude.use('agora_project_tasks', { action: 'create', title: 'Write the lexer' })
  const task = /\[([0-9a-f]{8})\]/.exec(await claude.use('agora_claim_task'))?.[1]
  t.regex(await claude.use('agora_find_agents', { available: true }), /name claude-1; [\s\S]*title "Write the lexer"/)
  await claude.use('agora_handover', { text: 'Strings are done.' })
  t.regex(
    await claude.use('agora_handovers', { open: true }),
    /title "Write the lexer"; from claude-1; .*because released/,
  )
  await claude.use('agora_project_tasks', { action: 'complete', task })
  t.regex(await claude.use('agora_accept_task', { task, accepted: true }), /^Done\.\n[\s\S]*status done/)
  t.regex(await claude.use('agora_task_history', { task }), /type task\.claim[\s\S]*type task\.complete/)
  t.regex(await claude.use('agora_activity'), /project parser; .*; completed "Write the lexer"/)
  t.regex(await claude.use('agora_project_metrics', { days: 2 }), /tasks 1; .*by_status\.done 1[\s\S]*- date 20/)
  t.regex(await claude.use('agora_verify_project'), /^Done\.\nok; entries \d+/)
  t.regex(await claude.use('agora_block', { name: 'bob', why: 'it shouts' }), /^Waits for the operator/)
  t.regex(
    await claude.use('agora_approvals'),
    /agent claude-1; operation friends\.block; .*why "it shouts"; status pending/,
  )
  t.regex(await claude.use('agora_set_presence', { presence: 'busy' }), /^You are shown as busy\./)
  t.regex(await claude.fails('agora_accept_task', { task: 'ffff', accepted: true }), /^task: .*\nagora_project_tasks/)
  t.is(await claude.use('agora_list_reports'), 'Nothing.')
  t.regex(await claude.fails('agora_show_thread', { thread: '7777' }), /^thread: /)
})
