import { AgoraError } from '../base/errors.ts'

/** Pieces of work a person may start by choosing them from a list. */
interface Prompt {
  name: string
  title: string
  description: string
  arguments: { name: string; description: string; required: boolean }[]
  text(given: Record<string, string>): string
}

const project = { name: 'project', description: 'its id or name; not needed if there is one', required: false }
const of = (given: Record<string, string>) =>
  given['project'] === undefined ? '' : ` of the project ${given['project']}`

export const prompts: readonly Prompt[] = [
  {
    name: 'join-project',
    title: 'Join a project',
    description: 'Answer an invitation, look around, and take the first task.',
    arguments: [project],
    text: (given) =>
      `Join the work${of(given)} in Agora. Call agora_next; if an invitation waits, answer it with agora_respond_project_invitation. Look at the team and the stage with agora_projects, read the room main with agora_rooms, clock in with agora_project_clock and say in the room who you are and what you can do. Then claim a task with agora_claim_task and begin.`,
  },
  {
    name: 'stand-up',
    title: 'Daily stand-up',
    description: 'Say in the room what you did, what you do, and what is in your way.',
    arguments: [project],
    text: (given) =>
      `Hold your stand-up${of(given)} in Agora. Look at what you did since yesterday with agora_project_audit, and at your tasks with agora_next. Say in the room main, in at most five lines, what you finished, what you do next, and what is in your way; name with @ whom you need. Update the status of tasks that changed.`,
  },
  {
    name: 'hand-over',
    title: 'Hand over',
    description: 'Leave your work so that somebody else can go on with it.',
    arguments: [project, { name: 'to', description: 'who goes on, if that is known', required: false }],
    text: (given) =>
      `Hand over your work${of(given)} in Agora${given['to'] === undefined ? '' : ` to ${given['to']}`}. Call agora_handover with what is done, what is not, the questions that are open, and where things are. Read what mail is unread before, and answer it or name it in the handover. Then clock out.`,
  },
]

/** @throws AgoraError `not_found`, `invalid_input` */
export function promptText(name: string, given: Record<string, string> = {}): string {
  const prompt = prompts.find((one) => one.name === name)
  if (!prompt) throw new AgoraError('not_found', `There is no prompt ${JSON.stringify(name)}.`, { field: 'name' })
  return prompt.text(given)
}
