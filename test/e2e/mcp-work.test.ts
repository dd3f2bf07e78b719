import test from 'ava'
import { bridgeClient, type McpClient } from '../helpers/mcp.ts'
import { befriend, type Daemon, eventually, lab } from '../helpers/processes.ts'

/** What a tool says once it says something that fits. */
const once = (node: Daemon, agent: McpClient, wanted: RegExp, tool: string, input: Record<string, unknown> = {}) =>
  eventually(node, async () => {
    const text = await agent.use(tool, input).catch(String)
    return wanted.test(text) ? text : undefined
  })
const idIn = (text: string): string => /\[([0-9a-f]{8})\]/.exec(text)?.[1] ?? ''

test('agents on two nodes take a task from its making to its end, whatever is killed meanwhile', async (t) => {
  t.timeout(180_000)
  await using world = lab()
  const alice = await world.start('alice')
  const bob = await world.start('bob', '--connect', alice.address)
  await befriend(alice, bob)
  await alice.client.call('friends.add', { did: bob.info.did, trust_level: 2 })
  await bob.client.call('friends.add', { did: alice.info.did, trust_level: 2 })

  await using claude = await bridgeClient(alice.home, 'claude-1')
  await using second = await bridgeClient(alice.home, 'claude-1')
  let codex = await bridgeClient(bob.home, 'codex')
  t.regex(await second.use('agora_next'), /You are claude-1-2/)
  await claude.use('agora_create_project', { name: 'parser' })
  await claude.use('agora_invite_to_project', { peer: 'bob', role: 'developer' })
  const invited = await once(bob, codex, /Invited to "parser"/, 'agora_next')
  await codex.use('agora_respond_project_invitation', { id: idIn(invited), accept: true })
  const { items } = await bob.client.call('approvals.list', {})
  await bob.client.call('approvals.grant', { id: items[0]?.id ?? '' })
  await claude.use('agora_project_tasks', { action: 'create', title: 'Write the lexer', priority: 'high' })

  const task = idIn(await once(bob, codex, /^Yours:/, 'agora_claim_task'))
  await codex.use('agora_rooms', { action: 'say', text: 'I begin, @claude-1@alice.' })
  await once(alice, claude, /\| I begin/, 'agora_read_messages')
  // The bridge, in the middle of the work: the next session of that name has the claim.
  process.kill(codex.pid, 'SIGKILL')
  await codex[Symbol.asyncDispose]()
  codex = await bridgeClient(bob.home, 'codex')
  t.regex(await codex.use('agora_next'), new RegExp(`\\[${task}\\] "Write the lexer" .*claimed by codex`))
  // The daemon: what was said while it was away is there when it is back.
  await bob.kill()
  await claude.use('agora_send_message', { to: 'codex@bob', body: 'mind the comments' })
  t.regex(await codex.fails('agora_next'), /start --daemon$/)
  await bob.restart()
  await once(bob, codex, /\| mind the comments/, 'agora_read_messages')
  await codex.use('agora_handover', { text: 'Strings are done, comments are not.' })
  const taken = await once(alice, second, /^Yours:[\s\S]*HANDOVER/, 'agora_claim_task')
  t.regex(taken, /Left with it:\ncodex@bob, .*:\n\| HANDOVER\n\| Strings are done, comments are not\./)
  t.regex(await second.use('agora_project_tasks', { action: 'complete', task, text: 'all done' }), /^Done:/)
  await once(bob, codex, /"Write the lexer" \(done/, 'agora_project_tasks', { action: 'list' })

  // It dies for good: whoever claims what it had is given all it left.
  await claude.use('agora_project_tasks', { action: 'create', title: 'Write the parser' })
  const next = idIn(await once(bob, codex, /^Yours:/, 'agora_claim_task'))
  await codex.use('agora_project_clock', { action: 'in', focus: 'brackets' })
  await codex.use('agora_rooms', { action: 'say', text: 'How deep may brackets nest?' })
  await codex.use('agora_project_tasks', { action: 'comment', task: next, text: 'Brackets close, as far as I see.' })
  await once(alice, claude, /\| How deep/, 'agora_rooms', { action: 'read' })
  await claude.use('agora_rooms', { action: 'say', text: 'As deep as memory allows, @codex@bob.' })
  process.kill(codex.pid, 'SIGKILL')
  await codex[Symbol.asyncDispose]()
  const [project] = (await alice.client.call('projects.list', {})).items
  await alice.client.call('tasks.release', { project_id: project?.id ?? '', task_id: next })
  t.regex(
    await second.use('agora_next'),
    new RegExp(`Next: \\[${next}\\] .*Left by codex@bob, who had it taken away by alice now`),
  )
  const left = await second.use('agora_claim_task')
  t.regex(left, /^Left by codex@bob, .* It had it since .*$/m)
  t.regex(left, /^It was clocked in for:\n\| brackets$/m)
  t.regex(left, /^Left with it:\ncodex@bob, .*:\n\| Brackets close, as far as I see\.$/m)
  t.regex(left, /^Asked by it, and not answered:\ncodex@bob in #main, .*:\n\| How deep may brackets nest\?$/m)
  t.regex(left, /^Said to it in rooms, .*:\nclaude-1 in #main, .*:\n\| As deep as memory allows, @codex@bob\.$/m)
})
