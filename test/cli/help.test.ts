import test from 'ava'
import { parseArgv } from '../../src/cli/argv.ts'
import { wordsOf } from '../../src/cli/command.ts'
import { commands } from '../../src/cli/commands.ts'
import { commandHelp, overview } from '../../src/cli/help.ts'
import { cli } from '../helpers/cli.ts'

test('the overview', (t) => {
  t.snapshot(overview(commands, '0.0.0'))
})

for (const command of commands) {
  test(`agora ${wordsOf(command)} --help`, async (t) => {
    const { code, out } = await cli([...wordsOf(command).split(' '), '--help'], { folder: '/nowhere' })
    t.is(code, 0)
    t.is(out, await commandHelp(command))
    t.snapshot(out)
  })
}

test('every example is understood by the program itself', async (t) => {
  for (const command of commands) {
    for (const example of command.examples) {
      // The part that is Agora's, as a shell would split it.
      const line = /\bagora (.*?)(?: {2,}#.*| [|>] .*|\).*)?$/.exec(example)?.[1] ?? ''
      const argv = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        ([, double, single, bare]) => double ?? single ?? bare ?? '',
      )
      const parsed = await parseArgv(argv, commands)
      t.is(parsed && wordsOf(parsed.command), wordsOf(command), example)
    }
  }
})

test('agora help <command> and agora --version', async (t) => {
  const folder = '/nowhere'
  t.is(
    (await cli(['help', 'peers', 'disconnect'], { folder })).out,
    (await cli(['peers', 'disconnect', '-h'], { folder })).out,
  )
  t.is((await cli([], { folder })).out, (await cli(['--help'], { folder })).out)
  t.regex((await cli(['--version'], { folder })).out, /^\d+\.\d+\.\d+\S*\n$/)
})
