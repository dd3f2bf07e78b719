import { Badge, Box, Group, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconFolderPlus,
  IconInfoCircle,
  IconMail,
  IconShieldQuestion,
  IconUserPlus,
} from '@tabler/icons-react'
import type { AttentionItem } from '../../../../src/capabilities/attention/schema.ts'
import { useRead } from '../../app/api.ts'
import { Foreign, Name, Told } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { Answers } from './answers.tsx'
import classes from './home.module.css'

const icons = {
  friend_request: IconUserPlus,
  stranger: IconMail,
  invitation: IconFolderPlus,
  approval: IconShieldQuestion,
  alert: IconInfoCircle,
} as const

const kinds = {
  friend_request: 'Friend request',
  stranger: 'Mail of a stranger',
  invitation: 'Invitation',
  approval: 'Approval',
  alert: 'Alert',
} as const

/** Everything that waits for the person, each with its answers. */
export function Attention() {
  const read = useRead('attention.list', {})
  return (
    <Answer of={read}>
      {({ items, total }) =>
        items.length === 0 ? (
          <Empty title="Nothing waits for you.">
            Friend requests, mail of strangers, invitations, what agents ask you to approve, and alerts come here.
          </Empty>
        ) : (
          <Box className="agora-panel">
            <ul className={classes.rows} aria-label="What waits for you, the latest first">
              {items.map((item) => (
                <li key={`${item.kind} ${item.id}`} className={classes.row}>
                  <Item item={item} />
                </li>
              ))}
            </ul>
            {total > items.length && (
              <Text size="sm" c="dimmed" p="sm">
                And {total - items.length} more, which come up when these are answered.
              </Text>
            )}
          </Box>
        )
      }
    </Answer>
  )
}

function Item({ item }: { item: AttentionItem }) {
  const danger = item.kind === 'alert' && item.level === 'danger'
  const Icon = danger ? IconAlertTriangle : icons[item.kind]
  return (
    <div className={classes.item}>
      <span className={classes.itemIcon} data-level={danger ? 'danger' : undefined}>
        <Icon size={18} aria-hidden />
      </span>
      <Box miw={0}>
        <Text component="div" fw={500}>
          <Told sentence={item.summary} />
        </Text>
        <Group gap="xs" mt={2} fz="sm" c="dimmed">
          {danger ? (
            <Badge color="red" size="sm">
              {kinds.alert}
            </Badge>
          ) : (
            <span>{kinds[item.kind]}</span>
          )}
          <Moment at={item.at} />
          {item.kind === 'alert' && item.count > 1 && (
            <span>
              {item.count} times, first <Moment at={item.first_at} />
            </span>
          )}
          {item.kind === 'stranger' && <span>{item.messages === 1 ? 'one message' : `${item.messages} messages`}</span>}
          {'expires_at' in item && (
            <span>
              expires <Moment at={item.expires_at} />
            </span>
          )}
          {item.kind !== 'approval' && item.from && <Name who={item.from} fw={400} />}
        </Group>
        {item.text !== undefined && (
          <Box mt={6}>
            <Foreign text={item.text} lines={3} />
          </Box>
        )}
      </Box>
      <div className={classes.itemActions}>
        <Answers item={item} />
      </div>
    </div>
  )
}
