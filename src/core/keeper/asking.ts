import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import { AgoraError, isErrorCode } from '../../base/errors.ts'
import type { KeeperAnswer, KeeperMessage } from '../../contract/keeper-message.ts'
import type { MessageLink } from '../network.ts'
import type { Spaces } from '../spaces.ts'
import { standingIn } from './granting.ts'

/** Tips of the asking side that are named; more are too many to wait for. */
export const TIPS_MAX = 64

const Failure = z.looseObject({ code: z.string(), message: z.string(), field: z.string().optional() })

interface AskingParts {
  clock: Clock
  spaces: Spaces
  /** Ms to wait for an answer. */
  timeout: number
  /** Whoever asked was told that there is no answer; it may have been granted all the same. */
  onGivenUp(id: string, space: string): void
}

interface Waiting {
  did: string
  resolve(answer: KeeperAnswer): void
  reject(error: AgoraError): void
}

/** Requests of this node to the keepers of its projects, and what they answer. */
export function createAsking({ clock, spaces, timeout, onGivenUp }: AskingParts) {
  const links = new Map<string, MessageLink<KeeperMessage>>()
  const pending = new Map<string, Waiting>()

  function send(did: string, message: KeeperMessage & { space: string }): Promise<KeeperAnswer> {
    const { id, space } = message
    return new Promise((resolve, reject) => {
      const link = links.get(did)
      if (!link) return reject(unreachable('is not connected'))
      const cancel = clock.after(timeout, () => pending.get(id)?.reject(unreachable('did not answer in time')))
      const done = () => {
        cancel()
        pending.delete(id)
      }
      pending.set(id, {
        did,
        resolve(answer) {
          done()
          resolve(answer)
        },
        reject(error) {
          done()
          onGivenUp(id, space)
          reject(error)
        },
      })
      link.send([message]).catch(() => pending.get(id)?.reject(unreachable('was lost')))
    })
  }

  return {
    /** @throws AgoraError `keeper_unreachable`, or what the keeper answered. */
    async ask<Schema extends z.ZodType>(
      schema: Schema,
      space: string,
      message: { op: string } & Record<string, unknown>,
    ): Promise<z.output<Schema>> {
      const replica = spaces.replica(space)
      const tips = replica.tips()
      const told = { ...message, type: 'keeper.ask' as const, id: randomUUID(), space }
      const { node } = standingIn(replica).keeper
      const answer = await send(node, { ...told, tips: tips.length > TIPS_MAX ? [] : tips })
      const failed = Failure.safeParse(answer['error'])
      if (failed.success) {
        const { code, message: reason, field } = failed.data
        throw new AgoraError(isErrorCode(code) ? code : 'internal', reason, field === undefined ? {} : { field })
      }
      const parsed = schema.safeParse(answer['result'])
      if (parsed.success) return parsed.data
      throw unreachable('answered what cannot be understood')
    },
    answered(did: string, answer: KeeperAnswer): void {
      const waiting = pending.get(answer.id)
      if (waiting?.did === did) waiting.resolve(answer)
    },
    link: (did: string) => links.get(did),
    linkUp: (did: string, link: MessageLink<KeeperMessage>) => void links.set(did, link),
    /** Whether it was the link that is used. */
    linkDown(did: string, link: MessageLink<KeeperMessage>): boolean {
      if (links.get(did) !== link) return false
      links.delete(did)
      for (const waiting of [...pending.values()]) if (waiting.did === did) waiting.reject(unreachable('was lost'))
      return true
    },
    stop(): void {
      const stopping = () => new AgoraError('stopping', 'The daemon is stopping.')
      for (const waiting of [...pending.values()]) waiting.reject(stopping())
    },
  }
}

const unreachable = (what: string): AgoraError =>
  new AgoraError('keeper_unreachable', `The keeper of this project ${what}.`, {
    hint: 'What only one may have is given out by it alone: try again when its node is connected, or have the owner name another keeper.',
  })
