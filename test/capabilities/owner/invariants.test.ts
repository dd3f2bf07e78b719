import test from 'ava'
import type { TrustLevel } from '../../../src/authority/trust.ts'
import { owed } from '../../../src/capabilities/owner/rules.ts'
import { attest, revoke } from '../../../src/identity/owner.ts'
import { fc } from '../../helpers/fast-check.ts'
import { testNode } from '../../helpers/node.ts'
import { newOwner, shows } from '../../helpers/owner.ts'
import type { Remote } from '../../helpers/remote.ts'

const MONTH = 30 * 24 * 3_600_000
const peer = fc.nat(3)
const owner = fc.nat(1)
const prove = fc.record({
  do: fc.constant('prove' as const),
  peer,
  owner,
  revokes: fc.option(peer, { nil: undefined, freq: 2 }),
})
const trust = fc.record({ do: fc.constant('trust' as const), peer, trust: fc.integer({ min: 1, max: 4 }) })
const step = fc.oneof(
  prove,
  prove,
  prove,
  trust,
  trust,
  fc.record({ do: fc.constant('remove' as const), peer }),
  fc.record({ do: fc.constant('block' as const), peer, blocked: fc.boolean() }),
  fc.record({ do: fc.constant('leave' as const), peer }),
  fc.record({ do: fc.constant('months' as const), count: fc.integer({ min: 1, max: 13 }) }),
)

test('property: whatever peers, owners and the operator do, in whatever order, the rule holds after each step', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      await using node = await testNode('alice')
      const owners = [newOwner(), newOwner()] as const
      const peers = await Promise.all([0, 1, 2, 3].map((n) => node.peer(`node ${n}`)))
      const revoked = new Set<string>()
      const operators = new Map<string, TrustLevel | 'removed'>()
      const { book, owners: ties, database } = node.parts
      const of = (index: number) => peers[index] as Remote

      for (const one of steps) {
        if (one.do === 'prove') {
          const { did } = of(one.peer)
          const key = owners[one.owner] ?? owners[0]
          const lost = one.revokes === undefined ? [] : [revoke(key, of(one.revokes).did, node.clock.now())]
          await shows(node, of(one.peer), attest(key, did, node.clock.now()), lost)
        } else if (one.do === 'months') {
          await node.clock.advance(one.count * MONTH)
          await database.write(ties.expire)
        } else if (one.do === 'leave') ties.gone(of(one.peer).did)
        else {
          const { did, name } = of(one.peer)
          await database.write(() => {
            if (one.do === 'trust') book.setTrust(did, one.trust as TrustLevel, name)
            else if (one.do === 'remove') book.change(did, { trust: 0, friend_since: undefined, given_by: 'operator' })
            else book.change(did, { blocked_at: one.blocked ? 1 : undefined }, name)
          })
          if (one.do === 'trust') operators.set(did, one.trust as TrustLevel)
          if (one.do === 'remove') operators.set(did, 'removed')
        }
        await node.settle()
        for (const { type, data } of node.parts.events.after(0, 10_000)) {
          if (type === 'owner.revoked') revoked.add(`${data['owner']} ${data['did']}`)
        }
        for (const { did } of owners) t.deepEqual(owed(book.owned(did), false), [], JSON.stringify(steps))
        for (const { did } of peers) {
          const known = book.get(did)
          if (!known) continue
          t.false(revoked.has(`${known.owner} ${did}`), 'a revoked node bears no mark of whom revoked it')
          if (known.given_by === 'owner') t.true(known.owner !== undefined && known.trust >= 1 && known.trust <= 3)
          const said = operators.get(did)
          if (said === undefined) continue
          t.is(known.given_by, 'operator')
          // Only a revocation goes before the operator's word, and only what came before it.
          if (known.trust !== 0) t.is<TrustLevel | string, TrustLevel | string>(known.trust, said)
          if (said === 'removed') t.is(known.trust, 0)
        }
      }
    }),
    { numRuns: 80 },
  )
})
