import test from 'ava'
import { ancestors } from '../../src/cli/hook/which-agent.ts'
import { agentTokenFile, type Home } from '../../src/store/home.ts'
import { writePrivate } from '../../src/store/private-file.ts'
import { cli, homesFolder, NOW, refuse, standIn } from '../helpers/cli.ts'

const MAIL = (id: string, body: string, more: object = {}) => ({
  id,
  conversation_id: id,
  from: { did: 'did:agora:z6Mk#bob', name: 'bob', local: true, human: false },
  to: 'did:agora:z6Mk#claude',
  to_name: 'claude',
  body,
  sent_at: new Date(NOW - 60_000).toISOString(),
  ...more,
})
const register = (home: Home, agent: string) => writePrivate(agentTokenFile(home, agent), 'agora_an-agents-own-token\n')
const page = (items: object[]) => ({ items, cursor: 'c', unread: items.length })

test('with no home, no node or several, and whatever is read, a hook says nothing and is soon done', async (t) => {
  using homes = homesFolder()
  const took: number[] = []
  for (const stdin of ['', '{"session_id": 1}', '{', 'null']) {
    const from = performance.now()
    t.deepEqual(await cli(['hook', 'stop', '--agent-name', 'claude'], { ...homes, stdin }), {
      code: 0,
      out: '',
      err: '',
    })
    took.push(performance.now() - from)
  }
  t.true(Math.min(...took) < 300)
  t.is((await cli(['hook', 'lunch'], homes)).code, 2)
  t.is((await cli(['hook', 'stop', '--agent-name', 'a@b'], homes)).code, 2)
})

test('errors of the daemon are kept from the agent', async (t) => {
  await using at = await standIn({
    'GET /messages': refuse(500, { code: 'internal', detail: 'oh' }),
  })
  const argv = ['hook', 'post-tool-use', '--agent-name', 'claude']
  t.deepEqual(await at.run(argv), { code: 0, out: '', err: '' })
  t.deepEqual(at.asked, [], 'an agent that is not on this node is not registered by a hook')
  register(at.home, 'claude')
  t.deepEqual(await at.run(argv), { code: 0, out: '', err: '' })
  t.regex((await at.run(argv, { env: { AGORA_LOG_LEVEL: 'debug' } })).err, /agora hook: oh/)
})

test('Cursor is answered in its own form, once for each message, long ones cut short', async (t) => {
  const inbox: object[] = []
  await using at = await standIn({
    'GET /messages': () => page(inbox),
    'GET /projects': { items: [] },
  })
  register(at.home, 'cursor')
  const run = async (event: string, session = 'c1') => {
    const stdin = JSON.stringify({ conversation_id: session, hook_event_name: event })
    const { out } = await at.run(['hook', event, '--agent-name', 'cursor', '--client', 'cursor'], { stdin })
    return out === '' ? undefined : JSON.parse(out)
  }
  t.is(await run('post-tool-use'), undefined)
  for (let number = 1; number <= 5; number++) inbox.unshift(MAIL(`id-${number}00000000`, `${number}`.repeat(2000)))
  const { additional_context: text } = await run('post-tool-use')
  t.regex(text, /^5 new messages in Agora/)
  t.regex(text, /\n\| 1{600}… \(cut short\)\n/)
  t.regex(text, /\nAnd 2 more\. They stay unread/)
  t.is(await run('stop'), undefined)
  inbox.unshift(MAIL('id-600000000', 'read', { shown_at: new Date(NOW).toISOString() }))
  t.is(await run('stop'), undefined)
  inbox.unshift(MAIL('id-700000000', 'last', { said_in: { entry: 'x', project: 'parser', room: 'main' } }))
  t.regex((await run('stop')).followup_message, /, in #main of "parser", 60 s ago .*:\n\| last/)
  t.is(await run('stop'), undefined)
  t.regex((await run('stop', 'c2')).followup_message, /6 new messages/, 'another conversation has heard of none')
})

test('hooks of tools that ran side by side tell of a message once', async (t) => {
  await using at = await standIn({ 'GET /messages': page([MAIL('id-100000000', 'hello')]) })
  register(at.home, 'claude')
  const stdin = JSON.stringify({ session_id: 's', hook_event_name: 'PostToolUse' })
  const runs = [1, 2, 3].map(() => at.run(['hook', 'post-tool-use', '--agent-name', 'claude'], { stdin }))
  const told = (await Promise.all(runs)).filter(({ out }) => out !== '')
  t.is(told.length, 1)
})

test('the processes above this one', (t) => {
  t.is(ancestors()[0], process.ppid)
})
