import { readFileSync } from 'node:fs'
import test from 'ava'
import { routesText } from '../scripts/make-routes.ts'
import { operations } from '../src/operations.ts'

test('src/routes.ts is what the table makes; `npm run routes` renews it', (t) => {
  t.is(readFileSync(new URL('../src/routes.ts', import.meta.url), 'utf8'), routesText())
})

test('no two operations share a name or a route', (t) => {
  t.is(new Set(operations.map(({ name }) => name)).size, operations.length)
  const shapes = operations.map(({ http }) => `${http.method} ${http.path.replace(/:\w+/g, ':')}`)
  t.is(new Set(shapes).size, operations.length)
})
