import test from 'ava'
import { table } from '../../src/cli/table.ts'
import { bytes, cut, displayWidth, duration, framed, safeJson, shownName } from '../../src/cli/text.ts'
import { fc } from '../helpers/fast-check.ts'

const same = (text: string): string => text

test('text of others stays behind our mark, whatever it holds', (t) => {
  const nasty = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\n',
        '\r',
        '\u001b[2J',
        '\u001b[1A',
        '\u009b1A',
        '\u2028',
        '\t',
        '漢字',
        '👩‍👩‍👧',
        ' '.repeat(100),
        '\u202e',
      ),
    ),
  )
  fc.assert(
    fc.property(nasty, fc.option(fc.integer({ min: 10, max: 200 })), (parts, columns) => {
      for (const line of framed(parts.join(''), columns ?? undefined)) {
        t.true(line.startsWith('  │'))
        // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
        t.notRegex(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
        if (columns !== null) t.true(displayWidth(line) < Math.max(columns, 26))
      }
    }),
  )
})

test('long text is wrapped between words where there are any', (t) => {
  t.deepEqual(framed('the quick brown fox jumps over the lazy dog', 26), [
    '  │ the quick brown fox',
    '  │ jumps over the lazy',
    '  │ dog',
  ])
  t.deepEqual(framed('x'.repeat(45), 26), [`  │ ${'x'.repeat(21)}`, `  │ ${'x'.repeat(21)}`, '  │ xxx'])
  t.deepEqual(framed('a\n\nb', 80), ['  │ a', '  │ ', '  │ b'])
})

test('a table fits the terminal by cutting its widest columns', async (t) => {
  const rows = [
    ['bob', 'x'.repeat(100), 'live'],
    ['漢字漢字', 'short\u001b[2J\nline', 'stale'],
  ]
  const text = await table(['NAME', 'ADDRESS', 'STATE'], rows, 40, same)
  t.snapshot(text)
  for (const line of text.split('\n')) t.true(displayWidth(line) <= 40)
  t.true((await table(['NAME', 'ADDRESS', 'STATE'], rows, undefined, same)).includes('x'.repeat(100)))
})

test('a name that could pass for other words, or do something in a shell, is quoted', (t) => {
  t.is(shownName('claude-1@bob'), 'claude-1@bob')
  t.is(shownName('Büro'), 'Büro')
  t.is(shownName('bob (trust 4)'), "'bob (trust 4)'")
  t.is(shownName('$(rm -rf ~)'), "'$(rm -rf ~)'")
  t.is(shownName("it's"), "'it'\\''s'")
  t.is(shownName(''), "''")
})

test('JSON stays JSON and cannot reach the terminal', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = safeJson(value)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
      t.notRegex(text, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      t.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('times and sizes are told roughly', (t) => {
  t.deepEqual([0, 59_400, 60_000, 3_600_000, 5_400_000, 50_400_000, 259_200_000].map(duration), [
    '0 s',
    '59 s',
    '1 min',
    '1 h',
    '1 h 30 min',
    '14 h',
    '3 d',
  ])
  t.deepEqual([0, 1023, 1536, 5 << 20, 300 * 1024 ** 3].map(bytes), ['0 B', '1023 B', '1.5 KiB', '5.0 MiB', '300 GiB'])
  t.is(cut('hello world', 6), 'hello…')
  t.is(cut('hello', 5), 'hello')
})
