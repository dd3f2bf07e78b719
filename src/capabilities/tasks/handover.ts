import { rfc3339 } from '../../base/clock.ts'
import { nodeOf, parseDid } from '../../base/did.ts'
import type { Directory } from '../../core/directory.ts'
import type { ProjectReplica } from '../../core/projects.ts'
import type { SpaceMail } from '../../core/space-mail.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import { standingOf } from '../../spaces/project.ts'
import { HANDOVER, type Handover } from './schema.ts'
import type { TaskLeft } from './state.ts'

export interface HandoverParts {
  self: { did: string }
  directory: Pick<Directory, 'nameOf'>
  /** What lies in inboxes of this node. */
  mail: Pick<SpaceMail, 'isUnread' | 'unreadBeside'>
  hasAgent: (name: string) => boolean
  isBlocked: (node: string) => boolean
}

type Said = Handover['questions'][number]

const COMMENTS = 10
/** Comments looked through for a hand-over, and messages in rooms for what concerns whoever left. */
const LOOKED_AT = 100
const ROOMS_LOOKED_AT = 1000
const PAGE = 200
/** Of questions, of mail, and of senders. */
const SHOWN = 20
export const TEXT_MAX = 2000
/** A question mark that ends something, and is not within a link. */
const QUESTION = /[?？؟](?=["'”’»)*_\s]*(?:\s|$))/u

/**
 * What somebody left with a task: made of the project's log, which is the same on every member's node, when it is asked for. What was said in the project every
 * member may read anyway; what lies in the inbox beside that was written to one reader, and stays there.
 *
 * @param isFor whether it is for the operator, or for whoever has claimed the task now: only they are told how much other mail there is, and of whom.
 */
export function handovers({ self, directory, mail, hasAgent, isBlocked }: HandoverParts) {
  const who = (did: string) => ({ did, name: directory.nameOf(did) })
  const textOf = (entry: LoggedEntry): string => {
    const text = entry.texts?.['text'] ?? ''
    return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX).toWellFormed()}…`
  }
  const said = (entry: LoggedEntry, room?: Said['room']): Said => ({
    ...{ id: entry.id, from: who(entry.author), at: rfc3339(entry.at), text: textOf(entry) },
    ...(room ? { room } : {}),
  })
  const asks = (entry: LoggedEntry): boolean => QUESTION.test(entry.texts?.['text'] ?? '')

  /** Comments on the task, oldest first. */
  const commentsOn = (log: ProjectReplica, task: string): LoggedEntry[] =>
    log
      .query({ subject: task, types: ['task.comment'], states: ['counts'], limit: LOOKED_AT })
      .filter(({ texts }) => texts?.['text'] !== undefined)
      .reverse()

  /** What was said in rooms behind a place in the log, oldest first. */
  function saidSince(log: ProjectReplica, lamport: number): LoggedEntry[] {
    const found: LoggedEntry[] = []
    for (let looked = 0; looked < ROOMS_LOOKED_AT; looked += PAGE) {
      const page = log.query({ types: ['room.message'], states: ['counts'], after: found.at(-1), limit: PAGE })
      const fresh = page.filter((entry) => entry.lamport > lamport)
      found.push(...fresh)
      if (fresh.length < PAGE) break
    }
    return found.filter(({ node }) => !isBlocked(node)).reverse()
  }

  function inRooms(log: ProjectReplica, { holder, lamport }: TaskLeft): Pick<Handover, 'questions' | 'mail'> {
    const role = standingOf(log.judgement()).agentRoles.get(holder)
    const all = saidSince(log, lamport)
    const roomOf = ({ body }: LoggedEntry) => {
      const id = String(body['room'])
      return { id, name: log.state().get('rooms', id)?.name ?? id }
    }
    const own = new Set(all.filter(({ author }) => author === holder).map(({ id }) => id))
    const answered = new Set(all.filter(({ author }) => author !== holder).map(({ body }) => body['reply_to']))
    const isToIt = ({ body }: LoggedEntry): boolean => {
      const mentions = Array.isArray(body['mentions']) ? body['mentions'] : []
      return (
        mentions.includes(holder) ||
        (role !== undefined && mentions.includes(`role:${role}`)) ||
        own.has(String(body['reply_to']))
      )
    }
    const lastWord = new Map<string, number>()
    all.forEach((entry, index) => {
      if (entry.author === holder) lastWord.set(roomOf(entry).id, index)
    })
    const waiting = all.filter(
      (entry, index) => entry.author !== holder && isToIt(entry) && index > (lastWord.get(roomOf(entry).id) ?? -1),
    )
    const agent = ownAgent(holder)
    return {
      questions: all
        .filter((entry) => own.has(entry.id) && asks(entry) && !answered.has(entry.id))
        .map((entry) => said(entry, roomOf(entry))),
      mail: waiting.slice(-SHOWN).map((entry) => {
        const unread = agent === undefined ? undefined : mail.isUnread(agent, entry)
        return { ...said(entry, roomOf(entry)), ...(unread === undefined ? {} : { unread }) }
      }),
    }
  }

  function ownAgent(did: string): string | undefined {
    const { agent } = parseDid(did)
    return agent !== undefined && nodeOf(did) === self.did && hasAgent(agent) ? agent : undefined
  }

  function otherMail(holder: string, space: string): Pick<Handover, 'other_mail'> {
    const agent = ownAgent(holder)
    const all = agent === undefined ? [] : mail.unreadBeside(agent, space)
    if (all.length === 0) return {}
    const unread = all.reduce((sum, one) => sum + one.unread, 0)
    return {
      other_mail: { unread, from: all.slice(0, SHOWN).map((one) => ({ ...who(one.from), unread: one.unread })) },
    }
  }

  return function handover(log: ProjectReplica, task: string, isFor: boolean): Handover | undefined {
    const left = log.state().get('task_left', task)
    if (!left) return undefined
    const { holder, since, lamport, at, because, by } = left
    const comments = commentsOn(log, task)
    const isHandover = ({ author, texts }: LoggedEntry): boolean =>
      author === holder && (texts?.['text']?.startsWith(HANDOVER) ?? false)
    const begin = comments.findLastIndex(isHandover)
    const lastOther = comments.findLastIndex(({ author }) => author !== holder)
    const open = comments.filter(
      (entry, index) =>
        entry.author === holder && entry.lamport > lamport && index > lastOther && index !== begin && asks(entry),
    )
    const [clockIn] = log.query({ author: holder, types: ['project.clock_in'], states: ['counts'], limit: 1 })
    const focus = clockIn?.texts?.['focus']
    const rooms = inRooms(log, left)
    return {
      ...{ from: who(holder), since: rfc3339(since), until: rfc3339(at), because },
      ...(by === holder ? {} : { by: who(by) }),
      handed_over: begin >= 0 && (comments[begin] as LoggedEntry).lamport > lamport,
      ...(focus === undefined ? {} : { focus }),
      comments: (begin < 0 ? comments : comments.slice(begin)).slice(-COMMENTS).map((entry) => said(entry)),
      questions: [...open.map((entry) => said(entry)), ...rooms.questions].slice(-SHOWN),
      mail: rooms.mail,
      ...(isFor ? otherMail(holder, log.space) : {}),
    }
  }
}
