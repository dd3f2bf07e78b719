import { execFileSync, spawnSync } from 'node:child_process'
import test from 'ava'
import { commands } from '../../src/cli/commands.ts'
import { completionScript } from '../../src/cli/completion.ts'

const withBash = spawnSync('bash', ['--version']).status === 0 ? test : test.skip

/** What bash offers after these words. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `${await completionScript('bash', commands)}
COMP_WORDS=(agora ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_agora
printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean)
}

withBash('bash offers commands, their second words, and options', async (t) => {
  t.deepEqual(await offered('st'), ['start', 'stop', 'status'])
  t.deepEqual(await offered('peers', 'd'), ['disconnect'])
  t.deepEqual(await offered('--name', 'alice', 'send', '--t'), ['--to', '--timeout'])
  t.deepEqual(await offered('agents', 'update', 'x', '--no'), ['--no-default'])
  t.false((await offered('start', '--d')).includes('--detached'))
  t.deepEqual(await offered('config', ''), [
    'get',
    'set',
    'unset',
    '--name',
    '--format',
    '--as',
    '--why',
    '--help',
    '--version',
  ])
})

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  test(`the script for ${shell} names every command`, async (t) => {
    const script = await completionScript(shell, commands)
    for (const command of commands)
      for (const word of command.usage.replace(/ [<[].*/, '').split(' ')) t.true(script.includes(word))
  })
}
