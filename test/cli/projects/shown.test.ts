import test from 'ava'
import { standIn } from '../../helpers/cli.ts'
import { ID } from '../../helpers/cli-answers.ts'
import { projectAnswers, SPACE, TASK } from '../../helpers/project-answers.ts'

const P = 'my-feature'

const shown: [string[], number?][] = [
  [['project'], 80],
  [['project', 'list'], 120],
  [['project', 'create', 'my-feature', '--description', 'Build the login page']],
  [['project', 'show', P], 80],
  [['project', 'show', P], 120],
  [['project', 'update', P, '--to', 'login']],
  [['project', 'archive', P]],
  [['project', 'archive', P, '--undo']],
  [['project', 'leave', P]],
  [['project', 'invite', P, 'bob', '--role', 'developer']],
  [['project', 'invitations'], 80],
  [['project', 'join', ID]],
  [['project', 'decline', ID]],
  [['project', 'withdraw', ID]],
  [['project', 'role', P, 'bob', 'observer']],
  [['project', 'suspend', P, 'claude-1@bob', '--reason', 'It spins.']],
  [['project', 'unsuspend', P, 'claude-1@bob']],
  [['project', 'remove', P, 'bob']],
  [['project', 'reinstate', P, '--member', 'bob']],
  [['project', 'transfer', P, 'bob']],
  [['project', 'keeper', P, 'bob']],
  [['project', 'stage', P]],
  [['project', 'stage', P, '--advance']],
  [['project', 'clock-in', P, '--focus', 'x']],
  [['project', 'clock-out', P]],
  [['project', 'time', P], 80],
  [['project', 'tasks', P], 80],
  [['project', 'tasks', P, '--status', 'todo'], 120],
  [['project', 'board', P], 80],
  [['project', 'board', P], 120],
  [['project', 'task', P, TASK], 80],
  [['project', 'add-task', P, 'Implement auth flow', '--assignee', 'claude-1@bob']],
  [['project', 'update-task', P, TASK, '--status', 'done'], 80],
  [['project', 'comment', P, TASK, 'x']],
  [['project', 'delete-task', P, TASK]],
  [['project', 'claim', P], 80],
  [['project', 'claim', P, TASK], 80],
  [['project', 'handovers', P, '--from', 'bob'], 100],
  [['project', 'release', P, TASK]],
  [['project', 'complete', P, TASK]],
  [['project', 'approve', P, TASK]],
  [['project', 'approve', P, TASK, '--send-back']],
  [['project', 'rooms', P], 80],
  [['project', 'rooms', P, '--open', 'design']],
  [['project', 'room', P, 'main'], 80],
  [['project', 'room', P, 'main', '--search', 'merge us'], 80],
  [['project', 'say', P, '@alice shall we merge?']],
  [['project', 'decisions', P], 80],
  [['project', 'decision', P, 'We use OAuth']],
  [['project', 'reports', P], 80],
  [['project', 'report', P, 'Auth compared', '--text', 'x']],
  [['activity'], 100],
  [['project', 'metrics', P], 100],
  [['project', 'audit', P, '--type', 'task'], 80],
  [['project', 'audit', P], 120],
  [['project', 'audit', P, '--verify']],
  [['project', 'note', P, 'Deployed']],
  [['project', 'redact', P, '9XyZ12ab']],
  [['project', 'settings', P], 80],
  [['project', 'settings', P, '--unlimited']],
  [['thread'], 100],
  [['thread', 'create', 'Login', '--with', 'claude-1@bob']],
  [['thread', 'show', SPACE], 80],
  [['thread', 'say', SPACE, 'Hi']],
  [['thread', 'add', SPACE, 'bob']],
  [['thread', 'remove', SPACE, 'bob']],
  [['thread', 'title', SPACE, 'Login']],
  [['thread', 'close', SPACE]],
]
for (const [argv, columns] of shown) {
  test(`agora ${argv.join(' ')} at ${columns ?? 'no'} columns`, async (t) => {
    await using alice = await standIn(projectAnswers)
    const { code, out, err } = await alice.run(argv, { columns })
    t.deepEqual([code, err], [0, ''])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    t.notRegex(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    t.snapshot(out)
  })
}

test('where no project is at work it is said how archived ones are found, unless they were asked for', async (t) => {
  await using alice = await standIn({ 'GET /projects': { items: [] } })
  t.regex((await alice.run(['project'])).out, /No project is here[\s\S]*project list --all/)
  t.notRegex((await alice.run(['project', 'list', '--all'])).out, /--all/)
})

test('an invitation has the same short id wherever it is listed', async (t) => {
  const id = '3f0c6c1e-4d0a-4c55-9d8e-0a4f6b1c2d3e'
  const item = { kind: 'invitation', id, at: '2026-11-01T12:00:00.000Z', expires_at: '2026-11-08T12:00:00.000Z' }
  const summary = [{ text: 'bob invites alice.' }]
  await using alice = await standIn({ 'GET /attention': { items: [{ ...item, summary }], counts: {}, total: 1 } })
  const { out } = await alice.run(['attention'])
  t.regex(out, /· 3f0c6c1e\n/)
  t.regex(out, /project join 3f0c6c1e\n/)
})
