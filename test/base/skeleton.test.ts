import test from 'ava'
import { skeleton } from '../../src/base/skeleton.ts'
import { fc } from '../helpers/fast-check.ts'

test('names a reader could take for one another have one skeleton', (t) => {
  for (const [one, other] of [
    ['bob', 'BOB'],
    ['bob', 'b\u043eb'],
    ['paypal', '\u0440aypal'],
    ['alice', 'a1ice'],
    ['Ivan', 'lvan'],
    ['file', '\ufb01le'],
    ['bob', '\uff42\uff4f\uff42'],
    ['rn', 'm'],
    ['caf\u00e9', 'cafe\u0301'],
  ] as const) {
    t.is(skeleton(one), skeleton(other), `${one} ${other}`)
  }
})

test('names that differ to the eye keep apart', (t) => {
  for (const [one, other] of [
    ['bob', 'bobby'],
    ['claude', 'claude-2'],
    ['claude-1', 'claude-2'],
    ['anna', 'hanna'],
    ['caf\u00e9', 'cafe'],
  ] as const) {
    t.not(skeleton(one), skeleton(other), `${one} ${other}`)
  }
})

test('case makes no difference, and the same name always has the same skeleton', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abcxyzABCXYZ019-_ ') }), (name) => {
      t.is(skeleton(name.toUpperCase()), skeleton(name.toLowerCase()))
      t.is(skeleton(name), skeleton(name))
    }),
  )
})
