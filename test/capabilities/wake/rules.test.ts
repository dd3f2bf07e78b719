import test from 'ava'
import {
  type Call,
  isOpen,
  lastMidnight,
  nextMidnight,
  nextStep,
  opensAt,
  type Sleeper,
} from '../../../src/capabilities/wake/rules.ts'
import { defaultPolicy, Policy } from '../../../src/capabilities/wake/schema.ts'
import { fc } from '../../helpers/fast-check.ts'

const NOON = new Date(2026, 10, 1, 12).getTime()
const call = (over: Partial<Call> = {}): Call => ({
  position: 1,
  kind: 'message',
  payer: 'bob',
  trust: 3,
  at: NOON,
  note: null,
  ...over,
})
const sleeper = (over: Partial<Sleeper> = {}): Sleeper => ({
  policy: defaultPolicy,
  calls: [call()],
  isRunning: false,
  isReading: false,
  lastRead: NOON - 3_600_000,
  lastEnd: undefined,
  wokenToday: () => 0,
  ...over,
})
const rest = { wake: [], awake: [], denied: [], until: undefined }
const policy = (over: Partial<Policy>) => ({ ...defaultPolicy, ...over })

test('who has been away wakes when no more comes for a while', (t) => {
  t.deepEqual(nextStep(sleeper(), NOON), { ...rest, until: NOON + 5000 })
  t.deepEqual(nextStep(sleeper(), NOON + 5000), { ...rest, wake: [call()] })
  const more = [call(), call({ position: 2, at: NOON + 4000 })]
  t.is(nextStep(sleeper({ calls: more }), NOON + 5000).until, NOON + 9000)
  t.deepEqual(nextStep(sleeper({ calls: more }), NOON + 9000).wake, more)
})

test('who never stops writing wakes, too', (t) => {
  const calls = Array.from({ length: 20 }, (_, index) => call({ position: index, at: NOON + index * 4000 }))
  t.deepEqual(nextStep(sleeper({ calls }), NOON + 50_000).wake, calls)
})

test('nobody is woken while somebody reads, or just has', (t) => {
  t.deepEqual(nextStep(sleeper({ isReading: true }), NOON + 60_000), rest)
  t.deepEqual(nextStep(sleeper({ lastRead: NOON }), NOON + 29_999), { ...rest, until: NOON + 30_000 })
  t.deepEqual(nextStep(sleeper({ lastRead: NOON }), NOON + 30_000).wake, [call()])
})

test('one at a time, and a pause after it', (t) => {
  t.deepEqual(nextStep(sleeper({ isRunning: true }), NOON + 60_000), rest)
  t.deepEqual(nextStep(sleeper({ lastEnd: NOON }), NOON + 59_999), { ...rest, until: NOON + 60_000 })
  t.deepEqual(nextStep(sleeper({ lastEnd: NOON }), NOON + 60_000).wake, [call()])
})

test('below the trust that is asked nothing happens, and nothing is told', (t) => {
  for (const trust of [0, 1, 2]) t.deepEqual(nextStep(sleeper({ calls: [call({ trust })] }), NOON + 60_000), rest)
  const strict = policy({ min_trust: 4 })
  t.deepEqual(nextStep(sleeper({ policy: strict }), NOON + 60_000), rest)
  t.deepEqual(nextStep(sleeper({ policy: strict, calls: [call({ trust: 4 })] }), NOON + 60_000).wake.length, 1)
})

test('outside of the hours it is told once, and done when they begin', (t) => {
  const night = new Date(2026, 10, 1, 23).getTime()
  const morning = new Date(2026, 10, 2, 8).getTime()
  const asleep = sleeper({ policy: policy({ hours: '08:00-22:00' }), calls: [call({ at: night })] })
  const step = nextStep(asleep, night + 5000)
  t.deepEqual(step, { ...rest, denied: [{ call: call({ at: night }), why: 'hours' }], until: morning })
  const told = { ...asleep, calls: [call({ at: night, note: 'wake_denied' })] }
  t.deepEqual(nextStep(told, night + 6000), { ...rest, until: morning })
  t.is(nextStep(told, morning).wake.length, 1)
})

test('each friend has so many a day; who has more left wakes', (t) => {
  const calls = [call(), call({ position: 2, payer: 'carol' }), call({ position: 3, payer: undefined, trust: 4 })]
  const step = nextStep(sleeper({ calls, wokenToday: (who) => (who === 'bob' ? 20 : 19) }), NOON + 5000)
  t.deepEqual(
    step.wake.map(({ position }) => position),
    [2, 3],
  )
  t.deepEqual(step.denied, [{ call: calls[0] as Call, why: 'per_day' }])
  t.is(step.until, nextMidnight(NOON))
})

test('a request to wake who is there is answered, mail waits', (t) => {
  const calls = [call(), call({ position: 2, kind: 'request' })]
  t.deepEqual(nextStep(sleeper({ calls, isReading: true }), NOON), { ...rest, awake: [calls[1] as Call] })
  // Who has just read may be gone: a program that a hook ran, for one.
  t.deepEqual(nextStep(sleeper({ calls, lastRead: NOON }), NOON), { ...rest, until: NOON + 30_000 })
})

test('what a clock that was wrong has noted holds nobody up', (t) => {
  const later = NOON + 365 * 24 * 3_600_000
  const asleep = sleeper({ calls: [call({ at: later })], lastRead: later, lastEnd: later })
  t.is(nextStep(asleep, NOON).wake.length, 1)
})

const DAY = 24 * 3_600_000
const anyTime = fc.integer({ min: new Date(2026, 0, 1).getTime(), max: new Date(2027, 0, 1).getTime() })
const minute = fc.integer({ min: 0, max: 24 * 60 - 1 })
const text = (at: number) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`
const anyHours = fc
  .tuple(minute, fc.integer({ min: 0, max: 24 * 60 }))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => `${text(from)}-${text(to)}`)
  .filter((hours) => Policy.shape.hours.safeParse(hours).success)

test('hours that are closed open within two days, at a moment that is open', (t) => {
  fc.assert(
    fc.property(anyHours, anyTime, (hours, now) => {
      const at = opensAt(hours, now)
      t.true(at > now && at - now <= 2 * DAY + 3_600_000, `${hours} ${now}`)
      if (at !== nextMidnight(now)) t.true(isOpen(hours, at))
      if (!isOpen(hours, now)) t.false(isOpen(hours, at - 60_000))
    }),
  )
})

test('midnight is before and after each moment, no more than a day and an hour', (t) => {
  fc.assert(
    fc.property(anyTime, (now) => {
      t.true(lastMidnight(now) <= now && now < nextMidnight(now))
      t.true(nextMidnight(now) - lastMidnight(now) <= DAY + 3_600_000)
      t.is(nextMidnight(lastMidnight(now)), nextMidnight(now))
    }),
  )
})

test('the whole day is open, and over midnight is, too', (t) => {
  t.true(isOpen('00:00-24:00', new Date(2026, 10, 1).getTime()))
  t.true(isOpen('00:00-24:00', new Date(2026, 10, 1, 23, 59).getTime()))
  t.true(isOpen('22:00-06:00', new Date(2026, 10, 1, 23).getTime()))
  t.true(isOpen('22:00-06:00', new Date(2026, 10, 1, 5, 59).getTime()))
  t.false(isOpen('22:00-06:00', new Date(2026, 10, 1, 6).getTime()))
  for (const hours of ['8:00-9:00', '08:00-08:00', '24:00-08:00', '08:00-25:00', '08:60-09:00', '08:00'])
    t.false(Policy.shape.hours.safeParse(hours).success, hours)
})

const anyCall = fc.record({
  position: fc.nat(1000),
  kind: fc.constantFrom('message' as const, 'request' as const),
  payer: fc.constantFrom('bob', 'carol', undefined),
  trust: fc.constantFrom(0, 1, 2, 3, 4),
  at: fc.integer({ min: NOON - DAY, max: NOON }),
  note: fc.constantFrom(null, 'waking', 'wake_denied', 'wake_idle'),
})
const anySleeper: fc.Arbitrary<Sleeper> = fc.record({
  policy: fc.record({
    after_seconds: fc.nat(100),
    debounce_seconds: fc.nat(100),
    pause_seconds: fc.nat(100),
    timeout_seconds: fc.constant(1),
    per_day: fc.integer({ min: 1, max: 3 }),
    hours: anyHours,
    min_trust: fc.constantFrom(3 as const, 4 as const),
    notify: fc.boolean(),
  }),
  calls: fc.uniqueArray(anyCall, { selector: ({ position }) => position }),
  isRunning: fc.boolean(),
  isReading: fc.boolean(),
  lastRead: fc.integer({ min: NOON - DAY, max: NOON }),
  lastEnd: fc.option(fc.integer({ min: NOON - DAY, max: NOON }), { nil: undefined }),
  wokenToday: fc.constantFrom(
    () => 0,
    () => 2,
    (payer: string) => (payer === 'bob' ? 5 : 0),
  ),
})

test('whatever the state: never against the policy, and never forgotten', (t) => {
  fc.assert(
    fc.property(anySleeper, fc.integer({ min: 0, max: 200_000 }), (state, later) => {
      const now = NOON + later
      const { wake, awake, denied, until } = nextStep(state, now)
      for (const one of wake) {
        t.true(one.trust >= state.policy.min_trust && one.trust >= 3)
        t.true(one.payer === undefined || state.wokenToday(one.payer) < state.policy.per_day)
      }
      if (wake.length > 0) {
        t.false(state.isRunning || state.isReading)
        t.true(isOpen(state.policy.hours, now))
        t.true(state.lastRead > now || now >= state.lastRead + state.policy.after_seconds * 1000)
        t.true(now >= (state.lastEnd ?? 0) + state.policy.pause_seconds * 1000)
      }
      for (const { call } of denied) t.not(call.note, 'wake_denied')
      t.true(until === undefined || until > now)
      // Whoever may wake and is not part of it now will be asked for again, or an event will.
      const left = state.calls.filter(
        (one) => one.trust >= state.policy.min_trust && ![...wake, ...awake].includes(one),
      )
      if (left.length > 0 && !state.isRunning && !state.isReading) t.true(until !== undefined)
    }),
    { numRuns: 3000 },
  )
})
