import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Io } from '../../../src/cli/io.ts'
import { launchOf, shellLine } from '../../../src/cli/setup/launch.ts'
import { homesFolder } from '../../helpers/cli.ts'

test('it is started by its name only where a lasting PATH leads to this very installation', (t) => {
  using at = homesFolder()
  const put = (path: string) => {
    mkdirSync(join(at.folder, path, '..'), { recursive: true })
    writeFileSync(join(at.folder, path), '')
    return join(at.folder, path)
  }
  const script = put('here/bin/agora.js')
  const other = put('other/agora')
  for (const folder of ['bin', 'here/node_modules/.bin']) {
    mkdirSync(join(at.folder, folder), { recursive: true })
    symlinkSync(script, join(at.folder, folder, 'agora'))
  }
  const launched = (...folders: string[]) => {
    const PATH = folders.map((folder) => join(at.folder, folder)).join(':')
    const io = { program: ['/usr/bin/node', script], env: { PATH } } as unknown as Io
    return launchOf(io, ['mcp']).command
  }
  t.is(launched('none', 'bin'), 'agora')
  t.is(launched('here/node_modules/.bin', 'bin'), '/usr/bin/node', 'npx goes first, and will be gone')
  t.is(launched('here/node_modules/.bin'), '/usr/bin/node')
  t.is(launched('other', 'bin'), '/usr/bin/node', other)
  t.is(launched(), '/usr/bin/node')
  // What npx ran is a link that it keeps for itself alone.
  const link = join(at.folder, 'here/node_modules/.bin/agora')
  const io = { program: ['/usr/bin/node', '--no-warnings', link], env: {} } as unknown as Io
  t.deepEqual(launchOf(io, ['mcp']).args, ['--no-warnings', script, 'mcp'])
})

test('as a line for a shell nothing in it is more than a word', (t) => {
  const launch = { command: '/opt/my node', args: ['a', "it's", '$(rm)', '--name=x', ''], env: { AGORA_HOME: '/a b' } }
  t.is(shellLine(launch, 'linux'), `AGORA_HOME='/a b' '/opt/my node' a 'it'\\''s' '$(rm)' --name=x ''`)
  t.is(shellLine({ ...launch, args: ['a b'] }, 'win32'), '"/opt/my node" "a b"')
})
