import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { checkoutAt, publicRemote, sameRepository } from '../../../src/cli/projects/checkout.ts'

const withGit = spawnSync('git', ['--version']).status === 0 ? test : test.skip

withGit('a checkout is found from any folder in it and from its worktrees', async (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'agora-git-')))
  t.teardown(() => rmSync(folder, { recursive: true }))
  t.is(await checkoutAt(folder), undefined)
  t.is(await checkoutAt(join(folder, 'nowhere')), undefined)

  const top = join(folder, 'parser')
  mkdirSync(join(top, 'src/deep'), { recursive: true })
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...argv], { cwd: top, stdio: 'pipe' })
  git('init', '-q')
  const found = { repository: join(top, '.git'), name: 'parser', remote: undefined }
  t.deepEqual(await checkoutAt(join(top, 'src/deep')), found)
  git('remote', 'add', 'backup', 'git@example.org:b/parser.git')
  t.is((await checkoutAt(top))?.remote, 'git@example.org:b/parser.git')
  git('remote', 'add', 'origin', 'https://example.org/a/parser.git')
  t.is((await checkoutAt(top))?.remote, 'https://example.org/a/parser.git')
  git('commit', '-q', '--allow-empty', '-m', 'x')
  git('worktree', 'add', '-q', join(folder, 'other-name'))
  t.deepEqual(await checkoutAt(join(folder, 'other-name')), { ...found, remote: 'https://example.org/a/parser.git' })
})

test('what is told of a remote holds no password and no folder of this machine', (t) => {
  for (const [remote, told] of [
    ['https://alice:ghp_secret@github.com/a/b.git', 'https://github.com/a/b.git'],
    ['https://ghp_secret@github.com/a/b.git?token=x#y', 'https://github.com/a/b.git'],
    ['ssh://git:secret@github.com:22/a/b', 'ssh://git@github.com:22/a/b'],
    ['git@github.com:a/b.git', 'git@github.com:a/b.git'],
    ['/home/alice/b.git', undefined],
    ['../b', undefined],
    ['file:///home/alice/b.git', undefined],
  ] as const) {
    t.is(publicRemote(remote), told, remote)
  }
})

test('one repository, however it is reached', (t) => {
  for (const remote of [
    'git@github.com:a/b.git',
    'https://x@GitHub.com/a/b/',
    'ssh://git@github.com:22/a/b.git',
    'github.com:a/b',
  ]) {
    t.true(sameRepository('https://github.com/a/b', remote), remote)
  }
  t.false(sameRepository('https://github.com/a/b', 'https://github.com/a/c'))
  t.false(sameRepository('https://github.com/a/b', 'https://gitlab.com/a/b'))
  t.true(sameRepository('/srv/b.git', '/srv/b'))
})
