import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { agentTokenFile } from '../../src/store/home.ts'
import { writePrivate } from '../../src/store/private-file.ts'
import { BOB, cli, homesFolder, refuse, standIn } from '../helpers/cli.ts'
import { agent, answers, approval, delivery, ID, OTHER } from '../helpers/cli-answers.ts'

const shown: [string[], number?][] = [
  [['status']],
  [['attention'], 100],
  [['attention', 'dismiss', ID]],
  [['peers'], 100],
  [['messages', '--peek'], 60],
  [['messages', '--all']],
  [['messages', 'show', ID]],
  [['agents']],
  [['agents', 'show', 'claude-1']],
  [['agents', 'known', 'c', '--domain', 'css'], 100],
  [['agents', 'history', 'claude-1'], 100],
  [['wake'], 100],
  [['wake', 'runs'], 100],
  [['wake', 'requests'], 100],
  [['wake', 'request', 'claude-1@bob', '--reason', 'x']],
  [['wake', 'policy']],
  [['wake', 'policy', '--per-day', '20']],
  [['wake', 'set', './wake.sh']],
  [['wake', 'clear', '--agent', 'claude-1']],
  [['requests'], 80],
  [['requests', 'accept', 'bob']],
  [['requests', 'drop', 'bob']],
  [['friends'], 100],
  [['friends', 'show', 'bob']],
  [['friends', 'add', 'bob', '--trust', '3']],
  [['friends', 'add', 'bob', '--ask']],
  [['friends', 'update', 'bob', '--trust', '4']],
  [['friends', 'remove', 'bob']],
  [['friends', 'requests'], 100],
  [['friends', 'accept', 'bob', '--trust', '2']],
  [['friends', 'reject', 'bob']],
  [['friends', 'verify', 'bob']],
  [['friends', 'verify', 'bob', '--confirm']],
  [['friends', 'block', 'bob']],
  [['friends', 'unblock', 'bob']],
  [['friends', 'blocked']],
  [['approvals'], 100],
  [['approvals', 'grant', ID]],
  [['approvals', 'deny', ID]],
  [['outbox']],
  [['conversations'], 100],
  [['conversations', 'show', OTHER]],
  [['identity']],
  [['connect', '1.2.3.4:7312']],
  [['peers', 'disconnect', 'bob']],
  [['call', '--list']],
]
for (const [argv, columns] of shown) {
  test(`agora ${argv.join(' ')}`, async (t) => {
    await using alice = await standIn(answers)
    const { code, out, err } = await alice.run(argv, { columns })
    t.is(err, '')
    t.is(code, 0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    t.notRegex(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    t.snapshot(out)
  })
}

test('--format json gives exactly what the API answers', async (t) => {
  await using alice = await standIn(answers)
  for (const [argv, key] of [
    [['status'], 'GET /status'],
    [['peers'], 'GET /peers'],
    [['messages', '--peek'], 'GET /messages'],
    [['identity'], 'GET /identity'],
  ] as const) {
    const { out } = await alice.run([...argv, '--format', 'json'])
    t.deepEqual(JSON.parse(out), JSON.parse(JSON.stringify(answers[key])))
  }
})

test('messages that were printed count as shown, those peeked at or paged through do not', async (t) => {
  await using alice = await standIn(answers)
  await alice.run(['messages', '--wait', '--timeout', '2', '--limit', '10'])
  t.deepEqual(alice.asked, [
    'GET /messages?view=unread&wait=true&timeout=2&limit=10',
    'GET /messages?cursor=c7&wait=false&limit=1',
  ])
  alice.asked.length = 0
  await alice.run(['messages', '--peek'])
  await alice.run(['messages', '--all'])
  t.is(alice.asked.length, 2)
})

test('the cursor goes back only after the text has left', async (t) => {
  await using alice = await standIn(answers)
  const { code } = await alice.run(['messages'], {
    io: {
      out: async () => {
        t.is(alice.asked.length, 1)
        throw new Error('nobody reads')
      },
    },
  })
  t.is(code, 1)
  t.is(alice.asked.length, 1)
})

test('an agent acts by its own token', async (t) => {
  const tokens: (string | undefined)[] = []
  await using alice = await standIn({
    'GET /status': ({ token }: { token: string | undefined }) => {
      tokens.push(token)
      return answers['GET /status']
    },
  })
  writePrivate(agentTokenFile(alice.home, 'claude-1'), 'agora_claudes-token\n')
  await alice.run(['status'])
  await alice.run(['--as', 'claude-1', 'status'])
  t.deepEqual(tokens, ['agora_operators-own-token', 'agora_claudes-token'])
  const { code, err } = await alice.run(['--as', 'codex', 'status'])
  t.is(code, 2)
  t.regex(err, /no token of an agent codex.*\nMake one: agora --name alice agents token codex/)
})

test('what an agent must ask for is told as asked, not as failed', async (t) => {
  await using alice = await standIn({ 'POST /requests/bob/accept': { pending: { approval: approval() } } })
  writePrivate(agentTokenFile(alice.home, 'claude-1'), 'agora_claudes-token\n')
  const asked = await alice.run(['--as', 'claude-1', 'requests', 'accept', 'bob', '--why', 'He knows the parser.'])
  t.deepEqual([asked.code, asked.err], [0, ''])
  t.snapshot(asked.out)
  t.deepEqual(alice.asked, ['POST /requests/bob/accept {"why":"He knows the parser."}'])
  const json = await alice.run(['--as', 'claude-1', 'requests', 'accept', 'bob', '--format', 'json'])
  t.is(JSON.parse(json.out).approval.id, ID)
})

test('friends sends what was given and nothing else', async (t) => {
  await using alice = await standIn(answers)
  for (const [line, asked] of [
    ['add bob', 'POST /friends {"name":"bob"}'],
    [
      `add ${BOB} --as-name bobby --alias b --notes n --trust 0`,
      `POST /friends {"did":"${BOB}","name":"bobby","trust_level":0,"alias":"b","notes":"n"}`,
    ],
    ['add bob --ask --message hi', 'POST /friend-requests {"peer_name":"bob","message":"hi"}'],
    ['update bob --alias= --notes=', 'PATCH /friends/bob {"alias":null,"notes":null}'],
    ['remove bob --reason bye', 'DELETE /friends/bob?reason=bye'],
    ['requests --status all', 'GET /friend-requests?status=all'],
    ['accept bob', 'POST /friend-requests/bob/accept'],
    ['reject bob --reason no', 'POST /friend-requests/bob/reject {"reason":"no"}'],
    ['verify bob --doubt', 'POST /friends/bob/verify {"verified":false}'],
  ] as const) {
    const { err } = await alice.run(['friends', ...line.split(' ')])
    t.is(err, '', line)
    t.is(alice.asked.at(-1), asked)
  }
  for (const line of [
    'add bob --trust 5',
    'add bob --ask --alias b',
    'update bob',
    'verify bob --confirm --doubt',
    'add',
  ]) {
    t.is((await alice.run(['friends', ...line.split(' ')])).code, 2, line)
  }
})

test('agents token prints what is in the file, else makes it', async (t) => {
  await using alice = await standIn({
    ...answers,
    'POST /agents': { ...agent({ name: 'new' }), token: 'agora_of-the-new-one', token_file: '/x' },
    'POST /agents/claude-1/token': { name: 'claude-1', token: 'agora_another-of-claude', token_file: '/x' },
  })
  t.is((await alice.run(['agents', 'token', 'new'])).out, 'agora_of-the-new-one\n')
  t.is((await alice.run(['agents', 'token', 'claude-1'])).out, 'agora_another-of-claude\n')
  writePrivate(agentTokenFile(alice.home, 'claude-1'), 'agora_kept-in-the-file\n')
  alice.asked.length = 0
  t.is((await alice.run(['agents', 'token', 'claude-1'])).out, 'agora_kept-in-the-file\n')
  t.deepEqual(alice.asked, [])
  t.is((await alice.run(['agents', 'token', 'claude-1', '--replace'])).out, 'agora_another-of-claude\n')
})

test('agents add and update send what was given and nothing else', async (t) => {
  await using alice = await standIn({
    'POST /agents': { ...agent(), token: 't', token_file: '/home/agents/claude-1.token' },
    'PATCH /agents/claude-1': agent(),
  })
  const { out } = await alice.run([
    'agents',
    'add',
    'claude-1',
    '--kind',
    'claude-code',
    '--domains',
    'css,html',
    '--domains',
    'a11y',
    '--default',
  ])
  t.snapshot(out)
  await alice.run(['agents', 'update', 'claude-1', '--no-default'])
  t.deepEqual(alice.asked, [
    'POST /agents {"name":"claude-1","kind":"claude-code","capabilities":{"domains":["css","html","a11y"]},"default":true}',
    'PATCH /agents/claude-1 {"default":false}',
  ])
  t.is((await alice.run(['agents', 'update', 'claude-1'])).code, 2)
  t.is((await alice.run(['agents', 'presence', 'claude-1', 'asleep'])).code, 2)
})

test('an error says what, what to do, and who is meant; as JSON for programs', async (t) => {
  const problem = {
    code: 'ambiguous_name',
    detail: 'Two peers are called "bob".',
    field: 'to',
    hint: 'Give a DID.',
    candidates: ['bob …oMMsw', 'bob \u001b[2J'],
  }
  await using alice = await standIn({ 'POST /send': refuse(400, problem) })
  const table = await alice.run(['send', 'x', '--to', 'bob'])
  t.deepEqual(table, {
    code: 1,
    out: '',
    err: 'error: Two peers are called "bob".\n  - bob …oMMsw\n  - bob [2J\nGive a DID.\n',
  })
  const json = await alice.run(['send', 'x', '--to', 'bob', '--format', 'json'])
  t.is(json.code, 1)
  t.deepEqual(JSON.parse(json.err), problem)
  const usage = await alice.run(['--format=json', 'sned', 'x'])
  t.is(usage.code, 2)
  t.is(JSON.parse(usage.err).code, 'usage')
})

test('call reaches any operation with JSON from the line or from a pipe', async (t) => {
  await using alice = await standIn({ ...answers, 'POST /send': delivery() })
  t.deepEqual(JSON.parse((await alice.run(['call', 'node.status'])).out), answers['GET /status'])
  await alice.run(['call', 'messages.send', '--json', '-'], { stdin: '{"body": "x", "to": "bob"}' })
  t.is(alice.asked.at(-1), 'POST /send {"body":"x","to":"bob"}')
  for (const argv of [
    ['call', 'node.stauts'],
    ['call'],
    ['call', 'node.status', '--json', '{'],
    ['call', 'node.status', '--json', '[]'],
  ]) {
    t.is((await alice.run(argv)).code, 2, argv.join(' '))
  }
})

test('config sets, tells and unsets in the file while no node runs, and refuses what cannot be', async (t) => {
  using homes = homesFolder()
  const run = (argv: string[], env: Record<string, string> = {}) =>
    cli(['--name', 'alice', ...argv], { folder: homes.folder, env })
  const file = join(homes.folder, 'alice/config.json')
  t.regex((await run(['config', 'set', 'api-port', '7400'])).out, /^api_port is 7400 in .*config\.json\.\n/)
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { api_port: 7400 })
  t.is((await run(['config', 'get', 'api_port'])).out, '7400\n')
  t.is((await run(['config', 'get', 'api_port'], { AGORA_API_PORT: '1' })).out, '1\n')
  t.regex((await run(['config'], { AGORA_PORT: '9' })).out, /^port +9 +AGORA_PORT.*\napi_port +7400 +file/m)
  t.is((await run(['config', 'set', 'api_port', '7e3'])).code, 1)
  t.is((await run(['config', 'unset', 'api_port'])).code, 0)
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {})
})

test('config asks the node that runs, and says when what was set takes effect', async (t) => {
  const port = { key: 'port', meaning: 'TCP port', expects: 'a number', kind: 'number', default: 7312, value: 9 }
  const flagged = {
    ...port,
    source: 'flag',
    where: '--port',
    applies: 'next_start',
    overridden_by: '--port',
    in_file: 7400,
  }
  const budget = {
    ...port,
    key: 'conversation_budget',
    value: 5,
    source: 'file',
    where: 'f',
    applies: 'at_once',
    in_file: 5,
  }
  const mdns = {
    ...port,
    key: 'mdns',
    value: true,
    pending: false,
    source: 'default',
    where: '',
    applies: 'next_start',
    in_file: false,
  }
  let answer: object = flagged
  await using alice = await standIn({
    'GET /settings': { items: [flagged, budget, mdns], file: '/home/alice/config.json' },
    'PATCH /settings': () => answer,
  })
  t.regex(
    (await alice.run(['config'])).out,
    /^port +9 +flag[\s\S]*\nmdns +true \(then false\) +default[\s\S]*from the next start/m,
  )
  t.is((await alice.run(['config', 'get', 'mdns'])).out, 'true\n')
  t.regex(
    (await alice.run(['config', 'set', 'port', '7400'])).out,
    /^port is set to 7400\. But --port goes before it: it stays 9/,
  )
  t.is(alice.asked.at(-1), 'PATCH /settings {"key":"port","value":7400}')
  answer = budget
  t.is(
    (await alice.run(['config', 'set', 'conversation-budget', '5'])).out,
    'conversation_budget is set to 5. It is in effect.\n',
  )
  answer = mdns
  t.regex(
    (await alice.run(['config', 'set', 'mdns', 'no'])).out,
    /^mdns is set to false\. It takes effect when .* until then it is true/,
  )
  t.is(alice.asked.at(-1), 'PATCH /settings {"key":"mdns","value":false}')
  const { in_file: _, ...unset } = budget
  answer = { ...unset, value: 40, default: 40, source: 'default' }
  t.is(
    (await alice.run(['config', 'unset', 'conversation_budget'])).out,
    'conversation_budget is 40 by default. It is in effect.\n',
  )
  t.is(alice.asked.at(-1), 'PATCH /settings {"key":"conversation_budget","value":null}')
  t.false(existsSync(alice.home.config))
})

test('token warns on a terminal and never elsewhere', async (t) => {
  await using alice = await standIn({})
  const terminal = await alice.run(['token'], { columns: 80 })
  t.regex(terminal.err, /can do everything/)
  t.regex(terminal.out, /agora_operators-own-token/)
  const pipe = await alice.run(['token', '--format', 'json'])
  t.is(pipe.err, '')
  t.deepEqual(JSON.parse(pipe.out), { token: 'agora_operators-own-token', token_file: alice.home.token })
})

test('doctor finds what is wrong', async (t) => {
  const health = { status: 'ok', version: '0.1.0' }
  const looks_like = 'bob'
  const peers = { items: [{ name: 'BOB …oMMsw', did: BOB, looks_like }] }
  await using alice = await standIn({ 'GET /health': health, 'GET /wake': answers['GET /wake'], 'GET /peers': peers })
  const { code, out } = await alice.run(['doctor'])
  t.is(code, 0, out)
  t.regex(out, /^warn +wake +a hook cannot be run: \/gone does not exist/m)
  t.regex(out, /^warn +names +'BOB …oMMsw' is connected, and is not your friend bob/m)
  t.regex(out, /^ok {4}daemon/m)
  writePrivate(alice.home.config, '{"prot": 1}')
  writePrivate(alice.home.key, '{}')
  writePrivate(alice.home.database, 'not a database, but long enough to be read as one '.repeat(20))
  const json = await alice.run(['doctor', '--format', 'json'])
  t.is(json.code, 1)
  const { items } = JSON.parse(json.out) as { items: { check: string; state: string }[] }
  t.deepEqual(
    items.filter(({ state }) => state === 'fail').map(({ check }) => check),
    ['key', 'config', 'database'],
  )
  t.true(existsSync(alice.home.database))
})

test('without a node there is one clear sentence', async (t) => {
  await using alice = await standIn({})
  const { code, err } = await alice.run(['status'], { env: { AGORA_HOME: '/nowhere' } })
  t.is(code, 1)
  t.is(err, 'error: There is no Agora node on this machine yet.\nStart one: agora start\n')
})
