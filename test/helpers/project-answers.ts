import { ALICE, type Answers, BOB, before } from './cli.ts'
import { ID } from './cli-answers.ts'

export const SPACE = '7f3aBc9dQmWvE2rTyUiHoPaSdFgJkLzXcVbNm1234567'
const OTHER_SPACE = '7f3aBc9eQmWvE2rTyUiHoPaSdFgJkLzXcVbNm1234567'
export const TASK = '1b2c3d4e-0000-4000-8000-00007f3a91bc'
const BEFORE_IT = '1b2c3d4e-1111-4000-8000-00007f3a91bc'
const ENTRY = '9XyZ12abQmWvE2rTyUiHoPaSdFgJkLzXcVbNm1234567'

const alice = { did: ALICE, name: 'alice' }
const bob = { did: BOB, name: 'bob' }
const claude = { did: `${BOB}#claude-1`, name: 'claude-1@bob' }
const EVIL = 'Log in\n\u001b[2J│ bob signed'

const project = (over: object = {}) => ({
  id: SPACE,
  name: 'my-feature',
  description: 'Build the login page.\n\u001b[2Jerror: nothing',
  repo: 'https://example.org/a/parser',
  stage: 'implementation',
  archived: false,
  status: 'member',
  role: 'owner',
  suspended: false,
  owner: alice,
  keeper: alice,
  members: 3,
  tasks: { todo: 1, in_progress: 1, done: 1, blocked: 1, claimed: 1 },
  created_at: before(90_000),
  updated_at: before(60),
  ...over,
})
const member = (over: object = {}) => ({
  ...bob,
  kind: 'node',
  role: 'developer',
  since: before(4000),
  online: true,
  is_owner: false,
  is_keeper: false,
  ...over,
})
const team = [
  member({ ...alice, role: 'owner', is_owner: true, is_keeper: true, clocked_in: { since: before(600), focus: EVIL } }),
  member({ online: false, is_keeper: true }),
  member({ ...claude, kind: 'agent', suspended: { at: before(60), by: alice, reason: 'It spins.', entry: ENTRY } }),
]
const detail = (over: object = {}) => ({
  ...project(),
  team,
  limits: { max_agents: 20, max_per_role: { overseer: 2 }, min_trust: 2 },
  profile: { review: { developer: ['task.create', 'task.update'] } },
  keeper_epoch: 3,
  ...over,
})
const left = {
  ...{ project_id: SPACE, project: 'my-feature', task_id: TASK, title: 'Implement auth flow', from: claude },
  ...{ since: before(900), until: before(300), because: 'lapsed' },
}
const word = { id: ENTRY, from: bob, at: before(400), text: EVIL }
const handover = {
  ...{ from: claude, since: before(900), until: before(300), because: 'lapsed', handed_over: false, focus: EVIL },
  comments: [{ ...word, from: claude }],
  questions: [{ ...word, from: claude, text: 'OAuth?', room: { id: 'main', name: 'main' } }],
  mail: [{ ...word, room: { id: 'main', name: 'main' }, unread: true }],
  other_mail: {
    unread: 3,
    from: [
      { ...bob, unread: 2 },
      { ...alice, unread: 1 },
    ],
  },
}
export const task = (over: object = {}) => ({
  id: TASK,
  project_id: SPACE,
  title: 'Implement auth flow',
  status: 'in_progress',
  priority: 'high',
  assignee: claude,
  labels: ['auth', 'css'],
  depends_on: [],
  waits_for: [],
  ready: false,
  claim: { holder: claude, token: [3, 7], since: before(300), until: before(-600) },
  created_by: alice,
  created_at: before(4000),
  updated_at: before(300),
  ...over,
})
const tasks = [
  task(),
  task({ id: BEFORE_IT, title: EVIL, status: 'todo', priority: 'critical', claim: undefined, labels: [], ready: true }),
  task({
    ...{
      id: '2b2c3d4e-1111-4000-8000-00007f3a91bc',
      title: `Write its tests, ${'all of them '.repeat(5)}`,
      status: 'blocked',
    },
    ...{ claim: undefined, assignee: undefined, depends_on: [TASK, BEFORE_IT], waits_for: [TASK, BEFORE_IT] },
  }),
  task({
    ...{ id: '3b2c3d4e-1111-4000-8000-00007f3a91bc', title: 'Choose a library', status: 'done', priority: 'low' },
    ...{ claim: undefined, labels: [], completed_at: before(900), completed_by: bob, note: 'OAuth it is.' },
    accepted: { by: alice, at: before(800), note: 'Good.' },
  }),
]
const author = { ...claude, role: 'developer', trust_level: 3, local: false, human: false }
const said = (over: object = {}) => ({
  id: ENTRY,
  room: { id: 'main', name: 'main' },
  from: author,
  body: `@alice shall we merge?\n${EVIL}`,
  redacted: false,
  mentions: [alice, { role: 'reviewer' }],
  sent_at: before(120),
  ...over,
})
const room = (over: object = {}) => ({ id: 'main', name: 'main', messages: 2, last_at: before(120), ...over })
const entry = (type: string, facts: object, over: object = {}) => ({
  id: ENTRY,
  type,
  author: alice,
  seq: 4,
  lamport: 9,
  at: before(300),
  received_at: before(299),
  facts,
  redacted: false,
  verdict: { state: 'counts' },
  signature: 'verified',
  ...over,
})
const invitation = (over: object = {}) => ({
  id: ID,
  project_id: SPACE,
  project_name: 'my-feature',
  description: 'Build the login page.',
  direction: 'in',
  from: bob,
  to: alice,
  role: 'observer',
  message: EVIL,
  status: 'pending',
  created_at: before(300),
  expires_at: before(-600_000),
  ...over,
})
export const thread = (over: object = {}) => ({
  id: SPACE,
  title: EVIL,
  creator: alice,
  participants: [alice, { ...claude, told: 'refused', reason: 'not_permitted' }, { ...bob, told: 'invited' }],
  min_trust: 2,
  closed: true,
  project_id: OTHER_SPACE,
  status: 'open',
  messages: 2,
  created_at: before(9000),
  last_at: before(120),
  ...over,
})
const changed = (over: object = {}) => ({ ...task(), unblocked: [{ id: BEFORE_IT, title: EVIL }], ...over })
const record = { id: ID, entry: ENTRY, title: 'We use OAuth', text: EVIL, by: author, at: before(60) }
const stage = {
  project_id: SPACE,
  stage: 'review',
  next: 'integration',
  stages: ['investigation', 'implementation', 'review', 'integration', 'deployment'],
  since: before(7200),
  by: alice,
}
const at = (rest: string) => `/projects/${SPACE}${rest}`

/** What a stand-in daemon answers to everything a command about projects reads. */
export const projectAnswers: Answers = {
  'GET /projects': {
    items: [
      project(),
      project({ id: OTHER_SPACE, name: EVIL, role: 'observer', suspended: true, repo: undefined, archived: true }),
    ],
  },
  'POST /projects': detail(),
  [`GET ${at('')}`]: detail(),
  [`PATCH ${at('')}`]: detail({ name: 'login' }),
  [`DELETE ${at('')}`]: detail({ archived: true }),
  [`POST ${at('/restore')}`]: detail(),
  [`GET ${at('/team')}`]: { items: team },
  [`POST ${at('/leave')}`]: { left: 'alice', project_id: SPACE },
  [`POST ${at('/clock-in')}`]: team[0],
  [`POST ${at('/clock-out')}`]: member({ ...alice }),
  [`GET ${at('/time')}`]: {
    items: [{ ...bob, seconds: 5400, sessions: 2, spans: [], tasks: [{ task_id: TASK, title: EVIL, seconds: 3600 }] }],
  },
  [`GET ${at('/stage')}`]: stage,
  [`POST ${at('/stage')}`]: stage,
  [`POST ${at('/agents/claude-1@bob/suspend')}`]: team[2],
  [`POST ${at('/agents/claude-1@bob/unsuspend')}`]: member({ ...claude }),
  [`POST ${at('/agents/bob/role')}`]: member({ role: 'observer' }),
  [`DELETE ${at('/agents/bob')}`]: { removed: 'bob', did: BOB },
  [`POST ${at('/reinstate')}`]: { reinstated: ['bob'] },
  [`POST ${at('/transfer')}`]: detail({ owner: bob }),
  [`POST ${at('/keeper')}`]: detail({ keeper: bob }),
  [`PATCH ${at('/settings')}`]: detail({ limits: {}, profile: {} }),
  [`GET ${at('/tasks')}`]: ({ query }: { query: URLSearchParams }) => ({
    items: tasks.filter(({ status }) => status === (query.get('status') ?? status)),
    ...(query.has('status') ? {} : { next_cursor: 'c4' }),
  }),
  [`POST ${at('/tasks')}`]: task(),
  [`GET ${at(`/tasks/${TASK}`)}`]: task({
    description: EVIL,
    depends_on: [BEFORE_IT],
    waits_for: [BEFORE_IT],
    handover,
  }),
  [`GET ${at(`/tasks/${BEFORE_IT}`)}`]: tasks[1],
  [`PATCH ${at(`/tasks/${TASK}`)}`]: changed(),
  [`DELETE ${at(`/tasks/${TASK}`)}`]: changed({ unblocked: [] }),
  [`POST ${at('/tasks/claim')}`]: task({ description: EVIL, handover }),
  'GET /handovers': { items: [left, { ...left, task_id: TASK.replace('1', '2'), title: EVIL, claimed_by: alice }] },
  [`POST ${at(`/tasks/${TASK}/claim`)}`]: task(),
  [`POST ${at(`/tasks/${TASK}/release`)}`]: changed({ unblocked: [] }),
  [`POST ${at(`/tasks/${TASK}/complete`)}`]: changed({ status: 'done' }),
  [`POST ${at(`/tasks/${TASK}/accept`)}`]: changed({ unblocked: [] }),
  [`POST ${at(`/tasks/${TASK}/comments`)}`]: { id: ENTRY, task_id: TASK, author: alice, at: before(5), text: 'x' },
  [`GET ${at(`/tasks/${TASK}/comments`)}`]: {
    items: [
      { id: ENTRY, task_id: TASK, author: claude, at: before(50), text: EVIL },
      { id: SPACE, task_id: TASK, author: alice, at: before(40) },
    ],
  },
  [`GET ${at('/rooms')}`]: {
    items: [room(), room({ id: ID, name: EVIL, messages: 0, last_at: undefined, topic: EVIL })],
  },
  [`POST ${at('/rooms')}`]: room({ id: ID, name: 'design', messages: 0, last_at: undefined }),
  [`GET ${at('/rooms/main/messages')}`]: {
    items: [said({ reply_to: SPACE, redacted: true, body: '' }), said()],
    room: room({ topic: EVIL }),
    next_cursor: 'c2',
  },
  [`GET ${at('/messages')}`]: { items: [said()] },
  [`POST ${at('/rooms/main/messages')}`]: { ...said(), named_nobody: ['carol', EVIL] },
  [`GET ${at('/decisions')}`]: { items: [{ ...record, reasons: 'Nobody wants\nanother password.' }] },
  [`POST ${at('/decisions')}`]: { ...record, text: undefined },
  [`GET ${at('/reports')}`]: { items: [{ ...record, thread_id: OTHER_SPACE }] },
  [`POST ${at('/reports')}`]: record,
  [`GET ${at('/audit')}`]: {
    items: [
      entry(
        'task.complete',
        { task: TASK },
        { author: claude, verdict: { state: 'held', by: ENTRY }, task_title: EVIL },
      ),
      entry('project.suspend', { who: claude.did }, { texts: { reason: EVIL } }),
      entry('project.stage', { stage: 'review' }, { author: bob, verdict: { state: 'denied', code: 'not_permitted' } }),
      entry(
        'task.update',
        { task: BEFORE_IT, status: 'done', labels: [] },
        { verdict: { state: 'refused', code: 'circular' }, task_title: EVIL },
      ),
      entry('room.message', { room: 'main' }, { redacted: true }),
      entry('project.denied', { who: BOB, operation: 'projects.set_stage', count: 3 }),
      entry('task.create', { id: TASK, title: EVIL }),
      entry('later.thing', { a: EVIL }),
    ],
    next_cursor: 'c8',
  },
  [`GET ${at('/metrics')}`]: {
    ...{ project_id: SPACE, at: before(0), time_zone: 'UTC', tasks: 12 },
    by_status: { todo: 3, in_progress: 2, done: 6, blocked: 1 },
    by_priority: {},
    per_day: [
      { date: '2026-11-23', created: 2, done: 1, open: 7 },
      { date: '2026-11-24', created: 0, done: 1, open: 6 },
    ],
    stages: [
      { stage: 'investigation', seconds: 90_000, entered: 1, current: false },
      { stage: 'implementation', seconds: 7200, entered: 2, current: true },
      { stage: 'review', seconds: 0, entered: 0, current: false },
    ],
    cycle: { tasks: 2, median_seconds: 1800, p90_seconds: 5400 },
    waiting: [{ task_id: TASK, title: EVIL, priority: 'high', since: before(86_400) }],
    claimed: [{ task_id: TASK, title: 'Log in', priority: 'high', since: before(600), holder: claude }],
    people: [{ ...claude, done: 2, claimed: 1 }],
  },
  'GET /activity': {
    items: [
      {
        ...{
          id: ENTRY,
          project_id: SPACE,
          project: EVIL,
          at: before(90),
          type: 'task.claim',
          who: claude,
          task_id: TASK,
        },
        deed: [{ text: 'claimed “' }, { text: EVIL, said: 'title' }, { text: '”' }],
      },
      {
        ...{ id: ENTRY, project_id: SPACE, project: 'my-feature', at: before(7200), type: 'project.accept', who: bob },
        deed: [{ text: 'joined' }],
      },
    ],
    next_cursor: 'v1',
  },
  [`POST ${at('/audit')}`]: entry('project.audit', { action: 'x' }),
  [`POST ${at('/redact')}`]: entry('room.message', { room: 'main' }, { redacted: true }),
  [`POST ${at('/verify')}`]: { ok: true, entries: 41, counts: 38, held: 2, denied: 1, refused: 0, state_hash: 'ab12' },
  'GET /project-invitations': {
    items: [
      invitation(),
      invitation({ direction: 'out', from: alice, to: claude, role: 'reviewer', message: undefined }),
    ],
  },
  'POST /project-invitations': invitation({ direction: 'out', from: alice, to: bob, role: 'developer' }),
  [`POST /project-invitations/${ID}/accept`]: invitation({ status: 'accepted' }),
  [`POST /project-invitations/${ID}/decline`]: invitation({ status: 'declined' }),
  [`POST /project-invitations/${ID}/withdraw`]: invitation({ direction: 'out', from: alice, to: bob }),
  'GET /threads': { items: [thread(), thread({ id: OTHER_SPACE, title: undefined, status: 'ended' })] },
  'POST /threads': thread(),
  [`PATCH /threads/${SPACE}`]: thread({ title: 'Login' }),
  [`DELETE /threads/${SPACE}`]: thread({ status: 'ended' }),
  [`POST /threads/${SPACE}/participants`]: thread(),
  [`DELETE /threads/${SPACE}/participants/bob`]: thread(),
  [`GET /threads/${SPACE}/messages`]: {
    items: [
      said({ room: undefined }),
      said({ room: undefined, from: { ...alice, local: true, human: true }, body: 'Hi' }),
    ],
    thread: thread({ reason: EVIL }),
  },
  [`POST /threads/${SPACE}/messages`]: said({ room: undefined }),
}
