import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { makeFolder, removeLeftovers } from '../../../src/cli/demo/folder.ts'
import { watchParents } from '../../../src/cli/demo/parents.ts'
import { fakeClock } from '../../helpers/fake-clock.ts'

function scratch() {
  const dir = mkdtempSync(join(tmpdir(), 'agora-leftovers-'))
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

test('a folder is this user’s alone, kept while its demo runs, and removed by it', async (t) => {
  using tmp = scratch()
  const folder = makeFolder(tmp.dir)
  t.is(statSync(folder.dir).mode & 0o777, 0o700)
  t.deepEqual(await removeLeftovers(tmp.dir), [])
  t.true(existsSync(folder.dir))
  folder.remove()
  t.deepEqual(readdirSync(tmp.dir), [])
})

test('what killed demos left is removed, and nothing else', async (t) => {
  using tmp = scratch()
  const left = join(tmp.dir, 'agora-demo-left00')
  mkdirSync(join(left, 'homes/alice'), { recursive: true })
  writeFileSync(join(left, 'lock'), '')
  writeFileSync(join(left, 'homes/alice/token'), 'x')
  // No demo's: without a lock, of another name or one that a person gave, and one that leads elsewhere.
  mkdirSync(join(tmp.dir, 'agora-demo-other0'))
  mkdirSync(join(tmp.dir, 'agora-elsewhere'))
  writeFileSync(join(tmp.dir, 'agora-elsewhere/lock'), '')
  mkdirSync(join(tmp.dir, 'agora-demo-recording'))
  writeFileSync(join(tmp.dir, 'agora-demo-recording/lock'), '')
  symlinkSync(join(tmp.dir, 'agora-elsewhere'), join(tmp.dir, 'agora-demo-link00'))
  t.deepEqual(await removeLeftovers(tmp.dir), [left])
  t.deepEqual(readdirSync(tmp.dir).sort(), [
    'agora-demo-link00',
    'agora-demo-other0',
    'agora-demo-recording',
    'agora-elsewhere',
  ])
  t.deepEqual(readdirSync(join(tmp.dir, 'agora-elsewhere')), ['lock'])
})

test('the end of whoever started it is noticed', async (t) => {
  const clock = fakeClock()
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)'])
  let ends = 0
  const stop = watchParents(clock, `${child.pid}:${process.pid}`, () => ends++)
  await clock.advance(3000)
  t.is(ends, 0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await clock.advance(1000)
  t.is(ends, 1)
  stop()
  await clock.advance(5000)
  t.is(ends, 1)
})
