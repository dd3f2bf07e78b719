import { join } from 'node:path'
import test from 'ava'
import { conformance } from '../helpers/conformance.ts'
import { network } from '../helpers/network.ts'
import { tokenProxy } from '../helpers/token-proxy.ts'
import { fixtureServer } from './fixture/server.ts'

const expected = (name: string) => join(import.meta.dirname, 'fixture', name)

test('the official conformance suite finds no fault in /mcp but those that are listed', async (t) => {
  t.timeout(120_000)
  await using net = await network(['alice'])
  const { token } = await net.node.alice.call('agents.register', { name: 'claude-1' })
  await using proxy = await tokenProxy(net.node.alice.daemon.api_url, token)
  const { code, report } = await conformance(`${proxy.url}/mcp`, expected('product.yml'))
  t.is(code, 0, report)
})

test('what the suite’s own tools need, our transport carries', async (t) => {
  t.timeout(120_000)
  await using fixture = await fixtureServer()
  const { code, report } = await conformance(fixture.url, expected('transport.yml'))
  t.is(code, 0, report)
})
