import { Button, Code, Group, Menu, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { plain } from '../../../../src/base/sentence.ts'
import { displayLine, visibleJson } from '../../../../src/base/text.ts'
import type { AttentionItem } from '../../../../src/capabilities/attention/schema.ts'
import { type Patch, useAct } from '../../app/api.ts'
import { useConfirm } from '../../parts/confirm.tsx'
import { Foreign, Told } from '../../parts/foreign.tsx'
import { trustName } from '../../parts/trust.tsx'
import { Grant } from './grant.tsx'
import { StrangerMail } from './stranger-mail.tsx'

type Of<Kind extends AttentionItem['kind']> = Extract<AttentionItem, { kind: Kind }>

/** Takes it out of the list at once; it comes back, with the reason, when the daemon refuses. */
const gone =
  ({ kind, id }: AttentionItem) =>
  (_: unknown, patch: Patch): void =>
    patch('attention.list', (answer) => {
      const items = answer.items.filter((one) => one.kind !== kind || one.id !== id)
      if (items.length === answer.items.length) return answer
      return {
        ...answer,
        items,
        total: answer.total - 1,
        counts: { ...answer.counts, [kind]: answer.counts[kind] - 1 },
      }
    })

/** What can be said to something that waits. */
export function Answers({ item }: { item: AttentionItem }) {
  switch (item.kind) {
    case 'friend_request':
      return <FriendAnswers item={item} />
    case 'stranger':
      return <StrangerAnswers item={item} />
    case 'invitation':
      return <InvitationAnswers item={item} />
    case 'approval':
      return <ApprovalAnswers item={item} />
    case 'alert':
      return <AlertAnswers item={item} />
  }
}

/** Names in a label would be words of others among ours; which item is meant says its description. */
const about = (item: AttentionItem): string => displayLine(plain(item.summary))

const levels = [1, 2, 3, 4] as const
const DEFAULT_TRUST = 2

function FriendAnswers({ item }: { item: Of<'friend_request'> }) {
  const optimistic = gone(item)
  const accept = useAct('friend_requests.accept', { optimistic })
  const reject = useAct('friend_requests.reject', { optimistic })
  const yes = (trust_level: (typeof levels)[number]) => accept.mutate({ id: item.id, trust_level })
  return (
    <Group gap={6}>
      <Button.Group>
        <Button
          size="xs"
          onClick={() => yes(DEFAULT_TRUST)}
          aria-label={`Accept with trust ${DEFAULT_TRUST}: ${about(item)}`}
        >
          Accept
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="xs" px={6} aria-label={`Accept with another trust: ${about(item)}`}>
              <IconChevronDown size={14} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Accept, and give trust</Menu.Label>
            {levels.map((level) => (
              <Menu.Item key={level} onClick={() => yes(level)}>
                {level} · {trustName(level)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
      <Button
        size="xs"
        variant="default"
        onClick={() => reject.mutate({ id: item.id })}
        aria-label={`Reject: ${about(item)}`}
      >
        Reject
      </Button>
    </Group>
  )
}

function StrangerAnswers({ item }: { item: Of<'stranger'> }) {
  const [open, { open: show, close }] = useDisclosure()
  const ask = useConfirm()
  const optimistic = gone(item)
  const accept = useAct('requests.accept', { optimistic, onDone: close })
  const drop = useAct('requests.drop', { optimistic, onDone: close })
  const count = item.messages === 1 ? 'the message' : `the ${item.messages} messages`
  async function confirmDrop() {
    const { yes } = await ask({
      title: 'Drop what a stranger sent?',
      text: `This throws ${count} away for good; nobody here has read them in an inbox. The sender is not told, and may write again.`,
      action: 'Drop',
      danger: true,
    })
    if (yes) drop.mutate({ peer: item.id })
  }
  const answers = (
    <>
      <Button
        size="xs"
        onClick={() => accept.mutate({ peer: item.id })}
        aria-label={`Accept, deliver and give trust 1: ${about(item)}`}
      >
        Accept
      </Button>
      <Button size="xs" variant="default" onClick={() => void confirmDrop()} aria-label={`Drop: ${about(item)}`}>
        Drop
      </Button>
    </>
  )
  return (
    <Group gap={6}>
      <Button size="xs" variant="default" onClick={show} aria-label={`Show: ${about(item)}`}>
        Show
      </Button>
      {answers}
      <StrangerMail did={item.id} opened={open} onClose={close} answers={answers} />
    </Group>
  )
}

function InvitationAnswers({ item }: { item: Of<'invitation'> }) {
  const ask = useConfirm()
  const optimistic = gone(item)
  const join = useAct('invitations.accept', { optimistic })
  const decline = useAct('invitations.decline', { optimistic })
  async function confirmDecline() {
    const { yes, ...said } = await ask({
      title: 'Decline the invitation?',
      text: <Told sentence={item.summary} />,
      action: 'Decline',
      reason: { label: 'Why, for the inviter to read (optional)' },
    })
    const reason = 'reason' in said && said.reason !== '' ? { reason: said.reason } : {}
    if (yes) decline.mutate({ id: item.id, ...reason })
  }
  return (
    <Group gap={6}>
      <Button size="xs" onClick={() => join.mutate({ id: item.id })} aria-label={`Join: ${about(item)}`}>
        Join
      </Button>
      <Button size="xs" variant="default" onClick={() => void confirmDecline()} aria-label={`Decline: ${about(item)}`}>
        Decline
      </Button>
    </Group>
  )
}

function ApprovalAnswers({ item }: { item: Of<'approval'> }) {
  const [open, { open: show, close }] = useDisclosure()
  const ask = useConfirm()
  const optimistic = gone(item)
  const deny = useAct('approvals.deny', { optimistic })
  async function confirmDeny() {
    const { yes, ...said } = await ask({
      title: 'Deny what the agent asks for?',
      text: <Told sentence={item.summary} />,
      action: 'Deny',
      reason: { label: 'Why, for the agent to read (optional)' },
    })
    const reason = 'reason' in said && said.reason !== '' ? { reason: said.reason } : {}
    if (yes) deny.mutate({ id: item.id, ...reason })
  }
  return (
    <Group gap={6}>
      <Button size="xs" onClick={show} aria-label={`Grant: ${about(item)}`}>
        Grant…
      </Button>
      <Button size="xs" variant="default" onClick={() => void confirmDeny()} aria-label={`Deny: ${about(item)}`}>
        Deny
      </Button>
      <Grant item={item} opened={open} onClose={close} optimistic={optimistic}>
        <ApprovalDetails item={item} />
      </Grant>
    </Group>
  )
}

/** What exactly would be done: the operation and its input, as they are. */
function ApprovalDetails({ item }: { item: Of<'approval'> }) {
  return (
    <Stack gap="xs">
      <Text component="div">
        <Told sentence={item.summary} />
      </Text>
      {item.text !== undefined && (
        <>
          <Text size="sm" c="dimmed">
            The agent says why:
          </Text>
          <Foreign text={item.text} />
        </>
      )}
      <Text size="sm" c="dimmed">
        Granting does this at once, as you:
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {`${item.operation} ${visibleJson(item.input)}`}
      </Code>
    </Stack>
  )
}

function AlertAnswers({ item }: { item: Of<'alert'> }) {
  const dismiss = useAct('alerts.dismiss', { optimistic: gone(item) })
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => dismiss.mutate({ id: item.id })}
      aria-label={`Dismiss: ${about(item)}`}
    >
      Dismiss
    </Button>
  )
}
