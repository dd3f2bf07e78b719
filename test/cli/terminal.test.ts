import { PassThrough } from 'node:stream'
import test from 'ava'
import { readSecret } from '../../src/cli/terminal.ts'

/** A terminal as a program sees it: keys come in, it is told whether it is raw, and what is written is on the screen. */
function terminal() {
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    raw: [] as boolean[],
    setRawMode(on: boolean) {
      this.raw.push(on)
      return this
    },
  })
  const screen = new PassThrough()
  return { keys, shown: () => String(screen.read() ?? ''), ask: () => readSecret('Secret: ', keys, screen) }
}

test('what is typed is read to the end of the line, can be corrected, and is not shown', async (t) => {
  const { keys, ask, shown } = terminal()
  const answer = ask()
  keys.write('hunt')
  keys.write('ez\u007fr 2 Grüße\r')
  t.is(await answer, 'hunter 2 Grüße')
  t.is(shown(), 'Secret: \n')
  t.deepEqual(keys.raw, [true, false])
  const again = ask()
  keys.write('more\r')
  t.is(await again, 'more')
})

test('Ctrl-C and Ctrl-D give up, and the terminal is as before', async (t) => {
  for (const key of ['\u0003', '\u0004']) {
    const { keys, ask, shown } = terminal()
    const answer = ask()
    keys.write(`hun${key === '\u0003' ? key : `\u0015${key}`}`)
    await t.throwsAsync(answer, { message: /Cancelled/ })
    t.is(shown(), 'Secret: \n')
    t.deepEqual(keys.raw, [true, false])
  }
})
