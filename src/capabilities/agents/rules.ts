import type { Presence } from '../node/schema.ts'

/** How a node is, told by its agents: as the most wakeful of them; without any, it is there. */
export function nodePresence(agents: readonly { presence: Presence }[]): Presence {
  if (agents.length === 0) return 'online'
  const present = new Set(agents.map(({ presence }) => presence))
  const order: Presence[] = ['online', 'busy', 'idle', 'sleeping']
  // Agents that are away leave nobody at work; the node itself answers all the same.
  return order.find((presence) => present.has(presence)) ?? 'idle'
}
