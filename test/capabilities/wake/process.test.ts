import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { GRACE, OUTPUT_MAX, processMark, runHook, signalGroup } from '../../../src/capabilities/wake/process.ts'
import { type FakeClock, fakeClock } from '../../helpers/fake-clock.ts'
import { hookFolder } from '../../helpers/hook.ts'

const TIMEOUT = 60_000

/** Starts a program; resolves when it has said `ready` by making a file of that name, if it is to. */
function run(program: string, args: string[] = [], clock: FakeClock = fakeClock()) {
  const stop = new AbortController()
  const started = Promise.withResolvers<number>()
  const ended = runHook(
    { program, args, cwd: '/', env: { PATH: '/usr/bin:/bin' }, timeout: TIMEOUT },
    { clock, signal: stop.signal, onStart: started.resolve },
  )
  return { clock, stop, started: started.promise, ended }
}

/** Looks again each time the event loop turns: another process tells of itself by nothing else. */
async function until(probe: () => boolean): Promise<void> {
  while (!probe()) await new Promise((resolve) => setImmediate(resolve))
}
/** Lets time pass until it has ended. */
async function passing<Result>(clock: FakeClock, ended: Promise<Result>, step = 100): Promise<Result> {
  let isEnded = false
  void ended.then(() => {
    isEnded = true
  })
  while (!isEnded) await clock.advance(step)
  return ended
}
const gone = (pid: number) => !signalGroup(pid, 0)

test('arguments arrive as they are, and none of them is anything to a shell', async (t) => {
  using hook = hookFolder()
  const args = ['', ' ', '$(touch /tmp/x)', '`id`', '"', "'", '\\', '*', '~', '; exit 1', '\n', '-n', '漢字😀', '$IFS']
  const { outcome } = await run(hook.dumper(), args).ended
  t.is(outcome, 'done')
  t.deepEqual(hook.dumps()[0]?.argv, args)
  t.deepEqual(Object.keys(hook.dumps()[0]?.env ?? {}), ['PATH'])
})

test('it has nothing to read, and what it printed is told', async (t) => {
  using hook = hookFolder()
  const end = await run(hook.shell('hook', 'cat; echo out; echo err >&2; exit 3')).ended
  t.is(end.outcome, 'failed')
  t.is(end.code, 3)
  t.deepEqual(end.output.trim().split('\n').sort(), ['err', 'out'])
})

test('what cannot be started is told as such', async (t) => {
  using hook = hookFolder()
  for (const path of [join(hook.folder, 'nothing'), hook.folder, hook.write('plain', '#!/bin/sh\n', 0o644)]) {
    const end = await run(path).ended
    t.is(end.outcome, 'failed')
    t.regex(end.error ?? '', /ENOENT|EACCES/)
  }
  const end = await run(hook.shell('hook', ''), ['a\0b']).ended
  t.regex(end.error ?? '', /null bytes/)
})

test('what hangs is ended at its time, with all it has started', async (t) => {
  using hook = hookFolder()
  const ready = join(hook.folder, 'ready')
  const { clock, started, ended } = run(hook.shell('hook', `sleep 1000 & sleep 1000 & echo $! > '${ready}'; wait`))
  const pid = await started
  await until(() => existsSync(ready))
  await clock.advance(TIMEOUT - 1)
  t.false(gone(pid))
  await clock.advance(1)
  const end = await passing(clock, ended)
  t.is(end.outcome, 'timed_out')
  t.is(end.signal, 'SIGTERM')
  await until(() => gone(pid))
  t.pass()
})

test('what ignores the wish to end is killed after its grace', async (t) => {
  using hook = hookFolder()
  const ready = join(hook.folder, 'ready')
  const { clock, started, ended } = run(
    hook.program(
      'hook',
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); require('fs').writeFileSync(${JSON.stringify(ready)}, '')`,
    ),
  )
  const pid = await started
  await until(() => existsSync(ready))
  await clock.advance(TIMEOUT)
  await clock.advance(GRACE - 1)
  t.false(gone(pid))
  await clock.advance(1)
  const end = await ended
  t.is(end.outcome, 'timed_out')
  t.is(end.signal, 'SIGKILL')
})

test('what it leaves behind in its group ends with it, even what ignores the wish to', async (t) => {
  using hook = hookFolder()
  const ready = join(hook.folder, 'ready')
  const stubborn = `trap '' TERM; echo > '${ready}'; while :; do sleep 1; done`
  const { clock, started, ended } = run(
    hook.shell('hook', `(${stubborn}) & while [ ! -e '${ready}' ]; do :; done; exit 0`),
  )
  const pid = await started
  t.is((await passing(clock, ended, GRACE / 5)).outcome, 'done')
  await until(() => gone(pid))
  t.pass()
})

test('who leaves the group lives on, and holds nothing up', async (t) => {
  using hook = hookFolder()
  const file = join(hook.folder, 'child')
  const { clock, ended } = run(
    hook.shell(
      'hook',
      `setsid sh -c 'echo $$ > "${file}.part"; mv "${file}.part" "${file}"; exec sleep 1000' & while [ ! -e '${file}' ]; do :; done`,
    ),
  )
  t.is((await passing(clock, ended, 1000)).outcome, 'done')
  const child = Number(readFileSync(file, 'utf8'))
  t.notThrows(() => process.kill(child, 0))
  process.kill(child, 'SIGKILL')
})

test('what prints without end is read no faster than it should be, and only its end is kept', async (t) => {
  using hook = hookFolder()
  const { clock, ended, stop } = run(hook.shell('hook', 'yes 0123456789abcdef; exit 0'))
  for (let turn = 0; turn < 20; turn++) {
    await clock.advance(100)
    await new Promise((resolve) => setImmediate(resolve))
  }
  stop.abort()
  const end = await passing(clock, ended)
  t.is(end.outcome, 'stopped')
  t.true(end.output.length > 0 && end.output.length <= OUTPUT_MAX)
})

test('the end of much is kept', async (t) => {
  using hook = hookFolder()
  const end = await run(hook.program('hook', `process.stdout.write('x'.repeat(500_000) + 'the end')`)).ended
  t.is(end.output.length, OUTPUT_MAX)
  t.true(end.output.endsWith('the end'))
})

test('it is ended when the daemon stops', async (t) => {
  using hook = hookFolder()
  const { started, stop, ended } = run(hook.shell('hook', 'exec sleep 1000'))
  const pid = await started
  stop.abort()
  t.is((await ended).outcome, 'stopped')
  t.true(gone(pid))
})

test('a process is told from another with its number by when it began', (t) => {
  const mark = processMark(process.pid)
  t.is(mark, processMark(process.pid))
  if (process.platform === 'linux') {
    t.regex(mark ?? '', /^[0-9a-f-]{36} \d+$/)
    t.not(mark, processMark(1))
  }
  t.is(processMark(2 ** 22 + 1), undefined)
})
