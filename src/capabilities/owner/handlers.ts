import { type Clock, rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { seal } from '../../core/envelopes.ts'
import type { WireHandler } from '../../core/inbound.ts'
import type { Network } from '../../core/network.ts'
import type { Outbox } from '../../core/outbox.ts'
import {
  attest,
  checkRevocation,
  type Grant,
  type GrantParts,
  grant,
  type HandOver,
  handOver,
  type OwnerKey,
  revoke,
} from '../../identity/owner.ts'
import type { NodeKey } from '../../identity/signing.ts'
import { createKeyring } from './keyring.ts'
import { openOwnAttestation } from './own-attestation.ts'
import { type OwnerNode, type Ownership, revokeWire } from './schema.ts'
import { ownerTables } from './tables.ts'
import { createTies, type TieParts, type Ties } from './ties.ts'

export interface OwnerParts extends Omit<TieParts, 'self' | 'tables' | 'own'> {
  clock: Clock
  key: NodeKey
  outbox: Outbox
  directory: Directory
  network: Pick<Network, 'peer'>
  files: { ownerKey: string; owner: string }
  /** Whether what agents ask for needs the owner's signature: then the API does not exchange the key. */
  grantsNeedOwner: boolean
}

type Names =
  | 'owner.show'
  | 'owner.nodes'
  | 'owner.init'
  | 'owner.export'
  | 'owner.import'
  | 'owner.attest'
  | 'owner.revoke'

export interface Owners extends Ties {
  handlers: Pick<Handlers, Names>
  wire: WireHandler
  /**
   * Signs with the owner's key that what an agent asked for is granted.
   * @throws AgoraError `owner_missing`, `wrong_passphrase`, `rate_limited`.
   */
  signGrant(passphrase: string, parts: Omit<GrantParts, 'node'>): Promise<Grant>
  /** The same for what hands a project to this node. */
  signHandOver(passphrase: string, space: string): Promise<HandOver>
}

export function createOwners(parts: OwnerParts): Owners {
  const { clock, key: self, database, book, outbox, directory, network, telemetry, files, grantsNeedOwner } = parts
  const tables = ownerTables(database)
  const keyring = createKeyring({ clock, path: files.ownerKey })
  const own = openOwnAttestation(files.owner, self.did, (detail) =>
    telemetry.security('attestation_unusable', self.did, { detail }),
  )
  const ties = createTies({ ...parts, self, tables, own: own.get })

  function show(): Ownership {
    const attestation = own.get()
    const keyDid = keyring.did()
    const owner = keyDid ?? attestation?.owner
    const isOfKey = attestation !== undefined && (keyDid === undefined || attestation.owner === keyDid)
    return {
      ...(owner === undefined ? {} : { owner }),
      state: isOfKey ? ties.ownState() : owner === undefined ? 'none' : 'unattested',
      has_key: keyDid !== undefined,
      ...(isOfKey ? { issued_at: attestation.issued_at, expires_at: attestation.expires_at } : {}),
    }
  }

  function refuseRevoked(owner: string | undefined) {
    if (owner === undefined || !tables.isRevoked(owner, self.did)) return
    throw new AgoraError('owner_revoked', 'The owner revoked this node, and that is for ever.', {
      hint: 'Begin with a new node, under another --name, and import the owner key there.',
    })
  }

  async function taken({ key, aside }: { key: OwnerKey; aside?: string }): Promise<Ownership> {
    const before = own.get()?.owner
    own.set(attest(key, self.did, clock.now()))
    await database.write(() => ties.ownChanged(before))
    return { ...show(), ...(aside === undefined ? {} : { kept_as: aside }) }
  }

  /** With the operator's token alone nobody exchanges the key that is to say yes to agents. */
  function mayReplace(force: boolean): boolean {
    if (!force || !grantsNeedOwner || keyring.did() === undefined) return force
    throw new AgoraError('not_permitted', 'What agents ask for needs this owner’s signature, so its key stays.', {
      field: 'force',
      hint: 'Switch grants_need_owner off and start the node anew, then replace the key.',
    })
  }

  function nodes(): OwnerNode[] {
    const attestation = own.get()
    if (!attestation) return []
    const { owner, expires_at } = attestation
    const name = directory.nameOf
    const revoked = tables.revocations(owner, 500)
    const others = book.owned(owner).map(({ did }): OwnerNode => {
      const until = tables.expiresAt(did, owner)
      const online = network.peer(did) !== undefined
      return {
        did,
        name: name(did),
        state: 'attested',
        online,
        ...(until === undefined ? {} : { expires_at: rfc3339(until) }),
      }
    })
    const isRevoked = revoked.some(({ node }) => node === self.did)
    return [
      ...(isRevoked ? [] : [{ did: self.did, name: name(self.did), state: 'this' as const, online: true, expires_at }]),
      ...others,
      ...revoked.map(({ node, revoked_at }) => ({
        did: node,
        name: name(node),
        state: 'revoked' as const,
        online: network.peer(node) !== undefined,
        revoked_at,
      })),
    ]
  }

  return {
    ...ties,
    async signGrant(passphrase, request) {
      return grant(await keyring.unlock(passphrase), { node: self.did, ...request }, clock.now())
    },
    async signHandOver(passphrase, space) {
      return handOver(await keyring.unlock(passphrase), { space, to: self.did }, clock.now())
    },
    wire: {
      definition: revokeWire,
      handle({ body }, _, { did }) {
        const checked = checkRevocation(body['revocation'])
        if (checked.fault) {
          telemetry.security(`revocation_${checked.fault}`, did, { detail: checked.detail })
          return { stage: 'failed', reason: 'malformed' }
        }
        // Of owners that nobody here has nothing is kept, or whoever makes up owners could fill the disk.
        return ties.strike(checked.statement) ? { stage: 'stored' } : { stage: 'failed', reason: 'not_permitted' }
      },
    },
    handlers: {
      'owner.show': show,
      'owner.nodes': () => ({ items: nodes() }),
      'owner.init': async ({ passphrase, force }) => taken(await keyring.make(passphrase, mayReplace(force))),
      'owner.export': ({ passphrase }) => keyring.export(passphrase),
      'owner.import': async ({ key, passphrase, force }) => {
        refuseRevoked(key.did)
        return taken(await keyring.import(key, passphrase, mayReplace(force)))
      },
      'owner.attest': async ({ passphrase }) => {
        refuseRevoked(keyring.did())
        return taken({ key: await keyring.unlock(passphrase) })
      },

      'owner.revoke': async ({ node, passphrase }) => {
        const did = directory.resolveNode(node, 'node')
        const owner = keyring.did()
        const known = book.get(did)
        if (owner !== undefined && known?.owner !== undefined && known.owner !== owner) {
          throw new AgoraError('invalid_input', `node: ${directory.nameOf(did)} is another owner's: ${known.owner}.`, {
            field: 'node',
            hint: 'Only its own owner can revoke it. `agora friends remove` ends what it may do here.',
          })
        }
        const wasKnown = owner !== undefined && (did === self.did || tables.ownersOf(did).includes(owner))
        // A name could be another's by now, and there is no way back.
        if (!wasKnown && !node.startsWith('did:')) {
          throw new AgoraError('invalid_input', `node: ${JSON.stringify(node)} is not known to be yours.`, {
            field: 'node',
            hint: `If it is, give its DID: ${did}`,
          })
        }
        const revocation = revoke(await keyring.unlock(passphrase), did, clock.now())
        const told = await database.write(() => {
          ties.strike(revocation, true)
          const friends = new Set(book.friends().map((friend) => friend.did)).add(did)
          const told = [...friends].filter((one) => one !== self.did && !book.isBlocked(one))
          for (const to of told) {
            const envelope = { type: revokeWire.type, from: self.did, to, body: { revocation } }
            outbox.post(seal({ key: self, clock }, envelope), to)
          }
          return told.filter((one) => one !== did).length
        })
        return { owner: revocation.owner, revoked: did, name: directory.nameOf(did), was_known: wasKnown, told }
      },
    },
  }
}
