import { execFileSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { before, refuse, standIn } from '../helpers/cli.ts'

const CODE = 'mV3nq1Yv7cQy0a-kT_9hXr2LwZ8bFs5D'
const answers = { 'POST /sessions': { code: CODE, expires_at: before(-60) } }

/** A program that stands in for the desktop's: tells what it was started with, and what the file says that it was given. */
function opener(folder: string) {
  const told = join(folder, 'told')
  execFileSync('mkfifo', [told])
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n{ echo "$#" "$@"; cat "$1"; } > '${told}'\n`, { mode: 0o700 })
  return { env: { DISPLAY: ':0', PATH: `${folder}:${process.env['PATH']}` }, told: () => readFile(told, 'utf8') }
}

test('the browser is started with a file that leads on, and never with the code', async (t) => {
  await using alice = await standIn(answers)
  const { env, told } = opener(alice.folder)
  const [{ code, out, err }, said] = await Promise.all([alice.run(['dashboard'], { env }), told()])
  t.is(err, '')
  t.is(code, 0)
  t.deepEqual(alice.asked, ['POST /sessions'])
  const [first = '', ...page] = said.split('\n')
  t.is(first, `1 ${alice.home.dashboard}`)
  const url = /url=([^"]+)"/.exec(page.join('\n'))?.[1] ?? ''
  t.regex(url, /^http:\/\/127\.0\.0\.1:\d+\/#\/sign-in\?code=/)
  t.true(url.endsWith(CODE))
  t.is(statSync(alice.home.dashboard).mode & 0o777, 0o600)
  t.snapshot(out.replace(/:\d+/, ':7313'))
})

for (const [title, argv, env] of [
  ['with --no-open', ['dashboard', '--no-open'], { DISPLAY: ':0' }],
  ['without a screen', ['dashboard'], { DISPLAY: '', WAYLAND_DISPLAY: '', BROWSER: '' }],
  ['over SSH', ['dashboard'], { DISPLAY: 'localhost:10.0', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }],
  ['with --print', ['dashboard', '--print'], { DISPLAY: ':0' }],
] as const) {
  test(`${title} only the link is told`, async (t) => {
    await using alice = await standIn(answers)
    const { code, out, err } = await alice.run([...argv], { env })
    t.is(err, '')
    t.is(code, 0)
    t.false(existsSync(alice.home.dashboard))
    t.snapshot(out.replace(/:\d+/, ':7313'))
  })
}

test('where nothing opens a browser that is said, with the link', async (t) => {
  await using alice = await standIn(answers)
  const { code, out } = await alice.run(['dashboard'], { env: { DISPLAY: ':0', PATH: alice.folder } })
  t.is(code, 0)
  t.regex(out, /xdg-open is not there/)
  t.true(out.includes(`/#/sign-in?code=${CODE}`))
})

test('programs get link and time', async (t) => {
  await using alice = await standIn(answers)
  const { out } = await alice.run(['dashboard', '--print', '--format', 'json'])
  t.like(JSON.parse(out), { expires_at: before(-60) })
  t.regex(JSON.parse(out).url, /#\/sign-in\?code=/)
  t.is((await alice.run(['dashboard', '--print'])).out, `${JSON.parse(out).url}\n`)
})

test('an agent is refused, and starts nothing', async (t) => {
  await using alice = await standIn({
    'POST /sessions': refuse(403, {
      code: 'operator_only',
      detail: 'sessions.create is for the operator of this node.',
    }),
  })
  const { code, err } = await alice.run(['dashboard'], { env: { DISPLAY: ':0' } })
  t.is(code, 1)
  t.regex(err, /for the operator/)
  t.false(existsSync(alice.home.dashboard))
})
