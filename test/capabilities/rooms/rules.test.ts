import test from 'ava'
import { nameFault } from '../../../src/base/names.ts'
import { skeleton } from '../../../src/base/skeleton.ts'
import {
  applyRoom,
  mentionsIn,
  type RoomTables,
  roomNamed,
  roomRules,
  roomsOf,
} from '../../../src/capabilities/rooms/rules.ts'
import { mapDraft } from '../../helpers/draft.ts'
import { fc } from '../../helpers/fast-check.ts'
import { handLog } from '../../helpers/hand-log.ts'

const alice = 'did:agora:z6MkiaMbhXHNA4eJVCCj8dbzKzTgYDKf6crKgHVHid1F1WCT'
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const hash = 'x'.repeat(44)

function rooms() {
  const log = handLog(() => false)
  const state = mapDraft<RoomTables>()
  return {
    state,
    log,
    apply: (type: string, body: Record<string, unknown>) => {
      const entry = log.write(alice, type, body)
      return applyRoom(state, entry, log.lookup)?.code
    },
    open: (n: number, name: string) => {
      const entry = log.write(alice, 'room.create', { id: uuid(n), name })
      return applyRoom(state, entry, log.lookup)?.code
    },
    say: (room: string, more = {}) => {
      const entry = log.write(alice, 'room.message', { room, mentions: [], texts_hash: hash, ...more })
      return { id: entry.id, code: applyRoom(state, entry, log.lookup)?.code }
    },
  }
}

test('main is there from the beginning; others are opened', (t) => {
  const { state, open, say } = rooms()
  t.deepEqual(
    roomsOf(state).map((room) => room.name),
    ['main'],
  )
  t.is(say('main').code, undefined)
  t.is(say(uuid(1)).code, 'not_found')
  t.is(open(1, 'design'), undefined)
  t.is(open(2, 'tests'), undefined)
  t.is(say(uuid(1)).code, undefined)
  t.deepEqual(
    roomsOf(state).map(({ name, messages }) => [name, messages]),
    [
      ['main', 1],
      ['design', 1],
      ['tests', 0],
    ],
  )
})

test('no two rooms look alike, and none like main', (t) => {
  const { state, open } = rooms()
  t.is(open(1, 'design'), undefined)
  for (const name of ['design', 'Design', 'dеsign', 'ｄesign', 'main', 'MAIN', 'maln'])
    t.is(open(2, name), 'already_exists', name)
  t.is(open(1, 'other'), 'already_exists', 'nor have they one id')
  t.is(roomNamed(state, 'DESIGN')?.id, uuid(1))
})

test('a reply is to a message of the same room', (t) => {
  const { open, say } = rooms()
  open(1, 'design')
  const first = say('main')
  t.is(say('main', { reply_to: hash }).code, 'not_found')
  t.is(say('main', { reply_to: first.id }).code, undefined)
  t.is(say(uuid(1), { reply_to: first.id }).code, 'not_found')
})

test('what is no room, message or mention is refused as malformed, whatever it is', (t) => {
  const { apply, state } = rooms()
  const json = fc.jsonValue() as fc.Arbitrary<never>
  fc.assert(
    fc.property(
      fc.constantFrom('room.create', 'room.message'),
      fc.dictionary(fc.constantFrom('id', 'name', 'room', 'mentions', 'reply_to', 'texts_hash'), json),
      (type, body) => {
        const size = state.size('rooms')
        const code = apply(type, body)
        return (
          code === undefined ||
          (['malformed', 'not_found', 'already_exists'].includes(code) && state.size('rooms') === size)
        )
      },
    ),
  )
  t.is(apply('room.create', { id: uuid(9), name: '#general' }), 'malformed')
  t.is(apply('room.message', { room: 'main', mentions: ['bob'], texts_hash: hash }), 'malformed')
  t.is(apply('project.suspend', {}), undefined, 'entries of others change nothing')
})

test('the names in a text', (t) => {
  const cases: [string, string[]][] = [
    ['@bob: look at this, @claude-1@bob and @role:reviewer!', ['bob', 'claude-1@bob', 'role:reviewer']],
    ['(@bob) "@carol", @dora.', ['bob', 'carol', 'dora']],
    ['@"Bob …x7Kp2q" is not @"Bob"', ['Bob …x7Kp2q', 'Bob']],
    ['write to bob@example.org or a@b', []],
    [
      '@did:agora:z6MkiaMbhXHNA4eJVCCj8dbzKzTgYDKf6crKgHVHid1F1WCT#claude-1, yes',
      ['did:agora:z6MkiaMbhXHNA4eJVCCj8dbzKzTgYDKf6crKgHVHid1F1WCT#claude-1'],
    ],
    ['@ @@ @- @bob @bob', ['bob']],
    ['@jürgen/@李雷', ['jürgen/@李雷']],
  ]
  for (const [text, names] of cases) t.deepEqual(mentionsIn(text), names, text)
})

test('whoever has a name without spaces can be named', (t) => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,20}[\p{L}\p{N}]$/u), (name) => {
      fc.pre(nameFault(name) === undefined)
      return mentionsIn(`hello @${name}, well?`)[0] === name
    }),
  )
  t.pass()
})

test('what looks alike has one room, by property', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('design', 'DESIGN', 'desing', 'dе sign', 'tests', 'te5ts', 'Tests'), { maxLength: 12 }),
      (names) => {
        const { state, open } = rooms()
        for (const [index, name] of names.entries()) open(index + 1, name)
        const looks = roomsOf(state).map((room) => skeleton(room.name))
        return new Set(looks).size === looks.length
      },
    ),
  )
  t.deepEqual(roomRules.permissions({ type: 'room.create' }), ['room.create'])
})
