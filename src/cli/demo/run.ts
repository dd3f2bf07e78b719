import { join } from 'node:path'
import { sleep } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Context } from '../context.ts'
import { answering } from './answers.ts'
import { nodeNames, VISITOR } from './cast.ts'
import { makeFolder, removeLeftovers } from './folder.ts'
import { narrator, pauseOf } from './narration.ts'
import { createDaemons } from './nodes.ts'
import { watchParents } from './parents.ts'
import { makeRepository } from './repository.ts'
import { seedWorld } from './seed.ts'
import { welcome } from './welcome.ts'

/** Ms within which a second signal is the first one again: a wrapper passes on what the terminal sent to all. */
const SAME_SIGNAL = 300
/** Of the first node's owner, for whoever tries what asks for it. */
const PASSPHRASE = 'agora demo'
/** Ms within which a daemon that does not answer any more has ended. */
const GOING = 5000
/** What `--for` takes at most: a week. */
const LONGEST = 604_800

/** Runs the demo until somebody ends it; answers with the exit code. Nothing of it is left, however it ends. */
export async function runDemo(context: Context): Promise<number> {
  const { io, inputs, json } = context
  const speed = inputs.number('speed', 1, 1000) ?? 1
  const seconds = inputs.number('for', 0, LONGEST)
  const end = new AbortController()
  const { signal } = end
  const lost = Promise.withResolvers<string>()
  await using stack = new AsyncDisposableStack()

  let asked: number | undefined
  stack.defer(
    io.onSignal(() => {
      if (asked !== undefined && io.clock.now() - asked > SAME_SIGNAL) io.exit(1)
      asked ??= io.clock.now()
      end.abort()
    }),
  )
  stack.defer(watchParents(io.clock, io.env['AGORA_STARTED_BY'], () => end.abort()))

  const left = await removeLeftovers()
  for (const dir of left) io.err(`Removed ${dir}, which a demo that was killed had left.\n`)
  const folder = makeFolder()
  const daemons = createDaemons(io, folder.homes, (name) => {
    lost.resolve(name)
    end.abort()
  })
  const atOnce = () => {
    daemons.kill()
    folder.remove()
  }
  // Whatever ends this process without passing the end of this function.
  process.on('exit', atOnce)
  stack.defer(async () => {
    end.abort()
    await daemons.stopAll()
    folder.remove()
    process.off('exit', atOnce)
  })

  try {
    if (!json) await io.out('Starting three nodes and their agents …\n')
    const [nodes, visitor, repository] = await Promise.all([
      Promise.all(nodeNames.map((name) => daemons.start(name))),
      daemons.start(VISITOR),
      makeRepository(join(folder.dir, 'pocket'), io.env, signal),
    ])
    if (!repository.commits) io.err('There is no git on this machine: the agents write files and commit nothing.\n')
    const world = await seedWorld({ nodes, visitor, repository, passphrase: PASSPHRASE, signal })
    await daemons.stop(VISITOR)
    const answered = answering(world)
    stack.defer(async () => {
      end.abort()
      await answered
    })
    await welcome(context, { folder, nodes, world, passphrase: PASSPHRASE })
    if (seconds !== undefined) stack.defer(io.clock.after(seconds * 1000, () => end.abort()))
    const tell = narrator(context, io.clock)
    for await (const step of world.play) {
      await tell(step)
      await sleep(io.clock, pauseOf(step.round, speed), signal)
    }
  } catch (error) {
    if (!signal.aborted && !isGone(error)) throw error
    // A daemon that ends stops to answer before it is gone.
    const name = await Promise.race([lost.promise, sleep(io.clock, signal.aborted ? 0 : GOING)])
    if (name !== undefined) throw new AgoraError('not_running', `The node ${name} has ended, and the demo with it.`)
    if (!signal.aborted) throw error
  }
  await stack.disposeAsync()
  if (!json) await io.out('\nThe demo has ended; everything is removed.\n')
  return 0
}

const isGone = (error: unknown): boolean => error instanceof AgoraError && error.kind === 'unavailable'
