import type { Input } from '../../operations.ts'
import { type Piece, type Theme, themes } from './themes.ts'
import { type Beat, beat, type Job, together, type World } from './world.ts'

/** The piece that is handed over, and the one that comes back from its first review. */
const HANDED_OVER = 2
const SENT_BACK = 1

/** A round begins: what it is about, its tasks, and what was decided about them. */
export async function* planning(world: World, round: number): AsyncGenerator<Beat> {
  const { agents, project: project_id, jobs, seats } = world
  const { 'claude-1': claude, 'gemini-1': gemini } = agents
  const theme = themes[(round - 1) % themes.length] as Theme
  const isNew = round <= themes.length
  yield await beat(claude, `begins round ${round}: ${theme.name}`, async () => {
    await claude.call('projects.set_stage', { project_id, stage: 'investigation' })
    await claude.call('projects.clock_in', { project_id, focus: `Planning ${theme.name}` })
    await claude.call('rooms.say', {
      ...{ project_id, room: 'main' },
      body: `Round ${round} is about **${theme.name.toLowerCase()}**${isNew ? '' : ': we look at all of it again'}. @role:developer @role:tester the tasks are coming.`,
    })
  })
  const made: Job[] = []
  const make = async (
    job: Omit<Job, 'id' | 'round' | 'theme' | 'passes'>,
    more: Omit<Input<'tasks.create'>, 'project_id' | 'title'>,
  ) => {
    const { id } = await claude.call('tasks.create', { project_id, title: job.title, ...more })
    const whole: Job = { ...job, id, round, theme, passes: 0 }
    jobs.set(id, whole)
    made.push(whole)
  }
  const label = theme.name.toLowerCase()
  for (const [index, piece] of theme.pieces.entries()) {
    const title = isNew ? `Write ${piece.name}` : `Look at ${piece.name} again`
    yield await beat(claude, `makes the task “${title}”`, () =>
      make(
        { title, kind: 'code', piece, handedOver: index === HANDED_OVER, sentBack: index === SENT_BACK },
        {
          description: described(theme, piece),
          priority: piece.priority,
          labels: ['code', label],
          ...(index === HANDED_OVER ? { assignee: agents['qwen-1'].did } : {}),
        },
      ),
    )
  }
  const depends_on = made.map(({ id }) => id)
  yield await beat(claude, `makes tasks for tests and docs, which wait for those`, async () => {
    await make(
      { title: `Test ${label}`, kind: 'tests' },
      { labels: ['tests', label], depends_on, priority: 'high', description: 'One test for each function.' },
    )
    await make(
      { title: `Document ${label}`, kind: 'docs' },
      { labels: ['docs', label], depends_on, priority: 'low', description: 'A line for each function, in `docs/`.' },
    )
  })
  yield await beat(gemini, 'asks about the plan', async () => {
    await together(world)
    const [first] = made
    if (!first) return
    await gemini.call('tasks.comment', {
      ...{ project_id, task_id: first.id },
      text: 'What is it to do with an empty value? I shall look for that.',
    })
  })
  yield await beat(claude, `records the decision “${theme.decision.title}”`, async () => {
    await claude.call('decisions.record', { project_id, ...theme.decision })
    await claude.call('projects.set_stage', { project_id, stage: 'implementation' })
    await claude.call('projects.clock_in', { project_id, focus: `Keeping the board: ${theme.name}` })
  })
  yield await beat(seats[0] ?? claude, `looks at the plan and says go`, async () => {
    const { id } = await (seats[0] ?? claude).call('rooms.say', {
      ...{ project_id, room: 'main' },
      body: 'Six tasks, and I understand all of them. Go.',
    })
    world.said.add(id)
  })
}

const described = (theme: Theme, piece: Piece): string =>
  `${piece.about}\n\n- A file of its own in \`src/${theme.name.toLowerCase()}/\`\n- No dependencies`
