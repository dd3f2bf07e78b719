import { trustNames } from '../../authority/trust.ts'
import type { Directory } from '../../core/directory.ts'
import type { Askings } from '../../core/dispatch.ts'
import type { OperationName, Parsed } from '../../operations.ts'
import type { Finding } from './finding.ts'
import { DEFAULT_TRUST } from './rules.ts'

export type FriendOperation = Extract<OperationName, `friends.${string}` | `friend_requests.${string}`>

interface AskingParts {
  find: Finding
  directory: Directory
  newFriend(who: Pick<Parsed<'friends.add'>, 'name' | 'did'>): { did: string; called?: string }
}

/** What agents may ask for, with everybody named by DID, and in words for the operator. */
export function friendAskings({
  find,
  directory,
  newFriend,
}: AskingParts): Pick<Askings, Extract<FriendOperation, keyof Askings>> {
  const who = (did: string) => `${directory.nameOf(did)} (${did})`
  const level = (trust = DEFAULT_TRUST as number) => `trust ${trust} (${trustNames[trust]})`
  const named = ({ name, ...rest }: { name: string }, did: string, what: string) => ({
    input: { ...rest, name: did },
    summary: `${what} ${who(did)}`,
  })

  return {
    'friends.add': ({ name, did: given, ...rest }) => {
      const { did, called } = newFriend({ name, did: given })
      const more = rest.alias === undefined ? '' : `, called ${JSON.stringify(rest.alias)}`
      return {
        input: { ...rest, did, ...(called === undefined ? {} : { name: called }) },
        summary: `add ${who(did)} as a friend with ${level(rest.trust_level)}${more}`,
      }
    },
    'friends.update': (input) => {
      const { did } = find.friend(input.name)
      const changes = [
        input.trust_level === undefined ? '' : `trust to ${level(input.trust_level)}`,
        input.alias === undefined ? '' : `alias to ${JSON.stringify(input.alias)}`,
        input.notes === undefined ? '' : 'notes',
      ].filter((change) => change !== '')
      const { name: _, ...rest } = input
      return { input: { ...rest, name: did }, summary: `change ${who(did)}: ${changes.join(', ') || 'nothing'}` }
    },
    'friends.remove': (input) => named(input, find.node(input.name, 'name'), 'remove the friend'),
    'friends.block': (input) => named(input, find.node(input.name, 'name'), 'block'),
    'friends.unblock': (input) => named(input, find.blocked(input.name).did, 'unblock'),
    'friend_requests.send': ({ peer_name, ...rest }) => {
      const did = find.notBlocked(find.node(peer_name, 'peer_name'), 'peer_name')
      const what = `ask ${who(did)} to be friends, offering ${level(rest.trust_level)}`
      return { input: { ...rest, peer_name: did }, summary: what }
    },
    'friend_requests.accept': ({ id, ...rest }) => {
      const row = find.asked(id)
      const what = `accept the friend request of ${who(row.did)} with ${level(rest.trust_level)}`
      return { input: { ...rest, id: row.did }, summary: what }
    },
    'friend_requests.reject': ({ id, ...rest }) => {
      const row = find.asked(id)
      return { input: { ...rest, id: row.did }, summary: `reject the friend request of ${who(row.did)}` }
    },
  }
}
