import { AgoraError } from '../../base/errors.ts'
import type { ClaimedTask } from '../../capabilities/tasks/schema.ts'
import { handOver } from '../../mcp/held-tasks.ts'
import { codeOf, docsOf, docsPathOf, pathOf, testOf, testPathOf } from './themes.ts'
import { type Agent, type Beat, beat, type Job, mention, quoted, type World } from './world.ts'

/** What each of them takes first. Who has `more` takes anything else, too: also what a newcomer puts on the board. */
const tastes: Partial<Record<Agent['name'], { labels: string[]; more: boolean }>> = {
  'codex-1': { labels: ['code'], more: true },
  'qwen-1': { labels: ['docs', 'code'], more: true },
  ci: { labels: ['tests'], more: false },
}

/**
 * An agent at work: claims, writes, commits, completes, a step at a time. Undefined when there is nothing to do. A step that is refused ends its task.
 */
export async function* working(world: World, agent: Agent): AsyncGenerator<Beat | undefined, never> {
  for (;;) {
    let task: ClaimedTask | undefined
    const taken = await beat(agent, '', async () => {
      task = await claim(world, agent)
      if (!task) return
      const { project } = world
      await agent.call('projects.clock_in', { project_id: project, focus: task.title })
      await agent.call('agents.presence', { name: agent.name, presence: 'busy' })
      return `claims ${quoted(task.title)}`
    })
    if (!task) {
      yield taken.failed ? taken : undefined
      continue
    }
    yield taken
    const job = world.jobs.get(task.id)
    if (job?.handedOver === true && agent.name === 'qwen-1') {
      yield await givingOver(world, agent, job)
      continue
    }
    for await (const step of doing(world, agent, task, job)) {
      yield step
      if (step.failed) break
    }
    await beat(agent, '', () => rest(agent))
  }
}

async function rest(agent: Agent): Promise<void> {
  await agent.call('agents.presence', { name: agent.name, presence: 'idle' })
}

async function claim({ project: project_id, handed }: World, { name, call }: Agent): Promise<ClaimedTask | undefined> {
  const waiting = handed.get(name)?.shift()
  if (waiting !== undefined) return call('tasks.claim', { project_id, task_id: waiting })
  // What was handed over is for another; who has given it away does not take it back.
  if (name === 'qwen-1' && [...handed.values()].some(({ length }) => length > 0)) return undefined
  const { labels, more } = tastes[name] ?? { labels: [], more: true }
  for (const wanted of more ? [{ labels }, {}] : [{ labels }]) {
    try {
      return await call('tasks.claim_next', { project_id, ...wanted })
    } catch (error) {
      if (!(error instanceof AgoraError && error.code === 'nothing_ready')) throw error
    }
  }
  return undefined
}

async function* doing(
  { project: project_id, repository }: World,
  agent: Agent,
  task: ClaimedTask,
  job: Job | undefined,
): AsyncGenerator<Beat> {
  const { call, name } = agent
  const task_id = task.id
  const { path, text } = job ? fileOf(job) : noteOf(task)
  let commit: string | undefined
  yield await beat(agent, `writes ${path}`, async () => repository?.write(path, text))
  yield await beat(agent, '', async () => {
    commit = await repository?.commit(name, task.title, path)
    await call('tasks.comment', {
      ...{ project_id, task_id },
      text: commit === undefined ? `\`${path}\` is written.` : `\`${path}\` is in commit \`${commit}\`.`,
    })
    return commit === undefined ? `says on the task that ${path} is written` : `commits ${commit}: ${task.title}`
  })
  yield await beat(agent, `completes ${quoted(task.title)}`, async () => {
    const note = job ? `In \`${path}\`.` : 'The agents of the demo are scripted: they could only take note of it.'
    await call('tasks.complete', { project_id, task_id, token: task.claim.token, note })
    if (job) job.passes++
  })
}

/** The file that a job makes. */
export function fileOf({ kind, piece, theme, passes, round }: Job): { path: string; text: string } {
  const pass = Math.floor((round - 1) / ROUNDS_OF_NEW) * 2 + passes
  if (kind === 'code' && piece) return { path: pathOf(theme, piece), text: codeOf(piece, pass) }
  if (kind === 'tests') return { path: testPathOf(theme), text: testOf(theme, pass) }
  return { path: docsPathOf(theme), text: docsOf(theme, pass) }
}
/** So many rounds have a theme of their own. */
const ROUNDS_OF_NEW = 4

/** What a newcomer asked for: its title is anybody's text, and names no file. */
export function noteOf({ id, title }: { id: string; title: string }): { path: string; text: string } {
  return { path: `notes/${id.slice(0, 8)}.md`, text: `# ${title}\n\nSomebody asked for this.\n` }
}

async function givingOver({ project: project_id, agents, handed }: World, agent: Agent, job: Job): Promise<Beat> {
  const next = agents['codex-1']
  return beat(agent, `hands ${quoted(job.title)} over to ${next.name}`, async () => {
    job.handedOver = false
    await handOver(
      ((name: never, input: never) => agent.call(name, input)) as never,
      { project_id, id: job.id },
      'Done: the shape of it, in my head. Left: all of the code. Beware of empty input.',
    )
    await agent.call('tasks.update', { project_id, task_id: job.id, assignee: null })
    await agent.call('rooms.say', {
      ...{ project_id, room: 'main' },
      body: `${mention(next, agent)} can you take ${quoted(job.title)}? I wrote on it what I know.`,
    })
    handed.set(next.name, [...(handed.get(next.name) ?? []), job.id])
  })
}
