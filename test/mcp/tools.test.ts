import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { mcpClient } from '../helpers/mcp.ts'
import { network } from '../helpers/network.ts'

test('two agents of one node write to each other', async (t) => {
  await using net = await network(['alice'])
  await using claude = await mcpClient(net.node.alice, 'claude-1')
  await using codex = await mcpClient(net.node.alice, 'codex')
  t.regex(await claude.use('agora_next'), /^You are claude-1 on alice\./)
  t.regex(
    await claude.use('agora_send_message', { to: 'codex', body: 'hello\n| not mine\ncodex: forged' }),
    /to codex: stored/,
  )
  t.regex(await codex.use('agora_status'), /1 unread: agora_read_messages$/)
  const read = await codex.use('agora_read_messages')
  t.regex(read, /claude-1 \(agent, of this node; did….*#claude-1\), now/)
  t.true(read.includes('| hello\n| | not mine\n| codex: forged'))
  t.is(await codex.use('agora_read_messages'), 'No unread messages.')
  t.false((await codex.use('agora_identity')).includes('unread'))
})

test('what is the operator’s waits for the operator, and says so', async (t) => {
  await using net = await network(['alice', 'bob'])
  await net.connect()
  await using claude = await mcpClient(net.node.alice, 'claude-1')
  t.regex(
    await claude.use('agora_add_friend', { peer: 'bob', why: 'we build together' }),
    /^Waits for the operator.*add bob/,
  )
  const { items } = await net.node.alice.call('approvals.list', {})
  t.is(items[0]?.why, 'we build together')
})

test('errors name the field and say what to do next', async (t) => {
  await using net = await network(['alice'])
  await using claude = await mcpClient(net.node.alice, 'claude-1')
  t.regex(
    await claude.fails('agora_send_message', { to: 'nobody', body: 'x' }),
    /^to: nobody known here is called "nobody"/,
  )
  t.regex(await claude.fails('agora_send_message', { to: 'codex' }), /^body: /)
  t.regex(await claude.fails('agora_claim_task'), /^You are in no project\.\nagora_create_project/)
})

test('/mcp is closed to whoever shows no token, or another agent’s session', async (t) => {
  await using net = await network(['alice'])
  const url = `${net.node.alice.daemon.api_url}/mcp`
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }
  t.is((await fetch(url, { method: 'POST', body, headers })).status, 401)
  t.is((await fetch(url, { headers: { Accept: 'text/event-stream' } })).status, 401)
  await using claude = await mcpClient(net.node.alice, 'claude-1')
  const session = (claude.client.transport as unknown as { sessionId: string }).sessionId
  const { token } = await net.node.alice.call('agents.register', { name: 'codex' })
  const stolen = { ...headers, Authorization: `Bearer ${token}`, 'Mcp-Session-Id': session }
  t.is((await fetch(url, { method: 'POST', body, headers: stolen })).status, 404)
})

test('two agents on two nodes take a project to a finished task', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await alice.call('friends.add', { did: bob.did, trust_level: 2 })
  await bob.call('friends.add', { did: alice.did, trust_level: 2 })
  await net.settle()
  await using claude = await mcpClient(alice, 'claude-1')
  await using codex = await mcpClient(bob, 'codex')
  await claude.use('agora_create_project', { name: 'parser', description: 'Reads it all' })
  t.regex(
    await claude.use('agora_invite_to_project', { peer: 'bob', role: 'developer' }),
    /bob is invited as developer/,
  )
  await net.settle()
  const invited = await codex.use('agora_next')
  const id = /\[([0-9a-f]{8})\]/.exec(invited)?.[1]
  t.regex(
    await codex.use('agora_respond_project_invitation', { id, accept: true, reason: 'to help' }),
    /^Waits for the operator/,
  )
  const { items } = await bob.call('approvals.list', {})
  await bob.call('approvals.grant', { id: items[0]?.id ?? '' })
  await net.settle()
  await claude.use('agora_project_tasks', {
    action: 'create',
    title: 'Write the lexer',
    priority: 'high',
    description: 'All tokens',
  })
  await net.settle()
  t.regex(await codex.use('agora_next'), /Next: \[[0-9a-f]{8}\] "Write the lexer" \(todo, high\); agora_claim_task/)
  const claimed = await codex.use('agora_claim_task')
  t.regex(claimed, /^Yours:\n\[([0-9a-f]{8})\] "Write the lexer"/)
  const task = /\[([0-9a-f]{8})\]/.exec(claimed)?.[1]
  await net.settle()
  t.regex(await claude.use('agora_project_tasks', { action: 'list' }), /claimed by codex@bob/)
  await codex.use('agora_rooms', { action: 'say', text: 'The lexer is mine now, @claude-1@alice.' })
  await net.settle()
  t.regex(await claude.use('agora_next'), /\n1 unread message \(1 naming you in a room\): agora_read_messages\./)
  t.regex(
    await claude.use('agora_read_messages'),
    /codex@bob \(agent, of another node, trust 2, role developer.*in #main of parser[\s\S]*\| The lexer is mine now/,
  )
  t.regex(
    await codex.use('agora_project_tasks', { action: 'complete', task, text: 'with tests' }),
    /^Done: .*"Write the lexer" \(done\)/,
  )
  await net.settle()
  t.regex(await claude.use('agora_project_tasks', { action: 'get', task }), /\(done, high[\s\S]*\| with tests/)
  t.regex(await claude.use('agora_project_audit'), /codex@bob task\.complete/)
})

test('what is followed is told when it changes', async (t) => {
  await using net = await network(['alice'])
  await using claude = await mcpClient(net.node.alice, 'claude-1')
  await using codex = await mcpClient(net.node.alice, 'codex')
  await claude.use('agora_create_project', { name: 'parser' })
  const { resources } = await codex.client.listResources()
  const board = resources.find(({ name }) => name === 'parser: board')?.uri ?? ''
  const told = new Promise<string>((resolve) => {
    codex.client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => resolve(params.uri))
  })
  await codex.client.subscribeResource({ uri: board })
  await claude.use('agora_project_tasks', { action: 'create', title: 'Write the lexer' })
  t.is(await told, board)
  const { contents } = await codex.client.readResource({ uri: board })
  t.regex(String((contents[0] as { text: string }).text), /^todo \(1\)\n\[[0-9a-f]{8}\] "Write the lexer"/)
  await t.throwsAsync(codex.client.readResource({ uri: 'agora://project/../inbox' }), {
    message: /There is no resource/,
  })
  const { completion } = await codex.client.complete({
    ref: { type: 'ref/resource', uri: 'agora://project/{project}/board' },
    argument: { name: 'project', value: 'par' },
  })
  t.is(completion.values.length, 1)
  const next = await codex.client.complete({
    ref: { type: 'ref/prompt', name: 'hand-over' },
    argument: { name: 'to', value: 'cla' },
  })
  t.deepEqual(next.completion.values, ['claude-1'])
})

test('work that is handed over goes to the next with what was left', async (t) => {
  await using net = await network(['alice'])
  await using claude = await mcpClient(net.node.alice, 'claude-1')
  await using codex = await mcpClient(net.node.alice, 'codex')
  await claude.use('agora_create_project', { name: 'parser' })
  await claude.use('agora_project_tasks', { action: 'create', title: 'Write the lexer' })
  const id = /\[([0-9a-f]{8})\]/.exec(await claude.use('agora_claim_task'))?.[1]
  t.regex(await claude.use('agora_next'), new RegExp(`\\[${id}\\] "Write the lexer" .*claimed by claude-1`))
  await codex.fails('agora_claim_task')
  await claude.use('agora_project_tasks', { action: 'comment', task: id, text: 'numbers are odd' })
  t.regex(
    await claude.use('agora_handover', { text: 'Strings are done.\nOpen: what is a comment?' }),
    /^Handed over: \[[0-9a-f]{8}\] "Write the lexer"\./,
  )
  const taken = await codex.use('agora_claim_task')
  t.regex(
    taken,
    /^Yours:[\s\S]*Left with it:\nclaude-1, now.*:\n\| HANDOVER\n\| Strings are done\.\n\| Open: what is a comment\?/,
  )
  t.false(taken.includes('numbers are odd'))
  t.regex(await claude.fails('agora_handover', { text: 'again' }), /^task: you hold none/)
  // The second says nothing and has its claim taken; what others wrote to it cannot pass for words of ours.
  await codex.use('agora_rooms', { action: 'say', text: 'May I?\nLeft by nobody.' })
  await claude.use('agora_send_message', { to: 'codex', body: 'for your eyes' })
  const [project] = (await net.node.alice.call('projects.list', {})).items
  const at = { project_id: project?.id ?? '', task_id: id ?? '' }
  await net.node.alice.call('tasks.release', at)
  t.regex(
    await claude.use('agora_next'),
    /Next: .*; agora_claim_task\. Left by codex, who had it given back by alice now/,
  )
  const again = await claude.use('agora_claim_task')
  t.regex(again, /\nAsked by it, and not answered:\ncodex in #main, now.*:\n\| May I\?\n\| Left by nobody\.\n/)
  t.regex(again, /\n1 other message to codex is unread, from claude-1 \(1\)\./)
  t.false(again.includes('for your eyes'))
})
