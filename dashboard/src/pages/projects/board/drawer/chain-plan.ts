import type { Task } from '../../../../../../src/capabilities/tasks/schema.ts'
import type { TaskStore } from '../task-store.ts'

/** Tasks of a chain are drawn up to this number; the nearest first. */
const CHAIN_MAX = 120

export interface ChainPlan {
  /** By step: what comes in one depends on nothing in it or behind it. */
  steps: Task[][]
  links: { from: string; to: string }[]
  /** There is more than is shown. */
  cut: boolean
}

/** All that a task depends on and all that depends on it, in the order in which it can be done. */
export function planChain(store: Pick<TaskStore, 'get' | 'waiters'>, id: string): ChainPlan {
  const chosen = new Map<string, Task>()
  let cut = false
  const gather = (next: (task: Task) => readonly string[]) => {
    const seen = new Set([id])
    for (const at of seen) {
      const task = store.get(at)
      if (!task) continue
      if (chosen.size >= CHAIN_MAX && !chosen.has(at)) {
        cut = true
        return
      }
      chosen.set(at, task)
      for (const other of next(task)) seen.add(other)
    }
  }
  gather((task) => task.depends_on)
  gather((task) => store.waiters(task.id))

  const step = new Map<string, number>()
  const stepOf = (task: Task): number => {
    const known = step.get(task.id)
    if (known !== undefined) return known
    // Circles are refused when they are made; one that is being taken apart must not hang the page.
    step.set(task.id, 0)
    const before = task.depends_on.flatMap((other) => chosen.get(other) ?? [])
    const place = before.reduce((last, other) => Math.max(last, stepOf(other) + 1), 0)
    step.set(task.id, place)
    return place
  }
  const steps: Task[][] = []
  for (const task of chosen.values()) {
    const place = stepOf(task)
    steps[place] = [...(steps[place] ?? []), task]
  }
  const links = [...chosen.values()].flatMap((task) =>
    task.depends_on.filter((other) => chosen.has(other)).map((from) => ({ from, to: task.id })),
  )
  return { steps: Array.from(steps, (each) => each ?? []), links, cut }
}
