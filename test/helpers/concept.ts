import { defaultProfile, roles, roleTable, stages } from '../../src/authority/roles.ts'
import { type TrustLevel, trustNames, trustTable } from '../../src/authority/trust.ts'
import { NAME_MAX } from '../../src/base/names.ts'
import { ASKS_AN_HOUR, ASKS_WAITING } from '../../src/capabilities/friends/receive.ts'
import * as invitations from '../../src/capabilities/invitations/receive.ts'
import { REQUESTS_OF_ALL, REQUESTS_OF_ONE } from '../../src/capabilities/messaging/receive.ts'
import { WRONG_MAX } from '../../src/capabilities/owner/keyring.ts'
import { SHARED_NODES_MAX } from '../../src/capabilities/owner/rules.ts'
import { OWNERS_OF_NODE_MAX, REVOCATIONS_MAX, REVOCATIONS_SHOWN } from '../../src/capabilities/owner/schema.ts'
import { CLOCKED_IN_MAX } from '../../src/capabilities/projects/rules.ts'
import { MENTIONS_MAX, ROOMS_MAX } from '../../src/capabilities/rooms/rules.ts'
import { DEPENDENCIES_MAX, LABELS_MAX } from '../../src/capabilities/tasks/schema.ts'
import * as tasks from '../../src/capabilities/tasks/state.ts'
import { THREADS_OF_ONE } from '../../src/capabilities/threads/telling.ts'
import { REQUESTS_WAITING_MAX } from '../../src/capabilities/wake/wake.ts'
import { type SettingKey, settingOf } from '../../src/config.ts'
import { FACTS_MAX, HEADER_MAX, HEADS_MAX, TEXTS_MAX } from '../../src/contract/entry.ts'
import { BODY_MAX, CLOCK_AHEAD_MAX, FRAME_MAX, TIME_TO_LIVE } from '../../src/contract/envelope.ts'
import * as log from '../../src/contract/log-message.ts'
import { spacePermissions } from '../../src/contract/permissions.ts'
import { RECEIPTS_MAX } from '../../src/contract/receipt.ts'
import { RECEIPTS_WAITING_MAX } from '../../src/core/inbound.ts'
import { ASKS_MAX } from '../../src/core/keeper/index.ts'
import { WINDOW } from '../../src/core/sync/sender.ts'
import { REQUEST_MAX } from '../../src/http/input.ts'
import { STATEMENT_MAX } from '../../src/identity/owner.ts'
import { WAITING_BYTES, WAITING_MAX } from '../../src/log/waiting.ts'
import { SESSIONS_MAX, SESSIONS_OF_ONE } from '../../src/mcp/http.ts'
import { ADDRESSES_TOLD, TOLD_AT_ONCE } from '../../src/p2p/constants.ts'
import { KEEPER_FRAMES_PER_SECOND } from '../../src/p2p/keeper/constants.ts'
import { BURST_SECONDS } from '../../src/p2p/lanes/index.ts'
import { LOG_BURST_SECONDS } from '../../src/p2p/log/index.ts'
import * as session from '../../src/p2p/session/constants.ts'
import { THREAD_UPDATES_MAX } from '../../src/spaces/thread.ts'
import { PARTICIPANTS_MAX } from '../../src/spaces/thread-facts.ts'
import vectors from '../vectors.json' with { type: 'json' }

/** What CONCEPT.md prints of the code: when a test says that a line is missing there, it is this one that belongs in. */
export const conceptParts = {
  trust,
  roles: roleRows,
  stages: stageRows,
  limits,
  'limits of spaces': spaceLimits,
  vectors: vectorLines,
}

function trust(): string[] {
  return trustNames.map((name, level) => {
    const allowed = Object.entries(trustTable).filter(([, needed]) => needed === (level as TrustLevel))
    return `| ${level} | ${name} | ${allowed.map(([permission]) => `\`${permission}\``).join(', ') || 'nothing more'} |`
  })
}

const number = (value: number): string => value.toLocaleString('en-US')
const size = (bytes: number): string => (bytes % (1 << 20) === 0 ? `${bytes >> 20} MiB` : `${number(bytes >> 10)} KiB`)
const preset = (key: SettingKey): number => Number(settingOf(key).default)

const rate = (perSecond: number, burst: number, what: string) =>
  `${number(perSecond)} ${what} a second, ${number(burst)} at once`

function limits(): string[] {
  const rows: [string, string, SettingKey?][] = [
    ['frame on `/agora/direct`, so an envelope', size(FRAME_MAX)],
    ['frame on `/agora/session`', size(session.SESSION_FRAME_MAX)],
    ['text of a message', `${size(BODY_MAX)} of UTF-8`],
    ['receipts in one envelope', number(RECEIPTS_MAX)],
    [
      'envelopes of receipts that wait for one stranger',
      `${number(RECEIPTS_WAITING_MAX)}, then nothing more is taken in from it`,
    ],
    ['agents told in one hello or heartbeat', number(session.AGENTS_MAX)],
    ['name of a node or agent', `1–${NAME_MAX} characters`],
    ['revocations shown in one hello or heartbeat', number(REVOCATIONS_SHOWN)],
    ['revocations kept of one owner of others, besides those of nodes known here', number(REVOCATIONS_MAX)],
    ['nodes of one owner that are friends for being that', number(SHARED_NODES_MAX)],
    ['owners one node can prove to have had', number(OWNERS_OF_NODE_MAX)],
    ['statement of an owner', `${number(STATEMENT_MAX)} characters`],
    ['wrong passphrases', `${number(WRONG_MAX)} a minute`],
    ['hello', `within ${session.HELLO_WITHIN / 1000} s`],
    ['clock of a sender', `${CLOCK_AHEAD_MAX / 60_000} minutes ahead`],
    ['time to live of a message', `${TIME_TO_LIVE / 86_400_000} days`, 'message_ttl_hours'],
    ['messages of agents until a person speaks', number(preset('conversation_budget')), 'conversation_budget'],
    [
      'messages that wait from one stranger, and from all',
      `${number(REQUESTS_OF_ONE)}, and ${number(REQUESTS_OF_ALL)}`,
    ],
    [
      'friend requests of one stranger, and that wait from all',
      `${number(ASKS_AN_HOUR)} an hour, and ${number(ASKS_WAITING)}`,
    ],
    [
      'invitations to projects that wait from one peer, and from all',
      `${number(invitations.WAITING_OF_ONE)}, and ${number(invitations.WAITING_MAX)}`,
    ],
    ['requests to be woken that wait from one peer', number(REQUESTS_WAITING_MAX)],
    ['threads that go on into which one peer brought this node', number(THREADS_OF_ONE)],
    [
      'from one peer',
      rate(preset('envelopes_per_second'), preset('envelopes_per_second') * BURST_SECONDS, 'envelopes'),
      'envelopes_per_second',
    ],
    [
      'from one peer, of logs, those folded again counted too',
      rate(preset('log_entries_per_second'), preset('log_entries_per_second') * LOG_BURST_SECONDS, 'entries'),
      'log_entries_per_second',
    ],
    [
      'from one peer, on `/agora/keeper`',
      rate(KEEPER_FRAMES_PER_SECOND, KEEPER_FRAMES_PER_SECOND * BURST_SECONDS, 'frames'),
    ],
    ['requests of one peer to a keeper, under way', number(ASKS_MAX)],
    ['lease of what one alone can have', `${number(preset('lease_minutes'))} minutes`, 'lease_minutes'],
    ['messages of `/agora/log` to one peer that it has not acknowledged', number(WINDOW)],
    ['entries of one space whose parents are missing', `${number(WAITING_MAX)}, or ${size(WAITING_BYTES)}`],
    ['on one session', rate(session.SESSION_FRAMES_PER_SECOND, session.SESSION_FRAMES_BURST, 'frames')],
    ['addresses told of one node', number(ADDRESSES_TOLD)],
    ['friends looked for in one `locate`', number(session.LOCATE_MAX)],
    ['new addresses taken from one teller', `${number(TOLD_AT_ONCE)} at once, then one a minute`],
    [
      'inbound connections that have not said hello',
      number(preset('max_pending_handshakes')),
      'max_pending_handshakes',
    ],
    ['connections', number(preset('max_connections')), 'max_connections'],
    ['streams on one connection', number(preset('max_streams_per_connection')), 'max_streams_per_connection'],
    [
      'from one caller of the API',
      rate(preset('requests_per_second'), preset('requests_per_second') * 2, 'calls'),
      'requests_per_second',
    ],
    ['body of a call of the API', size(REQUEST_MAX)],
    ['sessions of MCP over HTTP; of one agent', `${number(SESSIONS_MAX)}; ${number(SESSIONS_OF_ONE)}`],
    ['events kept for readers that come back', number(preset('event_retention')), 'event_retention'],
  ]
  return rows.map(([what, limit, setting]) => `| ${what} | ${limit} | ${setting ? `\`${setting}\`` : ''} |`)
}

/** What decides whether an entry is valid or counts: the same for all, so no settings. */
function spaceLimits(): string[] {
  const rows: [string, string][] = [
    ['header, facts and texts of an entry', [HEADER_MAX, FACTS_MAX, TEXTS_MAX].map(size).join(', ')],
    ['heads of an entry', number(HEADS_MAX)],
    ['entries in one `log.entries`', `about ${size(log.ENTRIES_MAX)}; a larger one travels alone`],
    [
      'spaces in one `log.have`, and branches of each',
      `${number(log.HAVE_SPACES_MAX)}, and ${number(log.HAVE_BRANCHES_MAX)}`,
    ],
    ['ids in one `log.want`', number(log.WANT_MAX)],
    ['of one node clocked in to a project', number(CLOCKED_IN_MAX)],
    ['tasks of a project at a time, and ever', `${number(tasks.TASKS_MAX)}, and ${number(tasks.TASKS_EVER_MAX)}`],
    [
      'titles, labels and dependencies (36 each) of all its tasks',
      `${number(tasks.TASKS_SIZE_MAX >> 20)} Mi UTF-16 code units`,
    ],
    ['labels of a task, and tasks it depends on', `${number(LABELS_MAX)}, and ${number(DEPENDENCIES_MAX)}`],
    ['tasks that depend on one', number(tasks.WAITERS_MAX)],
    ['dependencies followed in search of a circle', number(tasks.CIRCLE_STEPS_MAX)],
    ['rooms of a project beside `main`', number(ROOMS_MAX)],
    ['mentions of a message', number(MENTIONS_MAX)],
    ['participants of a thread that one entry names', number(PARTICIPANTS_MAX)],
    ['updates of a thread by one node but its creator’s', number(THREAD_UPDATES_MAX)],
  ]
  return rows.map(([what, limit]) => `| ${what} | ${limit} |`)
}

const block = (text: string) => ['```text', ...text.split('\n'), '```', '']

function ownerLines(): string[] {
  const { identity, key_file, statements, refused } = vectors.owner
  return [
    '### Owner',
    '',
    ...block(
      Object.entries(identity)
        .map(([form, value]) => `${form.padEnd(10)}  ${value}`)
        .join('\n'),
    ),
    `The same key as a file, with the passphrase \`${key_file.passphrase}\`:`,
    '',
    ...block(JSON.stringify(key_file.file, null, 2)),
    ...statements.flatMap(({ name, about, signing_text, signature, statement }) => [
      `### Owner: ${name}`,
      '',
      `${about}. What is signed:`,
      '',
      ...block(signing_text),
      'The signature:',
      '',
      ...block(signature),
      'The whole:',
      '',
      ...block(statement),
    ]),
    '### Attestations that count as none',
    '',
    'The attestation with one thing changed, shown by alice. Where nothing is said of signing it bears its old signature.',
    '',
    '| changed | fault |',
    '|---|---|',
    ...refused.map(({ name, refusal }) => `| ${name} | \`${refusal}\` |`),
    '',
  ]
}

function entryLines(): string[] {
  const entries = vectors.entries.flatMap(({ name, author, id, signing_text, signature, header, facts, texts }) => [
    `### Entry: ${name}`,
    '',
    `By ${author}. The facts:`,
    '',
    ...block(facts),
    ...(texts === undefined ? [] : ['The texts:', '', ...block(texts)]),
    'What is signed:',
    '',
    ...block(signing_text),
    'Its id, and the signature:',
    '',
    ...block(`${id}\n${signature}`),
    'The header as it is sent:',
    '',
    ...block(header),
  ])
  return [
    ...entries,
    '### Entries that are none',
    '',
    'The first entry with one thing changed.',
    '',
    '| changed | offence |',
    '|---|---|',
    ...vectors.entries_refused.map(({ name, reason }) => `| ${name} | \`${reason}\` |`),
    '',
  ]
}

function vectorLines(): string[] {
  const identities = Object.entries(vectors.identities).flatMap(([name, identity]) => [
    `### Identity: ${name}`,
    '',
    ...block(
      Object.entries(identity)
        .map(([form, value]) => `${form.padEnd(10)}  ${value}`)
        .join('\n'),
    ),
  ])
  const envelopes = vectors.envelopes.flatMap(({ name, about, signing_text, signature, wire, frame }) => [
    `### Envelope: ${name}`,
    '',
    `${about}.`,
    '',
    'What is signed; the line break is the one byte `0a`:',
    '',
    ...block(signing_text),
    'The signature:',
    '',
    ...block(signature),
    'The envelope as it is sent:',
    '',
    ...block(wire),
    'The same as a frame, in hexadecimal:',
    '',
    ...block(frame),
  ])
  const read = (frames: string[] | undefined) =>
    frames?.map((frame) => `\`${JSON.stringify(frame)}\``).join(' ') || 'none yet'
  return [
    ...identities,
    ...envelopes,
    '### Envelopes that are refused',
    '',
    'The first envelope with one thing changed, sent by alice to bob. Where nothing is said of signing it bears its old signature.',
    '',
    '| changed | answer |',
    '|---|---|',
    ...vectors.refused.map(({ name, refusal }) => `| ${name} | \`${refusal}\` |`),
    '',
    ...ownerLines(),
    ...entryLines(),
    '### Frames',
    '',
    '| bytes | what they are | frames |',
    '|---|---|---|',
    ...vectors.frames.map(
      ({ name, bytes, refusal, frames }) =>
        `| \`${bytes}\` | ${name} | ${refusal === null ? read(frames) : `refused: \`${refusal}\``} |`,
    ),
  ]
}

const named = (permissions: readonly string[]): string => permissions.map((one) => `\`${one}\``).join(', ')

function roleRows(): string[] {
  return roles.map((role) => `| ${role} | ${named(spacePermissions.filter((one) => roleTable[one].includes(role)))} |`)
}

function stageRows(): string[] {
  return stages.map((stage) => {
    const taken = Object.entries(defaultProfile[stage] ?? {}).map(([role, what]) => `from ${role}s ${named(what)}`)
    return `| ${stage} | ${taken.join('; ') || 'nothing'} |`
  })
}
