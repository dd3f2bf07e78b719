import test from 'ava'
import { createTelemetry } from '../../src/core/metrics.ts'
import { counters } from '../../src/core/telemetry.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { recordedTelemetry } from '../helpers/telemetry.ts'

function setUp() {
  const clock = fakeClock()
  const recorded: [string, Record<string, unknown>][] = []
  const { log } = recordedTelemetry().telemetry
  const made = createTelemetry({ clock, log, record: (type, data) => recorded.push([type, data]) })
  const line = async (name: string) =>
    (await made.metrics.render()).body.split('\n').find((text) => text.startsWith(name))
  return { ...made, clock, recorded, line }
}

test('the security log has one entry a minute for each peer and reason, with a count of the rest', async (t) => {
  const { telemetry, clock, recorded, line } = setUp()
  for (let count = 0; count < 5; count++) telemetry.security('bad_signature', 'mallory', { detail: count })
  telemetry.security('malformed', 'mallory')
  telemetry.security('bad_signature', 'other')
  await clock.advance(60_000)
  telemetry.security('bad_signature', 'mallory')
  t.deepEqual(recorded, [
    ['security.bad_signature', { who: 'mallory', detail: 0 }],
    ['security.malformed', { who: 'mallory' }],
    ['security.bad_signature', { who: 'other' }],
    ['security.bad_signature', { who: 'mallory', more_before: 4 }],
  ])
  t.is(await line('agora_security_total{reason="bad_signature"}'), 'agora_security_total{reason="bad_signature"} 7')
})

test('every counter is there, and a label that nobody foresaw is no fault', async (t) => {
  const { telemetry, metrics, line } = setUp()
  const { body } = await metrics.render()
  for (const [name, help] of Object.entries(counters)) t.true(body.includes(`# HELP agora_${name}_total ${help}`), name)
  telemetry.count('envelopes_received', { type: 'message', from: 'mallory' })
  t.is(await line('agora_envelopes_received_total{'), 'agora_envelopes_received_total{type="message"} 1')
})

test('a gauge is read when it is asked for', async (t) => {
  const { metrics, line } = setUp()
  let value = 1
  metrics.gauge('peers', 'Connected peers', () => value)
  value = 7
  t.is(await line('agora_peers '), 'agora_peers 7')
})
