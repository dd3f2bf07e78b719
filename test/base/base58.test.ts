import test from 'ava'
import { base58btc } from 'multiformats/bases/base58'
import { base58 } from '../../src/base/base58.ts'
import { fc } from '../helpers/fast-check.ts'

test('bytes are written as base58btc writes them', (t) => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.uint8Array({ maxLength: 40, max: 1 }),
    fc.constant(new Uint8Array(32).fill(255)),
  )
  fc.assert(
    fc.property(bytes, (value) => `z${base58(value)}` === base58btc.encode(value)),
    { numRuns: 2000 },
  )
  t.pass()
})
