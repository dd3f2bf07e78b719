import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { refuse, standIn } from '../../helpers/cli.ts'
import { ID, OTHER } from '../../helpers/cli-answers.ts'
import { projectAnswers, SPACE, TASK } from '../../helpers/project-answers.ts'
import { signedProject } from '../../helpers/signed-log.ts'

const P = SPACE
const at = (method: string, rest: string) => `${method} /projects/${P}${rest}`

/** What is typed, and the last call that is made for it. */
const lines: [string[], string][] = [
  [['project', 'list', '--all', '--limit', '3'], 'GET /projects?limit=3&all=true'],
  [
    ['project', 'create', 'x', '--repo', 'https://example.org/x', '--description', 'd'],
    'POST /projects {"name":"x","description":"d","repo":"https://example.org/x"}',
  ],
  [['project', 'update', P, '--repo', ''], `${at('PATCH', '')} {"repo":null}`],
  [['project', 'leave', P, '--agent', 'claude-1'], `${at('POST', '/leave')} {"agent":"claude-1"}`],
  [
    ['project', 'invite', P, 'bob', '--role', 'tester', '--message', 'm', '--expires', '5'],
    `POST /project-invitations {"project_id":"${P}","peer_name":"bob","role":"tester","message":"m","expires_in_hours":5}`,
  ],
  [
    ['project', 'invitations', '--status', 'all', '--direction', 'in'],
    'GET /project-invitations?status=all&direction=in',
  ],
  [['project', 'decline', ID, '--reason', 'r'], `POST /project-invitations/${ID}/decline {"reason":"r"}`],
  [
    ['project', 'suspend', P, 'claude-1@bob', '--reason', 'r'],
    `${at('POST', '/agents/claude-1@bob/suspend')} {"reason":"r"}`,
  ],
  [['project', 'remove', P, 'bob'], at('DELETE', '/agents/bob')],
  [
    ['project', 'reinstate', P, '--member', 'bob', '--entry', 'abcd', '--entry', 'efgh'],
    `${at('POST', '/reinstate')} {"name":"bob","entries":["abcd","efgh"]}`,
  ],
  [['project', 'transfer', P, 'bob'], `${at('POST', '/transfer')} {"to":"bob"}`],
  [['project', 'keeper', P, 'bob'], `${at('POST', '/keeper')} {"node":"bob"}`],
  [['project', 'stage', P, '--stage', 'review'], `${at('POST', '/stage')} {"stage":"review"}`],
  [['project', 'stage', P, '--advance'], `${at('POST', '/stage')} {"advance":true}`],
  [['project', 'clock-in', P, '--focus', 'f'], `${at('POST', '/clock-in')} {"focus":"f"}`],
  [['project', 'time', P, '--since', '12h'], at('GET', '/time?since=2026-11-23T00%3A00%3A00.000Z')],
  [['project', 'time', P, '--since', '2026-11-01'], at('GET', '/time?since=2026-11-01T00%3A00%3A00.000Z')],
  [
    ['project', 'tasks', P, '--status', 'todo', '--assignee', 'me', '--label', 'css', '--ready', '--search', 'x'],
    at('GET', '/tasks?status=todo&assignee=me&label=css&ready=true&query=x'),
  ],
  [
    [
      'project',
      'add-task',
      P,
      't',
      '--assignee',
      'bob',
      '--priority',
      'high',
      '--label',
      'a',
      '--label',
      'b',
      '--depends-on',
      TASK,
    ],
    `${at('POST', '/tasks')} {"title":"t","assignee":"bob","priority":"high","labels":["a","b"],"depends_on":["${TASK}"]}`,
  ],
  [
    ['project', 'update-task', P, TASK, '--status', 'done', '--assignee', 'none', '--label', ''],
    `${at('PATCH', `/tasks/${TASK}`)} {"status":"done","labels":[],"assignee":null}`,
  ],
  [['project', 'complete', P, TASK, '--note', 'n'], `${at('POST', `/tasks/${TASK}/complete`)} {"note":"n"}`],
  [['project', 'approve', P, TASK, '--send-back'], `${at('POST', `/tasks/${TASK}/accept`)} {"accepted":false}`],
  [
    ['project', 'say', P, 'hi', '--reply-to', 'abcd'],
    `${at('POST', '/rooms/main/messages')} {"body":"hi","reply_to":"abcd"}`,
  ],
  [['project', 'room', P, 'main', '--search', 'a b'], at('GET', '/messages?room=main&query=a+b')],
  [
    [
      'project',
      'audit',
      P,
      '--actor',
      'bob',
      '--type',
      'task',
      '--task',
      'abcd',
      '--verdict',
      'held',
      '--since',
      '2026-11-01T10:00:00Z',
    ],
    at('GET', '/audit?actor=bob&type=task&task_id=abcd&since=2026-11-01T10%3A00%3A00.000Z&verdict=held'),
  ],
  [['project', 'note', P, 'n', '--detail', 'd'], `${at('POST', '/audit')} {"action":"n","detail":"d"}`],
  [['project', 'redact', P, 'abcd', '--reason', 'r'], `${at('POST', '/redact')} {"entry":"abcd","reason":"r"}`],
  [
    ['project', 'settings', P, '--max-per-role', 'tester=1'],
    `${at('PATCH', '/settings')} {"limits":{"max_agents":20,"max_per_role":{"overseer":2,"tester":1},"min_trust":2}}`,
  ],
  [
    ['project', 'settings', P, '--unlimited', '--profile', 'default'],
    `${at('PATCH', '/settings')} {"limits":null,"profile":null}`,
  ],
  [
    [
      'thread',
      'create',
      't',
      '--with',
      'bob',
      '--with',
      'carol',
      '--min-trust',
      '2',
      '--closed',
      '--project',
      'my-feature',
    ],
    `POST /threads {"title":"t","participants":["bob","carol"],"min_trust":2,"closed":true,"project_id":"${P}"}`,
  ],
  [['thread', 'close', P, '--reason', 'r'], `DELETE /threads/${P}?reason=r`],
]
for (const [argv, call] of lines) {
  test(`agora ${argv.join(' ')}`, async (t) => {
    await using alice = await standIn(projectAnswers)
    const { code, err } = await alice.run(argv)
    t.deepEqual([code, err], [0, ''])
    // What is fetched besides, to tell of it by names, is not what was asked for.
    t.true(alice.asked.includes(call), alice.asked.join('\n'))
  })
}

test('what cannot be meant is refused before anything is asked for', async (t) => {
  await using alice = await standIn(projectAnswers)
  for (const argv of [
    ['project', 'stage', P, '--stage', 'review', '--advance'],
    ['project', 'stage', P, '--stage', 'party'],
    ['project', 'role', P, 'bob', 'owner'],
    ['project', 'invite', P, 'bob', '--role', 'owner'],
    ['project', 'reinstate', P],
    ['project', 'update', P],
    ['project', 'update-task', P, TASK],
    ['project', 'audit', P, '--verify', '--export', 'x'],
    ['project', 'audit', P, '--since', 'yesterday'],
    ['project', 'claim', P, TASK, '--label', 'css'],
    ['project', 'say', P, '  '],
    ['project', 'settings', P, '--max-per-role', 'owner=2'],
    ['project', 'settings', P, '--unlimited', '--max-agents', '3'],
    ['project', 'settings', P, '--profile', '{'],
    ['project', 'join', 'nothing of that name'],
    ['thread', 'say', P, ''],
  ]) {
    const { code } = await alice.run(argv)
    t.is(code, 2, argv.join(' '))
  }
  t.deepEqual(
    alice.asked.filter((each) => !each.startsWith('GET')),
    [],
  )
})

test('an invitation may be named by its project, when only one waits', async (t) => {
  const one = projectAnswers['GET /project-invitations'] as { items: object[] }
  await using alice = await standIn({ ...projectAnswers, 'GET /project-invitations': { items: one.items.slice(0, 1) } })
  t.is((await alice.run(['project', 'decline', 'my-feature'])).code, 0)
  t.is(alice.asked.at(-1), `POST /project-invitations/${ID}/decline`)
  await using bob = await standIn(projectAnswers)
  const { code, err } = await bob.run(['project', 'decline', 'my-feature'])
  t.is(code, 2)
  t.regex(err, /Several invitations to my-feature wait/)
})

test('a text of `-` is read from standard input', async (t) => {
  await using alice = await standIn(projectAnswers)
  for (const argv of [
    ['project', 'say', P, '-'],
    ['thread', 'say', P, '-'],
    ['project', 'comment', P, TASK, '-'],
    ['project', 'report', P, OTHER],
    ['project', 'decision', P, 'x', '--text', '-'],
  ]) {
    const { code } = await alice.run(argv, { stdin: 'from there\n' })
    t.is(code, 0, argv.join(' '))
    t.regex(alice.asked.at(-1) ?? '', /"from there\\n"/, argv.join(' '))
  }
})

test('an export is written page by page, whole or not at all', async (t) => {
  const { entries, head } = await signedProject()
  const pages = ({ query }: { query: URLSearchParams }) =>
    query.has('cursor')
      ? { head: { ...head, tips: [] }, entries: entries.slice(3) }
      : { head, entries: entries.slice(0, 3), next_cursor: 'c' }
  await using alice = await standIn({ [`GET /projects/${P}/export`]: pages })
  const path = join(alice.folder, 'x.log')
  const exported = () => alice.run(['project', 'audit', P, '--export', path])
  t.deepEqual(await exported(), {
    code: 0,
    out: `Wrote 6 entries to ${path}.\nTo check it, anywhere: agora verify ${path}\n`,
    err: '',
  })
  t.is((await alice.run(['verify', path])).code, 0)
  const again = await exported()
  t.is(again.code, 2)
  t.regex(again.err, /exists already/)

  await using carol = await standIn({
    [`GET /projects/${P}/export`]: ({ query }: { query: URLSearchParams }) =>
      query.has('cursor') ? refuse(500, { code: 'internal', detail: 'x' }) : { head, entries, next_cursor: 'c' },
  })
  const broken = join(carol.folder, 'y.log')
  t.is((await carol.run(['project', 'audit', P, '--export', broken])).code, 1)
  t.false(existsSync(broken))
})

test('what came in meanwhile and follows what stands before a page that was read is left out of an export', async (t) => {
  const { entries, head } = await signedProject()
  const [, , third] = entries
  const left = entries.filter((entry) => entry !== third)
  await using alice = await standIn({ [`GET /projects/${P}/export`]: { head: { ...head, tips: [] }, entries: left } })
  const path = join(alice.folder, 'x.log')
  t.is((await alice.run(['project', 'audit', P, '--export', path])).code, 0)
  const { code, out } = await alice.run(['verify', path, '--format', 'json'])
  t.is(code, 0)
  t.is(JSON.parse(out).entries, 2)
})
