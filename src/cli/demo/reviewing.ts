import { type Beat, beat, mention, quoted, type World } from './world.ts'

/** The reviewer at work: of what is done, one task a step. Undefined when there is nothing to review. */
export async function* reviewing({
  agents,
  project: project_id,
  jobs,
}: World): AsyncGenerator<Beat | undefined, never> {
  const { 'gemini-1': gemini, 'claude-1': claude } = agents
  for (;;) {
    let isNothing = false
    const step = await beat(gemini, 'reviews', async () => {
      const { items } = await gemini.call('tasks.list', { project_id, status: 'done', limit: 500 })
      const task = items.find(({ accepted }) => accepted === undefined)
      if (!task) {
        isNothing = true
        return
      }
      const { id: task_id, title } = task
      const job = jobs.get(task_id)
      await gemini.call('projects.clock_in', { project_id, focus: `Reviewing ${title}` })
      if (job?.sentBack) {
        job.sentBack = false
        await gemini.call('tasks.accept', {
          project_id,
          task_id,
          accepted: false,
          note: 'An empty value gives nonsense.',
        })
        await gemini.call('rooms.say', {
          ...{ project_id, room: 'review' },
          body: `${quoted(title)} comes back: try it with an empty value. ${mention(claude, gemini)}, no hurry.`,
        })
        return `sends ${quoted(title)} back`
      }
      await gemini.call('tasks.accept', { project_id, task_id, note: 'Read, and it does what it says.' })
      return `accepts ${quoted(title)}`
    })
    yield isNothing ? undefined : step
  }
}
