import { AgoraError } from '../../base/errors.ts'
import type { Lane, Link, MessageLink, MessagePort } from '../../core/network.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { readJson, writeJson } from '../json-frames.ts'

export interface MessageLaneParts<Message extends object>
  extends Pick<Lane, 'protocol' | 'name' | 'counts' | 'perSecond' | 'burst' | 'readAhead'> {
  port: MessagePort<Message>
  /** Undefined for a type that is not known, which is ignored; or what is wrong with it, which costs the connection. */
  read(value: unknown): Message | { fault: string } | undefined
  telemetry: Telemetry
}

/** A lane whose frames are JSON messages: they are read here, and what has the wrong shape goes no further. */
export function messageLane<Message extends object>(parts: MessageLaneParts<Message>): Lane {
  const { port, read, telemetry, ...lane } = parts
  const { begin } = port
  const made = new WeakMap<Link, MessageLink<Message>>()

  function readFrame(frame: Uint8Array): Message[] {
    const message = read(readJson(frame))
    if (!message) {
      telemetry.count('frames_ignored', { what: 'type' })
      return []
    }
    if ('fault' in message && typeof message.fault === 'string')
      throw new AgoraError('malformed', message.fault.slice(0, 300))
    return [message as Message]
  }

  return {
    ...lane,
    inbound: {
      // Within the promise, so that what cannot be read rejects.
      receive: async (did, frames) => port.receive(did, frames.flatMap(readFrame)),
      ...(begin ? { begin: (did, frames) => begin(did, frames.flatMap(readFrame)) } : {}),
    },
    links: {
      linkUp(did, link) {
        const mine: MessageLink<Message> = { send: (messages) => link.send(messages.map(writeJson)) }
        made.set(link, mine)
        port.linkUp(did, mine)
      },
      linkAcknowledged(did, link, frames) {
        const mine = made.get(link)
        if (mine) port.linkAcknowledged(did, mine, frames)
      },
      linkDown(did, link) {
        const mine = made.get(link)
        if (mine) port.linkDown(did, mine)
      },
    },
  }
}
