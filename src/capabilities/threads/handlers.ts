import type { Actor } from '../../authority/may.ts'
import { didOf } from '../../authority/may.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { HEADS_MAX, saying } from '../../contract/entry.ts'
import type { CallContext, Handlers } from '../../core/dispatch.ts'
import { entryId } from '../../core/entry-id.ts'
import type { WireHandler } from '../../core/inbound.ts'
import { listPage } from '../../core/list-page.ts'
import { entryCursors, entryPage } from '../../core/place-cursors.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { EntryInput } from '../../log/replica.ts'
import { PARTICIPANTS_MAX } from '../../spaces/thread-facts.ts'
import { deliverThreads, TOPIC } from './inboxes.ts'
import type { ThreadParts } from './parts.ts'
import { threadTables } from './tables.ts'
import { createTelling } from './telling.ts'
import { type Found, type ThreadReplica, threadViews } from './views.ts'

type Names = Extract<keyof Handlers, `threads.${string}`>

export interface Threads {
  handlers: Pick<Handlers, Names>
  wire: WireHandler<never>
  /** The whole id of a thread that the caller sees, and the project it belongs to. @throws AgoraError `not_found`, `ambiguous_name` */
  find(thread: string, actor: Actor): { id: string; project: string | undefined }
}

/** Private threads: logs of their own, which go to the nodes of those who take part and to nobody else. */
export function createThreads(parts: ThreadParts): Threads {
  const { self, spaces, projects, directory, book, mail } = parts
  const tables = threadTables(parts.database)
  const view = threadViews(parts, tables)
  const { tell, wire } = createTelling(parts, tables)
  mail.readsSaid('thread.message', view.said)
  deliverThreads(parts)

  /** @throws AgoraError for whom its creator's node does not trust enough, or who is not in its project. */
  function admissible(did: string, field: string, minTrust: number, project: string | undefined): void {
    const node = nodeOf(did)
    const name = directory.nameOf(did)
    if (node !== self.did && book.isBlocked(node))
      throw new AgoraError('blocked', `${field}: ${name} is blocked.`, { field })
    if (node !== self.did && book.trust(node) < minTrust) {
      throw new AgoraError(
        'not_permitted',
        `${field}: this thread is for those of trust ${minTrust}; ${name} has ${book.trust(node)}.`,
        {
          field,
        },
      )
    }
    if (project !== undefined && !projects.standing(project).isMember(node))
      throw new AgoraError('not_permitted', `${field}: ${name} is no member of the project.`, { field })
  }

  /** Somebody who takes part, by DID or name; also by the name as it is shown. */
  function participant({ standing }: Found, address: string): string {
    const all = [...standing.participants.keys()]
    const did =
      all.find((one) => one === address || directory.nameOf(one) === address) ?? directory.resolve(address, 'name')
    if (standing.participants.has(did)) return did
    throw new AgoraError('not_found', `name: ${directory.nameOf(did)} takes no part in this thread.`, {
      field: 'name',
      candidates: all.map(directory.nameOf),
    })
  }

  /** Writes to a thread that the caller sees, and shows it. */
  async function change(
    thread: string,
    context: CallContext,
    work: (found: Found) => Omit<EntryInput, 'author'> | undefined,
  ) {
    const found = view.find(thread, context.actor)
    const input = work(found)
    if (input) await spaces.write(found.id, (log) => log.append({ ...input, author: didOf(context.actor) }))
    return shown(found.id)
  }
  const shown = (id: string) => {
    const log = spaces.replica(id) as ThreadReplica
    const { standing } = log.judgement()
    if (!standing) throw new Error(`the thread ${id} was written and is not there`)
    return view.thread({ id, log, standing })
  }

  return {
    wire: wire as WireHandler<never>,
    find(thread, actor) {
      const { id, standing } = view.find(thread, actor)
      return { id, project: standing.create.project }
    },
    handlers: {
      'threads.list': ({ project_id, ended, limit, cursor }, { actor }) => {
        const all = view
          .all(actor)
          .map(view.thread)
          .filter((one) => project_id === undefined || one.project_id === project_id)
          .filter((one) => ended || one.status === 'open' || one.status === 'joining')
          .sort((a, b) => ((b.last_at ?? b.created_at) < (a.last_at ?? a.created_at) ? -1 : 1))
        return listPage(all, { limit, cursor })
      },

      'threads.create': async ({ title, participants, min_trust, closed, project_id }, context) => {
        const author = didOf(context.actor)
        const dids = participants.map((address, index) => {
          const field = `participants.${index}`
          const did = directory.resolve(address, field)
          admissible(did, field, min_trust, project_id)
          return did
        })
        const others = [...new Set(dids)].filter((did) => did !== author)
        const facts = {
          participants: others,
          min_trust,
          closed,
          ...(title === undefined ? {} : { title }),
          ...(project_id === undefined
            ? {}
            : { project: project_id, project_heads: projects.replica(project_id).tips().slice(0, HEADS_MAX) }),
        }
        const { id } = await spaces.create('thread', { author, facts }, (log, first) =>
          tell(log as ThreadReplica, others.map(nodeOf), first.id),
        )
        return shown(id)
      },

      'threads.show': ({ thread_id }, { actor }) => view.thread(view.find(thread_id, actor)),

      'threads.update': ({ thread_id, title }, context) =>
        change(thread_id, context, ({ standing }) =>
          standing.title === title ? undefined : { type: 'thread.update', facts: { title } },
        ),

      'threads.close': ({ thread_id, reason }, context) =>
        change(thread_id, context, ({ standing }) =>
          standing.closedBy === undefined ? { type: 'thread.close', facts: {}, ...saying({ reason }) } : undefined,
        ),

      'threads.add': async ({ thread_id, name }, context) => {
        const { id, standing } = view.find(thread_id, context.actor)
        const did = directory.resolve(name, 'name')
        admissible(did, 'name', standing.create.min_trust ?? 0, standing.create.project)
        if (standing.participants.size >= PARTICIPANTS_MAX && !standing.participants.has(did))
          throw new AgoraError('invalid_input', `name: a thread has at most ${PARTICIPANTS_MAX} participants.`, {
            field: 'name',
          })
        await spaces.write(id, (writing) => {
          const log = writing as ThreadReplica
          // Who is in it already is told again: the first time may have come to nothing.
          const by =
            standing.participants.get(did) ??
            log.append({ author: didOf(context.actor), type: 'thread.update', facts: { add: [did] } }).id
          if (by === log.space || log.get(by)?.node === self.did) tell(log, [nodeOf(did)], by)
        })
        return shown(id)
      },

      'threads.remove': ({ thread_id, name }, context) =>
        change(thread_id, context, (found) => {
          const did = participant(found, name)
          if (did === found.standing.creator) {
            throw new AgoraError('not_permitted', 'name: who made a thread takes part in it; it can be ended.', {
              field: 'name',
              hint: '`agora thread close` ends it.',
            })
          }
          return { type: 'thread.update', facts: { remove: [did] } }
        }),

      'threads.read': ({ thread_id, query, limit, cursor }, { actor }) => {
        const found = view.find(thread_id, actor)
        const asked = {
          types: ['thread.message'],
          states: ['counts' as const],
          after: entryCursors.read(cursor),
          limit,
        }
        const entries = query === undefined ? found.log.query(asked) : found.log.search(query, asked)
        return { ...entryPage(entries, limit, (entry) => view.message(found.id, entry)), thread: view.thread(found) }
      },

      'threads.say': async ({ thread_id, body, reply_to }, context) => {
        const { id, log } = view.find(thread_id, context.actor)
        const author = didOf(context.actor)
        const answers = reply_to === undefined ? undefined : entryId(log, reply_to, 'reply_to')
        const said = await spaces.write(id, (writing) => {
          const refusal = mail.refusal(author, { space: id, topic: TOPIC })
          if (refusal) return refusal
          const facts = answers === undefined ? {} : { reply_to: answers }
          return writing.append({ author, type: 'thread.message', facts, texts: { text: body } })
        })
        if (said instanceof Error) throw said
        const message = view.message(id, log.logged(said.id) as LoggedEntry)
        if (!message) throw new Error(`${said.id} was written and is not there`)
        return message
      },
    },
  }
}
