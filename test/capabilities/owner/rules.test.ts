import test from 'ava'
import { type OwnedNode, owed, SHARED_NODES_MAX, sharedTrust } from '../../../src/capabilities/owner/rules.ts'
import { fc } from '../../helpers/fast-check.ts'

const arbitrary = fc
  .array(
    fc.record({
      trust: fc.integer({ min: 0, max: 4 }),
      friend: fc.boolean(),
      given_by: fc.constantFrom('operator' as const, 'owner' as const, undefined),
      blocked: fc.boolean(),
    }),
    { maxLength: 2 * SHARED_NODES_MAX },
  )
  .map((nodes) =>
    nodes.map(
      ({ trust, friend, given_by, blocked }, index): OwnedNode => ({
        did: String(index),
        trust: (friend ? trust : 0) as OwnedNode['trust'],
        friend_since: friend ? 1 : undefined,
        // Only a friend can be one by the rule.
        given_by: given_by === 'owner' && !friend ? undefined : given_by,
        blocked_at: blocked ? 1 : undefined,
      }),
    ),
  )

const applied = (nodes: OwnedNode[], isOwn: boolean): OwnedNode[] => {
  const changes = new Map(owed(nodes, isOwn).map(({ did, trust }) => [did, trust]))
  return nodes.map((node) => {
    const trust = changes.get(node.did)
    if (trust === undefined) return node
    const none = { ...node, trust, friend_since: undefined, given_by: undefined }
    return trust === 0 ? none : { ...node, trust, friend_since: 1, given_by: 'owner' as const }
  })
}

test('property: at most 3, never more than the operator gave, and never against the operator', (t) => {
  fc.assert(
    fc.property(arbitrary, fc.boolean(), (nodes, isOwn) => {
      const trust = sharedTrust(nodes, isOwn)
      t.true(trust <= 3)
      if (!isOwn) {
        const given = nodes.filter((node) => node.given_by !== 'owner' && node.friend_since !== undefined)
        t.true(trust <= Math.max(0, ...given.map((node) => node.trust)))
      }
      const after = applied(nodes, isOwn)
      for (const [index, node] of nodes.entries()) {
        if (node.given_by === 'operator' || (node.friend_since !== undefined && node.given_by !== 'owner'))
          t.deepEqual(after[index], node)
      }
      for (const node of after) if (node.given_by === 'owner') t.is(node.trust, trust)
      const added = after.filter((node, index) => node.given_by === 'owner' && nodes[index]?.given_by !== 'owner')
      t.true(added.every((node) => node.blocked_at === undefined))
      const before = nodes.filter((node) => node.given_by === 'owner').length
      t.true(before + added.length <= Math.max(before, SHARED_NODES_MAX))
    }),
  )
})

test('property: once done nothing is owed, and what was given does not give', (t) => {
  fc.assert(
    fc.property(arbitrary, fc.boolean(), (nodes, isOwn) => {
      const after = applied(nodes, isOwn)
      t.is(sharedTrust(after, isOwn), sharedTrust(nodes, isOwn))
      t.deepEqual(owed(after, isOwn), [])
    }),
  )
})
