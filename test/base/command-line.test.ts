import test from 'ava'
import { COMMAND_MAX, parseCommandLine, quoteCommandLine } from '../../src/base/command-line.ts'
import { fc } from '../helpers/fast-check.ts'

const words = (text: string) => {
  const parsed = parseCommandLine(text)
  return 'words' in parsed ? parsed.words : undefined
}
const fault = (text: string) => {
  const parsed = parseCommandLine(text)
  return 'fault' in parsed ? parsed.fault : undefined
}

const examples: [string, string[]][] = [
  ['./wake.sh', ['./wake.sh']],
  ['  a   b  ', ['a', 'b']],
  ["a 'b c'", ['a', 'b c']],
  ['a "b c"', ['a', 'b c']],
  ['a b\\ c', ['a', 'b c']],
  ["a ''", ['a', '']],
  ['a ""', ['a', '']],
  [`a b'c'"d"e`, ['a', 'bcde']],
  [`a 'it'\\''s'`, ['a', "it's"]],
  ['a "say \\"x\\" and \\\\ and \\$HOME and \\`"', ['a', 'say "x" and \\ and $HOME and `']],
  ['a "keep \\n"', ['a', 'keep \\n']],
  ["a '$(rm -rf ~) `id` | & ; < > * ? [x] {y} ~ # !'", ['a', '$(rm -rf ~) `id` | & ; < > * ? [x] {y} ~ # !']],
  ['a "| & ; < > ( ) * ? [x] {y} ~ # !"', ['a', '| & ; < > ( ) * ? [x] {y} ~ # !']],
  ['a \\$HOME \\| \\;', ['a', '$HOME', '|', ';']],
  ['a x=1 --y=2', ['a', 'x=1', '--y=2']],
  ['/opt/a=b/run', ['/opt/a=b/run']],
  ['grüße 漢字 😀', ['grüße', '漢字', '😀']],
  ['a \\😀', ['a', '😀']],
]
for (const [text, expected] of examples) {
  test(`parses ${text}`, (t) => t.deepEqual(words(text) as string[] | undefined, expected))
}

const refused = [
  ...[...'|&;<>()$`*?[]{}~#!'].flatMap((character) => [`a ${character}`, `a x${character}y`, `${character}a`]),
  'a && b',
  'a || b',
  'a > /tmp/x',
  'a 2>&1',
  'a $(id)',
  'a `id`',
  'a "$(id)"',
  'a "`id`"',
  'a "$HOME"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  'a ${IFS}b',
  'LD_PRELOAD=/tmp/x.so ./a',
  "'LD_PRELOAD'=x ./a",
  'PATH+=/tmp a',
  "a 'b",
  'a "b',
  'a "b\\"',
  'a \\',
  '',
  '   ',
  "''",
  "'' a",
  'a\nb',
  "a 'x\ny'",
  'a\tb',
  'a\rb',
  'a\0b',
  "a 'x\0y'",
  'a\u001b[2J',
  'a\u0085b',
  'a\u00a0b',
  'a\u2003b',
  'a\u2028b',
  'a\u202eb',
  'a\u200bb',
  'a\ufeffb',
  'a\u3164b',
  'a\u{e0041}b',
  'a\ud800b',
  `a ${'x'.repeat(COMMAND_MAX)}`,
]
test('refuses all that needs a shell, and all that cannot be seen, with a reason', (t) => {
  for (const text of refused) t.is(typeof fault(text), 'string', JSON.stringify(text))
  t.regex(fault('a | b') ?? '', /has \| .*connects programs.*needs a shell/)
  t.regex(fault('a "$x"') ?? '', /has \$ even within double quotes/)
  t.regex(fault('LD_PRELOAD=x a') ?? '', /setting a variable in front needs a shell/)
  t.regex(fault('a\0b') ?? '', /U\+0000/)
})

const sour = fc.string({ unit: fc.constantFrom(...' \'"\\$`|&;<>()*?[]{}~#!\n\0\u202eaé😀=/.-') })
const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), sour)

test('whatever parses, quoted again, parses to the same', (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = words(text)
      if (!parsed) return
      t.deepEqual(words(quoteCommandLine(parsed)), parsed)
    }),
    { numRuns: 5000 },
  )
})

test('any words without what cannot be seen can be written as a command, and no others', (t) => {
  fc.assert(
    fc.property(fc.array(anyText), (args) => {
      const unseen = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]/u.test(args.join(''))
      const line = quoteCommandLine(['/bin/a', ...args])
      if (unseen || line.length > COMMAND_MAX) t.is(words(line), undefined)
      else t.deepEqual(words(line) as string[] | undefined, ['/bin/a', ...args])
    }),
    { numRuns: 3000 },
  )
})

test('outside of quotes nothing is left that a shell would act on', (t) => {
  fc.assert(
    fc.property(sour, (text) => {
      if (!words(text)) return
      const bare = text.replace(/\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"/gu, '')
      t.notRegex(bare, /[|&;<>()$`*?[\]{}~#!\n]/)
    }),
    { numRuns: 5000 },
  )
})
