import { cast } from './cast.ts'
import { planning } from './planning.ts'
import { releasing } from './releasing.ts'
import { reviewing } from './reviewing.ts'
import { working } from './work.ts'
import { type Agent, type Beat, beat, together, type World } from './world.ts'

/** A step, and in which round of work. */
export type Step = Beat & { round: number }

/** Steps of work at most in one round: whatever a newcomer does to the board, the next begins. */
const STEPS_MAX = 150
/** After so many steps of a round somebody is suspended, and later let in again. */
const SUSPENDED = { at: 12, until: 20 }
/** Turns that whoever was refused is passed over. */
const REST = 8

/** What the five do, round after round. */
export async function* play(world: World): AsyncGenerator<Step, never> {
  for (let round = 1; ; round++) {
    for await (const step of rounds(world, round)) {
      // What was done is everywhere before the next is done because of it.
      await together(world)
      yield { ...step, round }
    }
  }
}

async function* rounds(world: World, round: number): AsyncGenerator<Beat> {
  yield* planning(world, round)
  yield* atWork(world, round)
  yield* releasing(world, round)
}

/** All at work, one step each in turn. */
async function* atWork(world: World, round: number): AsyncGenerator<Beat> {
  const { agents } = world
  const workers = [agents['codex-1'], agents['qwen-1'], agents.ci].map((agent) => ({
    steps: working(world, agent),
    rest: 0,
  }))
  const turns = [...workers, { steps: reviewing(world), rest: 0 }]
  const qwen = turns[1]
  let steps = 0
  for (let idle = 0; steps < STEPS_MAX && idle < 2; ) {
    let isOver = true
    for (const turn of turns) {
      if (turn.rest > 0) {
        turn.rest--
        isOver = false
        continue
      }
      const { value } = await turn.steps.next()
      if (!value) continue
      isOver = false
      yield value
      steps++
      if (value.failed) turn.rest = REST
      if (round % 3 !== 2) continue
      if (steps === SUSPENDED.at) yield* suspending(world, agents['qwen-1'])
      if (steps === SUSPENDED.until) {
        yield* unsuspending(world, agents['qwen-1'])
        if (qwen) qwen.rest = 0
      }
    }
    idle = isOver ? idle + 1 : 0
  }
  world.handed.clear()
  if (steps > SUSPENDED.at && steps < SUSPENDED.until && round % 3 === 2) yield* unsuspending(world, agents['qwen-1'])
}

async function* suspending(world: World, who: Agent): AsyncGenerator<Beat> {
  const { agents, project: project_id } = world
  yield await beat(agents['claude-1'], `suspends ${who.name}: commits without a task`, async () => {
    await agents['claude-1'].call('projects.suspend', {
      ...{ project_id, name: who.did },
      reason: 'Commits that belong to no task. Please read the plan again.',
    })
  })
}

async function* unsuspending(world: World, who: Agent): AsyncGenerator<Beat> {
  const { project: project_id, seats } = world
  const [home] = seats
  if (!home) return
  yield await beat(home, `lifts the suspension of ${who.name}`, async () => {
    await home.call('projects.unsuspend', { project_id, name: who.did })
  })
  yield await beat(who, 'is back, and says so', async () => {
    await together(world)
    await who.call('rooms.say', {
      ...{ project_id, room: 'main' },
      body: `I have read the plan again. As a ${cast[who.name].role} I take what is on the board.`,
    })
  })
}
