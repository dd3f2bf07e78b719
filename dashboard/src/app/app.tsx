import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { AgoraError } from '../../../src/base/errors.ts'
import { type Client, createClient } from '../../../src/client/index.ts'
import { ConfirmProvider } from '../parts/confirm.tsx'
import { ClientProvider, failureText } from './api.ts'
import { createLive } from './live.ts'
import { LiveProvider } from './live-context.tsx'
import { createGate } from './proof.ts'
import { router } from './router.tsx'
import { forgetSession, openSession, type Session, storedSession, takeCode } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { theme } from './theme.ts'

export function App({ nonce }: { nonce: string }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" limit={4} />
      <SignedInOrNot />
    </MantineProvider>
  )
}

/** What this page was opened with; taken before anything else looks at the address. */
const code = takeCode()

function SignedInOrNot() {
  const [session, setSession] = useState<Session | undefined>(() => (code === undefined ? storedSession() : undefined))
  const [refusal, setRefusal] = useState<string>()
  const [opening, setOpening] = useState(code !== undefined)
  const open = useCallback(async (text: string) => {
    setOpening(true)
    try {
      setSession(await openSession(text))
      setRefusal(undefined)
    } catch (error) {
      const { title, detail } = failureText(error)
      setRefusal(`${title} ${detail}`)
    }
    setOpening(false)
  }, [])
  useEffect(() => {
    if (code !== undefined) void open(code)
  }, [open])
  const signOut = useCallback((why?: string) => {
    forgetSession()
    setSession(undefined)
    setRefusal(why)
  }, [])

  if (!session) return <SignIn opening={opening} refusal={refusal} onCode={open} />
  return <SignedIn key={session.id} session={session} onSignedOut={signOut} />
}

function SignedIn({ session, onSignedOut }: { session: Session; onSignedOut(why?: string): void }) {
  const parts = useMemo(() => {
    const gate = createGate(session)
    const client = createClient({ url: location.origin, token: session.token, fetch: gate.fetch })
    const queries = new QueryClient({
      defaultOptions: {
        queries: {
          // Events say what has changed; time alone changes nothing.
          staleTime: Number.POSITIVE_INFINITY,
          gcTime: 5 * 60_000,
          refetchOnWindowFocus: false,
          refetchOnReconnect: false,
          retry: (count, error) => isPassing(error) && count < 3,
          retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5000),
          networkMode: 'always',
        },
        mutations: { networkMode: 'always', retry: false },
      },
    })
    const expired = () => onSignedOut('This sign-in has ended.')
    queries.getQueryCache().subscribe(({ query }) => {
      if (isExpired(query.state.error)) expired()
    })
    const live = createLive({ client, queries, onSignedOut: expired, onHeard: gate.hold })
    return { client, queries, live, signOut: () => endSession(client, session, onSignedOut) }
  }, [session, onSignedOut])

  useEffect(() => {
    parts.live.start()
    return () => parts.live.stop()
  }, [parts])

  return (
    <QueryClientProvider client={parts.queries}>
      <ClientProvider client={parts.client}>
        <LiveProvider live={parts.live} signOut={parts.signOut}>
          <ConfirmProvider>
            <RouterProvider router={router} context={parts} />
          </ConfirmProvider>
        </LiveProvider>
      </ClientProvider>
    </QueryClientProvider>
  )
}

const isExpired = (error: unknown): boolean => error instanceof AgoraError && error.code === 'unauthenticated'
const isPassing = (error: unknown): boolean =>
  error instanceof AgoraError && (error.kind === 'unavailable' || error.kind === 'limited')

async function endSession(client: Client, { id }: Session, done: () => void) {
  // The tab forgets the token in any case; a daemon that is away lets it expire.
  await client.call('sessions.end', { id }).catch(() => undefined)
  done()
}
