import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writePrivate } from '../store/private-file.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import type { Io } from './io.ts'

export const dashboardCommands: Command[] = [
  {
    usage: 'dashboard',
    group: 'Node',
    summary: 'Open the dashboard in a browser, signed in.',
    details:
      'It signs in by a code that holds for a minute and for one sign-in. Other users of this machine see what a browser is started with, so it is started with a file of yours that leads on, not with the code. On another machine: forward the API’s port (`ssh -L`), and open what --print prints.',
    options: [
      { name: 'open', meaning: 'start a browser; --no-open only says where to go', negatable: true },
      { name: 'print', meaning: 'print the link alone, and start nothing' },
    ],
    examples: ['agora dashboard', 'agora dashboard --no-open', 'agora --name alice dashboard --print'],
    run: dashboard,
  },
]

async function dashboard(context: Context): Promise<void> {
  const { io, inputs, json } = context
  if (inputs.flag('print')) {
    const { url, expires_at } = await signInLink(context)
    return json ? context.answer({ url, expires_at }, () => '') : io.out(`${url}\n`)
  }
  const { said, ...opened } = await openDashboard(context, inputs.given['open'] !== false)
  await context.answer(opened, () => said)
}

async function signInLink(context: Context): Promise<{ url: string; expires_at: string }> {
  const { code, expires_at } = await context.call('sessions.create', {})
  // By the number, as the daemon says it: on `localhost` another user could listen at [::1].
  return { url: `${context.daemon().api_url}/#/sign-in?code=${code}`, expires_at }
}

/** Makes a link that signs in, and where it is wanted and can be opens a browser with it. `said`: what a person is to know. */
export async function openDashboard(
  context: Context,
  wanted: boolean,
): Promise<{ url: string; expires_at: string; opened: boolean; said: string }> {
  const { io, style } = context
  const { name } = context.daemon()
  const { url, expires_at } = await signInLink(context)
  const why = wanted ? await open(url, context) : undefined
  const opened = wanted && why === undefined
  const seconds = Math.round((Date.parse(expires_at) - io.clock.now()) / 1000)
  const head = opened ? `A browser opens the dashboard of ${name}.` : `The dashboard of ${name} waits for a browser.`
  const then = opened ? 'If none comes, or it may not read the file that leads there, open this' : (why ?? 'Open this')
  const said = `${style.bold(head)}\n${then}, within ${seconds} seconds; it signs in once:\n\n  ${url}\n`
  return { url, expires_at, opened, said }
}

/** Why no browser could be started, as the beginning of a sentence; undefined when one was. */
async function open(url: string, context: Context): Promise<string | undefined> {
  const { io } = context
  const opener = openerFor(io)
  if (!opener) return 'There is no screen here to open a browser on. Open this where there is one'
  const { dashboard: path } = context.home()
  writePrivate(path, leadingTo(url))
  const [program, ...args] = opener
  const child = spawn(program, [...args, path], { detached: true, stdio: 'ignore', env: io.env })
  child.unref()
  try {
    await once(child, 'spawn')
    return undefined
  } catch {
    // Its absence is the one thing that goes wrong here, and the link is told in any case.
    return `No browser can be started (${program} is not there). Open this`
  }
}

/** What opens a file in the browser of this person. */
function openerFor({ env, platform }: Io): readonly [string, ...string[]] | undefined {
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['explorer.exe']
  const screen = env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['BROWSER']
  return screen && !env['SSH_CONNECTION'] ? ['xdg-open'] : undefined
}

/** The link has no character that means something in markup. */
const leadingTo = (url: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${url}"><title>Agora</title></head>
<body><p><a href="${url}">The dashboard of Agora</a></p></body>
</html>
`
