import { sleep, systemClock } from '../../base/clock.ts'
import type { Message } from '../../capabilities/messaging/schema.ts'
import type { Agent, World } from './world.ts'

/** What an agent says to a person, once for each message. */
const ANSWER =
  'It arrived. I am a scripted agent of the demo and answer this to everybody; put a task on the board, and one of us takes it.'

/** Seconds for which one read of an inbox waits. */
const WAIT = 60
const PAUSE = 2000

/** Lets every agent read its mail, and answer what a newcomer writes, until the world ends. */
export function answering(world: World): Promise<unknown> {
  return Promise.all(Object.values(world.agents).map((agent) => reading(world, agent)))
}

async function reading(world: World, agent: Agent): Promise<void> {
  let cursor: string | undefined
  while (!world.signal.aborted) {
    try {
      const page = await agent.call('messages.read', { wait: true, timeout: WAIT, ...(cursor && { cursor }) })
      cursor = page.cursor
      for (const message of page.items) if (isForUs(message, world.said)) await answer(agent, message)
    } catch {
      // Suspended, unregistered, or at the end: it looks again, or the world is over.
      await sleep(systemClock, PAUSE, world.signal).catch(() => undefined)
    }
  }
}

/** A person's, and none of those that the script writes for the operators. */
export const isForUs = ({ id, from, said_in }: Pick<Message, 'id' | 'from' | 'said_in'>, said: Set<string>): boolean =>
  from.human && !said.has(id) && !(said_in && said.has(said_in.entry))

async function answer({ call }: Agent, { id, said_in }: Message): Promise<void> {
  if (said_in?.thread_id) {
    await call('threads.say', { thread_id: said_in.thread_id, body: ANSWER, reply_to: said_in.entry })
  } else if (said_in?.project_id) {
    const { project_id, room_id: room = 'main', entry } = said_in
    await call('rooms.say', { project_id, room, body: ANSWER, reply_to: entry })
  } else await call('messages.send', { body: ANSWER, reply_to: id })
}
