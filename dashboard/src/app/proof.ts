import type { Session } from './session.ts'

/** Ms for which a proof holds while no events are heard. */
const HOLDS = 2000
const PAUSE = 500

export interface Gate {
  /** As `fetch`, for what carries the token. */
  fetch: typeof fetch
  /** Whether the daemon's events are heard now: as long as they are, it is there and nobody else can be in its place. */
  hold(isHeard: boolean): void
  /** Whether the daemon is there, and knows this sign-in. */
  isThere(): Promise<boolean>
}

/** Of whoever is signed in. */
let current: Gate | undefined

/**
 * Loads a part of the dashboard once the daemon is there: of anybody else it would be a program that runs here. It waits for that, since what has failed to load
 * once stays failed, or has the router load the whole page anew.
 */
export const whenThere =
  <Module>(load: () => Promise<Module>) =>
  async (): Promise<Module> => {
    while (!(await current?.isThere())) await new Promise((resolve) => setTimeout(resolve, PAUSE))
    return load()
  }

/**
 * Lets the token go to nobody but who has shown to know it. When the daemon is gone, any program of another user of this machine can listen at its port, and
 * a page that is left open goes on asking there.
 */
export function createGate(session: Session): Gate {
  let isHeard = false
  let until = 0
  let asking: Promise<Response | undefined> | undefined

  async function ask(): Promise<Response | undefined> {
    const refusal = await refusalOf(session)
    if (!refusal) until = performance.now() + HOLDS
    return refusal
  }
  /** What says that this sign-in has ended; undefined when the daemon is there. */
  async function refused(): Promise<Response | undefined> {
    while (!isHeard && performance.now() >= until) {
      asking ??= ask().finally(() => {
        asking = undefined
      })
      const refusal = await asking
      if (refusal) return refusal
    }
    return undefined
  }

  const gate: Gate = {
    async fetch(input, init) {
      const refusal = await refused()
      if (refusal) return refusal.clone()
      init?.signal?.throwIfAborted()
      return fetch(input, init)
    },
    hold(next) {
      // What was heard to end is not believed any more; what begins was proved before.
      if (isHeard && !next) until = 0
      isHeard = next
    },
    isThere: () =>
      refused().then(
        (refusal) => refusal === undefined,
        // Nobody answers, or somebody else does.
        () => false,
      ),
  }
  current = gate
  return gate
}

/** What says that this sign-in has ended; undefined when it holds, and whoever answers is the daemon. Rejects like `fetch` when nobody answers who is. */
async function refusalOf({ id, token }: Session): Promise<Response | undefined> {
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const response = await fetch(`${location.origin}/sessions/prove`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, nonce }),
    redirect: 'error',
    credentials: 'omit',
    cache: 'no-store',
  })
  if (response.status === 401) return response
  const { proof } = (await response.json()) as { proof?: unknown }
  if (proof !== (await proofOf(token, nonce))) throw new TypeError('somebody else than the daemon answers here')
  return undefined
}

async function proofOf(token: string, nonce: string): Promise<string> {
  const known = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(token))))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes(known), algorithm, false, ['sign'])
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(`agora session proof\n${nonce}`))))
}

const bytes = (text: string) => new TextEncoder().encode(text)
const base64url = (data: Uint8Array): string =>
  btoa(String.fromCharCode(...data))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
