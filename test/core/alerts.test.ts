import test from 'ava'
import { createAlerts } from '../../src/core/alerts.ts'
import { createEvents } from '../../src/core/events.ts'
import { openDatabase } from '../../src/store/database.ts'
import { temporaryFolder } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'

const DAY = 86_400_000

function setUp(t: Parameters<typeof temporaryFolder>[0]) {
  const clock = fakeClock()
  const path = `${temporaryFolder(t)}/agora.db`
  const open = () => {
    const database = openDatabase(path)
    const events = createEvents({ clock, database })
    const alerts = createAlerts({ clock, database, events })
    return {
      alerts,
      database,
      raise: (reason: string, who: string, detail = {}) => database.write(() => alerts.raise({ reason, who, detail })),
      dismiss: (id = '') => database.write(() => alerts.dismiss(id)),
      told: () => events.after(0, 1000).filter(({ type }) => type === 'alert.raised').length,
      open: () => alerts.list({ status: 'open', limit: 500 }),
    }
  }
  let node = open()
  t.teardown(() => node.database.close())
  return {
    clock,
    get node() {
      return node
    },
    restart() {
      node.database.close()
      node = open()
    },
  }
}

test('the same thing is one alert with a count, and is told once, also after a restart', async (t) => {
  const world = setUp(t)
  await world.node.raise('bad_signature', 'mallory', { detail: 1 })
  await world.clock.advance(1000)
  world.restart()
  await world.node.raise('bad_signature', 'mallory', { detail: 2 })
  await world.node.raise('bad_signature', 'other')
  const [latest, older] = world.node.open()
  t.like(
    [latest, older].find((row) => row?.who === 'mallory'),
    { count: 2, detail: '{"detail":2}' },
  )
  t.is(world.node.open().length, 2)
  t.is(world.node.told(), 2)
  t.true((older?.last_at ?? 0) - (older?.first_at ?? 0) <= 1000)
})

test('two names that one peer claims are two alerts', async (t) => {
  const { node } = setUp(t)
  await node.raise('name_claimed', 'mallory', { name: 'bob' })
  await node.raise('name_claimed', 'mallory', { name: 'Bob' })
  await node.raise('name_claimed', 'mallory', { name: 'bob' })
  t.deepEqual(
    node
      .open()
      .map(({ about, count }) => [about, count])
      .sort(),
    [
      ['Bob', 1],
      ['bob', 2],
    ],
  )
})

test('what was done again comes again, a day after it was put away; what is only still so does not', async (t) => {
  const { node, clock } = setUp(t)
  const raise = async () => {
    await node.raise('bad_token', '127.0.0.1')
    await node.raise('name_claimed', 'mallory', { name: 'bob' })
  }
  await raise()
  for (const { id } of node.open()) t.true(await node.dismiss(id))
  t.is(node.alerts.openCount(), 0)
  await clock.advance(DAY - 1)
  await raise()
  t.deepEqual(node.open(), [])
  await clock.advance(1)
  await raise()
  t.like(node.open(), [{ reason: 'bad_token', count: 1, first_at: clock.now() }])
  t.is(node.open().length, 1)
  t.true(node.alerts.isKnown({ reason: 'name_claimed', who: 'mallory', detail: { name: 'bob' } }))
})

test('whoever comes with many identities buries nothing else', async (t) => {
  const { node } = setUp(t)
  await node.raise('name_claimed', 'first', { name: 'bob' })
  await node.database.write(() => {
    for (let index = 0; index < 300; index++) node.alerts.raise({ reason: 'bad_signature', who: `mallory-${index}` })
  })
  const open = node.open()
  t.is(open.length, 52)
  t.like(
    open.find(({ who }) => who === ''),
    { reason: 'bad_signature', count: 250 },
  )
  t.truthy(open.find(({ who }) => who === 'first'))
  t.is(node.told(), 52)
})

test('of those put away the oldest are forgotten; those that wait are not', async (t) => {
  const { node } = setUp(t)
  await node.database.write(() => {
    for (let index = 0; index < 1100; index++) {
      node.alerts.raise({ reason: `reason_${index}`, who: 'mallory' })
      if (index >= 50) node.alerts.dismiss(node.alerts.list({ status: 'open', limit: 1 })[0]?.id ?? '')
    }
  })
  await node.database.write(() => node.alerts.trim())
  t.is(node.alerts.list({ status: 'all', limit: 5000 }).length, 1050)
  t.is(node.alerts.openCount(), 50)
})

test('a long detail is cut and stays JSON', async (t) => {
  const { node } = setUp(t)
  await node.raise('bad_token', '::1', { value: 'x'.repeat(100_000) })
  t.true((node.open()[0]?.detail.length ?? 0) < 600)
  t.notThrows(() => JSON.parse(node.open()[0]?.detail ?? ''))
})
