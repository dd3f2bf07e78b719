import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { cleanName, hookEnvironment } from '../../../src/capabilities/wake/environment.ts'
import { findProgram, programFault } from '../../../src/capabilities/wake/program.ts'
import { fc } from '../../helpers/fast-check.ts'
import { hookFolder } from '../../helpers/hook.ts'

test('a program is found as a shell would, and where one stands on the PATH counts for nothing', (t) => {
  using hook = hookFolder()
  const found = hook.shell('wake.sh', '')
  t.deepEqual(findProgram('./wake.sh', hook.folder, ''), { found })

  t.deepEqual(findProgram(found, undefined, ''), { found })
  t.deepEqual(findProgram('wake.sh', '/', `/nowhere:${hook.folder}`), { found })
  const faults: [string, string | undefined, string, RegExp][] = [
    ['./wake.sh', undefined, '', /relative/],
    ['./other.sh', hook.folder, '', /does not exist/],
    ['wake.sh', hook.folder, '', /not on the PATH/],
    ['wake.sh', hook.folder, '.::relative', /not on the PATH/],
    ['./dumps', hook.folder, '', /no regular file/],
    ['/dev/null', undefined, '', /no regular file/],
    ['./wake.sh/x', hook.folder, '', /does not exist/],
  ]
  for (const [program, folder, path, fault] of faults) {
    const answer = findProgram(program, folder, path)
    t.regex('fault' in answer ? answer.fault : '', fault, program)
  }
})

test('what cannot be run as it stands is refused with the reason', (t) => {
  using hook = hookFolder()
  t.is(programFault(process.execPath), undefined)
  t.is(programFault(hook.shell('good', 'exit 0')), undefined)
  const linked = join(hook.folder, 'linked')
  symlinkSync(join(hook.folder, 'good'), linked)
  t.is(programFault(linked), undefined)
  symlinkSync(join(hook.folder, 'nothing'), join(hook.folder, 'dangling'))
  t.regex(programFault(join(hook.folder, 'dangling')) ?? '', /does not exist/)
  // Without `#!` the C library would have a shell run it.
  t.regex(programFault(hook.write('bare', 'touch /tmp/x\n')) ?? '', /#!/)
  t.regex(programFault(hook.write('empty', '')) ?? '', /#!/)
  const shared = hook.shell('shared', '')
  chmodSync(shared, 0o777)
  t.regex(programFault(shared) ?? '', /everybody/)
  mkdirSync(join(hook.folder, 'folder'))
  t.regex(programFault(join(hook.folder, 'folder')) ?? '', /regular file/)
  const plain = hook.write('plain', '#!/bin/sh\n', 0o644)
  t.regex(programFault(plain) ?? '', /not executable/)
})

test('of the daemon’s environment only what is on the list is passed on', (t) => {
  const hostile = {
    PATH: '/bin',
    HOME: '/home/a',
    LC_ALL: 'C',
    LC_TIME: 'C',
    'LC_X;id': 'x',
    LD_PRELOAD: '/tmp/x.so',
    LD_LIBRARY_PATH: '/tmp',
    DYLD_INSERT_LIBRARIES: '/tmp/x',
    NODE_OPTIONS: '--require /tmp/x.js',
    BASH_ENV: '/tmp/x',
    ENV: '/tmp/x',
    'BASH_FUNC_echo%%': '() { id; }',
    PYTHONSTARTUP: '/tmp/x',
    PERL5OPT: '-Mx',
    GIT_SSH_COMMAND: 'x',
    IFS: 'x',
    AGORA_TOKEN: 'operator',
    AGORA_AGENT: 'forged',
    SSH_AUTH_SOCK: '/tmp/agent',
    AWS_SECRET_ACCESS_KEY: 'secret',
    path: 'x',
    TERM: undefined,
  }
  t.deepEqual(hookEnvironment(hostile, { AGORA_NODE: 'did' } as never), {
    PATH: '/bin',
    HOME: '/home/a',
    LC_ALL: 'C',
    LC_TIME: 'C',
    AGORA_NODE: 'did',
  })
})

test('of a name only what no program can take for anything is left', (t) => {
  t.is(cleanName('claude-1@bob'), 'claude-1_bob')
  t.is(cleanName('--rf'), '_-rf')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => t.regex(cleanName(name), /^(?!-)[A-Za-z0-9._-]*$/)))
})
