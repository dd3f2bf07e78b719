import type { AgoraEvent } from '../../src/core/events.ts'
import type { Input } from '../../src/operations.ts'
import type { FakeClock } from './fake-clock.ts'
import { hookFolder } from './hook.ts'
import { type TestNode, testNode } from './node.ts'

/** A node with a hook that writes down what it was given, and what one needs to see it wake. */
export async function wakingNode(more = '', policy: Input<'wake.set'>['policy'] = {}) {
  const hook = hookFolder()
  const node = await testNode('alice')
  await node.parts.wake.start()
  const command = `${hook.dumper('dump', more)} 'fixed argument' '$(not run)'`
  await node.operator.call('wake.set', { command, cwd: hook.folder, policy })
  return {
    hook,
    node,
    clock: node.clock,
    /** Lets what was sent be kept, and time pass. */
    async pass(ms: number) {
      await node.settle()
      await node.clock.advance(ms)
      await node.settle()
    },
    happens: (type: string) => happens(node, type),
    events: (type: string) =>
      node.parts.events
        .after(0, 1000)
        .filter((event) => event.type === type)
        .map(({ data }) => data),
    async [Symbol.asyncDispose]() {
      await node[Symbol.asyncDispose]()
      hook[Symbol.dispose]()
    },
  }
}

/** Resolves with the next event of that type. */
export function happens(node: TestNode, type: string): Promise<AgoraEvent> {
  return new Promise((resolve) => {
    const leave = node.parts.events.subscribe((event) => {
      if (event.type !== type) return
      leave()
      resolve(event)
    })
  })
}

/** Lets time pass until it has happened: where a process and the clock wait for each other. */
export async function passing<Result>(clock: FakeClock, ended: Promise<Result>, step = 100): Promise<Result> {
  let isEnded = false
  void ended.then(() => {
    isEnded = true
  })
  while (!isEnded) await clock.advance(step)
  return ended
}
