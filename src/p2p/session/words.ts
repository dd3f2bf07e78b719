import { type Clock, rfc3339 } from '../../base/clock.ts'
import type { Introduction } from '../../core/network.ts'
import { writeJson } from '../json-frames.ts'
import { fittingAgents, type Heartbeat, helloFrame } from './messages.ts'

/** Told in hello, and again only when it has changed. */
const SAID_ONCE = ['agents', 'owner', 'addresses'] as const
/** Own times that are remembered, because the peer echoes them. */
const STAMPS = 4

/** What this side says on one session, and what it needs to remember for that. */
export interface Words {
  hello(): Uint8Array
  heartbeat(): Uint8Array
  /** The peer's last `sent_at` came now: the next heartbeat echoes it. */
  heard(sent_at: string): void
  /** Ms to the peer and back; undefined when it echoes what was not sent of late. */
  latency(echo: NonNullable<Heartbeat['echo']>): number | undefined
}

export function createWords(clock: Clock, introduction: () => Introduction): Words {
  const stamps = new Map<string, number>()
  /** As JSON. */
  const said = new Map<string, string | undefined>()
  let echoed: { sent_at: string; at: number } | undefined

  /** The time of a message that is sent now. */
  function stamp(): string {
    const now = clock.now()
    const text = rfc3339(now)
    stamps.set(text, now)
    const [oldest] = stamps.keys()
    if (stamps.size > STAMPS && oldest !== undefined) stamps.delete(oldest)
    return text
  }

  /** Of what is told once, that which was not told yet. */
  function news(all: Introduction): Partial<Pick<Introduction, (typeof SAID_ONCE)[number]>> {
    const changed = SAID_ONCE.filter((field) => {
      const text = JSON.stringify(all[field])
      if (said.get(field) === text) return false
      said.set(field, text)
      return true
    })
    return Object.fromEntries(changed.map((field) => [field, all[field]]))
  }

  return {
    hello() {
      const all = introduction()
      news(all)
      return helloFrame(all, stamp())
    },
    heartbeat() {
      const all = introduction()
      const { agents, ...others } = news(all)
      return writeJson({
        type: 'heartbeat',
        presence: all.presence,
        project: all.project,
        load: all.load,
        ...(agents ? { agents: fittingAgents(agents, others) } : {}),
        ...others,
        sent_at: stamp(),
        ...(echoed ? { echo: { sent_at: echoed.sent_at, held_ms: Math.max(0, clock.now() - echoed.at) } } : {}),
      })
    },
    heard(sent_at) {
      echoed = { sent_at, at: clock.now() }
    },
    latency({ sent_at, held_ms }) {
      const at = stamps.get(sent_at)
      return at === undefined ? undefined : Math.max(0, clock.now() - at - held_ms)
    },
  }
}
