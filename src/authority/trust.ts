import type { Permission } from '../contract/permissions.ts'

export const trustNames = ['unknown', 'acquaintance', 'friend', 'trusted', 'inner circle'] as const
export type TrustLevel = 0 | 1 | 2 | 3 | 4

/** What a peer may do, by the lowest trust level that allows it. The whole rule; CONCEPT prints it. */
export const trustTable: Record<Permission, TrustLevel> = {
  'session.open': 0,
  'message.request': 0,
  'receipt.send': 0,
  'message.deliver': 1,
  'message.broadcast': 1,
  'receipt.shown': 2,
  'friend.ask': 0,
  'friend.answer': 0,
  'revocation.tell': 0,
  'address.tell': 2,
  'wake.message': 3,
  'wake.request': 3,
  'space.invite': 2,
  'space.answer': 0,
}
