import test from 'ava'
import { nodePresence } from '../../../src/capabilities/agents/rules.ts'
import { Presence } from '../../../src/capabilities/node/schema.ts'
import { fc } from '../../helpers/fast-check.ts'

for (const [agents, node] of [
  [[], 'online'],
  [['offline', 'sleeping', 'idle', 'busy', 'online'], 'online'],
  [['offline', 'sleeping', 'idle', 'busy'], 'busy'],
  [['offline', 'sleeping', 'idle'], 'idle'],
  [['sleeping', 'sleeping'], 'sleeping'],
  [['offline', 'sleeping'], 'sleeping'],
  [['offline'], 'idle'],
] as [Presence[], Presence][]) {
  test(`with agents that are ${agents.join(', ') || 'none'}, a node is ${node}`, (t) => {
    t.is(nodePresence(agents.map((presence) => ({ presence }))), node)
  })
}

test('the order of agents does not matter, and a node that answers is never offline', (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Presence.options)), (all) => {
      const agents = all.map((presence) => ({ presence }))
      t.is(nodePresence(agents), nodePresence(agents.toReversed()))
      t.not(nodePresence(agents), 'offline')
    }),
  )
})
