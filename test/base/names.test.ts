import test from 'ava'
import { NAME_MAX, nameFault } from '../../src/base/names.ts'
import { Name } from '../../src/contract/common.ts'
import { fc } from '../helpers/fast-check.ts'

test('ordinary names of people, machines and agents', (t) => {
  for (const name of [
    'bob',
    'claude-1',
    'Claude Opus 4.5',
    'büro',
    '名前',
    'माया',
    'x',
    '007',
    "o'neill",
    'a_b+c',
    '😀',
  ]) {
    t.is(nameFault(name), undefined, name)
  }
})

test('what separates the parts of an address is in no name', (t) => {
  for (const letter of '@#/:\\') {
    for (const name of [letter, `${letter}a`, `a${letter}`, `a${letter}b`]) t.not(nameFault(name), undefined, name)
  }
})

test('no name holds what cannot be seen', (t) => {
  const invisible = [
    '\0',
    '\t',
    '\n',
    '\r',
    '\u001b',
    '\u007f',
    '\u0085', // controls
    '\u200b',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad', // no width
    '\u202e',
    '\u2066',
    '\u200f', // change of direction
    '\u2028',
    '\u2029', // ends of lines
    '\u3164',
    '\u115f',
    '\uffa0',
    '\u034f',
    '\u{e0041}',
    '\ufe0f', // letters and marks that show nothing
    '\ue000',
    '\ufdd0',
    '\u0378',
    '\ud800',
    '\udc00', // private, no characters, unassigned, halves
  ]
  for (const letter of invisible) t.not(nameFault(`bo${letter}b`), undefined, JSON.stringify(letter))
})

test('the ends of a name cannot be missed', (t) => {
  for (const name of ['', ' ', '.', '..', '-', '-x', '--help', '.x', 'x.', ' x', 'x ', '\u00a0x', 'x\u3000', 'x\n']) {
    t.not(nameFault(name), undefined, JSON.stringify(name))
  }
})

test('length is counted in characters, not in what holds them', (t) => {
  t.is(nameFault('😀'.repeat(NAME_MAX)), undefined)
  t.regex(nameFault('a'.repeat(NAME_MAX + 1)) ?? '', /at most 64/)
})

test('a fault is words, and what has none is one line of visible characters', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 6 }), (name) => {
      fc.pre(nameFault(name) === undefined)
      t.notRegex(name, /[@#/:\\\p{C}\p{Zl}\p{Zp}]/u)
      t.is(name, name.trim())
      t.is(name, name.normalize('NFC'))
      t.deepEqual(JSON.parse(JSON.stringify(name)), name)
    }),
    { numRuns: 500 },
  )
})

test('at an edge a name is brought into normal form C and then checked', (t) => {
  t.is(Name.parse('cafe\u0301'), 'caf\u00e9')
  t.regex(Name.safeParse('a@b').error?.issues[0]?.message ?? '', /holds one of/)
  t.not(nameFault('cafe\u0301'), undefined)
})
