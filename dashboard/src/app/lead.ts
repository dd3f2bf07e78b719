/**
 * Which of this node's open pages holds the daemon's stream of events. A browser gives all pages of one origin six connections: with a stream for each, the
 * seventh would not even load. So one page leads and holds it, and tells the others that there is something to ask for.
 *
 * Any page of this origin hears and can write to the channel: one whose sign-in has ended, or one that another program served while it had the port. So
 * nothing goes over it but numbers and kinds: what happened, each page asks the daemon for with its own token.
 */

/** Up to where the leading page has heard; or the kind of what is told in passing, and has no number; or that it hears nothing any more. */
export type News = { position: number } | { passed: string } | { lost: true }

export interface Lead {
  /** Whether this page holds the stream. */
  isMine(): boolean
  /** Leads when nobody does; else waits for its turn. Resolves when it is known which. */
  join(): Promise<void>
  leave(): void
  tell(news: News): void
}

export interface LeadParts {
  /** It is this page's turn, or another has taken it. */
  onTurn(): void
  onNews(news: News): void
  /** Ms without a word after which whoever leads is taken for dead: the daemon says every 15 s where it is. */
  silence: number
}

const NAME = 'agora.events'

export function createLead({ onTurn, onNews, silence }: LeadParts): Lead {
  let channel: BroadcastChannel | undefined
  let waiting: AbortController | undefined
  let release: (() => void) | undefined
  let quiet: ReturnType<typeof setTimeout> | undefined

  function hold(): Promise<void> {
    clearTimeout(quiet)
    return new Promise((resolve) => {
      release = resolve
    })
  }
  /** Holds the lock once it has it, for as long as it leads. */
  async function ask(mine: AbortController, options: LockOptions): Promise<void> {
    const { promise: decided, resolve: decide } = Promise.withResolvers<void>()
    navigator.locks
      .request(NAME, options, (lock) => {
        if (!lock || mine.signal.aborted) return decide()
        const held = hold()
        decide()
        onTurn()
        return held
      })
      .catch(() => {
        // Taken away by a page that heard nothing of this one for long; or it has left while it waited.
        release = undefined
        decide()
        if (mine.signal.aborted) return
        onTurn()
        follow(mine)
      })
    await decided
  }
  function listenOn(mine: AbortController) {
    clearTimeout(quiet)
    quiet = setTimeout(() => void ask(mine, { steal: true }), silence)
  }
  function follow(mine: AbortController) {
    listenOn(mine)
    void ask(mine, { signal: mine.signal })
  }

  return {
    isMine: () => release !== undefined,
    async join() {
      // Without locks each page holds a stream of its own.
      if (!('locks' in navigator)) {
        void hold()
        return
      }
      const mine = new AbortController()
      waiting = mine
      channel = new BroadcastChannel(NAME)
      channel.addEventListener('message', ({ data }) => {
        const news = newsIn(data)
        if (!news || release) return
        listenOn(mine)
        onNews(news)
      })
      await ask(mine, { ifAvailable: true })
      if (!mine.signal.aborted && !release) follow(mine)
    },
    leave() {
      waiting?.abort()
      clearTimeout(quiet)
      channel?.close()
      channel = undefined
      release?.()
      release = undefined
    },
    tell: (news) => channel?.postMessage(news),
  }
}

/** Of what anybody may have written. */
function newsIn(data: unknown): News | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { position, passed, lost } = data as Record<string, unknown>
  if (Number.isSafeInteger(position)) return { position: position as number }
  if (typeof passed === 'string' && /^[a-z_]{1,32}\.[a-z_]{1,32}$/.test(passed)) return { passed }
  return lost === true ? { lost } : undefined
}
