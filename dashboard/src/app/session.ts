import { createClient } from '../../../src/client/index.ts'

/** The token this tab was given for a one-time code. Kept by the tab alone: other tabs, other ports and the disk never see it. */
export interface Session {
  id: string
  token: string
}

const KEY = 'agora.session'

export function storedSession(): Session | undefined {
  const text = sessionStorage.getItem(KEY)
  return text === null ? undefined : (JSON.parse(text) as Session)
}

export const keepSession = ({ id, token }: Session): void =>
  sessionStorage.setItem(KEY, JSON.stringify({ id, token } satisfies Session))

export const forgetSession = (): void => sessionStorage.removeItem(KEY)

/** Takes the one-time code out of `#/sign-in?code=…`, so that it stays neither in the address bar nor in the history. */
export function takeCode(): string | undefined {
  const [path, query = ''] = location.hash.slice(1).split('?')
  if (path !== '/sign-in') return undefined
  const code = new URLSearchParams(query).get('code') ?? undefined
  history.replaceState(null, '', `${location.pathname}#/`)
  return code
}

/** @throws AgoraError when the code was used, is too old, or never was one. */
export async function openSession(code: string): Promise<Session> {
  const session = await createClient({ url: location.origin }).call('sessions.open', { code, label: browserName() })
  keepSession(session)
  return session
}

const browsers = [
  ['Firefox/', 'Firefox'],
  ['Edg/', 'Edge'],
  ['Chrome/', 'Chromium'],
  ['Safari/', 'Safari'],
] as const
const systems = ['Android', 'Windows', 'Mac OS', 'Linux']

/** By what a person tells this sign-in from their others. */
function browserName(): string {
  const { userAgent } = navigator
  const [, name] = browsers.find(([sign]) => userAgent.includes(sign)) ?? ['', 'A browser']
  const system = systems.find((each) => userAgent.includes(each))
  return system === undefined ? name : `${name} on ${system}`
}
