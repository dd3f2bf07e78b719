import test from 'ava'
import { openApi } from '../../src/http/openapi.ts'
import { pages } from '../../src/http/pages.ts'
import { operations } from '../../src/operations.ts'
import { api, ask } from '../helpers/http.ts'

test('the OpenAPI document changes in plain sight only', (t) => {
  t.snapshot(JSON.stringify(openApi('0.0.0'), null, 1))
})

test('every reference in it leads somewhere, and nothing is left undescribed', (t) => {
  const document = openApi('0.0.0')
  const text = JSON.stringify(document)
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference)
  t.true(references.length > operations.length)
  for (const reference of new Set(references)) {
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document)
    t.truthy(target, reference)
  }
  t.is([...text.matchAll(/"operationId"/g)].length, operations.length + pages.length)
  t.notRegex(text, /\$defs/)
})

test('it is served to anyone', async (t) => {
  await using server = await api()
  const { json } = await ask(server.port, { path: '/openapi.json' })
  t.deepEqual(json, JSON.parse(JSON.stringify(openApi('0.0.0'))))
})
