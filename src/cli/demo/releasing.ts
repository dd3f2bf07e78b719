import { agentNames } from './cast.ts'
import { themes } from './themes.ts'
import { ask, type Beat, beat, together, type World } from './world.ts'

/** A round ends: all of it is looked at and tested, told in a report, and the operator is asked to let it out. */
export async function* releasing(world: World, round: number): AsyncGenerator<Beat> {
  const { agents, project: project_id, repository, seats } = world
  const { 'claude-1': claude, 'gemini-1': gemini, ci } = agents
  const theme = themes[(round - 1) % themes.length]?.name ?? ''
  const version = `0.${round}.0`
  yield await beat(claude, 'closes the work for review', async () => {
    await claude.call('projects.set_stage', { project_id, stage: 'review' })
  })
  yield await beat(gemini, 'has read all of it', async () => {
    await together(world)
    await gemini.call('rooms.say', {
      ...{ project_id, room: 'review' },
      body: `I have read ${theme.toLowerCase()} from end to end. Nothing is left open.`,
    })
    await gemini.call('projects.clock_out', { project_id })
  })
  yield await beat(ci, '', async () => {
    const { passed, failed } = (await repository?.test()) ?? { passed: 0, failed: 0 }
    const result = repository ? `${passed} tests pass, ${failed} fail` : 'there is no repository to test'
    await ci.call('reports.submit', {
      ...{ project_id, title: `Tests before ${version}` },
      text: `Round ${round}, ${theme.toLowerCase()}: ${result}.`,
    })
    return `runs the tests: ${result}`
  })
  yield await beat(claude, `tags ${version} in the stage integration`, async () => {
    await claude.call('projects.set_stage', { project_id, stage: 'integration' })
    await repository?.tag(`v${version}`)
    await claude.call('audit.add', { project_id, action: `Tagged ${version}` })
  })
  const [home] = seats
  const deployments = async () => {
    const { items = [] } = (await home?.call('approvals.list', {})) ?? {}
    return items.filter(({ operation, agent }) => operation === 'projects.set_stage' && agent === claude.name)
  }
  yield await beat(claude, `asks to deploy ${version}; that waits for ${home?.name}`, async () => {
    const [waiting] = await deployments()
    if (waiting && home) {
      // It had a whole round to be decided by whoever watches.
      await home.call('approvals.grant', { id: waiting.id })
      return `may deploy: ${home.name} has granted it`
    }
    await ask(() =>
      claude.call('projects.set_stage', {
        ...{ project_id, stage: 'deployment' },
        why: `All six tasks of round ${round} are accepted, and the tests pass.`,
      }),
    )
    return
  })
  yield* tidying(world, round)
}

/** Old tasks go, so that the board does not grow for ever; and everybody takes a break. */
async function* tidying({ agents, project: project_id, jobs }: World, round: number): AsyncGenerator<Beat> {
  const { 'claude-1': claude } = agents
  const old = [...jobs.values()].filter((job) => job.round < round)
  if (old.length > 0)
    yield await beat(claude, 'takes the tasks of the round before off the board', async () => {
      for (const { id } of old) {
        jobs.delete(id)
        // A newcomer may have been faster.
        await beat(claude, '', () => claude.call('tasks.delete', { project_id, task_id: id }).then(() => undefined))
      }
    })
  const away = agents[agentNames[round % agentNames.length] ?? 'ci']
  yield await beat(away, 'clocks out for a break', async () => {
    await away.call('projects.clock_out', { project_id })
    await away.call('agents.presence', { name: away.name, presence: 'idle' })
  })
}
