import { nodeOf } from './base/did.ts'
import { auditHandlers } from './capabilities/audit/handlers.ts'
import { createInvitations } from './capabilities/invitations/handlers.ts'
import type { InvitationParts } from './capabilities/invitations/parts.ts'
import type { Mailbox } from './capabilities/messaging/mailbox.ts'
import type { MessagingParts } from './capabilities/messaging/parts.ts'
import { createSpaceMail } from './capabilities/messaging/space-mail.ts'
import { createProjectCalls } from './capabilities/projects/handlers.ts'
import { projectNews } from './capabilities/projects/held.ts'
import type { ProjectParts } from './capabilities/projects/parts.ts'
import { recordHandlers } from './capabilities/records/handlers.ts'
import { createRooms } from './capabilities/rooms/handlers.ts'
import { createThreads } from './capabilities/threads/handlers.ts'
import type { ThreadParts } from './capabilities/threads/parts.ts'
import type { Settings } from './config.ts'
import { createProjects } from './core/projects.ts'
import { createSpaces } from './core/spaces.ts'
import { createSync } from './core/sync.ts'
import { openReplica } from './log/open-replica.ts'
import type { Replica } from './log/replica.ts'
import { entryTables } from './log/tables.ts'
import { type ProjectJudgement, standingOf } from './spaces/project.ts'
import { projectRules } from './spaces/project-rules.ts'
import { describeThread, type ThreadJudgement, threadRules } from './spaces/thread.ts'

/** Ms for which a restriction waits for what the connected members have. */
const SYNCHRONISE_MAX = 3000
const rules = { project: projectRules, thread: threadRules }

interface SpacePartsNeeds
  extends Pick<
    InvitationParts,
    'clock' | 'key' | 'database' | 'book' | 'events' | 'outbox' | 'directory' | 'telemetry'
  > {
  self: { did: string }
  network: ProjectParts['network']
  agents: ProjectParts['agents'] & ThreadParts['agents']
  messaging: MessagingParts
  mailbox: Mailbox
  settings: Pick<Settings, 'auto_accept_invitations'>
  /** The DID of the owner who attests this node now. */
  owner(): string | undefined
  /** Connects to who shares a space with this node; not there where there is no network. */
  seek?: InvitationParts['seek']
  /** Writes to an agent of this node as the operator. */
  tell(agent: string, text: string): Promise<unknown>
}

/** Everything about projects and threads, put together over their logs; for the daemon, and for nodes in tests. */
export function createSpaceParts(needs: SpacePartsNeeds) {
  const { clock, key, self, database, book, outbox, directory, telemetry, messaging, mailbox } = needs
  const tables = entryTables(database)
  const spaces = createSpaces({
    clock,
    key,
    database,
    rules: rules as never,
    openLog: (space, kind) =>
      openReplica({ space, rules: rules[kind] as typeof projectRules, store: tables.of(space), clock, key }) as never,
    describe: (log) =>
      log.kind === 'thread' ? describeThread(log.judgement() as ThreadJudgement) : describeProject(log),
  })
  const projects = createProjects({ clock, self, spaces, directory, telemetry })
  const sync = createSync({
    clock,
    self: self.did,
    spaces,
    telemetry,
    seek: (did) => needs.seek?.(did),
    mayRead(space, did) {
      const owner = book.get(nodeOf(did))?.owner
      return owner !== undefined && spaces.info(space)?.kind === 'project' && projects.isHere(space)
        ? projects.standing(space).ownerKey === owner
        : false
    },
  })
  const mail = createSpaceMail(messaging, mailbox)
  const shared = { ...needs, spaces, projects, mail }
  const invitations = createInvitations({ ...shared, autoAccept: needs.settings.auto_accept_invitations })
  const calls = createProjectCalls({
    ...shared,
    synchronise: (project) => sync.synchronise(project, SYNCHRONISE_MAX),
  })
  const rooms = createRooms(shared)
  const threads = createThreads(shared)
  spaces.onEntries(projectNews({ ...shared, log: telemetry.log }))
  spaces.onEntries(invitations.entries)
  outbox.onProgress(invitations.progress)

  return {
    spaces,
    projects,
    sync,
    invitations,
    gate: projects.gate,
    askings: { ...calls.askings, ...invitations.askings },
    wire: [...invitations.wire, threads.wire],
    handlers: {
      ...calls.handlers,
      ...invitations.handlers,
      ...auditHandlers(shared),
      ...rooms.handlers,
      ...threads.handlers,
      ...recordHandlers({ ...shared, threads }),
    },
    /** Within a write: what nobody answered in time. */
    expire: () => invitations.expire(),
    /** Opens the logs and tells their members, once there is a network. */
    start: () => database.write(() => sync.start()),
    async idle() {
      await sync.idle()
      await database.idle()
    },
    async stop() {
      projects.stop()
      await database.write(() => spaces.snapshot())
    },
  }
}
export type SpaceParts = ReturnType<typeof createSpaceParts>

function describeProject(log: Replica): { title: string } {
  return { title: standingOf(log.judgement() as ProjectJudgement).name }
}
