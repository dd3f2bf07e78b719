import test from 'ava'
import { parseArgv } from '../../src/cli/argv.ts'
import { wordsOf } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/commands.ts'
import { fc } from '../helpers/fast-check.ts'

async function parsed(...argv: string[]) {
  const line = await parseArgv(argv, commands)
  if (!line) return undefined
  const options = Object.fromEntries(Object.entries(line.options).filter(([, value]) => value !== undefined))
  return [wordsOf(line.command), line.args, options]
}

const understood: [string[], unknown][] = [
  [
    ['send', '007', '--to', '1e5'],
    ['send', ['007'], { to: '1e5' }],
  ],
  [
    ['send', 'true', '--to=0x10'],
    ['send', ['true'], { to: '0x10' }],
  ],
  [
    ['send', 'a=b', '--to=x=y'],
    ['send', ['a=b'], { to: 'x=y' }],
  ],
  [
    ['send', '', '--to='],
    ['send', [''], { to: '' }],
  ],
  [
    ['send', '-'],
    ['send', ['-'], {}],
  ],
  [
    ['send', '--to', 'bob', '--', '--help'],
    ['send', ['--help'], { to: 'bob' }],
  ],
  [
    ['send', '--', '-5 degrees'],
    ['send', ['-5 degrees'], {}],
  ],
  [
    ['send', 'hi', '--to', '-5'],
    ['send', ['hi'], { to: '-5' }],
  ],
  [
    ['--name', 'alice', 'peers'],
    ['peers', [], { name: 'alice' }],
  ],
  [
    ['--name=alice', '--format', 'json', 'status'],
    ['status', [], { name: 'alice', format: 'json' }],
  ],
  [
    ['peers', '--name', '1'],
    ['peers', [], { name: '1' }],
  ],
  [
    ['peers', 'disconnect', 'bob'],
    ['peers disconnect', ['bob'], {}],
  ],
  [
    ['peers', 'list'],
    ['peers', [], {}],
  ],
  [['conversations'], ['conversations', [], {}]],
  [
    ['conversations', 'login page'],
    ['conversations', ['login page'], {}],
  ],
  [
    ['conversations', '--', 'show'],
    ['conversations', ['show'], {}],
  ],
  [
    ['conversations', 'show', '0199'],
    ['conversations show', ['0199'], {}],
  ],
  [
    ['logs', '-n', '20', '-f'],
    ['logs', [], { lines: '20', follow: true }],
  ],
  [
    ['start', '--connect', 'a:1', '--connect=b:2'],
    ['start', [], { connect: ['a:1', 'b:2'] }],
  ],
  [
    ['start', '--connect', 'a:1'],
    ['start', [], { connect: 'a:1' }],
  ],
  [
    ['start', '--api-port', '0'],
    ['start', [], { 'api-port': '0' }],
  ],
  [
    ['start', '--auto-connect'],
    ['start', [], { 'auto-connect': true }],
  ],
  [
    ['start', '--no-auto-connect'],
    ['start', [], { 'auto-connect': false }],
  ],
  [
    ['agents', 'update', 'x', '--no-default'],
    ['agents update', ['x'], { default: false }],
  ],
  [
    ['send', '\u00015'],
    ['send', ['\u00015'], {}],
  ],
  [
    ['connect', '[::1]:7312'],
    ['connect', ['[::1]:7312'], {}],
  ],
  [[], undefined],
  [['--version'], undefined],
]
for (const [argv, expected] of understood) {
  test(`agora ${argv.map((arg) => JSON.stringify(arg)).join(' ')}`, async (t) => {
    t.deepEqual(await parsed(...argv), expected)
  })
}

const refused: [string[], RegExp, RegExp][] = [
  [['stauts'], /no command "stauts"/, /status/],
  [['constructor'], /no command "constructor"/, /lists the commands/],
  [['conv'], /no command "conv"/, /conversations/],
  [['send', 'two', 'words'], /cannot take "words"/, /quotes/],
  [['send'], /needs <body>/, /Usage: agora send <body>/],
  [['agents', 'presence', 'x'], /needs <state>/, /Usage/],
  [['status', 'now'], /cannot take "now"/, /Usage: agora status/],
  [
    ['agents', 'claude-1'],
    /no command "agents claude-1"/,
    /There are: agents list, agents known, agents history, agents add/,
  ],
  [
    ['project', 'restore', 'x'],
    /no command "project restore"/,
    /^`agora project --help` names all \d\d that begin so\.$/,
  ],
  [['project', 'complet', 'x'], /no command "project complet"/, /mean project complete/],
  [['send', 'x', '--too', 'bob'], /no option --too/, /--to\b/],
  [['send', 'x', '-to', 'bob'], /no option -to/, /--to\b/],
  [['send', '-5'], /no option -5/, /after `--`/],
  [['send', 'x', '--__proto__=1'], /no option --__proto__/, /help/],
  [['send', 'x', '--to'], /--to needs a value/, /^$/],
  [['send', 'x', '--to', '--timeout', '3'], /--to needs a value/, /^$/],
  [['send', 'x', '--to', 'a', '--to', 'b'], /given twice/, /^$/],
  [['send', 'x', '--wait-for', 'read'], /cannot be "read"/, /shown/],
  [['messages', '--wait=5'], /takes no value/, /^$/],
  [['messages', '--format', 'xml'], /cannot be "xml"/, /table, json/],
  [['--nmae', 'x', 'status'], /no option --nmae/, /--name/],
  [['--to', 'bob', 'send', 'x'], /no option --to/, /behind it/],
  [['--'], /no option --\./, /./],
]
for (const [argv, message, hint] of refused) {
  test(`agora ${argv.join(' ')} is refused`, async (t) => {
    const error = (await t.throwsAsync(parsed(...argv), { code: 'usage', message })) as { hint?: string }
    t.regex(error.hint ?? '', hint)
  })
}

test('whatever is typed as a value arrives as it was typed', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string(), async (body, to) => {
      t.deepEqual(await parsed('send', `--to=${to}`, '--', body), ['send', [body], { to }])
    }),
  )
})

test('any line is understood or refused as one that is not', async (t) => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('send', 'peers', 'disconnect', '--to', '--name', '-n', '--', '--help', '--no-x'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(word), async (argv) => {
      await parsed(...argv).catch((error) => t.is(error.code, 'usage', String(error.stack)))
    }),
    { numRuns: 500 },
  )
  t.pass()
})
