import test from 'ava'
import { fakeClock } from '../helpers/fake-clock.ts'
import { AGENT, api, ask, OPERATOR } from '../helpers/http.ts'

test('a caller gets two seconds’ worth at once, then has to wait; others are not held up', async (t) => {
  const clock = fakeClock()
  await using server = await api({ clock, parts: { requestsPerSecond: 2 } })
  const status = async (token: string) => (await ask(server.port, { path: '/status', token })).status
  for (let call = 0; call < 4; call++) t.is(await status(AGENT), 200)
  const limited = await ask(server.port, { path: '/status', token: AGENT })
  t.like(limited.json, { status: 429, code: 'rate_limited' })
  t.is(limited.headers['retry-after'], '1')
  t.true(server.counts.includes('rate_limited api'))
  t.is(await status(OPERATOR), 200)
  t.is((await ask(server.port, { path: '/health' })).status, 200)
  await clock.advance(500)
  t.is(await status(AGENT), 200)
  t.is(await status(AGENT), 429)
})
