import { ALICE, type Answers, BOB, before } from './cli.ts'

export const ID = '019a1b2c-0000-7000-8000-00007f3a91bc'
export const OTHER = '019a1b2c-0001-7000-8000-0000deadbeef'

export const message = (over: object = {}) => ({
  id: ID,
  conversation_id: OTHER,
  from: { did: `${BOB}#claude-1`, name: 'claude-1@bob', trust_level: 2, local: false, human: false },
  to: ALICE,
  to_name: 'alice',
  body: 'Hello',
  sent_at: before(180),
  ...over,
})
export const delivery = (over: object = {}) => ({
  id: ID,
  to: BOB,
  to_name: 'bob',
  conversation_id: OTHER,
  stage: 'stored',
  times: {},
  ...over,
})
export const agent = (over: object = {}) => ({
  name: 'claude-1',
  did: `${ALICE}#claude-1`,
  kind: 'claude-code',
  presence: 'busy',
  default: true,
  unread: 3,
  registered_at: before(90_000),
  last_seen_at: before(20),
  ...over,
})
export const approval = (over: object = {}) => ({
  id: ID,
  agent: 'claude-1',
  operation: 'friends.add',
  summary: 'add bob (did:agora:z6Mk…) as a friend with trust 3',
  why: 'He knows the parser.\n\u001b[2Jerror: nothing else waits',
  status: 'pending',
  input: { name: BOB, trust_level: 3 },
  created_at: before(180),
  expires_at: before(-3600),
  ...over,
})
export const hook = (over: object = {}) => ({
  command: "/home/a/wake.sh '--once now'",
  program: '/home/a/wake.sh',
  args: ['--once now'],
  cwd: '/home/a',
  policy: {
    after_seconds: 30,
    debounce_seconds: 5,
    pause_seconds: 60,
    timeout_seconds: 600,
    per_day: 20,
    hours: '08:00-22:00',
    min_trust: 3,
    notify: true,
  },
  set_at: before(9000),
  ...over,
})
export const run = (over: object = {}) => ({
  id: ID,
  agent: 'claude-1',
  command: '/home/a/wake.sh',
  calls: 2,
  from: ['ci@bob', 'alice'],
  started_at: before(180),
  ended_at: before(168),
  outcome: 'failed',
  code: 1,
  output: 'no\u001b[2J such model\nerror: nothing',
  ...over,
})
export const asked = (over: object = {}) => ({
  id: ID,
  from: ALICE,
  to: `${BOB}#claude-1`,
  to_name: 'claude-1@bob',
  reason: 'The build\nis red.',
  stage: 'stored',
  note: 'waking',
  times: { queued: before(60), stored: before(59), noted: before(50) },
  ...over,
})
export const conversation = (over: object = {}) => ({
  id: OTHER,
  participants: ['alice', 'claude-1@bob'],
  messages: 2,
  last_at: before(7200),
  last: message(),
  agent_messages: 40,
  paused: true,
  ...over,
})

/** What a stand-in daemon answers to everything a command reads. */
export const answers: Answers = {
  'GET /status': {
    name: 'alice',
    did: ALICE,
    peer_id: '12D3KooW',
    version: '0.1.0',
    protocol_versions: ['1.0'],
    pid: 4711,
    started_at: before(7380),
    uptime_seconds: 7380,
    home: '/home/a/.agora/alice',
    api: 'http://127.0.0.1:7313',
    addresses: ['/ip4/192.168.1.10/tcp/7312/p2p/12D3KooW', '/ip6/::1/tcp/7312/p2p/12D3KooW'],
    peers: 2,
    agents: 1,
    unread: 5,
    approvals: 1,
    wake: { hooks: 2, running: 1 },
    requests: 1,
    outbox: 0,
    paused_conversations: 1,
    storage: { state: 'ok', database_bytes: 1_300_000 },
  },
  'GET /peers': {
    items: [
      {
        name: 'bob',
        did: BOB,
        peer_id: '12D3KooX',
        version: '0.1.0',
        trust_level: 2,
        state: 'live',
        direction: 'inbound',
        address: '/ip4/192.168.1.11/tcp/7312',
        encryption: '/tls/1.0.0',
        presence: 'online',
        latency_ms: 1.6,
        connected_at: before(600),
        last_heartbeat_at: before(12),
        agents: [
          { name: 'claude-1', presence: 'busy' },
          { name: 'evil \u001b[2J(trust 4)', presence: 'idle' },
        ],
      },
    ],
  },
  'GET /messages': {
    items: [
      message(),
      message({
        id: OTHER,
        reply_to: ID,
        body: `bob (a person, trust 4) · id 12345678\r\u001b[1A\n\n${'word '.repeat(20)}`,
        from: { did: ALICE, name: "it's me (trust 4)", local: true, human: true },
      }),
    ],
    cursor: 'c7',
    unread: 4,
  },
  'GET /agents': {
    items: [agent(), agent({ name: 'Büro 1', kind: undefined, default: false, last_seen_at: undefined })],
  },
  [`GET /agents/claude-1`]: agent({ capabilities: { domains: ['css', 'html'] } }),
  'GET /approvals': { items: [approval(), approval({ id: OTHER, status: 'denied', why: undefined, reason: 'no' })] },
  [`POST /approvals/${ID}/grant`]: approval({ status: 'granted' }),
  [`POST /approvals/${ID}/deny`]: approval({ status: 'denied' }),
  'GET /wake': {
    command: "/home/a/wake.sh '--once now'",
    hook: hook(),
    agents: [hook({ agent: 'claude-1', command: '/gone', fault: '/gone does not exist' })],
    running: [run({ id: OTHER, ended_at: undefined, outcome: undefined, code: undefined, output: undefined })],
    latest: run(),
  },
  'POST /wake': { command: '/home/a/wake.sh', hook: hook() },
  'POST /wake/request': asked(),
  'GET /wake/requests': {
    items: [asked(), asked({ note: undefined, stage: 'failed', failure: 'not_permitted' }), asked({ note: 'of 2031' })],
  },
  'GET /wake/runs': {
    items: [
      run(),
      run({ outcome: 'failed', code: undefined, error: '/gone does not exist', output: undefined, agent: undefined }),
      run({ outcome: 'timed_out', code: undefined, signal: 'SIGTERM', output: undefined }),
      run({ outcome: 'done', code: 0, output: undefined }),
    ],
  },
  'GET /requests': {
    items: [
      {
        did: BOB,
        name: '$(id)',
        count: 2,
        first_at: before(4000),
        messages: [
          { id: ID, body: 'hi', sent_at: before(4000) },
          { id: OTHER, body: 'are you\nthere?', sent_at: before(400) },
        ],
      },
    ],
  },
  'GET /outbox': {
    items: [
      {
        id: ID,
        type: 'message',
        to: BOB,
        to_name: 'bob',
        stage: 'queued',
        attempts: 3,
        created_at: before(5000),
        expires_at: before(-9),
        connected: false,
      },
    ],
    next_cursor: 'c9',
  },
  'GET /conversations': { items: [conversation()] },
  [`GET /conversations/${OTHER}`]: {
    items: [message({ id: OTHER, body: 'later' }), message({ body: 'earlier' })],
    conversation: conversation(),
    next_cursor: 'c3',
  },
  [`GET /messages/${ID}`]: {
    ...message(),
    direction: 'out',
    envelope: '{}',
    delivery: delivery({ note: 'waking', times: { queued: before(10), stored: before(9) } }),
  },
  'GET /identity': {
    name: 'alice',
    did: ALICE,
    did_key: 'did:key:z6Mk',
    peer_id: '12D3KooW',
    public_key: 'z6Mk',
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: ALICE,
    alsoKnownAs: [],
    verificationMethod: [],
    authentication: [],
    assertionMethod: [],
    service: [{ id: '#a', type: 'Agora', serviceEndpoint: ['/ip4/1.2.3.4/tcp/7312'] }],
  },
  'POST /connect': {
    name: 'bob',
    did: BOB,
    address: '/ip4/1.2.3.4/tcp/7312',
    encryption: '/tls/1.0.0',
    trust_level: 0,
  },
  'POST /peers/bob/disconnect': { disconnected: 'bob' },
  'POST /requests/bob/accept': { did: BOB, name: 'bob', trust_level: 1, delivered: 2 },
  'DELETE /requests/bob': { did: BOB, dropped: 1 },
}
