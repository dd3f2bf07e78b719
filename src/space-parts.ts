import { rfc3339 } from './base/clock.ts'
import { agentDid, nodeOf, parseDid } from './base/did.ts'
import { messageOf } from './base/errors.ts'
import type { AgentRegistry } from './capabilities/agents/registry.ts'
import { activityHandlers } from './capabilities/audit/activity.ts'
import { auditHandlers } from './capabilities/audit/handlers.ts'
import { entryView } from './capabilities/audit/views.ts'
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
import { TASK_KIND, taskExclusive } from './capabilities/tasks/exclusive.ts'
import { createTasks } from './capabilities/tasks/handlers.ts'
import { metricHandlers } from './capabilities/tasks/metric-handlers.ts'
import { createThreads } from './capabilities/threads/handlers.ts'
import type { ThreadParts } from './capabilities/threads/parts.ts'
import type { Settings } from './config.ts'
import type { Alerts } from './core/alerts.ts'
import { createCatchUp } from './core/catch-up.ts'
import { EVERY_AGENT } from './core/events.ts'
import { createKeeper } from './core/keeper/index.ts'
import { createProjects } from './core/projects.ts'
import { createRestoredSpaces } from './core/restored.ts'
import { createSpaces } from './core/spaces.ts'
import { createSync } from './core/sync.ts'
import { openReplica } from './log/open-replica.ts'
import type { Replica } from './log/replica.ts'
import { entryTables } from './log/tables.ts'
import { type ProjectJudgement, standingOf } from './spaces/project.ts'
import { spaceRules } from './spaces/space-rules.ts'
import { describeThread, type ThreadJudgement } from './spaces/thread.ts'
import { createWiping } from './store/wiping.ts'

/** Ms for which a restriction waits for what the connected members have. */
const SYNCHRONISE_MAX = 3000

export interface SpacePartsNeeds
  extends Pick<
    InvitationParts,
    'clock' | 'key' | 'database' | 'book' | 'events' | 'outbox' | 'directory' | 'telemetry'
  > {
  alerts: Pick<Alerts, 'raise'>
  self: { did: string }
  network: ProjectParts['network']
  agents: ProjectParts['agents'] & ThreadParts['agents'] & Pick<AgentRegistry, 'has' | 'presence'>
  messaging: MessagingParts
  mailbox: Mailbox
  settings: Pick<Settings, 'auto_accept_invitations' | 'lease_minutes'>
  /** The DID of the owner who attests this node now. */
  owner(): string | undefined
  /** Connects to who shares a space with this node; not there where there is no network. */
  seek?: InvitationParts['seek']
  unseek?(did: string): void
  signHandOver: ProjectParts['signHandOver']
  /** Writes to an agent of this node as the operator. */
  tell(agent: string, text: string): Promise<unknown>
}

/** Everything about projects and threads, put together over their logs; for the daemon, and for nodes in tests. */
export function createSpaceParts(needs: SpacePartsNeeds) {
  const { clock, key, self, database, book, outbox, directory, telemetry, messaging, mailbox } = needs
  const wiping = createWiping({ database, indexes: ['entry_text'], log: telemetry.log })
  const tables = entryTables(database, wiping.soon)
  const restored = createRestoredSpaces({ clock, database })
  const spaces = createSpaces({
    clock,
    key,
    database,
    rules: spaceRules,
    openLog: (space, kind) => openReplica({ space, rules: spaceRules[kind], store: tables.of(space), clock, key }),
    refusal: restored.refusal,
    describe: (log) =>
      log.kind === 'thread' ? describeThread(log.judgement() as ThreadJudgement) : describeProject(log),
  })
  const projects = createProjects({ clock, self, spaces, directory, telemetry })
  const sync = createSync({
    clock,
    self: self.did,
    spaces,
    telemetry,
    isRestored: restored.isRestored,
    seek: (did) => needs.seek?.(did),
    unseek: (did) => needs.unseek?.(did),
    mayRead(space, did) {
      const owner = book.get(nodeOf(did))?.owner
      return owner !== undefined && spaces.info(space)?.kind === 'project' && projects.isHere(space)
        ? projects.standing(space).ownerKey === owner
        : false
    },
  })
  /** Who works here now; the operator does as long as the daemon. */
  function isAlive(did: string): boolean {
    const { agent } = parseDid(did)
    return agent === undefined || ['online', 'idle', 'busy'].includes(needs.agents.presence(agent))
  }
  const keeper = createKeeper({
    clock,
    key,
    database,
    spaces,
    telemetry,
    isAlive,
    kinds: [taskExclusive],
    leaseMs: needs.settings.lease_minutes * 60_000,
    onRenewed(space, kind, renewed) {
      const tasks = renewed.map(({ key: id, until }) => ({ id, until: rfc3339(until) }))
      if (kind === TASK_KIND && tasks.length > 0)
        needs.events.pass('task.renewed', EVERY_AGENT, { project_id: space, tasks })
    },
    catchUp: async (space) => void (await sync.synchronise(space, SYNCHRONISE_MAX)),
    isWaiting: restored.isWaiting,
  })
  const catchUp = createCatchUp({ clock, self, database, spaces, sync, restored, telemetry })
  restored.onSettled(keeper.settled)
  const mail = createSpaceMail(messaging, mailbox)
  const shared = { ...needs, spaces, projects, mail }
  const invitations = createInvitations({ ...shared, autoAccept: () => needs.settings.auto_accept_invitations })
  const calls = createProjectCalls({
    ...shared,
    synchronise: (project) => sync.synchronise(project, SYNCHRONISE_MAX),
  })
  const rooms = createRooms(shared)
  const threads = createThreads(shared)
  const tasks = createTasks({
    ...shared,
    keeper,
    hasAgent: needs.agents.has,
    isBlocked: book.isBlocked,
    entryView: entryView(directory),
  })
  spaces.onEntries(projectNews({ ...shared, log: telemetry.log }))
  spaces.onEntries(invitations.entries)
  outbox.onProgress(invitations.progress)

  return {
    spaces,
    projects,
    sync,
    keeper,
    restored,
    invitations,
    gate: projects.gate,
    /** Until when a claim of a task holds, as far as this node was told; ms since the epoch. */
    claimedUntil: (project: string, task: string) => keeper.until(project, TASK_KIND, task),
    /** Of what somebody wrote, in which spaces ever. */
    written: { by: tables.by, lastBy: tables.lastBy },
    /** What a project that is here is called. */
    nameOf: (id: string) => (projects.isHere(id) ? projects.standing(id).name : undefined),
    /** How many projects this node is a member of. */
    count: () => projects.list().filter(({ status }) => status === 'member').length,
    askings: { ...calls.askings, ...invitations.askings },
    wire: [...invitations.wire, threads.wire],
    handlers: {
      ...calls.handlers,
      ...invitations.handlers,
      ...auditHandlers(shared),
      ...activityHandlers({ ...shared, latest: tables.latest }),
      ...rooms.handlers,
      ...threads.handlers,
      ...tasks.handlers,
      ...metricHandlers({ ...shared, keeper, firstOf: tables.firstOf }),
      ...recordHandlers({ ...shared, threads }),
    },
    /** Within a write: what nobody answered in time. */
    expire() {
      invitations.expire()
      wiping.retry()
    },
    /** Within a write: an agent of this node is no more, and takes part in nothing. */
    drop(agent: string) {
      const author = agentDid(self.did, agent)
      for (const { id, status } of projects.list()) {
        if (status !== 'member') continue
        const { agentRoles, leftAgents } = projects.standing(id)
        if (!agentRoles.has(author) && !leftAgents.has(author)) continue
        const input = { author: self.did, type: 'project.leave', facts: { agent: author } }
        spaces.writeWithin(id, (log) => log.trial(input).state === 'counts' && log.append(input))
      }
    },
    /** Opens the logs and tells their members, once there is a network. */
    async start() {
      await database.write(() => sync.start())
      await keeper.start()
      catchUp.start()
    },
    async idle() {
      await keeper.idle()
      await sync.idle()
      await database.idle()
    },
    async stop() {
      projects.stop()
      catchUp.stop()
      await keeper.stop()
      await database
        .write(() => spaces.snapshot())
        .catch((error) =>
          telemetry.log.warn({ error: messageOf(error) }, 'states were not kept: they are made anew at the next start'),
        )
    },
  }
}

function describeProject(log: Replica): { title: string } {
  return { title: standingOf(log.judgement() as ProjectJudgement).name }
}
