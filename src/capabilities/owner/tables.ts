import type { Attestation, Revocation } from '../../identity/owner.ts'
import type { Database } from '../../store/database.ts'
import { sqlBuilder } from '../../store/database.ts'

interface Tables {
  owner_attestations: { node: string; owner: string; expires_at: number; attestation: string }
  owner_revocations: { owner: string; node: string; revoked_at: number; revocation: string }
  peers: { did: string; owner: string | null }
}
const sql = sqlBuilder<Tables>()

export const ownerTables = (database: Database) => ({
  /** Keeps a proof, and of two the one that holds longer. */
  prove({ node, owner, expires_at, ...rest }: Attestation) {
    const values = {
      expires_at: Date.parse(expires_at),
      attestation: JSON.stringify({ node, owner, expires_at, ...rest }),
    }
    database.run(
      sql
        .insertInto('owner_attestations')
        .values({ node, owner, ...values })
        .onConflict((conflict) =>
          conflict
            .columns(['node', 'owner'])
            .doUpdateSet(values)
            .where('owner_attestations.expires_at', '<', values.expires_at),
        ),
    )
  },
  /** All owners a node proved to have, now or once. */
  ownersOf: (node: string): string[] =>
    database
      .all(sql.selectFrom('owner_attestations').select('owner').where('node', '=', node))
      .map(({ owner }) => owner),
  isKnown: (owner: string): boolean =>
    database.first(sql.selectFrom('owner_attestations').select('node').where('owner', '=', owner)) !== undefined,
  expiresAt: (node: string, owner: string): number | undefined =>
    database.first(
      sql.selectFrom('owner_attestations').select('expires_at').where('node', '=', node).where('owner', '=', owner),
    )?.expires_at,
  /** Peers whose owner is proved by what has expired. */
  lapsed: (now: number) =>
    database.all(
      sql
        .selectFrom('owner_attestations as proof')
        .innerJoin('peers', (join) =>
          join.onRef('peers.did', '=', 'proof.node').onRef('peers.owner', '=', 'proof.owner'),
        )
        .select(['proof.node', 'proof.owner'])
        .where('proof.expires_at', '<=', now),
    ),
  owners: (): string[] =>
    database
      .all(sql.selectFrom('peers').select('owner').distinct().where('owner', 'is not', null))
      .flatMap(({ owner }) => owner ?? []),

  revoke({ owner, node, revoked_at, ...rest }: Revocation) {
    database.run(
      sql.insertInto('owner_revocations').values({
        owner,
        node,
        revoked_at: Date.parse(revoked_at),
        revocation: JSON.stringify({ owner, node, revoked_at, ...rest }),
      }),
    )
  },
  isRevoked: (owner: string, node: string): boolean =>
    database.first(
      sql.selectFrom('owner_revocations').select('node').where('owner', '=', owner).where('node', '=', node),
    ) !== undefined,
  revokedCount: (owner: string): number =>
    Number(
      database.first(
        sql
          .selectFrom('owner_revocations')
          .select((e) => e.fn.countAll().as('count'))
          .where('owner', '=', owner),
      )?.count ?? 0,
    ),
  /** The latest revocations of an owner. */
  revocations: (owner: string, limit: number): Revocation[] =>
    database
      .all(
        sql
          .selectFrom('owner_revocations')
          .select('revocation')
          .where('owner', '=', owner)
          .orderBy('revoked_at', 'desc')
          .orderBy('node')
          .limit(limit),
      )
      .map(({ revocation }) => JSON.parse(revocation)),
})
export type OwnerTables = ReturnType<typeof ownerTables>
