import { z } from 'zod'
import { Address, Empty, page } from '../../contract/common.ts'
import { Did } from '../../contract/envelope.ts'
import { operation } from '../../contract/operation.ts'
import { OwnerDid } from '../../identity/owner.ts'
import { OwnerKeyFile } from '../../identity/owner-key.ts'
import { OwnerNode, Ownership } from './schema.ts'

const Passphrase = z.string().min(1).max(1024)
const NewPassphrase = z.string().min(8, 'needs at least 8 characters').max(1024)
const force = z.boolean().default(false)

export const ownerOperations = [
  operation({
    name: 'owner.show',
    summary: 'Show whose this node is.',
    who: 'agent',
    input: Empty,
    output: Ownership,
    http: { method: 'GET', path: '/owner' },
  }),
  operation({
    name: 'owner.nodes',
    summary: 'List the nodes of this node’s owner that are known here, those it revoked too.',
    who: 'agent',
    input: Empty,
    output: page(OwnerNode),
    http: { method: 'GET', path: '/owner/nodes' },
  }),
  operation({
    name: 'owner.init',
    summary: 'Make an owner key, encrypted by a passphrase, and attest this node with it.',
    description:
      'With `force` it takes the place of a key that is there, which is kept beside it under another name. Nodes that the old owner attested stay the old owner’s; this one becomes the new owner’s.',
    who: 'operator',
    input: z.object({ passphrase: NewPassphrase, force }),
    output: Ownership,
    http: { method: 'POST', path: '/owner/init', status: 201 },
  }),
  operation({
    name: 'owner.export',
    summary: 'Give the owner key, encrypted by its passphrase, to be carried to another node or kept safe.',
    who: 'operator',
    input: z.object({ passphrase: Passphrase }),
    output: OwnerKeyFile,
    http: { method: 'POST', path: '/owner/export' },
  }),
  operation({
    name: 'owner.import',
    summary: 'Take an exported owner key in, and attest this node with it.',
    description: 'With `force` it takes the place of a key that is there, as in `owner.init`.',
    who: 'operator',
    input: z.object({ key: OwnerKeyFile, passphrase: Passphrase, force }),
    output: Ownership,
    http: { method: 'POST', path: '/owner/import', status: 201 },
  }),
  operation({
    name: 'owner.attest',
    summary: 'Attest this node anew with the owner key that is here, for a year from now.',
    who: 'operator',
    input: z.object({ passphrase: Passphrase }),
    output: Ownership,
    http: { method: 'POST', path: '/owner/attest' },
  }),
  operation({
    name: 'owner.revoke',
    summary: 'Withdraw a node of the owner’s for ever, and tell the friends of this node.',
    description:
      'For a device that was lost. Whoever knew it as this owner’s takes its trust away. There is no way back: such a device begins anew with another key.',
    who: 'operator',
    input: z.object({ node: Address, passphrase: Passphrase }),
    output: z.object({
      owner: OwnerDid,
      revoked: Did,
      name: z.string(),
      /** Whether this node had seen that it is the owner's. */
      was_known: z.boolean(),
      /** To how many friends it is on its way. */
      told: z.int(),
    }),
    http: { method: 'POST', path: '/owner/revoke' },
  }),
] as const
