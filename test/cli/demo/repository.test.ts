import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { makeRepository } from '../../../src/cli/demo/repository.ts'
import { codeOf, docsOf, docsPathOf, pathOf, testOf, testPathOf, themes } from '../../../src/cli/demo/themes.ts'

const { signal } = new AbortController()

function scratch() {
  const dir = mkdtempSync(join(tmpdir(), 'agora-sample-'))
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

test('what the agents write works: every function passes its test, also when it is looked at again', async (t) => {
  using folder = scratch()
  const repository = await makeRepository(join(folder.dir, 'pocket'), process.env, signal)
  for (const pass of [0, 2]) {
    for (const theme of themes) {
      t.is(theme.asserts.length, theme.pieces.length)
      for (const piece of theme.pieces) repository.write(pathOf(theme, piece), codeOf(piece, pass))
      repository.write(testPathOf(theme), testOf(theme, pass))
      repository.write(docsPathOf(theme), docsOf(theme, pass))
    }
    t.deepEqual(await repository.test(), { passed: 16, failed: 0 })
  }
  repository.write('src/words/slugify.js', 'export const slugify = () => 1\n')
  t.is((await repository.test()).failed, 1)
})

test('commits are their agent’s, one file each, and of what this user has set for git nothing counts', async (t) => {
  using folder = scratch()
  const config = join(folder.dir, 'config')
  writeFileSync(config, '[user]\nname = Somebody\n[core]\nhooksPath = /nowhere\n[commit]\ngpgSign = true\n')
  const env = { ...process.env, HOME: folder.dir, GIT_CONFIG_GLOBAL: config, GIT_DIR: '/nowhere/.git' }
  const repository = await makeRepository(join(folder.dir, 'pocket'), env, signal)
  t.true(repository.commits)
  repository.write('a.js', '1\n')
  repository.write('b.js', '1\n')
  const first = await repository.commit('codex-1', 'Write a', 'a.js')
  const second = await repository.commit('qwen-1', '--amend', 'b.js')
  t.is(await repository.commit('qwen-1', 'Nothing new', 'b.js'), undefined)
  await repository.tag('v0.1.0')
  const log = execFileSync('git', ['log', '--format=%h %an <%ae> %s', '--name-only', 'v0.1.0'], {
    cwd: repository.dir,
    encoding: 'utf8',
  })
  t.is(
    log,
    `${second} qwen-1 <qwen-1@demo.invalid> --amend\n\nb.js\n${first} codex-1 <codex-1@demo.invalid> Write a\n\na.js\n`,
  )
})

test('without git the files are written all the same', async (t) => {
  using folder = scratch()
  const repository = await makeRepository(join(folder.dir, 'pocket'), { PATH: folder.dir }, signal)
  t.false(repository.commits)
  repository.write('src/a.js', '1\n')
  t.is(await repository.commit('codex-1', 'Write a', 'src/a.js'), undefined)
  await repository.tag('v1')
  t.is(readFileSync(join(repository.dir, 'src/a.js'), 'utf8'), '1\n')
  t.false(existsSync(join(repository.dir, '.git')))
})
