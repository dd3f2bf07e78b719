import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { TrustLevel } from '../../../../src/authority/trust.ts'
import { didTail } from '../../../../src/base/did.ts'
import { displayLine } from '../../../../src/base/text.ts'
import type { FriendRequest } from '../../../../src/capabilities/friends/schema.ts'
import { useAct, useRead } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { Foreign, Name } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { TrustSelect, trustName } from '../../parts/trust.tsx'
import type { Known } from './known.ts'

/** Who asks to be a friend. Nothing when nobody does. */
export function Requests() {
  const { data } = useRead('friend_requests.list', {})
  const asking = data?.items.filter(({ direction }) => direction === 'in') ?? []
  if (asking.length === 0) return null
  return (
    <Section title="Friend requests">
      <Stack gap="xs">
        {asking.map((request) => (
          <Asks key={request.id} request={request} />
        ))}
      </Stack>
    </Section>
  )
}

/** Whom this node asked without giving trust beforehand; of friends their own row says it. */
export function OwnRequests({ known }: { known: readonly Known[] }) {
  const { data } = useRead('friend_requests.list', {})
  const friends = new Set(known.flatMap(({ friend }) => friend?.did ?? []))
  const asked = data?.items.filter(({ direction, did }) => direction === 'out' && !friends.has(did)) ?? []
  if (asked.length === 0) return null
  return (
    <Section title="Asked, not yet answered">
      <Stack gap="xs">
        {asked.map((request) => (
          <Asked key={request.id} request={request} />
        ))}
      </Stack>
    </Section>
  )
}

const without =
  ({ id }: { id: string }) =>
  <Answer extends { items: { id: string }[] }>(answer: Answer): Answer => ({
    ...answer,
    items: answer.items.filter((item) => item.id !== id),
  })

function Asks({ request }: { request: FriendRequest }) {
  const { id, did, name, trust_level: offered, given, message, created_at } = request
  // No more than it gives, and no more than a friend's: what goes further is for the person to choose.
  const [trust, setTrust] = useState(Math.min(offered, 2) as TrustLevel)
  const ask = useConfirm()
  const accept = useAct('friend_requests.accept', {
    optimistic: (_, patch) => patch('friend_requests.list', without(request)),
    done: `${displayLine(name)} is a friend.`,
  })
  const reject = useAct('friend_requests.reject', {
    optimistic: (_, patch) => patch('friend_requests.list', without(request)),
  })
  const refuse = async () => {
    const answer = await ask({
      title: `Refuse ${displayLine(name)}?`,
      text: 'It is told, and may not ask again for 24 hours.',
      action: 'Refuse',
      reason: { label: 'Why (it reads this)' },
    })
    if (answer.yes) reject.mutate({ id, ...(answer.reason !== '' && { reason: answer.reason }) })
  }
  return (
    <Box className="agora-panel" p="sm">
      <Stack gap="xs">
        <Text component="div" size="sm">
          <Name who={{ did, name }} /> asks to be a friend and {given ? 'gives' : 'offers'} you trust {offered} (
          {trustName(offered)}).{' '}
          <Text span inherit c="dimmed">
            Key {didTail(did)}, <Moment at={created_at} />
          </Text>
        </Text>
        {message !== undefined && <Foreign text={message} />}
        <Group align="flex-end" gap="xs">
          <TrustSelect label="Trust you give" value={trust} onChange={setTrust} w={{ base: '100%', xs: 360 }} />
          <Button onClick={() => accept.mutate({ id, trust_level: trust })} loading={accept.isPending}>
            Accept
          </Button>
          <Button variant="default" onClick={refuse}>
            Refuse…
          </Button>
        </Group>
      </Stack>
    </Box>
  )
}

function Asked({ request }: { request: FriendRequest }) {
  const { did, name, trust_level, created_at } = request
  const back = useAct('friends.remove', {
    optimistic: (_, patch) => patch('friend_requests.list', without(request)),
    done: 'The request was taken back.',
  })
  return (
    <Group className="agora-panel" px="sm" py="xs" gap="xs" justify="space-between">
      <Text component="div" size="sm">
        You asked <Name who={{ did, name }} />, with trust {trust_level}.{' '}
        <Text span inherit c="dimmed">
          Waits for its answer, <Moment at={created_at} />
        </Text>
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => back.mutate({ name: did })}>
        Take back
      </Button>
    </Group>
  )
}
