import { randomBytes } from 'node:crypto'
import type { Attestation, OwnerKey, Revocation } from '../../src/identity/owner.ts'
import { attest, ownerKeyFromSeed, revoke } from '../../src/identity/owner.ts'
import { sealOwnerKey } from '../../src/identity/owner-key.ts'
import type { TestNode } from './node.ts'
import type { Remote } from './remote.ts'

export const newOwner = (): OwnerKey => ownerKeyFromSeed(new Uint8Array(randomBytes(32)))

export const PASSPHRASE = 'correct horse battery'

/** Shows the node what a peer would show in hello, and waits until that had its effect. */
export async function shows(
  node: TestNode,
  peer: Remote,
  attestation: Attestation | unknown,
  revocations: (Revocation | unknown)[] = [],
): Promise<void> {
  node.parts.owners.shown(peer.did, peer.name, { attestation, revocations })
  await node.settle()
}

/** The peer shows that it is this owner's. */
export const proves = (node: TestNode, peer: Remote, owner: OwnerKey, revoked: Remote[] = []): Promise<void> =>
  shows(
    node,
    peer,
    attest(owner, peer.did, node.clock.now()),
    revoked.map(({ did }) => revoke(owner, did, node.clock.now())),
  )

/** The node gets this owner, as if its key had been imported. */
export async function adopt(node: TestNode, owner: OwnerKey): Promise<void> {
  const key = await sealOwnerKey(owner, PASSPHRASE)
  await node.operator.call('owner.import', { key, passphrase: PASSPHRASE })
  await node.settle()
}
