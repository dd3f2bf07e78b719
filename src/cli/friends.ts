import type { FriendRequest } from '../capabilities/friends/schema.ts'
import type { Command, Option } from './command.ts'
import type { Context } from './context.ts'
import { friendDetails, friendsTable, requestParagraph } from './friend-text.ts'
import { ago, shownName } from './text.ts'
import { usageError } from './usage.ts'

const trust: Option = {
  name: 'trust',
  value: '<0-4>',
  meaning: '0 unknown, 1 acquaintance, 2 friend (default), 3 trusted: may wake agents, 4 inner circle',
}
const alias: Option = { name: 'alias', value: '<name>', meaning: 'what you call it here' }
const notes: Option = { name: 'notes', value: '<text>', meaning: 'what you want to remember of it' }
const message: Option = { name: 'message', value: '<text>', meaning: 'a few words for the other operator' }
const reason: Option = { name: 'reason', value: '<text>', meaning: 'why, for the other operator to read' }

const given = <Key extends string>(key: Key, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [K in Key]?: string }
const level = ({ inputs }: Context) => {
  const trust = inputs.number('trust', 0, 4)
  return trust === undefined ? {} : { trust_level: trust }
}

export const friendCommands: Command[] = [
  {
    usage: 'friends',
    alias: 'friends list',
    group: 'Friends',
    summary: 'List friends with the trust of both sides.',
    examples: ['agora friends', 'agora friends list --format json'],
    async run(context) {
      await context.answer(await context.call('friends.list', {}), ({ items }) => friendsTable(items, context))
    },
  },
  {
    usage: 'friends add <peer>',
    group: 'Friends',
    summary: 'Add a friend: give it trust, and ask it for the same.',
    details:
      'The peer is named as it is shown when it is connected or known, or by its DID, also before it was ever met. With --ask it gets the trust only when it says yes.',
    options: [
      trust,
      alias,
      notes,
      message,
      { name: 'as-name', value: '<name>', meaning: 'with a DID: its name here until an alias is given' },
      { name: 'ask', meaning: 'ask first: the trust is given when the peer says yes' },
    ],
    examples: [
      'agora friends add bob --trust 3',
      'agora friends add did:agora:z6Mk… --alias bob --notes "from the conference"',
      'agora friends add bob --ask --message "Shall we work on the parser?"',
    ],
    run: add,
  },
  {
    usage: 'friends show <friend>',
    group: 'Friends',
    summary: 'Show one friend.',
    examples: ['agora friends show bob'],
    async run(context) {
      const friend = await context.call('friends.show', { name: context.inputs.arg('friend') })
      await context.answer(friend, () => friendDetails(friend, context))
    },
  },
  {
    usage: 'friends update <friend>',
    group: 'Friends',
    summary: 'Change a friend’s trust, alias or notes; it is told its new trust.',
    details: 'An empty alias or empty notes take away what there was.',
    options: [trust, alias, notes],
    examples: ['agora friends update bob --trust 4', 'agora friends update bob --alias ""'],
    async run(context) {
      const { inputs } = context
      const text = (name: string) => (inputs.text(name) === '' ? null : inputs.text(name))
      const changes = {
        ...level(context),
        ...(inputs.text('alias') === undefined ? {} : { alias: text('alias') }),
        ...(inputs.text('notes') === undefined ? {} : { notes: text('notes') }),
      }
      if (Object.keys(changes).length === 0)
        throw usageError('Nothing to change was given.', 'See `agora friends update --help`.')
      const input = { name: inputs.arg('friend'), ...changes }
      const friend = await context.call('friends.update', input)
      await context.answer(friend, () => friendDetails(friend, context))
    },
  },
  {
    usage: 'friends remove <friend>',
    group: 'Friends',
    summary: 'Remove a friend, or take a request back; the other side is told.',
    options: [reason],
    examples: ['agora friends remove bob'],
    async run(context) {
      const { inputs } = context
      const answer = await context.call('friends.remove', {
        name: inputs.arg('friend'),
        ...given('reason', inputs.text('reason')),
      })
      await context.answer(answer, ({ removed }) => `${shownName(removed)} is no friend any more.\n`)
    },
  },
  {
    usage: 'friends requests',
    group: 'Friends',
    summary: 'List friend requests that wait, of both directions.',
    options: [
      {
        name: 'status',
        value: '<status>',
        meaning: 'others too (default pending)',
        choices: ['pending', 'accepted', 'rejected', 'all'],
      },
    ],
    examples: ['agora friends requests', 'agora friends requests --status all'],
    async run(context) {
      const status = context.inputs.text('status') as FriendRequest['status'] | 'all' | undefined
      const page = await context.call('friend_requests.list', status === undefined ? {} : { status })
      await context.answer(page, ({ items }) =>
        items.length === 0
          ? 'No friend request waits.\n'
          : items.map((request) => requestParagraph(request, context)).join('\n'),
      )
    },
  },
  {
    usage: 'friends accept <peer>',
    group: 'Friends',
    summary: 'Say yes to a friend request.',
    details: 'The peer is named as `friends requests` shows it; the end of the request’s id or a DID does as well.',
    options: [trust, message],
    examples: ['agora friends accept bob', 'agora friends accept bob --trust 3'],
    async run(context) {
      const { inputs } = context
      const friend = await context.call('friend_requests.accept', {
        id: inputs.arg('peer'),
        ...level(context),
        ...given('message', inputs.text('message')),
      })
      await context.answer(friend, () => `${shownName(friend.name)} is a friend with trust ${friend.trust_level}.\n`)
    },
  },
  {
    usage: 'friends reject <peer>',
    group: 'Friends',
    summary: 'Say no to a friend request; that peer may not ask again for 24 hours.',
    options: [reason],
    examples: ['agora friends reject mallory', 'agora friends reject mallory --reason "We have not met."'],
    async run(context) {
      const { inputs } = context
      const request = await context.call('friend_requests.reject', {
        id: inputs.arg('peer'),
        ...given('reason', inputs.text('reason')),
      })
      await context.answer(request, ({ name }) => `Said no to ${shownName(name)}.\n`)
    },
  },
  {
    usage: 'friends verify <friend>',
    group: 'Friends',
    summary: 'Show the code to compare by voice, the same on both sides.',
    details:
      'Ask the other person, on the phone or face to face, to read you what `agora friends verify` shows there. If it is the same, nobody stands between you; note that with --confirm.',
    options: [
      { name: 'confirm', meaning: 'the codes were compared and are the same' },
      { name: 'doubt', meaning: 'take that back' },
    ],
    examples: ['agora friends verify bob', 'agora friends verify bob --confirm'],
    run: verify,
  },
  {
    usage: 'friends block <peer>',
    group: 'Friends',
    summary: 'Shut a peer out: no connection either way, and what it sent is hidden.',
    examples: ['agora friends block mallory', 'agora friends block did:agora:z6Mk…'],
    async run(context) {
      const { inputs } = context
      const input = { name: inputs.arg('peer') }
      await context.answer(
        await context.call('friends.block', input),
        ({ name, did }) =>
          `${shownName(name)} is blocked.\nTo let it in again: ${context.next(`friends unblock ${did}`)}\n`,
      )
    },
  },
  {
    usage: 'friends unblock <peer>',
    group: 'Friends',
    summary: 'Let a blocked peer in again, and show again what it had sent.',
    examples: ['agora friends unblock mallory'],
    async run(context) {
      const { inputs } = context
      const input = { name: inputs.arg('peer') }
      await context.answer(
        await context.call('friends.unblock', input),
        ({ unblocked }) => `${shownName(unblocked)} is not blocked any more.\n`,
      )
    },
  },
  {
    usage: 'friends blocked',
    group: 'Friends',
    summary: 'List who is blocked.',
    examples: ['agora friends blocked'],
    async run(context) {
      const now = context.io.clock.now()
      await context.answer(await context.call('friends.blocked', {}), ({ items }) =>
        items.length === 0
          ? 'Nobody is blocked.\n'
          : context.table(
              ['NAME', 'SINCE', 'DID'],
              items.map(({ name, blocked_at, did }) => [shownName(name), ago(blocked_at, now), did]),
            ),
      )
    },
  },
]

async function add(context: Context): Promise<void> {
  const { inputs } = context
  const peer = inputs.arg('peer')
  const words = { ...level(context), ...given('message', inputs.text('message')) }
  if (inputs.flag('ask')) {
    const unused = ['alias', 'notes', 'as-name'].find((name) => inputs.text(name) !== undefined)
    if (unused) throw usageError(`--${unused} is for a friend, and there is none yet.`, 'Give it once it said yes.')
    const request = await context.call('friend_requests.send', { peer_name: peer, ...words })
    return context.answer(request, ({ name, status, trust_level }) =>
      status === 'accepted'
        ? `${shownName(name)} had asked too: it is a friend with trust ${trust_level}.\n`
        : `Asked ${shownName(name)}. It gets trust ${trust_level} when it says yes.\n`,
    )
  }
  const who = peer.startsWith('did:') ? { did: peer, ...given('name', inputs.text('as-name')) } : { name: peer }
  const more = { ...given('alias', inputs.text('alias')), ...given('notes', inputs.text('notes')) }
  const friend = await context.call('friends.add', { ...who, ...words, ...more })
  await context.answer(friend, () => {
    const { name, trust_level, their_trust, pending } = friend
    const theirs =
      their_trust !== undefined
        ? `You have trust ${their_trust} with it.`
        : pending
          ? 'It was not met yet, and is asked when it is.'
          : 'It was asked for the same.'
    return `${shownName(name)} is a friend with trust ${trust_level}. ${theirs}\n`
  })
}

async function verify(context: Context): Promise<void> {
  const { inputs, style, next } = context
  const [confirm, doubt] = [inputs.flag('confirm'), inputs.flag('doubt')]
  if (confirm && doubt) throw usageError('Either --confirm or --doubt, not both.')
  const name = inputs.arg('friend')
  const answer =
    confirm || doubt
      ? await context.call('friends.verify', { name, verified: confirm })
      : await context.call('friends.code', { name })
  await context.answer(answer, ({ name: shown, did, code, verified, verified_at }) => {
    const who = shownName(shown)
    const state = verified ? `verified ${ago(verified_at, context.io.clock.now())}` : 'not verified'
    const compare = `\nCompare it by voice with what ${who} sees. Is it the same?\n  ${next(`friends verify ${who} --confirm`)}\n`
    return `${style.bold(who)}  ${style.dim(`${did} · ${state}`)}\n\n    ${code}\n${verified || doubt ? '' : compare}`
  })
}
