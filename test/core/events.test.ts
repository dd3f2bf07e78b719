import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { agentInbox, concerns, createEvents, OPERATOR_INBOX } from '../../src/core/events.ts'
import { openDatabase } from '../../src/store/database.ts'
import { temporaryFolder } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'

function setUp(t: ExecutionContext, folder = temporaryFolder(t)) {
  const clock = fakeClock()
  const database = openDatabase(join(folder, 'agora.db'))
  t.teardown(() => database.close())
  const events = createEvents({ clock, database })
  return {
    events,
    database,
    folder,
    emit: (...types: string[]) =>
      database.write(() => {
        for (const type of types) events.emit(type, agentInbox('claude-1'), { type })
      }),
  }
}

test('an event is told after its commit, and can be read again from its number', async (t) => {
  const { events, database, emit } = setUp(t)
  const told: number[] = []
  const stop = events.subscribe(({ seq }) => told.push(seq))
  await emit('a', 'b')
  t.deepEqual(told, [1, 2])
  t.deepEqual(
    events.after(1, 10).map(({ seq, type, inbox, data }) => ({ seq, type, inbox, data })),
    [{ seq: 2, type: 'b', inbox: 'agent:claude-1', data: { type: 'b' } }],
  )
  await t.throwsAsync(
    database.write(() => {
      events.emit('never', undefined, {})
      throw new Error('bug')
    }),
  )
  stop()
  await emit('c')
  t.deepEqual(told, [1, 2])
  t.deepEqual(
    events.after(0, 2).map(({ type }) => type),
    ['a', 'b'],
  )
  t.deepEqual(
    events.after(0, 10).map(({ type }) => type),
    ['a', 'b', 'c'],
  )
})

test('numbers only grow: after a restart, and after the oldest were dropped', async (t) => {
  const before = setUp(t)
  await before.emit('a', 'b', 'c')
  await before.database.write(() => before.events.trim(1))
  t.deepEqual(
    before.events.after(0, 10).map(({ type }) => type),
    ['c'],
  )
  await before.database.write(() => before.events.trim(0))
  before.database.close()
  const after = setUp(t, before.folder)
  await after.emit('d')
  t.deepEqual(
    after.events.after(0, 10).map(({ seq, type }) => [seq, type]),
    [[4, 'd']],
  )
})

test('an agent is told of its own inbox, the operator of everything', async (t) => {
  const { events, database } = setUp(t)
  const inboxes = [agentInbox('claude-1'), agentInbox('claude-2'), agentInbox('operator'), OPERATOR_INBOX, undefined]
  await database.write(() => {
    for (const inbox of inboxes) events.emit('x', inbox, {})
  })
  const seen = (inbox: string) =>
    events
      .after(0, 10)
      .filter((event) => concerns(event, inbox))
      .map((event) => event.inbox)
  t.deepEqual(seen(OPERATOR_INBOX), inboxes)
  t.deepEqual(seen(agentInbox('claude-1')), [agentInbox('claude-1')])
  t.deepEqual(seen(agentInbox('operator')), [agentInbox('operator')], 'an agent called operator is no operator')
})
