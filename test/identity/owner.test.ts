import test from 'ava'
import { nodeDid, ownerDid, ownerPublicKey } from '../../src/base/did.ts'
import {
  ATTESTED_FOR,
  attest,
  checkAttestation,
  checkGrant,
  checkRevocation,
  grant,
  revoke,
} from '../../src/identity/owner.ts'
import { fc } from '../helpers/fast-check.ts'
import { newOwner } from '../helpers/owner.ts'
import { newKey } from '../helpers/remote.ts'

const owner = newOwner()
const node = newKey().did
const now = Date.UTC(2026, 10, 1, 12)
const good = attest(owner, node, now)

test('what an owner signs is found true, over JSON too', (t) => {
  t.deepEqual(checkAttestation(JSON.parse(JSON.stringify(good)), node, now), { statement: good })
  const revoked = revoke(owner, node, now)
  t.deepEqual(checkRevocation(JSON.parse(JSON.stringify(revoked))), { statement: revoked })
  const parts = { node, approval: '019a3f5c-2a00-7000-8000-000000000001', operation: 'x', input: { deep: [1.5, null] } }
  const granted = grant(owner, parts, now)
  t.deepEqual(checkGrant(JSON.parse(JSON.stringify(granted)), node), { statement: granted })
  t.is(checkGrant(granted, newKey().did).fault, 'foreign')
  t.is(checkGrant({ ...granted, input: {} }, node).fault, 'forged')
})

test('its time is from 10 minutes before it was issued until it ends', (t) => {
  const at = (when: number) => checkAttestation(good, node, when).fault
  t.is(at(now - 10 * 60_000), undefined)
  t.is(at(now - 10 * 60_000 - 1), 'early')
  t.is(at(now + ATTESTED_FOR - 1), undefined)
  t.is(at(now + ATTESTED_FOR), 'expired')
})

test('property: whatever is changed, added or left out, it counts as none', (t) => {
  const fields = Object.keys(good)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(fc.constantFrom(...fields), fc.jsonValue()),
        fc.tuple(fc.string(), fc.jsonValue()),
        fc.tuple(fc.constant('__proto__'), fc.jsonValue()),
      ),
      ([field, value]) => {
        const changed = JSON.parse(
          `${JSON.stringify(good).slice(0, -1)},${JSON.stringify(field)}:${JSON.stringify(value)}}`,
        )
        if (JSON.stringify(changed) === JSON.stringify(good)) return
        t.not(checkAttestation(changed, node, now).fault, undefined)
      },
    ),
  )
  for (const field of fields)
    t.not(checkAttestation({ ...good, [field]: undefined }, node, now).fault, undefined, field)
})

test('property: nothing at all makes it throw', (t) => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      t.is(typeof checkAttestation(value, node, now).fault, 'string')
      t.is(typeof checkRevocation(value).fault, 'string')
    }),
  )
})

test('the DID of an owner has one spelling, and is no DID of a node', (t) => {
  const { did } = owner
  const key = ownerPublicKey(did) ?? new Uint8Array()
  t.is(ownerDid(key), did)
  for (const other of [nodeDid(key), `${did}#a`, `${did}0`, did.slice(0, -1), did.toUpperCase(), `${did} `, '']) {
    t.is(ownerPublicKey(other), undefined, other)
  }
})
