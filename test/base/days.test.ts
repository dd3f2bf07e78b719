import test from 'ava'
import { dayOf, isTimeZone, lastDays } from '../../src/base/days.ts'

const starts = (at: string, zone: string, count = 2) =>
  lastDays(Date.parse(at), count, zone).map(({ date, start }) => [date, new Date(start).toISOString().slice(0, 16)])

test('days begin at midnight of their zone, also where the clocks are moved', (t) => {
  t.deepEqual(starts('2026-03-29T20:00:00Z', 'UTC'), [
    ['2026-03-28', '2026-03-28T00:00'],
    ['2026-03-29', '2026-03-29T00:00'],
  ])
  t.deepEqual(starts('2026-03-30T10:00:00.123Z', 'Europe/Berlin'), [
    ['2026-03-29', '2026-03-28T23:00'],
    ['2026-03-30', '2026-03-29T22:00'],
  ])
  t.deepEqual(starts('2026-03-29T23:30:00Z', 'Asia/Kathmandu'), [
    ['2026-03-29', '2026-03-28T18:15'],
    ['2026-03-30', '2026-03-29T18:15'],
  ])
})

test('where midnight is skipped a day begins with its first moment, where it comes twice with the first', (t) => {
  t.deepEqual(starts('2026-04-24T10:00:00Z', 'Africa/Cairo', 1), [['2026-04-24', '2026-04-23T22:00']])
  // On 1 November 2026 it is 00:00 in Havana at 04:00 and, the clocks set back, at 05:00 again.
  t.deepEqual(starts('2026-11-02T10:00:00Z', 'America/Havana', 2), [
    ['2026-11-01', '2026-11-01T04:00'],
    ['2026-11-02', '2026-11-02T05:00'],
  ])
})

test('a moment lies in the day that has begun last', (t) => {
  const days = lastDays(Date.parse('2026-11-24T12:00:00Z'), 3, 'UTC')
  const day = (at: string) => dayOf(days, Date.parse(at))
  t.is(day('2026-11-21T23:59:59Z'), -1)
  t.is(day('2026-11-22T00:00:00Z'), 0)
  t.is(day('2026-11-23T23:59:59Z'), 1)
  t.is(day('2027-01-01T00:00:00Z'), 2)
})

test('zones are known by their names', (t) => {
  t.true(isTimeZone('Europe/Berlin'))
  t.true(isTimeZone('UTC'))
  t.false(isTimeZone('Europe/Bielefeld'))
  t.false(isTimeZone(''))
})
